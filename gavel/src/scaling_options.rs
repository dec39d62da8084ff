//! The scaling policy's settings on the command line.

use crate::units::up_to_a_week;
use anyhow::bail;
use executor::scaling::ScalingConfig;
use std::time::Duration;

/// How many slots to have, and how soon to give them up.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Scaling policy")]
pub(crate) struct ScalingOptions {
    /// Slots to keep even when idle
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    min_slots: usize,
    /// Slots at most
    #[arg(long, value_name = "NUMBER", default_value_t = 1_000, value_parser = positive)]
    max_slots: usize,
    /// Time within which the submissions that wait should all have begun
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = some_time)]
    drain_goal: Duration,
    /// Standard deviations of the load to keep slots in reserve for; with 2.33, 1 in 100 arrivals has to wait
    #[arg(long, value_name = "NUMBER", default_value_t = 2.33, value_parser = reserve)]
    reserve: f64,
    /// Time for which fewer slots must be enough before fewer are wanted
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = up_to_a_week)]
    shrink_after: Duration,
    /// Time without any submission after which no slot is wanted
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = up_to_a_week)]
    idle_after: Duration,
}

impl ScalingOptions {
    /// The settings, where they do not contradict each other.
    pub(crate) fn config(&self) -> anyhow::Result<ScalingConfig> {
        let (min, max) = (self.min_slots, self.max_slots);
        if min > max {
            bail!("--min-slots {min} is more than --max-slots {max}");
        }
        Ok(ScalingConfig {
            min_slots: min,
            max_slots: max,
            drain_goal: self.drain_goal,
            reserve: self.reserve,
            shrink_after: self.shrink_after,
            idle_after: self.idle_after,
        })
    }
}

/// A time of at least a millisecond.
pub(crate) fn some_time(text: &str) -> Result<Duration, String> {
    let time = up_to_a_week(text)?;
    if time < Duration::from_millis(1) { Err("less than 1ms".to_owned()) } else { Ok(time) }
}

/// A number from 1 to a million.
pub(crate) fn positive(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number @ 1..=1_000_000) => Ok(number),
        _ => Err("not a whole number from 1 to 1000000".to_owned()),
    }
}

/// A number in `range`, with or without a fraction.
pub(crate) fn within(text: &str, range: std::ops::RangeInclusive<f64>) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| range.contains(number));
    number.ok_or_else(|| format!("not a number from {} to {}", range.start(), range.end()))
}

fn reserve(text: &str) -> Result<f64, String> {
    within(text, 0.0..=10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_time_at_all_is_not_some() {
        assert_eq!(some_time("1ms"), Ok(Duration::from_millis(1)));
        assert!(some_time("0").is_err());
    }

    #[test]
    fn numbers_keep_their_bounds() {
        assert_eq!(within("0.5", 0.0..=1.0), Ok(0.5));
        for bad in ["", "1.1", "-0.1", "nan", "inf"] {
            assert!(within(bad, 0.0..=1.0).is_err(), "{bad}");
        }
        for bad in ["0", "-1", "1000001", "1.5"] {
            assert!(positive(bad).is_err(), "{bad}");
        }
    }
}
