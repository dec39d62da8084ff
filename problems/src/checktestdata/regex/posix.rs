//! From the syntax of POSIX to that of the crate `regex`, byte by byte.
//!
//! Source: POSIX.1-2017, Base Definitions, sections 9.3.5 "RE Bracket Expression" and 9.4 "Extended Regular Expressions".
//! What POSIX leaves undefined is refused.

use std::fmt::Write;

/// What is wrong, and at which byte.
#[derive(Debug)]
pub(super) struct PosixError {
    pub(super) at: usize,
    pub(super) message: String,
}

/// Every byte but those with a meaning comes out as its number, so none of them has a meaning for the crate.
pub(super) fn translate(pattern: &[u8]) -> Result<String, PosixError> {
    let mut translator = Translator { pattern, at: 0, output: String::new() };
    let mut open_groups = 0_u32;
    let mut repeatable = false;
    while let Some(byte) = translator.peek() {
        repeatable = match byte {
            b'(' => {
                open_groups += 1;
                translator.replace("(?:");
                false
            }
            b')' if open_groups == 0 => return Err(translator.error("this ) closes nothing")),
            b')' => {
                open_groups -= 1;
                translator.replace(")");
                true
            }
            b'|' => {
                translator.replace("|");
                false
            }
            b'^' => {
                translator.replace(r"\A");
                false
            }
            b'$' => {
                translator.replace(r"\z");
                false
            }
            b'*' | b'+' | b'?' | b'{' if !repeatable => {
                let character = char::from(byte);
                return Err(translator.error(format!(
                    "{character} has nothing to repeat; a backslash before it takes its meaning away"
                )));
            }
            b'*' | b'+' | b'?' => {
                translator.replace(char::from(byte).encode_utf8(&mut [0]));
                false
            }
            b'{' => {
                translator.interval()?;
                false
            }
            b'[' => {
                translator.bracket()?;
                true
            }
            b'\\' => {
                translator.escape()?;
                true
            }
            b'.' => {
                translator.replace(".");
                true
            }
            _ => {
                translator.literal(byte);
                true
            }
        };
    }
    if open_groups > 0 {
        return Err(translator.error("a ( is not closed"));
    }
    Ok(translator.output)
}

struct Translator<'p> {
    pattern: &'p [u8],
    at: usize,
    output: String,
}

