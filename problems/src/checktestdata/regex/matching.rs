//! Matching against an input that is read only as far as the match may still grow.

use super::Regex;
use crate::checktestdata::{
    input::Input,
    meter::{Exceeded, Meter},
};
use regex_automata::{nfa::thompson::State, util::look::Look, util::primitives::StateID};
use std::io;

/// Why matching came to no end.
#[derive(Debug)]
pub(in super::super) enum MatchError {
    Read(io::Error),
    Exceeded(Exceeded),
}

impl From<io::Error> for MatchError {
    fn from(error: io::Error) -> Self {
        Self::Read(error)
    }
}

impl From<Exceeded> for MatchError {
    fn from(exceeded: Exceeded) -> Self {
        Self::Exceeded(exceeded)
    }
}

/// The automaton's states while it runs, kept so that their room is made once.
#[derive(Default)]
pub(in super::super) struct Matcher {
    /// Where the automaton may be before the next byte; empty moves are still to be made.
    current: Vec<StateID>,
    next: Vec<StateID>,
    pending: Vec<StateID>,
    /// For each state the round in which it was last reached, so that it is looked at once in each.
    reached: Vec<u64>,
    round: u64,
}

impl Matcher {
    /// Consumes the longest match that begins here and hands its bytes to `keep`, if any. `false`, with nothing consumed,
    /// where there is none.
    pub(in super::super) fn consume(
        &mut self,
        regex: &Regex,
        input: &mut Input<'_>,
        meter: &mut Meter,
        mut keep: Option<&mut Vec<u8>>,
    ) -> Result<bool, MatchError> {
        if self.reached.len() < regex.nfa.states().len() {
            self.reached.resize(regex.nfa.states().len(), 0);
        }
        self.current.clear();
        self.current.push(regex.nfa.start_anchored());
        let mut is_start = true;
        let mut has_match = false;
        // How far beyond what is consumed the automaton has looked.
        let mut ahead = 0;
        loop {
            let byte = input.peek_at(ahead)?;
            let matches = self.advance(regex, is_start, byte, meter)?;
            if matches {
                has_match = true;
                if let Some(keep) = keep.as_deref_mut() {
                    keep.extend_from_slice(input.window(ahead));
                    meter.check_memory(keep.len())?;
                }
                input.consume(ahead);
                ahead = 0;
            }
            std::mem::swap(&mut self.current, &mut self.next);
            if self.current.is_empty() {
                return Ok(has_match);
            }
            is_start = false;
            ahead += 1;
            meter.check_memory(ahead)?;
        }
    }

    /// From `current` to `next` over `byte`, or over the input's end, which leaves `next` empty. Whether what came before
    /// the byte is a match.
    fn advance(
        &mut self,
        regex: &Regex,
        is_start: bool,
        byte: Option<u8>,
        meter: &mut Meter,
    ) -> Result<bool, Exceeded> {
        let mut matches = false;
        let mut visited = 0;
        self.round += 1;
        self.next.clear();
        self.pending.clear();
        self.pending.append(&mut self.current);
        while let Some(id) = self.pending.pop() {
            let reached = &mut self.reached[id];
            if *reached == self.round {
                continue;
            }
            *reached = self.round;
            visited += 1;
            let target = match regex.nfa.state(id) {
                State::ByteRange { trans } => {
                    byte.filter(|&byte| trans.matches_byte(byte)).map(|_| trans.next)
                }
                State::Sparse(transitions) => byte.and_then(|byte| transitions.matches_byte(byte)),
                State::Dense(transitions) => byte.and_then(|byte| transitions.matches_byte(byte)),
                State::Look { look, next } => {
                    let holds = match look {
                        Look::Start => is_start,
                        Look::End => byte.is_none(),
                        // Translated expressions have no others.
                        _ => false,
                    };
                    if holds {
                        self.pending.push(*next);
                    }
                    None
                }
                State::Union { alternates } => {
                    self.pending.extend_from_slice(alternates);
                    visited += alternates.len() as u64;
                    None
                }
                State::BinaryUnion { alt1, alt2 } => {
                    self.pending.extend([*alt1, *alt2]);
                    None
                }
                State::Capture { next, .. } => {
                    self.pending.push(*next);
                    None
                }
                State::Fail => None,
                State::Match { .. } => {
                    matches = true;
                    None
                }
            };
            self.next.extend(target);
        }
        meter.charge(visited)?;
        Ok(matches)
    }
}
