//! Following a submission until its verdict.

use super::api;
use crate::client::{Client, Refused};
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

/// How long a judge may be out of reach before following it is given up.
const GIVE_UP_AFTER: Duration = Duration::from_secs(120);

/// Shows each step on standard error until the judgement ends or `patience` is over.
pub(super) fn follow(
    client: &Client,
    submission: SubmissionId,
    patience: Option<Duration>,
) -> anyhow::Result<End> {
    // What is too long for the clock is as good as for ever.
    let deadline = patience.and_then(|patience| Instant::now().checked_add(patience));
    let mut last_contact = Instant::now();
    let bar = progress_bar();
    let path = format!("submissions/{submission}/events");
    let mut last_id = String::new();
    loop {
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        if left.is_some_and(|left| left.is_zero()) {
            bar.finish_and_clear();
            return Ok(End::TimedOut);
        }
        // A stream that breaks is taken up where it broke.
        match client.events(&path, &last_id, left) {
            Err(error) if error.is::<Refused>() || last_contact.elapsed() > GIVE_UP_AFTER => {
                bar.finish_and_clear();
                return Err(error.context(format!("follow {}", api::page(client, submission))));
            }
            Err(_) => {}
            Ok(events) => {
                for event in events {
                    last_contact = Instant::now();
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
        ProgressKind::Finished { verdict, score: None, .. } => verdict.name().to_owned(),
        ProgressKind::Finished { verdict, score: Some(score), .. } => {
            format!("{}, score {score}", verdict.name())
        }
        ProgressKind::Released => "queued again".to_owned(),
        ProgressKind::Failed => "the judge had a problem; the jury has been told".to_owned(),
    };
    bar.set_message(message);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Account;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    #[test]
    fn a_judge_that_refuses_is_not_asked_for_ever() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
            let body = r#"{"code":"unauthorized","message":"log in"}"#;
            let head = "HTTP/1.1 401 Unauthorized\r\nContent-Type: application/json";
            write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        });
        let client = Client::new(Account { url, token: "revoked".into() });
        let forever = Some(Duration::from_secs(u64::MAX));
        let error = follow(&client, SubmissionId::new(), forever).unwrap_err();
        assert!(format!("{error:#}").contains("refuses: log in"), "{error:#}");
        server.join().unwrap();
    }
}
