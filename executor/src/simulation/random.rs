//! Random times and teams. The generator is a named one, which gives the same numbers in every version of its crate.

use rand::{RngExt, SeedableRng, rngs::Xoshiro256PlusPlus};
use std::{f64::consts::TAU, time::Duration};

/// A source of random values that repeats itself for the same seed.
#[derive(Debug, Clone)]
pub(super) struct Random(Xoshiro256PlusPlus);

impl Random {
    /// `stream` sets apart what is drawn for different purposes from the same seed.
    pub(super) fn new(seed: u64, stream: u64) -> Self {
        let mixed = seed ^ stream.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Self(Xoshiro256PlusPlus::seed_from_u64(mixed))
    }

    /// Evenly from 0 to below 1.
    pub(super) fn unit(&mut self) -> f64 {
        self.0.random()
    }

    /// Exponentially distributed around `mean`.
    pub(super) fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.unit()).ln()
    }

    /// Lognormally distributed: half of them below `median`, `sigma` is the standard deviation of the logarithm.
    pub(super) fn lognormal(&mut self, median: Duration, sigma: f64) -> Duration {
        // Box and Muller's method; 1 − u is never 0.
        let radius = (-2.0 * (1.0 - self.unit()).ln()).sqrt();
        let normal = radius * (TAU * self.unit()).cos();
        median.mul_f64((sigma * normal).exp())
    }
}

/// Draws the indices 0, 1, 2 … with given weights.
pub(super) struct Weighted {
    /// The sum of the weights up to each index.
    sums: Vec<f64>,
}

impl Weighted {
    pub(super) fn new(weights: impl Iterator<Item = f64>) -> Self {
        let sums = weights.scan(0.0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        });
        Self { sums: sums.collect() }
    }

    pub(super) fn draw(&self, random: &mut Random) -> usize {
        let all = self.sums.last().copied().unwrap_or_default();
        let point = random.unit() * all;
        self.sums.partition_point(|sum| *sum <= point).min(self.sums.len().saturating_sub(1))
    }
}
