//! Why an input is not accepted.

use crate::fault::Fault;
use std::{fmt, io};

/// Why a check did not end well.
#[derive(Debug, thiserror::Error)]
pub enum CheckError {
    /// The input is not as described.
    #[error("{0}")]
    Mismatch(Mismatch),
    /// The program cannot be run on this input: a variable without a value, a division by zero, a string where a number
    /// belongs. DOMjudge's own implementation does not accept such an input either.
    #[error("{0}")]
    Program(Fault),
    /// The program took more than the [`super::Limits`] allow, or a number or an expression grew beyond what is fixed.
    #[error("{0}")]
    Limit(Fault),
    /// This machine could not read the input.
    #[error("read the input")]
    Read(#[from] io::Error),
}

/// Where an input is not as its description has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The input's line, from 1.
    pub line: u64,
    /// The byte within that line, from 1.
    pub column: u64,
    /// What the description asks for.
    pub expected: String,
    /// What is there instead, quoted and shortened.
    pub found: String,
    /// The program's file.
    pub program: String,
    /// The line of the command that asks for it, from 1.
    pub program_line: u32,
}

/// `line 3, column 5: expected an integer from 1 to 100, found "101" (validator.ctd:4)`
impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column, expected, found, program, program_line } = self;
        write!(
            f,
            "line {line}, column {column}: expected {expected}, found {found} ({program}:{program_line})"
        )
    }
}
