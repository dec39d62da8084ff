//! The key `limits`, and how a time limit follows from the jury's submissions.

use super::Metadata;
use crate::fields::Fields;
use std::num::NonZeroU32;

/// How a time limit follows from the jury's submissions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// The time limit is at least this many times the slowest accepted submission's time.
    pub multiplier: f64,
    /// Submissions that are too slow should take at least this many times the time limit.
    pub safety_margin: f64,
    /// A time limit that is not stated is a multiple of this, in milliseconds.
    pub resolution_ms: u64,
}

impl Default for Timing {
    fn default() -> Self {
        Self { multiplier: 5.0, safety_margin: 2.0, resolution_ms: 1_000 }
    }
}

impl Timing {
    /// What 2025-09 has where a package says nothing.
    const VERSIONED: Self = Self { multiplier: 2.0, safety_margin: 1.5, resolution_ms: 1_000 };

    /// The time limit for a problem that states none: the slowest accepted submission's time times the multiplier,
    /// rounded up to the resolution, and at least that. Both in milliseconds.
    #[must_use]
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "both are far below 2^52 and not negative"
    )]
    pub fn time_limit_ms(&self, slowest_accepted_ms: u64) -> u64 {
        let steps = slowest_accepted_ms as f64 * self.multiplier / self.resolution_ms as f64;
        (steps.ceil().max(1.0) as u64).saturating_mul(self.resolution_ms)
    }

    /// The most that a time limit can be under which a submission that takes so long is too slow by the margin. Both in
    /// milliseconds.
    #[must_use]
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "both are far below 2^52 and not negative"
    )]
    pub fn most_ms(&self, too_slow_ms: u64) -> u64 {
        (too_slow_ms as f64 / self.safety_margin) as u64
    }
}

/// A thousand hours or a pebibyte: beyond any real limit, and safe to multiply.
const MOST_SECONDS: f64 = 3.6e6;
const MOST_MIB: f64 = (1_u64 << 30) as f64;

/// A judgement's runs are numbered in 32 bits, and each takes some milliseconds at least.
const MOST_PASSES: f64 = 1e6;

/// A time in seconds, in milliseconds.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
fn time(fields: &mut Fields<'_>, key: &'static str) -> Option<u64> {
    fields.number(key, 0.001..=MOST_SECONDS).map(|seconds| (seconds * 1e3).round() as u64)
}

impl Metadata {
    /// What both versions have in `limits`.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the ranges are checked"
    )]
    fn read_common_limits(&mut self, fields: &mut Fields<'_>) {
        let mut bytes = |key, unit: f64, limit: &mut u64| {
            if let Some(number) = fields.number(key, 1.0..=MOST_MIB) {
                *limit = (number * unit) as u64;
            }
        };
        const MIB: f64 = (1 << 20) as f64;
        let limits = &mut self.limits;
        bytes("memory", MIB, &mut limits.memory_bytes);
        bytes("output", MIB, &mut limits.output_bytes);
        bytes("code", 1024.0, &mut limits.code_bytes);
        bytes("compilation_memory", MIB, &mut limits.compilation_memory_bytes);
        bytes("validation_memory", MIB, &mut limits.validation_memory_bytes);
        bytes("validation_output", MIB, &mut limits.validation_output_bytes);
        if let Some(ms) = time(fields, "compilation_time") {
            limits.compilation_time_ms = ms;
        }
        if let Some(ms) = time(fields, "validation_time") {
            limits.validation_time_ms = ms;
        }
        self.stated_time_ms = time(fields, "time_limit");
        if let Some(passes) = fields.number("validation_passes", 2.0..=MOST_PASSES) {
            if !self.kind.is_multi_pass() {
                let line = fields.line("validation_passes");
                let message = "has a meaning only for multi-pass problems; ignored".into();
                fields.warn("validation_passes", line, message);
            } else if let Some(passes) = NonZeroU32::new(passes as u32) {
                self.kind.passes = passes;
            }
        }
    }

    pub(super) fn read_legacy_limits(&mut self, fields: &mut Fields<'_>) {
        self.read_common_limits(fields);
        if let Some(multiplier) = fields.number("time_multiplier", 1.0..=1e6) {
            self.timing.multiplier = multiplier;
        }
        if let Some(margin) = fields.number("time_safety_margin", 1.0..=1e6) {
            self.timing.safety_margin = margin;
        }
    }

    /// ICPC problem package format (2025-09), sections "Limits" and "Problem Timing".
    pub(super) fn read_versioned_limits(&mut self, fields: &mut Fields<'_>) {
        self.timing = Timing::VERSIONED;
        fields.within("limits", |fields| {
            self.read_common_limits(fields);
            if let Some(ms) = time(fields, "time_resolution") {
                self.timing.resolution_ms = ms;
            }
            fields.within("time_multipliers", |fields| {
                if let Some(multiplier) = fields.number("ac_to_time_limit", 1.0..=1e6) {
                    self.timing.multiplier = multiplier;
                }
                if let Some(margin) = fields.number("time_limit_to_tle", 1.0..=1e6) {
                    self.timing.safety_margin = margin;
                }
            });
            if let Some(stated_ms) = self.stated_time_ms
                && stated_ms % self.timing.resolution_ms != 0
            {
                let line = fields.line("time_limit");
                if fields.value("time_resolution").is_some() {
                    let message = "must be a multiple of time_resolution".to_owned();
                    fields.fault("time_limit", line, message);
                } else {
                    let message =
                        "is no multiple of a second, which time_resolution is unless it is given";
                    fields.warn("time_limit", line, message.to_owned());
                }
            }
        });
    }
}
