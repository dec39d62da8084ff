//! An input that is read once, with as much of it in memory as somebody has looked at.

use std::io::{self, Read};

const READ_BYTES: usize = 64 * 1024;

pub(super) struct Input<'r> {
    source: &'r mut dyn Read,
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    has_ended: bool,
    /// Where the next byte stands, from 1.
    pub(super) line: u64,
    /// The same within the line, in bytes.
    pub(super) column: u64,
}

impl<'r> Input<'r> {
    pub(super) fn new(source: &'r mut dyn Read) -> Self {
        let buffer = vec![0; READ_BYTES];
        Self { source, buffer, start: 0, end: 0, has_ended: false, line: 1, column: 1 }
    }

    /// The next byte, or `None` at the end.
    pub(super) fn peek(&mut self) -> io::Result<Option<u8>> {
        self.peek_at(0)
    }

    /// The byte that comes after `offset` others, or `None` beyond the end.
    pub(super) fn peek_at(&mut self, offset: usize) -> io::Result<Option<u8>> {
        while self.start + offset >= self.end {
            if self.has_ended {
                return Ok(None);
            }
            self.read_on()?;
        }
        Ok(Some(self.buffer[self.start + offset]))
    }

    fn read_on(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        // Twice as long when it is half full, so that little is copied in all.
        if self.end * 2 > self.buffer.len() {
            self.buffer.resize(self.buffer.len() * 2, 0);
        }
        loop {
            match self.source.read(&mut self.buffer[self.end..]) {
                Ok(read) => {
                    self.has_ended = read == 0;
                    self.end += read;
                    return Ok(());
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// The next `length` bytes of those that were looked at.
    pub(super) fn window(&self, length: usize) -> &[u8] {
        let end = self.end.min(self.start + length);
        &self.buffer[self.start..end]
    }

    /// Steps over the next `length` bytes of those that were looked at.
    pub(super) fn consume(&mut self, length: usize) {
        for &byte in &self.buffer[self.start..self.start + length] {
            if byte == b'\n' {
                self.line += 1;
                self.column = 1;
            } else {
                self.column += 1;
            }
        }
        self.start += length;
    }
}
