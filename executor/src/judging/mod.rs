//! Judging one program: compile once, run each test case, check what it wrote.
//!
//! The same code serves the function and the verification of packages. It knows no database.

mod artefacts;
mod bench;
mod checker;
mod judge;
mod limits;
mod meter;
mod program;
mod room;
mod verdict;

pub use bench::Workbench;
pub(crate) use bench::host;
pub use judge::{Interrupted, JudgeJob, Judged, ProgressSink, StopRule, judge};
pub use meter::Meter;
pub use program::{SourceText, SourcesError, read_sources};
pub(crate) use room::out_of_room;
