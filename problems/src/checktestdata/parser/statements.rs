//! Commands and blocks.

use super::{MAX_REGEX_BYTES, Parser, names::Use};
use crate::{
    checktestdata::{
        expression::{Expression, Place},
        lexer::Kind,
        program::{Command, Condition, FloatCommand, Loop, Notation, Pattern, Statement},
        regex::Regex,
        values::Value,
    },
    fault::Fault,
};

/// How much of an assertion is shown.
const MAX_SHOWN_CHARACTERS: usize = 120;

impl Parser<'_> {
    /// The commands up to `END`, `ELSE` or the program's end.
    pub(super) fn statements(&mut self) -> Result<Vec<Statement>, Fault> {
        let mut statements = Vec::new();
        while !matches!(self.kind(), Kind::Word("END" | "ELSE") | Kind::End) {
            statements.push(self.statement()?);
        }
        Ok(statements)
    }

    fn statement(&mut self) -> Result<Statement, Fault> {
        let line = self.token().line;
        let Kind::Word(word) = *self.kind() else { return Err(self.expected("a command")) };
        self.advance();
        let command = match word {
            "REP" | "REPI" | "WHILE" | "WHILEI" => self.repetition(word, line)?,
            "IF" => self.conditional(line)?,
            _ => match self.simple_command(word)? {
                Some(command) => command,
                None => {
                    let message = format!("expected a command, found {word}");
                    return Err(Fault::new(self.file, message).at(line));
                }
            },
        };
        Ok(Statement { line, command })
    }

    /// A command that is no block, if `word` begins one.
    fn simple_command(&mut self, word: &str) -> Result<Option<Command>, Fault> {
        Ok(Some(match word {
            "SPACE" => Command::Space,
            "NEWLINE" => Command::Newline,
            "EOF" => Command::EndOfFile,
            "INT" => self.parenthesized(|parser| {
                let min = parser.expression()?;
                let max = parser.next_expression()?;
                Ok(Command::Integer { min, max, into: parser.optional_place()? })
            })?,
            "FLOAT" | "FLOATP" => self.float(word == "FLOATP")?,
            "STRING" => Command::Text(self.parenthesized(Self::expression)?),
            "REGEX" => self.regex()?,
            "ASSERT" => self.assertion()?,
            "SET" => Command::Set(self.parenthesized(|parser| {
                parser.list(|parser| {
                    let place = parser.place(Use::Set)?;
                    parser.expect_symbol("=")?;
                    Ok((place, parser.expression()?))
                })
            })?),
            "UNSET" => Command::Unset(
                self.parenthesized(|parser| parser.list(|parser| parser.name(Use::Unset)))?,
            ),
            _ => return Ok(None),
        }))
    }

    fn next_expression(&mut self) -> Result<Expression, Fault> {
        self.expect_symbol(",")?;
        self.expression()
    }

    /// Where the value that is read goes.
    fn optional_place(&mut self) -> Result<Option<Place>, Fault> {
        if self.take_symbol(",") { self.place(Use::Set).map(Some) } else { Ok(None) }
    }

    fn float(&mut self, has_decimals: bool) -> Result<Command, Fault> {
        self.parenthesized(|parser| {
            let min = parser.expression()?;
            let max = parser.next_expression()?;
            let decimals = if has_decimals {
                Some((parser.next_expression()?, parser.next_expression()?))
            } else {
                None
            };
            let into = parser.optional_place()?;
            let notation = if into.is_some() && parser.take_symbol(",") {
                let notation = match parser.kind() {
                    Kind::Word("FIXED") => Notation::Fixed,
                    Kind::Word("SCIENTIFIC") => Notation::Scientific,
                    _ => return Err(parser.expected("FIXED or SCIENTIFIC")),
                };
                parser.advance();
                notation
            } else {
                Notation::Any
            };
            let command = FloatCommand { min, max, decimals, into, notation };
            Ok(Command::Float(Box::new(command)))
        })
    }

    fn regex(&mut self) -> Result<Command, Fault> {
        self.parenthesized(|parser| {
            let line = parser.token().line;
            let pattern = match parser.expression()? {
                Expression::Literal(Value::Text(text)) => {
                    let left = MAX_REGEX_BYTES - parser.regex_bytes;
                    let regex = Regex::compile(&text, left)
                        .map_err(|error| Fault::new(parser.file, error.to_string()).at(line))?;
                    parser.regex_bytes += regex.memory_bytes().min(left);
                    Pattern::Compiled(regex)
                }
                expression => Pattern::Computed(expression),
            };
            Ok(Command::Regex { pattern, into: parser.optional_place()? })
        })
    }

    fn assertion(&mut self) -> Result<Command, Fault> {
        let (test, first, after) = self.parenthesized(|parser| {
            let first = parser.at;
            Ok((parser.test()?, first, parser.at))
        })?;
        let source = &self.text[self.tokens[first].start..self.tokens[after - 1].end];
        let mut shown = source.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some((end, _)) = shown.char_indices().nth(MAX_SHOWN_CHARACTERS) {
            shown.truncate(end);
            shown.push('…');
        }
        Ok(Command::Assert(test, shown))
    }

    fn repetition(&mut self, word: &str, line: u32) -> Result<Command, Fault> {
        let (counter, condition, separator) = self.parenthesized(|parser| {
            let counter = if matches!(word, "REPI" | "WHILEI") {
                let counter = parser.place(Use::Set)?;
                parser.expect_symbol(",")?;
                Some(counter)
            } else {
                None
            };
            let condition = if matches!(word, "REP" | "REPI") {
                Condition::Times(parser.expression()?)
            } else {
                Condition::While(parser.test()?)
            };
            let separator = if parser.take_symbol(",") { Some(parser.separator()?) } else { None };
            Ok((counter, condition, separator))
        })?;
        let body = self.nested(Self::statements)?;
        self.end(word, line)?;
        Ok(Command::Loop(Box::new(Loop { condition, counter, separator, body })))
    }

    /// One command that is no block.
    fn separator(&mut self) -> Result<Statement, Fault> {
        let line = self.token().line;
        if let Kind::Word(word) = *self.kind() {
            self.advance();
            if let Some(command) = self.simple_command(word)? {
                return Ok(Statement { line, command });
            }
            self.at -= 1;
        }
        Err(self.expected("a command that is no block, between iterations"))
    }

    fn conditional(&mut self, line: u32) -> Result<Command, Fault> {
        let test = self.parenthesized(Self::test)?;
        let then = self.nested(Self::statements)?;
        let otherwise = if *self.kind() == Kind::Word("ELSE") {
            self.advance();
            self.nested(Self::statements)?
        } else {
            Vec::new()
        };
        self.end("IF", line)?;
        Ok(Command::If { test, then, otherwise })
    }

    /// Steps over the `END` of the block that began with `word` in `line`.
    fn end(&mut self, word: &str, line: u32) -> Result<(), Fault> {
        match self.kind() {
            Kind::Word("END") => {
                self.advance();
                Ok(())
            }
            Kind::Word("ELSE") => Err(self.fault("this ELSE belongs to no IF")),
            _ => Err(self.fault(format!("the {word} of line {line} has no END"))),
        }
    }
}
