//! How long a slot is taken by one submission.

use std::{collections::HashMap, time::Duration};

/// Follows the mean service time S, overall and for each language: from the moment that a slot is given a
/// submission until it is free again, the start of the function included.
///
/// Until something was observed, a prior stands in; a language's first observations count together with the
/// overall mean. Then each mean forgets exponentially.
#[derive(Debug, Clone)]
pub struct ServiceTimes {
    overall: Mean,
    languages: HashMap<String, Mean>,
}

/// How many observations what was believed before is worth.
const PRIOR_WEIGHT: u32 = 3;

/// Over how many observations a mean looks back.
const MEMORY: u32 = 200;

impl Default for ServiceTimes {
    fn default() -> Self {
        Self::new(Self::DEFAULT_PRIOR)
    }
}

impl ServiceTimes {
    /// What a submission is believed to take before any was observed.
    pub const DEFAULT_PRIOR: Duration = Duration::from_secs(1);

    /// Nothing is observed yet; a submission is believed to take `prior`.
    #[must_use]
    pub fn new(prior: Duration) -> Self {
        Self { overall: Mean::from(prior.as_secs_f64()), languages: HashMap::new() }
    }

    /// A submission in `language` took a slot for `took`.
    pub fn observe(&mut self, language: &str, took: Duration) {
        let believed = self.overall.value;
        self.overall.observe(took);
        match self.languages.get_mut(language) {
            Some(mean) => mean.observe(took),
            None => {
                let mut mean = Mean::from(believed);
                mean.observe(took);
                self.languages.insert(language.to_owned(), mean);
            }
        }
    }

    /// The mean over all submissions.
    #[must_use]
    pub fn mean(&self) -> Duration {
        Duration::from_secs_f64(self.overall.value)
    }

    /// The mean in one language; where it was not observed, the mean over all.
    #[must_use]
    pub fn of(&self, language: &str) -> Duration {
        self.languages.get(language).map_or(self.mean(), |mean| Duration::from_secs_f64(mean.value))
    }

    /// The mean over a mix of languages with the number of submissions in each, such as what waits now; the
    /// mean over all where the mix is empty.
    #[must_use]
    pub fn of_mix<'a>(&self, mix: impl IntoIterator<Item = (&'a str, usize)>) -> Duration {
        let (mut seconds, mut all) = (0.0, 0.0);
        for (language, count) in mix {
            #[allow(clippy::cast_precision_loss, reason = "a queue is shorter than 2^52")]
            let count = count as f64;
            seconds += self.of(language).as_secs_f64() * count;
            all += count;
        }
        if all > 0.0 { Duration::from_secs_f64(seconds / all) } else { self.mean() }
    }
}

/// A mean in seconds that starts from a belief.
#[derive(Debug, Clone)]
struct Mean {
    value: f64,
    weight: u32,
}

impl Mean {
    fn from(value: f64) -> Self {
        Self { value, weight: PRIOR_WEIGHT }
    }

    fn observe(&mut self, took: Duration) {
        self.weight = (self.weight + 1).min(MEMORY);
        self.value += (took.as_secs_f64() - self.value) / f64::from(self.weight);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn the_prior_stands_in_and_gives_way() {
        let mut times = ServiceTimes::new(ms(1_000));
        assert_eq!(times.mean(), ms(1_000));
        assert_eq!(times.of("rust"), ms(1_000));
        for _ in 0..30 {
            times.observe("c", ms(100));
        }
        assert!(times.mean() < ms(200), "{:?}", times.mean());
        assert_eq!(times.of("rust"), times.mean());
    }

    #[test]
    fn languages_keep_means_of_their_own() {
        let mut times = ServiceTimes::default();
        for _ in 0..300 {
            times.observe("c", ms(100));
            times.observe("java", ms(2_100));
        }
        let near = |found: Duration, wanted: Duration| found.abs_diff(wanted) < ms(20);
        assert!(near(times.of("c"), ms(100)) && near(times.of("java"), ms(2_100)), "{times:?}");
        assert!(near(times.of_mix([("c", 3), ("java", 1)]), ms(600)), "{times:?}");
        assert_eq!(times.of_mix([]), times.mean());
    }

    #[test]
    fn a_change_is_followed() {
        let mut times = ServiceTimes::default();
        for _ in 0..10_000 {
            times.observe("c", ms(100));
        }
        for _ in 0..1_000 {
            times.observe("c", ms(500));
        }
        assert!(times.of("c") > ms(490), "{times:?}");
    }

    proptest! {
        #[test]
        fn a_mean_stays_within_what_was_believed_and_observed(
            prior in 1_u64..10_000, observed in prop::collection::vec(1_u64..10_000, 1..300),
        ) {
            let mut times = ServiceTimes::new(ms(prior));
            for took in &observed {
                times.observe("c", ms(*took));
            }
            let all = observed.iter().chain([&prior]);
            let (low, high) = (all.clone().min().unwrap(), all.max().unwrap());
            let slack = Duration::from_micros(1);
            for mean in [times.mean(), times.of("c")] {
                prop_assert!(mean + slack >= ms(*low) && mean <= ms(*high) + slack);
            }
        }
    }
}
