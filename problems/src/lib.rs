//! Problem packages: read, check, compare, show and pack.
//!
//! Whatever format a package came in, it becomes one [`Package`]: the ICPC problem package format, legacy and 2025-09 with
//! its drafts, what DOMjudge adds to it, and full packages of Polygon. Running programs, the jury's or a contestant's,
//! happens elsewhere: here is no sandbox, no database and no network. Only descriptions of inputs, which can do nothing
//! but read one, are run here.

mod adapter;
mod caps;
pub mod checktestdata;
pub mod compare;
mod convert;
mod domjudge;
mod extract;
mod fault;
mod fields;
mod fps;
mod groups;
mod import;
mod interaction;
mod kind;
mod metadata;
mod names;
mod pack;
mod package;
mod plain;
mod polygon;
mod reading;
pub mod statement;
mod submission;
mod test_case;
mod test_data;
mod tree;
mod validator;
mod written;
mod xml;
mod yaml;

pub use caps::ArchiveCaps;
pub use checktestdata::Checktestdata;
pub use compare::{CompareFlags, Comparison, Difference, InvalidFlag, compare};
pub use convert::{Converted, convert};
pub use fault::{Fault, Faults};
pub use fps::{ImportedSet, import_fps};
pub use groups::{
    Aggregation, CaseScores, GraderFlags, Grading, Member, OnReject, ScoreMode, StaticValidation,
    TestGroup, VerdictMode,
};
pub use import::{import, import_folder, import_zip};
pub use interaction::{Exchange, Speaker, exchanges};
pub use kind::{PackageFormat, ProblemType};
pub use metadata::{Constants, Credits, Objective, Timing, TooLong};
pub use pack::{PackError, pack, unpack, unpacked_bytes};
pub use package::{Package, SaidScores, Validation};
pub use plain::import_plain;
pub use statement::{Rendered, Statement};
pub use submission::{
    Expectation, Expected, Judged, JudgedCase, JurySubmission, Tested, TimeBound,
};
pub use test_case::{
    CaseFile, InputFlags, Note, Sample, Shown, TestCase, ValidationCase, ValidationKind,
};
pub use validator::{Protocol, ValidatorProgram, is_called};

/// A language that people speak, by its code: `en`, `sv`, `pt-br`.
pub type Lang = String;
