//! Runs a program on an input.

mod evaluation;
mod numbers;
mod reports;

use super::{
    expression::{Expression, Place},
    input::Input,
    meter::{Exceeded, Limits, Meter},
    mismatch::CheckError,
    program::{Command, Condition, Loop, Pattern, Program, Statement},
    regex::{MatchError, Matcher, Regex, RegexError},
    values::Value,
    variables::Variables,
};
use crate::fault::Fault;
use std::{io::Read, sync::Arc};

/// The memory that an expression which is computed may take, in bytes.
const MAX_COMPUTED_REGEX_BYTES: usize = 16 * 1024 * 1024;

/// Whether `input` is as `program` describes it.
pub(super) fn run(
    file: &str,
    program: &Program,
    input: &mut dyn Read,
    limits: &Limits,
) -> Result<(), CheckError> {
    let mut run = Run {
        file,
        program,
        input: Input::new(input),
        variables: Variables::new(&program.variables),
        meter: Meter::new(*limits),
        line: 1,
        matcher: Matcher::default(),
        computed: None,
    };
    run.block(&program.statements)?;
    // It need not be written down that the input ends where the program does.
    run.end_of_file()
}

struct Run<'a> {
    file: &'a str,
    program: &'a Program,
    input: Input<'a>,
    variables: Variables,
    meter: Meter,
    /// The line of the command that is at work.
    line: u32,
    matcher: Matcher,
    /// The expression that was computed last.
    computed: Option<(Arc<[u8]>, Regex)>,
}

