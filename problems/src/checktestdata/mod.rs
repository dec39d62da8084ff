//! Checktestdata, DOMjudge's language for descriptions of inputs (files that end in `.ctd`): read a program, check an
//! input.
//!
//! Source: "Checktestdata language specification" (`doc/format-spec.md` of DOMjudge/checktestdata), all of it. Where it
//! leaves something open, DOMjudge's own implementation is followed:
//!
//! - `&&` and `||` have one rank and go from left to right; `!` takes all that follows it up to a closing parenthesis.
//! - `^` goes from left to right, and a minus sign before a power belongs to its result.
//! - Integer division rounds towards zero, and `%` has the sign of the dividend.
//! - A loop's counter is 0 before its first iteration, and the number of iterations so far after each.
//!
//! It is left where it would surprise:
//!
//! - `UNIQUE` is false where a value comes twice, instead of ending the check at once, so it can be negated.
//! - In `UNIQUE` and `INARRAY` a variable without any value is an empty array. A name that is set nowhere in the
//!   program is refused as soon as it is read.
//! - Floating point numbers are kept as written, to base ten; what is computed has a hundred digits.
//! - In regular expressions, what POSIX leaves undefined is refused.
//!
//! Generating inputs, presetting variables and being lax about white space are not parts of the language, and not here.

mod expression;
mod input;
mod lexer;
mod meter;
mod mismatch;
mod parser;
mod program;
mod regex;
mod run;
#[cfg(test)]
mod tests;
mod values;
mod variables;

pub use meter::Limits;
pub use mismatch::{CheckError, Mismatch};

use crate::fault::Fault;
use std::io::Read;

/// A description of inputs.
#[derive(Debug)]
pub struct Checktestdata {
    file_name: String,
    program: program::Program,
}

impl Checktestdata {
    /// Reads a program. `file_name` is what reports call it.
    ///
    /// # Errors
    ///
    /// The first fault, with its line: of the grammar, of a regular expression that is written in the program, of a variable
    /// that is set nowhere, or of size: a program has at most 1 MiB, nests at most 100 deep, and its regular expressions
    /// have at most 10,000 bytes each and take at most 64 MiB in all.
    pub fn parse(file_name: &str, text: &str) -> Result<Self, Fault> {
        let program = parser::parse(file_name, text)?;
        Ok(Self { file_name: file_name.to_owned(), program })
    }

    /// Whether the input is as described. It is read once, and kept only as far as variables hold it.
    ///
    /// # Errors
    ///
    /// The first [`Mismatch`], or why there is no saying: the program fails or takes more than the limits, a number has more
    /// than 10,000 digits or an exponent beyond a thousand million, or the input cannot be read.
    pub fn check(&self, input: &mut dyn Read, limits: &Limits) -> Result<(), CheckError> {
        run::run(&self.file_name, &self.program, input, limits)
    }
}
