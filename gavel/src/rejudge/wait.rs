//! Waiting until a rejudging is judged.

use super::api::Rejudging;
use crate::client::{Client, Refused};
use anyhow::Context;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use judge_types::{RejudgingId, RejudgingState};
use std::time::{Duration, Instant};

/// How often to ask.
const PAUSE: Duration = Duration::from_millis(500);

/// How long a judge may be out of reach before waiting is given up.
const GIVE_UP_AFTER: Duration = Duration::from_secs(120);

/// Shows on standard error how far the rejudging is, until it is judged or `patience` is over; gives how far it is then.
pub(super) fn wait(
    client: &Client,
    id: RejudgingId,
    patience: Option<Duration>,
) -> anyhow::Result<Rejudging> {
    // What is too long for the clock is as good as for ever.
    let deadline = patience.and_then(|patience| Instant::now().checked_add(patience));
    let mut last_contact = Instant::now();
    let bar = progress_bar();
    let waited = loop {
        match client.get::<Rejudging>(&format!("rejudgings/{id}")) {
            Ok(now) => {
                last_contact = Instant::now();
                bar.set_length(now.submissions);
                bar.set_position(now.finished + now.failed);
                let is_late = deadline.is_some_and(|deadline| Instant::now() >= deadline);
                if now.state != RejudgingState::Judging || is_late {
                    break Ok(now);
                }
            }
            Err(error) if error.is::<Refused>() || last_contact.elapsed() > GIVE_UP_AFTER => {
                break Err(error).context(format!("wait for {}", super::page(client, id)));
            }
            Err(_) => {}
        }
        let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
        std::thread::sleep(left.map_or(PAUSE, |left| left.min(PAUSE)));
    };
    bar.finish_and_clear();
    waited
}

fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    if let Ok(style) =
        ProgressStyle::with_template("{spinner} {elapsed} {wide_bar} {pos} of {len} judged")
    {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}
