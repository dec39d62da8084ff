//! Extended regular expressions of POSIX, matched against an input as it is read.
//!
//! The longest match counts, as POSIX asks, and the time is the product of the lengths of input and expression at most.

mod matching;
mod posix;
#[cfg(test)]
mod tests;

pub(super) use matching::{MatchError, Matcher};

use regex_automata::{nfa::thompson, util::syntax};
use std::sync::Arc;

/// The longest expression that is compiled.
const MAX_PATTERN_BYTES: usize = 10_000;
/// How deep the groups of an expression may lie within each other.
const MAX_NESTING: u32 = 100;

/// Why an expression is none, or too much of one.
#[derive(Debug, thiserror::Error)]
pub(super) enum RegexError {
    /// With the byte, from 1.
    #[error("regular expression, byte {0}: {1}")]
    Syntax(usize, String),
    #[error("a regular expression has more than {MAX_PATTERN_BYTES} bytes")]
    TooLong,
    #[error("regular expressions take more than {0} bytes of memory")]
    TooBig(usize),
    #[error(
        "regular expression: its groups lie more than {MAX_NESTING} deep, or cannot be compiled"
    )]
    NotCompiled(#[source] Box<thompson::BuildError>),
}

/// A compiled expression.
#[derive(Debug, Clone)]
pub(super) struct Regex {
    pattern: Arc<[u8]>,
    nfa: thompson::NFA,
}

impl Regex {
    /// `max_bytes` is the memory that it may take.
    pub(super) fn compile(pattern: &[u8], max_bytes: usize) -> Result<Self, RegexError> {
        if pattern.len() > MAX_PATTERN_BYTES {
            return Err(RegexError::TooLong);
        }
        let translated = posix::translate(pattern)
            .map_err(|error| RegexError::Syntax(error.at + 1, error.message))?;
        let syntax = syntax::Config::new()
            .unicode(false)
            .utf8(false)
            .dot_matches_new_line(true)
            .nest_limit(MAX_NESTING);
        let config = thompson::Config::new()
            .utf8(false)
            .which_captures(thompson::WhichCaptures::None)
            .nfa_size_limit(Some(max_bytes));
        let nfa = thompson::Compiler::new().syntax(syntax).configure(config).build(&translated);
        match nfa {
            Ok(nfa) => Ok(Self { pattern: pattern.into(), nfa }),
            Err(error) if error.size_limit().is_some() => Err(RegexError::TooBig(max_bytes)),
            Err(error) => Err(RegexError::NotCompiled(Box::new(error))),
        }
    }

    /// As it was written.
    pub(super) fn pattern(&self) -> &[u8] {
        &self.pattern
    }

    pub(super) fn memory_bytes(&self) -> usize {
        self.nfa.memory_usage()
    }
}
