//! What is said of an input that is not as described.

use super::Run;
use crate::checktestdata::{
    expression::{Comparison, Logical, Test},
    mismatch::{CheckError, Mismatch},
    program::Pattern,
    values::Value,
    variables::Clash,
};
use std::{fmt::Display, io};

/// How many bytes of an input, or characters of a value, are shown.
const MAX_SHOWN: usize = 40;

impl Run<'_> {
    /// That what comes next is not what is expected.
    pub(super) fn unexpected(&mut self, expected: String) -> io::Result<CheckError> {
        // Reads on, so that there is something to be shown.
        self.input.peek_at(MAX_SHOWN)?;
        let ahead = self.input.window(MAX_SHOWN + 1);
        // Up to the line's end, unless that is what was not expected.
        let line = ahead
            .iter()
            .skip(1)
            .position(|&byte| byte == b'\n')
            .map_or(ahead, |end| &ahead[..=end]);
        let found = match line {
            [] => "the end of the input".to_owned(),
            [b'\n', ..] => "the end of the line".to_owned(),
            _ => format!("\"{}\"", self.excerpt(line)),
        };
        Ok(self.mismatch(expected, found))
    }

    pub(super) fn mismatch(&self, expected: String, found: String) -> CheckError {
        CheckError::Mismatch(Mismatch {
            line: self.input.line,
            column: self.input.column,
            expected,
            found,
            program: self.file.to_owned(),
            program_line: self.line,
        })
    }

    /// Printable, and shortened.
    pub(super) fn excerpt(&self, bytes: &[u8]) -> String {
        let shown = &bytes[..bytes.len().min(MAX_SHOWN)];
        let rest = if shown.len() < bytes.len() { "…" } else { "" };
        format!("{}{rest}", shown.escape_ascii())
    }

    pub(super) fn shorten(&self, value: &impl Display) -> String {
        let text = value.to_string();
        match text.char_indices().nth(MAX_SHOWN) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text,
        }
    }

    pub(super) fn regex_name(&self, pattern: &Pattern) -> String {
        let text = match pattern {
            Pattern::Compiled(regex) => Some(regex.pattern()),
            Pattern::Computed(_) => self.computed.as_ref().map(|(text, _)| &**text),
        };
        // Backslashes are common in these, and doubled they are hard to read.
        let shown = self.excerpt(text.unwrap_or_default()).replace(r"\\", r"\");
        format!("a match of the regular expression {shown}")
    }

    /// Which part of a test that is false makes it so.
    pub(super) fn why_false(&mut self, test: &Test) -> Result<String, CheckError> {
        match test {
            // What is joined by `&&` alone is false by the first that is; of anything else, there is no one to blame.
            Test::Chain(first, rest)
                if rest.iter().all(|(logical, _)| *logical == Logical::And) =>
            {
                for link in std::iter::once(&**first).chain(rest.iter().map(|(_, test)| test)) {
                    if !self.test(link)? {
                        return self.why_false(link);
                    }
                }
                Ok("it is false".to_owned())
            }
            Test::Compare(left, comparison, right) => {
                let (left, right) = (self.value(left)?, self.value(right)?);
                Ok(self.comparison(&left, *comparison, &right))
            }
            Test::Unique(slots) => {
                let name = |slot: &usize| self.program.variables[*slot].name.as_str();
                let names = slots.iter().map(name).collect::<Vec<_>>().join(",");
                Ok(match self.variables.clash(slots) {
                    Some(Clash::Duplicate(earlier, later)) => {
                        let value =
                            slots.first().and_then(|slot| self.variables.get(*slot, &later));
                        let value = value.map(|value| self.shorten(value)).unwrap_or_default();
                        format!(
                            "{names} is the same at {earlier} and {later}, beginning with {value}"
                        )
                    }
                    Some(Clash::DifferentIndices(index)) => {
                        format!("not all of {names} have an element{index}")
                    }
                    None => "it is false".to_owned(),
                })
            }
            _ => Ok("it is false".to_owned()),
        }
    }

    fn comparison(&self, left: &Value, comparison: Comparison, right: &Value) -> String {
        let symbol = comparison.symbol();
        format!("{} {symbol} {}, which is false", self.shorten(left), self.shorten(right))
    }
}
