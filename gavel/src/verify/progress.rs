//! What is being judged right now, on standard error where that is a terminal.

use executor::VerifyEvent;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::Duration;

pub(super) struct Progress {
    bar: ProgressBar,
}

impl Progress {
    pub(super) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{spinner} [{pos}/{len}] {elapsed} {wide_msg}")
            .unwrap_or_else(|_| ProgressStyle::default_bar());
        bar.set_style(style);
        bar.set_message("reading the package");
        bar.enable_steady_tick(Duration::from_millis(120));
        Self { bar }
    }

    pub(super) fn show(&mut self, event: &VerifyEvent<'_>) {
        match event {
            VerifyEvent::Opened { package, submissions } => {
                self.bar.set_length(*submissions as u64);
                self.bar.set_message(package.title().to_owned());
            }
            VerifyEvent::Validating { validator } => {
                self.bar.set_message(format!("asking {validator}"));
            }
            VerifyEvent::Timing { submissions } => {
                self.bar.set_message(format!("timing {submissions} submissions"));
            }
            VerifyEvent::TimeLimit { time_ms, .. } => {
                self.bar.set_message(format!("time limit {}", crate::terminal::seconds(*time_ms)));
            }
            VerifyEvent::Started { submission } => {
                self.bar.set_message(format!("{submission}: compiling"));
            }
            VerifyEvent::Compiled { submission, result } => {
                let state = if result.success { "running" } else { "does not compile" };
                self.bar.set_message(format!("{submission}: {state}"));
            }
            VerifyEvent::Ran { submission, result, total } => {
                let (ordinal, verdict) = (result.ordinal, result.verdict);
                self.bar.set_message(format!("{submission}: test {ordinal}/{total} {verdict}"));
            }
            VerifyEvent::Finished { .. } => self.bar.inc(1),
        }
    }

    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
