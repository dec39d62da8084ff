//! How many slots to have, and which task is next: pure rules, without input, output or clocks.
//!
//! A *slot* judges one submission at a time. Whoever scales feeds [`ArrivalRate`] and [`ServiceTimes`] with what
//! it sees, asks [`ScalingPolicy`] how many slots there should be, and takes tasks in the order of [`FairQueue`].
//! The simulator does the same with the same code.
//!
//! A moment is a [`Duration`](std::time::Duration) since a start that the caller chose once; moments never go back.

mod arrivals;
mod order;
mod policy;
mod service;

pub use arrivals::ArrivalRate;
pub use order::{FairQueue, Place};
pub use policy::{Load, ScalingConfig, ScalingPolicy};
pub use service::ServiceTimes;