impl Translator<'_> {
    fn peek(&self) -> Option<u8> {
        self.peek_at(0)
    }

    fn peek_at(&self, offset: usize) -> Option<u8> {
        self.pattern.get(self.at + offset).copied()
    }

    fn error(&self, message: impl Into<String>) -> PosixError {
        PosixError { at: self.at, message: message.into() }
    }

    /// Steps over a byte and writes what it becomes.
    fn replace(&mut self, output: &str) {
        self.output.push_str(output);
        self.at += 1;
    }

    fn literal(&mut self, byte: u8) {
        push_byte(&mut self.output, byte);
        self.at += 1;
    }

    fn escape(&mut self) -> Result<(), PosixError> {
        match self.peek_at(1) {
            None => Err(self.error("a backslash at the end")),
            Some(byte) if byte.is_ascii_alphanumeric() => {
                let character = char::from(byte);
                Err(self.error(format!("extended regular expressions have no \\{character}")))
            }
            Some(byte) => {
                self.at += 1;
                self.literal(byte);
                Ok(())
            }
        }
    }

    /// `{m}`, `{m,}` or `{m,n}`.
    fn interval(&mut self) -> Result<(), PosixError> {
        let rest = &self.pattern[self.at + 1..];
        let inside = rest.split(|&byte| byte == b'}').next().unwrap_or_default();
        let is_closed = inside.len() < rest.len();
        let inside = std::str::from_utf8(inside).ok().filter(|_| is_closed);
        let number = |text: &str| {
            let is_number = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<u32>().ok().filter(|_| is_number)
        };
        let sound = inside.filter(|inside| match inside.split_once(',') {
            None => number(inside).is_some(),
            Some((least, "")) => number(least).is_some(),
            Some((least, most)) => number(least).is_some_and(|least| number(most) >= Some(least)),
        });
        let Some(interval) = sound else {
            return Err(self.error("expected {m}, {m,} or {m,n} with m no higher than n"));
        };
        self.output.push('{');
        self.output.push_str(interval);
        self.output.push('}');
        self.at += interval.len() + 2;
        Ok(())
    }

    /// `[…]` or `[^…]`. A `]` that comes first stands for itself, and so does a backslash anywhere.
    fn bracket(&mut self) -> Result<(), PosixError> {
        let opening = self.at;
        self.at += 1;
        let is_negated = self.peek() == Some(b'^');
        self.at += usize::from(is_negated);
        let mut members = [false; 256];
        let mut is_first = true;
        loop {
            match self.peek() {
                None => {
                    return Err(PosixError { at: opening, message: "a [ is not closed".into() });
                }
                Some(b']') if !is_first => break,
                Some(b'[') if self.peek_at(1) == Some(b':') => {
                    let name = self.delimited(b':')?;
                    let is_member =
                        class(name).ok_or_else(|| self.error("no such class of characters"))?;
                    for byte in 0..=u8::MAX {
                        members[usize::from(byte)] |= is_member(&byte);
                    }
                }
                Some(_) => {
                    let low = self.member()?;
                    let has_range =
                        self.peek() == Some(b'-') && !matches!(self.peek_at(1), None | Some(b']'));
                    let high = if has_range {
                        self.at += 1;
                        self.member()?
                    } else {
                        low
                    };
                    if low > high {
                        return Err(self.error("a range that goes backwards"));
                    }
                    members[usize::from(low)..=usize::from(high)].fill(true);
                }
            }
            is_first = false;
        }
        self.at += 1;
        self.output.push_str(if is_negated { "[^" } else { "[" });
        let bytes: Vec<u8> = (0..=u8::MAX).filter(|&byte| members[usize::from(byte)]).collect();
        for run in bytes.chunk_by(|&left, &right| left.checked_add(1) == Some(right)) {
            if let (Some(&low), Some(&high)) = (run.first(), run.last()) {
                push_byte(&mut self.output, low);
                self.output.push('-');
                push_byte(&mut self.output, high);
            }
        }
        self.output.push(']');
        Ok(())
    }

    /// One byte, or `[.c.]` or `[=c=]`, which stand for one.
    fn member(&mut self) -> Result<u8, PosixError> {
        let Some(byte) = self.peek() else { return Err(self.error("a [ is not closed")) };
        if let (b'[', Some(delimiter @ (b'.' | b'='))) = (byte, self.peek_at(1)) {
            let element = self.delimited(delimiter)?;
            return match *element {
                [byte] => Ok(byte),
                _ => Err(self.error("no such character")),
            };
        }
        self.at += 1;
        Ok(byte)
    }

    /// What stands between `[:` and `:]`, or such.
    fn delimited(&mut self, delimiter: u8) -> Result<&[u8], PosixError> {
        let start = self.at + 2;
        let rest = self.pattern.get(start..).unwrap_or_default();
        let Some(length) = rest.windows(2).position(|pair| pair == [delimiter, b']']) else {
            let character = char::from(delimiter);
            return Err(self.error(format!("a [{character} is not closed")));
        };
        self.at = start + length + 2;
        Ok(&self.pattern[start..start + length])
    }
}

/// The class of this name in the "POSIX" locale.
fn class(name: &[u8]) -> Option<fn(&u8) -> bool> {
    Some(match name {
        b"alnum" => u8::is_ascii_alphanumeric,
        b"alpha" => u8::is_ascii_alphabetic,
        b"blank" => |byte| matches!(byte, b' ' | b'\t'),
        b"cntrl" => u8::is_ascii_control,
        b"digit" => u8::is_ascii_digit,
        b"graph" => u8::is_ascii_graphic,
        b"lower" => u8::is_ascii_lowercase,
        b"print" => |byte| matches!(byte, b' '..=b'~'),
        b"punct" => u8::is_ascii_punctuation,
        b"space" => |byte| matches!(byte, b' ' | b'\t'..=b'\r'),
        b"upper" => u8::is_ascii_uppercase,
        b"xdigit" => u8::is_ascii_hexdigit,
        _ => return None,
    })
}

fn push_byte(output: &mut String, byte: u8) {
    // Writing to a string cannot fail.
    let _ = write!(output, "\\x{byte:02x}");
}
