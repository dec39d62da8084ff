//! How fast a function gets on with test cases, and so how many it takes at once.

use std::time::{Duration, Instant};

/// A share of test cases takes about this long: each is a transaction, and nobody should wait long for the last.
const SHARE: Duration = Duration::from_millis(500);
const LARGEST_SHARE: u32 = 64;

/// What test cases have taken so far.
#[derive(Debug, Default)]
pub(super) struct Pace {
    time: Duration,
    judged: u32,
    began: Option<Instant>,
}

impl Pace {
    /// So many test cases have taken so long.
    pub(super) fn of(time: Duration, judged: u32) -> Self {
        Self { time, judged, began: None }
    }

    /// One more is begun.
    pub(super) fn begin(&mut self) {
        self.began = Some(Instant::now());
    }

    /// It is judged.
    pub(super) fn end(&mut self) {
        if let Some(began) = self.began.take() {
            self.time += began.elapsed();
            self.judged += 1;
        }
    }

    /// How many to take at once; one while nothing is known.
    pub(super) fn share(&self) -> u32 {
        let Some(mean) = self.time.checked_div(self.judged) else { return 1 };
        let most = SHARE.as_micros() / mean.as_micros().max(1);
        u32::try_from(most).unwrap_or(LARGEST_SHARE).clamp(1, LARGEST_SHARE)
    }

    /// How long so many will take here, as far as can be told.
    pub(super) fn time_for(&self, test_cases: usize) -> Option<Duration> {
        let mean = self.time.checked_div(self.judged)?;
        Some(mean.saturating_mul(u32::try_from(test_cases).unwrap_or(u32::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_takes_about_half_a_second() {
        let share = |ms, judged| Pace::of(Duration::from_millis(ms), judged).share();
        assert_eq!([share(0, 0), share(0, 9), share(1_000, 200), share(6_000, 6)], [1, 64, 64, 1]);
        assert_eq!([share(1_000, 10), share(60_000, 2)], [5, 1]);
    }
}
