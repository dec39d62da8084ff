//! What a submission may use.

use serde::{Deserialize, Serialize};

/// The limits under which one submission is compiled and run.
///
/// Names and defaults follow `limits` in `problem.yaml` of the ICPC problem
/// package format (legacy), section "Problem Metadata".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Limits {
    /// CPU time of one run, in milliseconds. Wall time gets a margin above it.
    pub time_ms: u64,
    /// Peak memory of one run, in bytes.
    pub memory_bytes: u64,
    /// What one run may write to standard output, in bytes.
    pub output_bytes: u64,
    /// Size of the source, all files together, in bytes.
    pub code_bytes: u64,
    /// CPU time of the compiler, in milliseconds.
    pub compilation_time_ms: u64,
    /// Peak memory of the compiler, in bytes.
    pub compilation_memory_bytes: u64,
    /// CPU time of an output validator for one run, in milliseconds.
    pub validation_time_ms: u64,
    /// Peak memory of an output validator, in bytes.
    pub validation_memory_bytes: u64,
    /// What an output validator may write, in bytes.
    pub validation_output_bytes: u64,
}

const MIB: u64 = 1 << 20;

impl Limits {
    /// The time limit of a problem that states none, until one is measured, in milliseconds.
    pub const DEFAULT_TIME_MS: u64 = 2_000;

    /// The same limits, and no less than usual for compiling and validating: for programs of a package that its limits, which
    /// are for submissions and output validators, do not bind.
    ///
    /// ICPC problem package format (2025-09), section "Limits".
    #[must_use]
    pub fn for_preparation(&self) -> Self {
        let usual = Self::default();
        Self {
            compilation_time_ms: self.compilation_time_ms.max(usual.compilation_time_ms),
            compilation_memory_bytes: self
                .compilation_memory_bytes
                .max(usual.compilation_memory_bytes),
            validation_time_ms: self.validation_time_ms.max(usual.validation_time_ms),
            validation_memory_bytes: self
                .validation_memory_bytes
                .max(usual.validation_memory_bytes),
            validation_output_bytes: self
                .validation_output_bytes
                .max(usual.validation_output_bytes),
            ..self.clone()
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time_ms: Self::DEFAULT_TIME_MS,
            memory_bytes: 2048 * MIB,
            output_bytes: 8 * MIB,
            code_bytes: MIB / 8,
            compilation_time_ms: 60_000,
            compilation_memory_bytes: 2048 * MIB,
            validation_time_ms: 60_000,
            validation_memory_bytes: 2048 * MIB,
            validation_output_bytes: 8 * MIB,
        }
    }
}
