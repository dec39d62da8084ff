//! Following a submission until its verdict.

use super::client::Client;
use crate::terminal::{mebibytes, seconds};
use anyhow::Context;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use judge_types::{ProgressEvent, ProgressKind, SubmissionId};
use std::time::{Duration, Instant};

/// How a followed judgement ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// There is a verdict.
    Finished,
    /// The judge gave up for now; the jury has been told.
    Failed,
    /// The time to wait is over.
    TimedOut,
}

/// How long to wait before asking again after the connection broke.
const PAUSE: Duration = Duration::from_secs(1);

/// Shows each step on standard error until the judgement ends or `patience` is over.
pub(super) fn follow(
    client: &Client,
    submission: SubmissionId,
    patience: Option<Duration>,
) -> anyhow::Result<End> {
    let deadline = patience.map(|patience| Instant::now() + patience);
    let bar = progress_bar();
    let mut last_id = String::new();
    loop {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            bar.finish_and_clear();
            return Ok(End::TimedOut);
        }
        // A stream that breaks is taken up where it broke: the deadline ends the trying.
        if let Ok(events) = client.events(submission, &last_id, left) {
            for event in events {
                let Ok(event) = event else { break };
                let progress: ProgressEvent =
                    serde_json::from_str(&event.data).context("read an event of the judge")?;
                last_id = event.id;
                show(&bar, &progress.kind);
                match progress.kind {
                    ProgressKind::Finished { .. } => {
                        bar.finish_and_clear();
                        return Ok(End::Finished);
                    }
                    ProgressKind::Failed => {
                        bar.finish_and_clear();
                        return Ok(End::Failed);
                    }
                    _ => {}
                }
            }
        }
        std::thread::sleep(left.map_or(PAUSE, |left| left.min(PAUSE)));
    }
}

fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {wide_msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

fn show(bar: &ProgressBar, kind: &ProgressKind) {
    let message = match kind {
        ProgressKind::Queued => "queued".to_owned(),
        ProgressKind::Started { .. } => "started".to_owned(),
        ProgressKind::Fetched => "compiling".to_owned(),
        ProgressKind::Compiled { success: true } => "compiled".to_owned(),
        ProgressKind::Compiled { success: false } => "does not compile".to_owned(),
        ProgressKind::Run { ordinal, total, verdict, usage } => format!(
            "test {ordinal} of {total}: {} ({}, {})",
            verdict.name(),
            seconds(usage.cpu_ms),
            mebibytes(usage.memory_bytes)
        ),
        ProgressKind::Finished { verdict, .. } => verdict.name().to_owned(),
        ProgressKind::Released => "queued again".to_owned(),
        ProgressKind::Failed => "the judge had a problem; the jury has been told".to_owned(),
    };
    bar.set_message(message);
}
