//! From words to a program.

mod expressions;
mod names;
mod statements;

use super::{
    lexer::{Kind, Token, tokens},
    program::Program,
};
use crate::fault::Fault;
use names::Names;

/// The longest program that is read.
const MAX_PROGRAM_BYTES: usize = 1024 * 1024;
/// How many blocks, parentheses, indices, functions and negations may lie within each other.
const MAX_NESTING: u32 = 100;
/// The memory that all regular expressions of a program may take together, in bytes.
const MAX_REGEX_BYTES: usize = 64 * 1024 * 1024;

/// Reads a program. Ends at its first fault.
pub(super) fn parse(file: &str, text: &str) -> Result<Program, Fault> {
    if text.len() > MAX_PROGRAM_BYTES {
        return Err(Fault::new(
            file,
            format!("the program has more than {MAX_PROGRAM_BYTES} bytes"),
        ));
    }
    let tokens = tokens(file, text)?;
    let mut parser =
        Parser { file, text, tokens, at: 0, depth: 0, names: Names::default(), regex_bytes: 0 };
    let statements = parser.statements()?;
    match parser.kind() {
        Kind::End => {}
        Kind::Word("ELSE") => return Err(parser.fault("this ELSE belongs to no IF")),
        _ => return Err(parser.fault("this END ends nothing")),
    }
    let variables = parser.names.into_variables(file)?;
    Ok(Program { statements, variables })
}

struct Parser<'t> {
    file: &'t str,
    text: &'t str,
    /// The last one is [`Kind::End`], which is never stepped over.
    tokens: Vec<Token<'t>>,
    at: usize,
    depth: u32,
    names: Names<'t>,
    regex_bytes: usize,
}

impl<'t> Parser<'t> {
    fn token(&self) -> &Token<'t> {
        &self.tokens[self.at]
    }

    fn kind(&self) -> &Kind<'t> {
        &self.token().kind
    }

    fn advance(&mut self) {
        if *self.kind() != Kind::End {
            self.at += 1;
        }
    }

    /// At the current word.
    fn fault(&self, message: impl Into<String>) -> Fault {
        Fault::new(self.file, message).at(self.token().line)
    }

    fn expected(&self, what: &str) -> Fault {
        let found = match self.kind() {
            Kind::End => "the end of the program".to_owned(),
            _ => {
                let source = &self.text[self.token().start..self.token().end];
                source.escape_debug().take(60).collect()
            }
        };
        self.fault(format!("expected {what}, found {found}"))
    }

    fn is_symbol(&self, symbol: &str) -> bool {
        matches!(self.kind(), Kind::Symbol(found) if *found == symbol)
    }

    /// Steps over the symbol if it is the next word.
    fn take_symbol(&mut self, symbol: &str) -> bool {
        let found = self.is_symbol(symbol);
        if found {
            self.advance();
        }
        found
    }

    fn expect_symbol(&mut self, symbol: &str) -> Result<(), Fault> {
        if self.take_symbol(symbol) { Ok(()) } else { Err(self.expected(symbol)) }
    }

    /// What `parse` reads, one level deeper.
    fn nested<T>(&mut self, parse: impl FnOnce(&mut Self) -> Result<T, Fault>) -> Result<T, Fault> {
        if self.depth == MAX_NESTING {
            return Err(self.fault(format!("nested more than {MAX_NESTING} deep")));
        }
        self.depth += 1;
        let result = parse(self);
        self.depth -= 1;
        result
    }

    /// One or more of what `parse` reads, with commas between.
    fn list<T>(&mut self, parse: impl Fn(&mut Self) -> Result<T, Fault>) -> Result<Vec<T>, Fault> {
        let mut list = vec![parse(self)?];
        while self.take_symbol(",") {
            list.push(parse(self)?);
        }
        Ok(list)
    }

    /// What `parse` reads, between parentheses.
    fn parenthesized<T>(
        &mut self,
        parse: impl FnOnce(&mut Self) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        self.expect_symbol("(")?;
        let result = parse(self)?;
        self.expect_symbol(")")?;
        Ok(result)
    }
}
