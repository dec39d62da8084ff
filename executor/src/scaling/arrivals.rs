//! How many submissions arrive in a second.

use std::time::Duration;

/// Follows the arrival rate λ: steady while arrivals scatter as chance has it, within two seconds where they surge.
///
/// Two averages run side by side, each forgetting exponentially. The slow one counts unless the quick one is
/// above what chance explains: a quick one alone would have the number of slots tremble with every arrival.
#[derive(Debug, Clone, Default)]
pub struct ArrivalRate {
    slow: Average,
    quick: Average,
    last: Option<Duration>,
}

/// How far back each average looks, in seconds.
const SLOW_S: f64 = 20.0;
const QUICK_S: f64 = 1.0;

/// How many standard deviations the quick average must be above the slow one to count as a surge.
const SURGE: f64 = 3.0;

impl ArrivalRate {
    /// Nothing has arrived yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// `count` submissions have arrived at `now`.
    pub fn observe(&mut self, now: Duration, count: usize) {
        if count == 0 {
            return;
        }
        self.slow.add(now, count, SLOW_S);
        self.quick.add(now, count, QUICK_S);
        self.last = Some(now);
    }

    /// Arrivals in a second, as far as known at `now`.
    #[must_use]
    pub fn per_second(&self, now: Duration) -> f64 {
        let slow = self.slow.at(now, SLOW_S);
        let quick = self.quick.at(now, QUICK_S);
        // A Poisson stream of rate λ makes the quick average scatter by √(λ / 2τ). At least one arrival a second
        // is supposed, or the first one after a quiet time would pass for a surge.
        let scatter = (slow.max(1.0) / (2.0 * QUICK_S)).sqrt();
        if quick > slow + SURGE * scatter { quick } else { slow }
    }

    /// How long nothing has arrived, or `None` where nothing ever has.
    #[must_use]
    pub fn quiet_for(&self, now: Duration) -> Option<Duration> {
        self.last.map(|last| now.saturating_sub(last))
    }
}

/// An exponentially forgetting count of arrivals in a second.
#[derive(Debug, Clone, Default)]
struct Average {
    value: f64,
    at: Duration,
}

impl Average {
    fn add(&mut self, now: Duration, count: usize, window_s: f64) {
        #[allow(clippy::cast_precision_loss, reason = "arrivals at one moment are few")]
        let count = count as f64;
        self.value = self.at(now, window_s) + count / window_s;
        self.at = now.max(self.at);
    }

    fn at(&self, now: Duration, window_s: f64) -> f64 {
        let passed = now.saturating_sub(self.at).as_secs_f64();
        self.value * (-passed / window_s).exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn moment(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    /// Evenly spaced arrivals.
    fn feed(rate: &mut ArrivalRate, from_s: f64, to_s: f64, per_second: f64) {
        let mut at = from_s;
        while at < to_s {
            rate.observe(moment(at), 1);
            at += 1.0 / per_second;
        }
    }

    #[test]
    fn a_steady_rate_is_found() {
        let mut rate = ArrivalRate::new();
        feed(&mut rate, 0.0, 120.0, 7.0);
        let found = rate.per_second(moment(120.0));
        assert!((found - 7.0).abs() < 0.4, "{found}");
    }

    #[test]
    fn a_surge_is_seen_within_two_seconds_and_forgotten_within_two_minutes() {
        let mut rate = ArrivalRate::new();
        feed(&mut rate, 0.0, 100.0, 2.0);
        feed(&mut rate, 100.0, 102.0, 200.0);
        let found = rate.per_second(moment(102.0));
        assert!(found > 160.0, "{found}");
        feed(&mut rate, 102.0, 222.0, 2.0);
        let found = rate.per_second(moment(222.0));
        assert!(found < 4.0, "{found}");
    }

    #[test]
    fn one_arrival_after_a_quiet_time_is_no_surge() {
        let mut rate = ArrivalRate::new();
        rate.observe(moment(500.0), 1);
        let found = rate.per_second(moment(500.0));
        assert!(found < 0.1, "{found}");
        assert_eq!(rate.quiet_for(moment(503.0)), Some(moment(3.0)));
    }

    proptest! {
        #[test]
        fn more_arrivals_are_never_a_lower_rate(
            gaps in prop::collection::vec(0.0_f64..3.0, 1..60), more in 1_usize..50,
        ) {
            let (mut few, mut many) = (ArrivalRate::new(), ArrivalRate::new());
            let mut at = 0.0;
            for gap in gaps {
                at += gap;
                few.observe(moment(at), 1);
                many.observe(moment(at), 1);
            }
            many.observe(moment(at), more);
            let (few, many) = (few.per_second(moment(at)), many.per_second(moment(at)));
            prop_assert!(many > 0.0 && many >= few - 1e-9, "{many} < {few}");
        }

        #[test]
        fn the_rate_dies_away(at in 0.0_f64..100.0, count in 1_usize..10_000) {
            let mut rate = ArrivalRate::new();
            rate.observe(moment(at), count);
            prop_assert!(rate.per_second(moment(at + 600.0)) < 1e-6);
        }
    }
}
