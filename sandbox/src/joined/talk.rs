//! What two joined programs say, written down as it passes between them.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicBool, Ordering};
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
    limits: &'a TalkLimits,
    talk: Mutex<Talk>,
    /// Whether each has ended so that the other is to be told.
    has_hung_up: [AtomicBool; 2],
}

impl<'a> Record<'a> {
    pub(super) fn new(limits: &'a TalkLimits) -> Self {
        Self { limits, talk: Mutex::default(), has_hung_up: Default::default() }
    }

    /// From now on the other one is told that nobody hears it.
    pub(super) fn hang_up(&self, side: usize) {
        self.has_hung_up[side].store(true, Ordering::Release);
    }

    pub(super) fn into_talk(self) -> Talk {
        self.talk.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Passes on what comes from a program, until it ends or has said too much. What it says when the other hears no more is
/// taken and thrown away, unless that one has hung up. Then both ends are closed, so that what a program sees of the
/// other's end is what it would see without a relay.
pub(super) fn relay(from: OwnedFd, to: OwnedFd, by: usize, record: &Record<'_>) {
    let mut from = File::from(from);
    // It must see the end of its input whatever becomes of what it says.
    if pass_on(&mut from, File::from(to), by, record) {
        let mut buffer = vec![0; 64 << 10];
        let has_hung_up = &record.has_hung_up[1 - by];
        while !has_hung_up.load(Ordering::Acquire) && read(&mut from, &mut buffer).is_some() {}
    }
}

/// Whether there may be more to hear, but nobody who hears it.
fn pass_on(from: &mut File, mut to: File, by: usize, record: &Record<'_>) -> bool {
    let mut buffer = vec![0; 64 << 10];
    while hears(from, &to) {
        let Some(read) = read(from, &mut buffer) else { return false };
        {
            let mut talk = record.talk.lock().unwrap_or_else(PoisonError::into_inner);
            talk.note(by, &buffer[..read], record.limits);
            if talk.bytes[by] > record.limits.said_bytes[by] {
                talk.too_much[by] = true;
                return false;
            }
        }
        if to.write_all(&buffer[..read]).is_err() {
            return true;
        }
    }
    true
}

/// How much there was to read; `None` at the end.
fn read(from: &mut File, buffer: &mut [u8]) -> Option<usize> {
    loop {
        match from.read(buffer) {
            Ok(0) => return None,
            Ok(read) => return Some(read),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
}

/// Waits until there is something to read; false if the reader has gone before.
fn hears(from: &File, to: &File) -> bool {
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
