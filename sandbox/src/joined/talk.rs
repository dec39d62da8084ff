//! What two joined programs say, written down as it passes between them.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Mutex, PoisonError};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// How much of a talk is kept, and how much may be said.
#[derive(Debug, Clone, Copy)]
pub struct TalkLimits {
    /// What is kept of both together, in bytes: the beginning.
    pub kept_bytes: usize,
    /// What each may say, in bytes. Nothing more of it reaches the other, who reads the end of its input.
    pub said_bytes: [u64; 2],
}

/// A talk of two programs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Talk {
    /// What was said by which of them, 0 or 1, in the order in which it passed.
    pub said: Vec<(usize, Vec<u8>)>,
    /// How much each has said, in bytes.
    pub bytes: [u64; 2],
    /// Whether more was said than is kept.
    pub is_cut: bool,
    /// Whether each has said more than it may.
    pub too_much: [bool; 2],
}

impl Talk {
    fn note(&mut self, by: usize, bytes: &[u8], limits: &TalkLimits) {
        self.bytes[by] += bytes.len() as u64;
        let kept: usize = self.said.iter().map(|(_, said)| said.len()).sum();
        let room = limits.kept_bytes.saturating_sub(kept).min(bytes.len());
        self.is_cut |= room < bytes.len();
        if room == 0 {
            return;
        }
        match self.said.last_mut() {
            Some((last, said)) if *last == by => said.extend_from_slice(&bytes[..room]),
            _ => self.said.push((by, bytes[..room].to_vec())),
        }
    }
}

/// Where both relays write a talk down.
pub(super) struct Record<'a> {
    pub(super) limits: &'a TalkLimits,
    pub(super) talk: Mutex<Talk>,
}

/// Passes on what comes from a program, until it ends or the other one hears no more. Then both its ends are closed, so
/// that what a program sees of the other's end is what it would see without a relay.
pub(super) fn relay(from: OwnedFd, to: OwnedFd, by: usize, record: &Record<'_>) {
    let (mut from, mut to) = (std::fs::File::from(from), std::fs::File::from(to));
    let mut buffer = vec![0; 64 << 10];
    while hears(&from, &to) {
        let read = match from.read(&mut buffer) {
            Ok(0) => return,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return,
        };
        {
            let mut talk = record.talk.lock().unwrap_or_else(PoisonError::into_inner);
            talk.note(by, &buffer[..read], record.limits);
            if talk.bytes[by] > record.limits.said_bytes[by] {
                talk.too_much[by] = true;
                return;
            }
        }
        if to.write_all(&buffer[..read]).is_err() {
            return;
        }
    }
}

/// Waits until there is something to read; false if the reader has gone before.
fn hears(from: &std::fs::File, to: &std::fs::File) -> bool {
    let mut ends =
        [PollFd::new(from.as_fd(), PollFlags::POLLIN), PollFd::new(to.as_fd(), PollFlags::empty())];
    loop {
        match poll(&mut ends, PollTimeout::NONE) {
            Ok(_) => break,
            Err(nix::errno::Errno::EINTR) => {}
            Err(_) => return false,
        }
    }
    !ends[1].any().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_the_beginning_of_both() {
        let limits = TalkLimits { kept_bytes: 5, said_bytes: [100; 2] };
        let mut talk = Talk::default();
        for (by, text) in [(0, "ab"), (0, "c"), (1, "d"), (0, "efg"), (1, "h")] {
            talk.note(by, text.as_bytes(), &limits);
        }
        let said: Vec<_> =
            talk.said.iter().map(|(by, said)| (*by, String::from_utf8_lossy(said))).collect();
        assert_eq!(said, [(0, "abc".into()), (1, "d".into()), (0, "e".into())]);
        assert!(talk.is_cut);
        assert_eq!(talk.bytes, [6, 2]);
    }
}
