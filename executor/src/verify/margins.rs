//! Whether a time limit leaves the jury's submissions the package's margins.
//!
//! ICPC problem package format (legacy), section "Limits"; (2025-09), section "Problem Timing".

use super::{TimeBounds, TimeLimitSource, Timed};
use problems::{Package, PackageFormat, Timing};

/// What the time limit does not leave room, in words.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Misfits {
    /// What the format forbids.
    pub(super) faults: Vec<String>,
    /// What does no harm.
    pub(super) warnings: Vec<String>,
}

impl Misfits {
    /// Those of a time limit from `source`, in milliseconds.
    pub(super) fn find(
        bounds: &TimeBounds,
        package: &Package,
        limit_ms: u64,
        source: TimeLimitSource,
    ) -> Self {
        let timing = &package.timing;
        if package.format != PackageFormat::V2025 {
            let found = [too_close(bounds, timing, limit_ms), too_fast(bounds, limit_ms)];
            return Self { warnings: found.into_iter().flatten().collect(), ..Self::default() };
        }
        let too_short = match source {
            // Long enough by its making, whatever is measured when a submission is run once more.
            TimeLimitSource::Measured { .. } => None,
            _ => too_short(bounds, timing, limit_ms),
        };
        let found = [too_short, too_long(bounds, timing, limit_ms)];
        let found = found.into_iter().flatten().collect();
        match source {
            TimeLimitSource::Stated | TimeLimitSource::Measured { .. } => {
                Self { faults: found, ..Self::default() }
            }
            // The package asks for no such limit.
            TimeLimitSource::Given | TimeLimitSource::Default => {
                Self { warnings: found, ..Self::default() }
            }
        }
    }
}

/// `T_ac * ac_to_time_limit <= time_limit` (2025-09).
fn too_short(bounds: &TimeBounds, timing: &Timing, limit_ms: u64) -> Option<String> {
    let Timed { submission, cpu_ms, was_stopped } = bounds.slowest_in_time.as_ref()?;
    let factor = timing.multiplier;
    let over = if *was_stopped { "over " } else { "" };
    is_more(*cpu_ms, factor, limit_ms).then(|| {
        format!(
            "{submission} takes {over}{cpu_ms} ms: {factor} times that (ac_to_time_limit) is more than the time limit \
             of {limit_ms} ms"
        )
    })
}

/// `time_limit * time_limit_to_tle <= T_tle` (2025-09).
fn too_long(bounds: &TimeBounds, timing: &Timing, limit_ms: u64) -> Option<String> {
    bounds.most_ms.filter(|most_ms| *most_ms < limit_ms)?;
    let Timed { submission, cpu_ms, .. } = bounds.fastest_too_slow.as_ref()?;
    let factor = timing.safety_margin;
    Some(format!(
        "{submission} takes {cpu_ms} ms: less than {factor} times (time_limit_to_tle) the time limit of {limit_ms} ms"
    ))
}

/// The legacy format has one safety margin on both sides, and makes no rule of it.
fn too_close(bounds: &TimeBounds, timing: &Timing, limit_ms: u64) -> Option<String> {
    let Timed { submission, cpu_ms, .. } = bounds.slowest_in_time.as_ref()?;
    let margin = timing.safety_margin;
    is_more(*cpu_ms, margin, limit_ms).then(|| {
        format!(
            "{submission} takes {cpu_ms} ms of {limit_ms} ms: less than the safety margin of {margin}"
        )
    })
}

fn too_fast(bounds: &TimeBounds, limit_ms: u64) -> Option<String> {
    let most_ms = bounds.most_ms.filter(|most_ms| *most_ms < limit_ms)?;
    let Timed { submission, cpu_ms, .. } = bounds.fastest_too_slow.as_ref()?;
    Some(format!(
        "{submission} takes {cpu_ms} ms: with the safety margin, the time limit may be {most_ms} ms at most"
    ))
}

#[allow(clippy::cast_precision_loss, reason = "milliseconds are far below 2^52")]
fn is_more(cpu_ms: u64, factor: f64, limit_ms: u64) -> bool {
    cpu_ms as f64 * factor > limit_ms as f64
}
