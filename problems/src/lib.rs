//! Problem packages: read, check, compare, show and pack.
//!
//! The ICPC problem package format in its legacy version, pass-fail problems. Running programs,
//! the jury's or a contestant's, happens elsewhere: here is no sandbox, no database and no network.

mod caps;
pub mod compare;
mod domjudge;
mod extract;
mod fault;
mod fields;
mod import;
mod metadata;
mod names;
mod pack;
mod package;
mod sample;
pub mod statement;
mod submission;
mod test_data;
mod tree;
mod validator;
mod yaml;

pub use caps::ArchiveCaps;
pub use compare::{CompareFlags, Comparison, Difference, InvalidFlag, compare};
pub use fault::{Fault, Faults};
pub use import::{import_folder, import_zip};
pub use metadata::{Credits, Timing};
pub use pack::{PackError, pack, unpack};
pub use package::{Package, Validation};
pub use sample::{Exchange, Sample, SampleContent, Speaker, exchanges};
pub use statement::{Rendered, Statement};
pub use submission::{Expected, JurySubmission};
pub use test_data::TestCase;
pub use validator::ValidatorProgram;

/// A language that people speak, by its code: `en`, `sv`, `pt-br`.
pub type Lang = String;
