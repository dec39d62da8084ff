//! Judging one program: compile once, run each test case, check what it wrote.
//!
//! The same code serves the function and the verification of packages. It knows no database.

mod answer;
mod answers;
mod artefacts;
mod bench;
mod case;
mod checker;
mod compiling;
mod fresh;
mod grader;
mod grading;
mod interaction;
mod judge;
mod jury_program;
mod limits;
mod meter;
mod plan;
mod printed;
mod program;
mod room;
mod scripts;
mod seen;
mod sharing;
mod sources;
mod static_validation;
mod validating;
mod verdict;
mod walk;
mod worth;

pub(crate) use answers::are_answers;
pub use bench::Workbench;
pub(crate) use bench::host;
pub(crate) use grading::best_score;
pub use judge::{Interrupted, JudgeJob, Judged, ProgressSink, StopRule, judge};
pub use meter::Meter;
pub(crate) use plan::run_count;
pub(crate) use room::out_of_room;
pub use sharing::{Compiled, HelpSource, Left, Turn, help};
pub use sources::{SourceText, SourcesError, read_sources};
pub(crate) use validating::{InputQuestion, InputValidator, OutputChecker, validate_input};