impl Run<'_> {
    fn block(&mut self, statements: &[Statement]) -> Result<(), CheckError> {
        statements.iter().try_for_each(|statement| self.statement(statement))
    }

    fn statement(&mut self, statement: &Statement) -> Result<(), CheckError> {
        self.line = statement.line;
        self.charge(1)?;
        match &statement.command {
            Command::Space => self.literal(b" ", "a space"),
            Command::Newline => self.literal(b"\n", "the end of the line"),
            Command::EndOfFile => self.end_of_file(),
            Command::Integer { min, max, into } => {
                let value = self.integer_within(min, max)?;
                self.store_read(into.as_ref(), value)
            }
            Command::Float(command) => {
                let value = self.float(command)?;
                self.store_read(command.into.as_ref(), value)
            }
            Command::Text(text) => {
                let text = self.text(text, "STRING")?;
                self.charge(text.len() as u64 / 8)?;
                self.literal(&text, "")
            }
            Command::Regex { pattern, into } => {
                let value = self.regex(pattern, into.is_some())?;
                self.store_read(into.as_ref(), value)
            }
            Command::Assert(test, shown) => {
                if self.test(test)? {
                    return Ok(());
                }
                let found = self.why_false(test)?;
                Err(self.mismatch(shown.clone(), found))
            }
            Command::Set(assignments) => assignments.iter().try_for_each(|(place, expression)| {
                let value = self.value(expression)?;
                self.store(place, value)
            }),
            Command::Unset(slots) => {
                slots.iter().for_each(|&slot| self.variables.unset(slot));
                Ok(())
            }
            Command::Loop(repetition) => self.repeat(repetition, statement.line),
            Command::If { test, then, otherwise } => {
                if self.test(test)? {
                    self.block(then)
                } else {
                    self.block(otherwise)
                }
            }
        }
    }

    /// The loop that begins in `line`.
    fn repeat(&mut self, repetition: &Loop, line: u32) -> Result<(), CheckError> {
        self.count(repetition, 0)?;
        let times = match &repetition.condition {
            Condition::Times(count) => Some(self.repetitions(count)?),
            Condition::While(_) => None,
        };
        let mut iteration = 0_u32;
        loop {
            self.line = line;
            self.charge(1)?;
            let goes_on = match &repetition.condition {
                Condition::Times(_) => Some(iteration) < times,
                Condition::While(test) => self.test(test)?,
            };
            if !goes_on {
                return Ok(());
            }
            if iteration > 0
                && let Some(separator) = &repetition.separator
            {
                self.statement(separator)?;
            }
            self.block(&repetition.body)?;
            self.line = line;
            iteration = iteration
                .checked_add(1)
                .ok_or_else(|| self.limit("ran more iterations of a loop than 4294967295"))?;
            self.count(repetition, iteration)?;
        }
    }

    fn count(&mut self, repetition: &Loop, iteration: u32) -> Result<(), CheckError> {
        match &repetition.counter {
            Some(counter) => self.store(counter, Value::Integer(iteration.into())),
            None => Ok(()),
        }
    }

    /// Checktestdata language specification, `REP`: "must fit in an unsigned 32 bit int".
    fn repetitions(&mut self, count: &Expression) -> Result<u32, CheckError> {
        let count = self.integer(count, "the count of REP")?;
        count.to_u64().and_then(|count| u32::try_from(count).ok()).ok_or_else(|| {
            let shown = self.shorten(&count);
            self.fault(format!("the count of REP is from 0 to 4294967295, not {shown}"))
        })
    }

    fn store_read(&mut self, into: Option<&Place>, value: Value) -> Result<(), CheckError> {
        into.map_or(Ok(()), |place| self.store(place, value))
    }

    fn store(&mut self, place: &Place, value: Value) -> Result<(), CheckError> {
        let index = self.index(place)?;
        self.charge(value.words())?;
        self.variables.set(place.slot, index, value);
        self.meter.check_memory(self.variables.bytes).map_err(|exceeded| self.exceeded(exceeded))
    }

    /// Steps over these bytes, which are named `name` or shown as they are.
    fn literal(&mut self, bytes: &[u8], name: &str) -> Result<(), CheckError> {
        for (offset, &expected) in bytes.iter().enumerate() {
            if self.input.peek_at(offset)? != Some(expected) {
                // Where it is not alike any more, not where it began.
                self.input.consume(offset);
                let expected = match name {
                    "" => format!("\"{}\"", self.excerpt(&bytes[offset..])),
                    _ => name.to_owned(),
                };
                return Err(self.unexpected(expected)?);
            }
        }
        self.input.consume(bytes.len());
        Ok(())
    }

    fn end_of_file(&mut self) -> Result<(), CheckError> {
        match self.input.peek()? {
            None => Ok(()),
            Some(_) => Err(self.unexpected("the end of the input".to_owned())?),
        }
    }

    /// The match, where it is to be kept; else an empty string.
    fn regex(&mut self, pattern: &Pattern, is_kept: bool) -> Result<Value, CheckError> {
        let regex = match pattern {
            Pattern::Compiled(regex) => regex.clone(),
            Pattern::Computed(expression) => {
                let text = self.text(expression, "REGEX")?;
                self.computed_regex(text)?
            }
        };
        let mut kept = Vec::new();
        let keep = is_kept.then_some(&mut kept);
        match self.matcher.consume(&regex, &mut self.input, &mut self.meter, keep) {
            Ok(true) => Ok(Value::Text(kept.into())),
            Ok(false) => Err(self.unexpected(self.regex_name(pattern))?),
            Err(MatchError::Read(error)) => Err(error.into()),
            Err(MatchError::Exceeded(exceeded)) => Err(self.exceeded(exceeded)),
        }
    }

    fn computed_regex(&mut self, text: Arc<[u8]>) -> Result<Regex, CheckError> {
        if let Some((compiled, regex)) = &self.computed
            && *compiled == text
        {
            return Ok(regex.clone());
        }
        let regex =
            Regex::compile(&text, MAX_COMPUTED_REGEX_BYTES).map_err(|error| match error {
                RegexError::TooLong | RegexError::TooBig(_) => self.limit(error.to_string()),
                _ => self.fault(error.to_string()),
            })?;
        // Compiling is about as fast as looking at each byte of what comes of it.
        self.charge(regex.memory_bytes() as u64)?;
        self.computed = Some((text, regex.clone()));
        Ok(regex)
    }

    fn charge(&mut self, steps: u64) -> Result<(), CheckError> {
        self.meter.charge(steps).map_err(|exceeded| self.exceeded(exceeded))
    }

    fn exceeded(&self, exceeded: Exceeded) -> CheckError {
        self.limit(exceeded.to_string())
    }

    fn limit(&self, message: impl Into<String>) -> CheckError {
        CheckError::Limit(Fault::new(self.file, message).at(self.line))
    }

    fn fault(&self, message: impl Into<String>) -> CheckError {
        CheckError::Program(Fault::new(self.file, message).at(self.line))
    }
}
