//! A file read once, through a buffer of a fixed size, keeping count of lines.

use std::io::{self, Read};

const BUFFER_BYTES: usize = 64 * 1024;

/// White space as C's `isspace` has it in the "C" locale.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

pub(super) struct Stream<R> {
    source: R,
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    /// Where the next byte stands, from 1.
    pub(super) line: u64,
    /// How many bytes came before the next one.
    pub(super) byte: u64,
}

impl<R: Read> Stream<R> {
    pub(super) fn new(source: R) -> Self {
        let buffer = vec![0; BUFFER_BYTES].into_boxed_slice();
        Self { source, buffer, start: 0, end: 0, line: 1, byte: 0 }
    }

    /// Reads on where nothing is left to look at. Afterwards [`Self::ahead`] is empty only at the end of the file.
    pub(super) fn fill(&mut self) -> io::Result<()> {
        while self.start == self.end {
            match self.source.read(&mut self.buffer) {
                Ok(read) => {
                    (self.start, self.end) = (0, read);
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// What is read and not yet consumed.
    pub(super) fn ahead(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// As much of the token that begins or goes on here as is read.
    pub(super) fn token_ahead(&self) -> &[u8] {
        let ahead = self.ahead();
        let end = ahead.iter().position(|&byte| is_space(byte)).unwrap_or(ahead.len());
        &ahead[..end]
    }

    /// The next byte, or `None` at the end of the file.
    pub(super) fn peek(&mut self) -> io::Result<Option<u8>> {
        self.fill()?;
        Ok(self.ahead().first().copied())
    }

    /// Steps over `count` bytes of what is [`Self::ahead`].
    pub(super) fn consume(&mut self, count: usize) {
        let newlines = newlines(&self.ahead()[..count]);
        self.consume_lines(count, newlines);
    }

    /// The same where it is known how many of them end a line.
    pub(super) fn consume_lines(&mut self, count: usize, newlines: u64) {
        self.line += newlines;
        self.byte += count as u64;
        self.start += count;
    }

    /// Steps to the next token, or to the end of the file.
    pub(super) fn skip_space(&mut self) -> io::Result<()> {
        loop {
            self.fill()?;
            let ahead = self.ahead();
            let space = ahead.iter().position(|&byte| !is_space(byte)).unwrap_or(ahead.len());
            let done = space < ahead.len() || ahead.is_empty();
            self.consume(space);
            if done {
                return Ok(());
            }
        }
    }
}

/// How many lines end in these bytes.
pub(super) fn newlines(bytes: &[u8]) -> u64 {
    // Counts of one byte, as many as it can hold, are added many at once.
    let of = |bytes: &[u8]| bytes.iter().map(|&byte| u8::from(byte == b'\n')).sum::<u8>();
    bytes.chunks(255).map(|chunk| u64::from(of(chunk))).sum()
}

/// How many bytes both begin with that are alike.
pub(super) fn equal_prefix(
    left: &[u8],
    right: &[u8],
    alike: impl Fn(&[u8], &[u8]) -> bool,
) -> usize {
    const STEP: usize = 64;
    let shorter = left.len().min(right.len());
    let (left, right) = (&left[..shorter], &right[..shorter]);
    // By far the most common case, and the fastest to see.
    if left == right {
        return shorter;
    }
    let whole =
        left.chunks(STEP).zip(right.chunks(STEP)).take_while(|(l, r)| alike(l, r)).count() * STEP;
    // The last step may be a short one.
    let whole = whole.min(shorter);
    let (left, right) = (left[whole..].chunks(1), right[whole..].chunks(1));
    whole + left.zip(right).take_while(|(l, r)| alike(l, r)).count()
}
