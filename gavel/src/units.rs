//! Sizes and times as people write them.

use std::time::Duration;

/// A size, in bytes: `64M`, `1536`, `1.5G`. Letters stand for powers of 1024.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let wrong = || "not a size: write bytes, or a number with K, M, G or T, such as 64M".to_owned();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let factor: u64 = match unit {
        "" => 1,
        "K" | "k" | "KiB" => 1 << 10,
        "M" | "MiB" => 1 << 20,
        "G" | "GiB" => 1 << 30,
        "T" | "TiB" => 1 << 40,
        _ => return Err(wrong()),
    };
    if let Ok(whole) = number.parse::<u64>() {
        return whole.checked_mul(factor).ok_or_else(|| "more than can be counted".to_owned());
    }
    let value: f64 = number.parse().map_err(|_| wrong())?;
    #[allow(clippy::cast_precision_loss, reason = "a power of two is exact")]
    let bytes = value * factor as f64;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
    Ok(bytes.round() as u64)
}

/// A time: `1.5s`, `500ms`, `2m`; a bare number is of seconds.
fn time(text: &str) -> Result<Duration, String> {
    let wrong = || "not a time: write seconds, or a number with us, ms, s, m or h".to_owned();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let factor = match unit {
        "us" => 1.0,
        "ms" => 1e3,
        "" | "s" => 1e6,
        "m" => 60e6,
        "h" => 3600e6,
        _ => return Err(wrong()),
    };
    let value: f64 = number.parse().map_err(|_| wrong())?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
    Ok(Duration::from_micros((value * factor).round() as u64))
}

/// A time of any length, in microseconds.
pub(crate) fn microseconds(text: &str) -> Result<u64, String> {
    let time = time(text)?.as_micros();
    u64::try_from(time).map_err(|_| "more than can be counted".to_owned())
}

/// A time up to a week.
pub(crate) fn up_to_a_week(text: &str) -> Result<Duration, String> {
    let time = time(text)?;
    if time > Duration::from_secs(7 * 86_400) {
        Err("more than a week".to_owned())
    } else {
        Ok(time)
    }
}

/// A time for people: `0.84 s`, and `0.0012 s` where the hundredths would hide it.
pub(crate) fn seconds(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 0.1 { format!("{seconds:.4} s") } else { format!("{seconds:.2} s") }
}

/// A size for people: `12.5 MiB`.
pub(crate) fn mebibytes(bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10).div_ceil(1 << 20);
    match tenths % 10 {
        0 => format!("{} MiB", tenths / 10),
        tenth => format!("{}.{tenth} MiB", tenths / 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read() {
        for (text, bytes) in [
            ("0", 0),
            ("1536", 1536),
            ("64M", 64 << 20),
            ("64MiB", 64 << 20),
            ("1.5G", 3 << 29),
            ("4k", 4096),
            ("2T", 2 << 40),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for bad in ["", "M", "64MB", "64 M", "-1", "1.2.3", "x", "99999999999T", "nan", "inf"] {
            assert!(size(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn times_are_read() {
        for (text, us) in [
            ("1", 1_000_000),
            ("1.5s", 1_500_000),
            (".5", 500_000),
            ("500ms", 500_000),
            ("250us", 250),
            ("2m", 120_000_000),
            ("1h", 3_600_000_000),
        ] {
            assert_eq!(microseconds(text), Ok(us), "{text}");
        }
        for bad in ["", "s", "1 s", "-1", "1d", "x", "1.2.3", "nan", "inf", "1e9"] {
            assert!(microseconds(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_week_is_the_most_where_it_is_the_most() {
        assert_eq!(up_to_a_week("168h"), Ok(Duration::from_secs(604_800)));
        for bad in ["169h", "9999999999999999999", "1d"] {
            assert!(up_to_a_week(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn figures_read_well() {
        assert_eq!(seconds(Duration::from_millis(1040)), "1.04 s");
        assert_eq!(seconds(Duration::from_micros(1200)), "0.0012 s");
        assert_eq!(mebibytes(1), "0.1 MiB");
        assert_eq!(mebibytes(5 << 20), "5 MiB");
    }
}
