//! When a judgement is opened to others, and how far.

use super::pace::Pace;
use std::time::Duration;

/// When and how far a judgement is opened to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FanOutRules {
    /// The judgement has run for so long, and will take as long again, as far as can be told.
    pub after: Duration,
    /// The most helpers that are wanted; with 0 no judgement is opened.
    pub helpers: u32,
}

impl Default for FanOutRules {
    /// Most judgements are over sooner: they are none the wiser.
    fn default() -> Self {
        Self { after: Duration::from_secs(5), helpers: 7 }
    }
}

impl FanOutRules {
    /// How many helpers to ask for: as many as there are spans of [`Self::after`] left.
    pub(super) fn wanted(&self, since: Duration, pace: &Pace, left: usize) -> u32 {
        let Some(left) = pace.time_for(left).filter(|_| since >= self.after) else { return 0 };
        let spans = left.as_secs_f64() / self.after.as_secs_f64().max(0.001);
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it saturates, and is not negative"
        )]
        let spans = spans as u32;
        spans.min(self.helpers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn helpers_are_wanted_once_it_takes_long_and_as_many_as_are_of_use() {
        let rules = FanOutRules { after: Duration::from_secs(5), helpers: 7 };
        let wanted = |ms, judged, left| {
            let time = Duration::from_millis(ms);
            rules.wanted(time, &Pace::of(time, judged), left)
        };
        assert_eq!(wanted(4_999, 5, 1_000), 0, "too early to tell");
        assert_eq!(wanted(5_000, 0, 1_000), 0, "nothing is known yet");
        assert_eq!(wanted(5_000, 50, 49), 0, "soon over");
        assert_eq!(wanted(5_000, 50, 50), 1);
        assert_eq!(wanted(6_000, 6, 17), 3);
        assert_eq!(wanted(5_000, 1, 1_000_000), 7);
        let long = Duration::from_secs(1 << 30);
        assert_eq!(FanOutRules { helpers: 0, ..rules }.wanted(long, &Pace::of(long, 1), 1), 0);
    }
}
