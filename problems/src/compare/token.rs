//! One token, kept as far as it is needed.

use super::stream::Stream;
use std::io::{self, Read};

/// As much of a token as is kept, in bytes; a longer one is no number.
const KEPT_BYTES: usize = 4096;

/// As much of a token as is shown, in bytes.
const SHOWN_BYTES: usize = 40;

/// The beginning of a token.
#[derive(Default)]
pub(super) struct Token {
    kept: Vec<u8>,
    cut: bool,
}

impl Token {
    /// Forgets everything but its memory.
    pub(super) fn clear(&mut self) {
        self.kept.clear();
        self.cut = false;
    }

    /// Adds the next bytes of the token.
    pub(super) fn push(&mut self, bytes: &[u8]) {
        let room = KEPT_BYTES - self.kept.len();
        self.cut |= bytes.len() > room;
        self.kept.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }

    /// Adds what `stream` still has of the token, and steps over it.
    pub(super) fn finish<R: Read>(&mut self, stream: &mut Stream<R>) -> io::Result<()> {
        loop {
            stream.fill()?;
            let bytes = stream.token_ahead();
            if bytes.is_empty() {
                return Ok(());
            }
            self.push(bytes);
            let count = bytes.len();
            stream.consume(count);
        }
    }

    /// The token's value where it is a finite decimal number: `-1.5`, `+.5e-3`, `2.`
    pub(super) fn number(&self) -> Option<f64> {
        let decimal = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
        if self.cut || !self.kept.iter().all(decimal) {
            return None;
        }
        let number: f64 = std::str::from_utf8(&self.kept).ok()?.parse().ok()?;
        number.is_finite().then_some(number)
    }

    /// The token in quotes, shortened.
    pub(super) fn shown(&self) -> String {
        let head = &self.kept[..self.kept.len().min(SHOWN_BYTES)];
        let more = if head.len() < self.kept.len() { "…" } else { "" };
        format!("{:?}{more}", String::from_utf8_lossy(head))
    }
}
