//! A contest's load, played through in simulated time.
//!
//! The rules of [`scaling`](crate::scaling) are the real ones; simulated are the submissions ([`Workload`]) and the
//! slots, which appear and vanish as on one of several [`Platform`]s. Time jumps from event to event, so that a
//! contest of five hours takes seconds. The same seed gives the same figures.

mod engine;
mod lambda;
mod local;
mod platform;
mod pods;
mod random;
mod report;
mod workload;

pub use engine::simulate;
pub use platform::{LambdaModel, Platform, PodModel, PodTrigger};
pub use report::{LaneWaits, SimulationReport, Waits};
pub use workload::{ArrivalShape, ServiceModel, Workload, WorkloadConfig};

#[cfg(test)]
mod tests;
