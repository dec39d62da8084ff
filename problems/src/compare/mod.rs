//! The default output validator: is a program's output what the answer file says?
//!
//! Both are read once, side by side, in buffers of a fixed size, however long they are.

mod flags;
mod stream;
#[cfg(test)]
mod tests;
mod token;

pub use flags::{CompareFlags, InvalidFlag};

use std::{
    fmt,
    io::{self, Read},
    mem,
};
use stream::{Stream, equal_prefix, is_space, newlines};
use token::Token;

/// What a comparison came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// The output is what the answer says.
    Same,
    /// The output is wrong.
    Different(Difference),
}

/// The first place where an output is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Line of the output, from 1.
    pub output_line: u64,
    /// Line of the answer, from 1.
    pub answer_line: u64,
    /// Bytes of the output before the token or space that is wrong.
    pub output_byte: u64,
    /// What was expected and what was found, shortened. It shows test data: for the jury only.
    pub reason: String,
}

/// `line 3 (line 4 of the answer): expected "7", found "8"`
impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { output_line, answer_line, reason, .. } = self;
        write!(f, "line {output_line} (line {answer_line} of the answer): {reason}")
    }
}

/// Compares `output` with `answer` as the default output validator of the ICPC problem
/// package format (legacy) does.
///
/// White space separates tokens. Where a tolerance is set, a token that is a finite decimal
/// number in the answer is compared by value, in whatever notation the output has it.
///
/// # Errors
/// A failure to read either of them.
pub fn compare(
    answer: impl Read,
    output: impl Read,
    flags: &CompareFlags,
) -> io::Result<Comparison> {
    let mut pair = Pair {
        answer: Stream::new(answer),
        output: Stream::new(output),
        flags,
        expected: Token::default(),
        found: Token::default(),
    };
    loop {
        pair.skip_equal()?;
        if let Some(reason) = pair.compare_space()? {
            return Ok(pair.different(pair.output.byte, reason));
        }
        let token_start = pair.output.byte;
        let reason = match (pair.answer.peek()?, pair.output.peek()?) {
            (None, None) => return Ok(Comparison::Same),
            (Some(_), None) => {
                Some(format!("expected {}, found the end", shown(&mut pair.answer)?))
            }
            (None, Some(_)) => {
                Some(format!("expected the end, found {}", shown(&mut pair.output)?))
            }
            (Some(_), Some(_)) => pair.compare_token()?,
        };
        if let Some(reason) = reason {
            return Ok(pair.different(token_start, reason));
        }
    }
}

fn shown<R: Read>(stream: &mut Stream<R>) -> io::Result<String> {
    let mut token = Token::default();
    token.finish(stream)?;
    Ok(token.shown())
}

struct Pair<'a, A, O> {
    answer: Stream<A>,
    output: Stream<O>,
    flags: &'a CompareFlags,
    // Kept from token to token for their memory.
    expected: Token,
    found: Token,
}

impl<A: Read, O: Read> Pair<'_, A, O> {
    /// Between tokens: leaps over what is the same, up to the last white space in it.
    fn skip_equal(&mut self) -> io::Result<()> {
        loop {
            self.answer.fill()?;
            self.output.fill()?;
            let equal = self.alike(self.answer.ahead(), self.output.ahead());
            let space = self.answer.ahead()[..equal].iter().rposition(|&byte| is_space(byte));
            let Some(space) = space else { return Ok(()) };
            // Alike, so they have the same lines.
            let lines = newlines(&self.answer.ahead()[..=space]);
            self.answer.consume_lines(space + 1, lines);
            self.output.consume_lines(space + 1, lines);
        }
    }

    /// How many bytes both begin with that count as the same.
    fn alike(&self, answer: &[u8], output: &[u8]) -> usize {
        equal_prefix(
            answer,
            output,
            if self.flags.case_sensitive { PartialEq::eq } else { <[u8]>::eq_ignore_ascii_case },
        )
    }

    /// Steps over the white space before the next tokens; says why where it matters and differs.
    fn compare_space(&mut self) -> io::Result<Option<String>> {
        if !self.flags.space_change_sensitive {
            self.answer.skip_space()?;
            self.output.skip_space()?;
            return Ok(None);
        }
        loop {
            let answer = self.answer.peek()?.filter(|&byte| is_space(byte));
            let output = self.output.peek()?.filter(|&byte| is_space(byte));
            match (answer, output) {
                (None, None) => return Ok(None),
                (Some(a), Some(o)) if a == o => {
                    self.answer.consume(1);
                    self.output.consume(1);
                }
                (a, o) => {
                    let shown = |byte: Option<u8>| match byte {
                        Some(byte) => format!("white space {:?}", char::from(byte)),
                        None => "no more white space".to_owned(),
                    };
                    return Ok(Some(format!("expected {}, found {}", shown(a), shown(o))));
                }
            }
        }
    }

    /// Steps over one token of each; says why where they differ.
    fn compare_token(&mut self) -> io::Result<Option<String>> {
        let (mut expected, mut found) = (mem::take(&mut self.expected), mem::take(&mut self.found));
        expected.clear();
        found.clear();
        let reason = self.compare_token_with(&mut expected, &mut found);
        (self.expected, self.found) = (expected, found);
        reason
    }

    fn compare_token_with(
        &mut self,
        expected: &mut Token,
        found: &mut Token,
    ) -> io::Result<Option<String>> {
        loop {
            self.answer.fill()?;
            self.output.fill()?;
            let (answer, output) = (self.answer.token_ahead(), self.output.token_ahead());
            if answer.is_empty() && output.is_empty() {
                return Ok(None);
            }
            let common = self.alike(answer, output);
            expected.push(&answer[..common]);
            found.push(&output[..common]);
            let differs =
                common < answer.len().min(output.len()) || answer.is_empty() || output.is_empty();
            self.answer.consume(common);
            self.output.consume(common);
            if differs {
                break;
            }
        }
        expected.finish(&mut self.answer)?;
        found.finish(&mut self.output)?;
        Ok(self.judge_unequal(expected, found))
    }

    /// Two tokens that are not the same text may still be the same number, nearly.
    fn judge_unequal(&self, expected: &Token, found: &Token) -> Option<String> {
        let number = if self.flags.compares_numbers() { expected.number() } else { None };
        let both = number.zip(found.number());
        if both.is_some_and(|(answer, output)| self.flags.near(answer, output)) {
            return None;
        }
        let (shown, instead) = (expected.shown(), found.shown());
        Some(match (number, both) {
            (_, Some((answer, output))) => {
                let error = (answer - output).abs();
                format!("expected {shown}, found {instead}, which is {error:e} away")
            }
            (Some(_), None) => format!("expected the number {shown}, found {instead}"),
            (None, None) => format!("expected {shown}, found {instead}"),
        })
    }

    fn different(&self, output_byte: u64, reason: String) -> Comparison {
        let (output_line, answer_line) = (self.output.line, self.answer.line);
        Comparison::Different(Difference { output_line, answer_line, output_byte, reason })
    }
}
