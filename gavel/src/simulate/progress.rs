//! How far a simulation is, on standard error where that is a terminal, once it has taken a second.

use indicatif::{HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::{Duration, Instant};

pub(super) struct Progress {
    started: Instant,
    all: usize,
    /// What the platforms before the present one have judged.
    before: usize,
    platform: String,
    bar: Option<ProgressBar>,
}

/// What is over sooner needs no bar.
const PATIENCE: Duration = Duration::from_secs(1);

impl Progress {
    pub(super) fn new(all: usize) -> Self {
        Self { started: Instant::now(), all, before: 0, platform: String::new(), bar: None }
    }

    pub(super) fn begin(&mut self, platform: String) {
        self.platform = platform;
    }

    pub(super) fn show(&mut self, judged: usize) {
        if self.bar.is_none() && self.started.elapsed() < PATIENCE {
            return;
        }
        let bar =
            self.bar.get_or_insert_with(|| bar(self.all).with_elapsed(self.started.elapsed()));
        bar.set_position((self.before + judged) as u64);
        bar.set_message(format!("{}: {} judged", self.platform, HumanCount(judged as u64)));
    }

    pub(super) fn end(&mut self, judged: usize) {
        self.before += judged;
    }

    pub(super) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn bar(all: usize) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(all as u64), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("[{bar:30}] {percent:>3} % {elapsed} {wide_msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style.progress_chars("=> "));
    bar
}
