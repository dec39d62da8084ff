//! The scaling policy's settings on the command line.

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
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = time)]
    shrink_after: Duration,
    /// Time without any submission after which no slot is wanted
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = time)]
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

/// A time up to a week: `1.5s`, `500ms`, `2m`, `5h`; a bare number is of seconds.
pub(crate) fn time(text: &str) -> Result<Duration, String> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let factor = match unit {
        "ms" => Some(1e-3),
        "" | "s" => Some(1.0),
        "m" => Some(60.0),
        "h" => Some(3_600.0),
        _ => None,
    };
    let value = number.parse::<f64>().ok().zip(factor).map(|(value, factor)| value * factor);
    let value = value.ok_or("not a time: write seconds, or a number with ms, s, m or h")?;
    if value > 7.0 * 86_400.0 {
        return Err("more than a week".to_owned());
    }
    Ok(Duration::from_secs_f64(value))
}

/// A time of at least a millisecond.
pub(crate) fn some_time(text: &str) -> Result<Duration, String> {
    let time = time(text)?;
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
    fn times_are_read() {
        for (text, ms) in
            [("1", 1_000), ("1.5s", 1_500), ("5ms", 5), ("2m", 120_000), ("5h", 18_000_000)]
        {
            assert_eq!(time(text), Ok(Duration::from_millis(ms)), "{text}");
        }
        for bad in ["", "s", "-1", "1d", "x", "1.2.3", "nan", "inf", "1e9", "169h"] {
            assert!(time(bad).is_err(), "{bad}");
        }
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
