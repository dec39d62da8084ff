//! The words of a program.

use crate::fault::Fault;

/// A word and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Token<'t> {
    pub(super) kind: Kind<'t>,
    /// From 1.
    pub(super) line: u32,
    /// Its bytes within the program.
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What kinds of words there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind<'t> {
    /// One of [`WORDS`].
    Word(&'static str),
    /// One of [`SYMBOLS`].
    Symbol(&'static str),
    Name(&'t str),
    Integer(&'t str),
    Float(&'t str),
    /// A string with its escapes resolved.
    Text(Vec<u8>),
    End,
}

/// Every word that means something. One that another begins with comes after it.
const WORDS: &[&str] = &[
    "ASSERT",
    "ELSE",
    "END",
    "EOF",
    "FIXED",
    "FLOATP",
    "FLOAT",
    "IF",
    "INARRAY",
    "INT",
    "ISEOF",
    "MATCH",
    "NEWLINE",
    "REGEX",
    "REPI",
    "REP",
    "SCIENTIFIC",
    "SET",
    "SPACE",
    "STRING",
    "STRLEN",
    "UNIQUE",
    "UNSET",
    "WHILEI",
    "WHILE",
];

/// Every symbol, in the same order.
const SYMBOLS: &[&str] = &[
    "&&", "||", "<=", ">=", "==", "!=", "<", ">", "!", "=", "+", "-", "*", "/", "%", "^", "(", ")",
    "[", "]", ",",
];

/// The words of `text`, the last of which is [`Kind::End`].
pub(super) fn tokens<'t>(file: &str, text: &'t str) -> Result<Vec<Token<'t>>, Fault> {
    let mut lexer = Lexer { file, text, at: 0, line: 1 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_space_and_comments();
        let (line, start) = (lexer.line, lexer.at);
        let kind = lexer.next()?;
        let is_end = kind == Kind::End;
        tokens.push(Token { kind, line, start, end: lexer.at });
        if is_end {
            return Ok(tokens);
        }
    }
}

struct Lexer<'f, 't> {
    file: &'f str,
    text: &'t str,
    at: usize,
    line: u32,
}

impl<'t> Lexer<'_, 't> {
    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn fault(&self, message: impl Into<String>) -> Fault {
        Fault::new(self.file, message).at(self.line)
    }

    fn skip_space_and_comments(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' => self.line += 1,
                b' ' | b'\t' | b'\r' => {}
                b'#' => {
                    self.at += self.rest().find('\n').unwrap_or(self.rest().len());
                    continue;
                }
                _ => return,
            }
            self.at += 1;
        }
    }

    /// Steps over as many bytes as are alike, which are ASCII.
    fn take_while(&mut self, alike: impl Fn(u8) -> bool) -> &'t str {
        let rest = self.rest();
        let length = rest.bytes().position(|byte| !alike(byte)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn next(&mut self) -> Result<Kind<'t>, Fault> {
        let one_of = |table: &[&'static str]| {
            table.iter().find(|word| self.rest().starts_with(**word)).copied()
        };
        match self.peek() {
            None => Ok(Kind::End),
            Some(b'"') => self.string(),
            Some(b'0'..=b'9') => self.number(),
            Some(b'a'..=b'z') => Ok(Kind::Name(
                self.take_while(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()),
            )),
            Some(b'A'..=b'Z') => match one_of(WORDS) {
                Some(word) => {
                    self.at += word.len();
                    Ok(Kind::Word(word))
                }
                None => {
                    let word = self.take_while(|byte| byte.is_ascii_alphanumeric());
                    let shown: String = word.chars().take(40).collect();
                    Err(self.fault(format!(
                        "{shown} is no command; commands are in upper case, variables in lower case"
                    )))
                }
            },
            Some(_) => match one_of(SYMBOLS) {
                Some(symbol) => {
                    self.at += symbol.len();
                    Ok(Kind::Symbol(symbol))
                }
                None => {
                    let character = self.rest().chars().next().unwrap_or_default();
                    Err(self.fault(format!("unexpected character {character:?}")))
                }
            },
        }
    }

    /// An integer, or a floating point number, which has a point or an exponent.
    fn number(&mut self) -> Result<Kind<'t>, Fault> {
        let rest = self.rest();
        let digits = |lexer: &mut Self| lexer.take_while(|byte| byte.is_ascii_digit()).len();
        let start = self.at;
        digits(self);
        let whole = self.at;
        if self.peek() == Some(b'.') {
            self.at += 1;
            digits(self);
        }
        let before_exponent = self.at;
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if digits(self) == 0 {
                self.at = before_exponent;
            }
        }
        let number = &rest[..self.at - start];
        if self.at > whole {
            return Ok(Kind::Float(number));
        }
        if number.len() > 1 && number.starts_with('0') {
            return Err(self.fault("an integer does not begin with 0"));
        }
        Ok(Kind::Integer(number))
    }

    fn string(&mut self) -> Result<Kind<'t>, Fault> {
        let opening = self.line;
        let mut bytes = Vec::new();
        self.at += 1;
        loop {
            match self.peek() {
                None => return Err(Fault::new(self.file, "this string has no end").at(opening)),
                Some(b'"') => break,
                Some(b'\\') => {
                    self.at += 1;
                    self.escape(&mut bytes)?;
                    continue;
                }
                Some(byte) => {
                    self.line += u32::from(byte == b'\n');
                    bytes.push(byte);
                }
            }
            self.at += 1;
        }
        self.at += 1;
        Ok(Kind::Text(bytes))
    }

    /// What follows a backslash. Before any character that is not listed, the backslash stands for itself.
    fn escape(&mut self, bytes: &mut Vec<u8>) -> Result<(), Fault> {
        let Some(byte) = self.peek() else { return Ok(()) };
        if matches!(byte, b'0'..=b'7') {
            let rest = self.rest();
            let length =
                rest.bytes().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
            let byte = u8::from_str_radix(&rest[..length], 8).map_err(|_| {
                self.fault(format!("\\{} is no byte: the highest is \\377", &rest[..length]))
            })?;
            self.at += length;
            bytes.push(byte);
            return Ok(());
        }
        match byte {
            b'n' => bytes.push(b'\n'),
            b't' => bytes.push(b'\t'),
            b'r' => bytes.push(b'\r'),
            b'b' => bytes.push(0x08),
            // Not in the specification, but in DOMjudge's implementation.
            b'f' => bytes.push(0x0c),
            b'"' | b'\\' => bytes.push(byte),
            b'\n' => self.line += 1,
            _ => bytes.extend([b'\\', byte]),
        }
        self.at += 1;
        Ok(())
    }
}
