//! Two programs that talk to each other through pipes.

mod talk;

pub use talk::{Talk, TalkLimits};

use std::os::fd::OwnedFd;
use std::thread;

use nix::fcntl::OFlag;
use nix::unistd::pipe2;

use crate::error::SandboxError;
use crate::outcome::Outcome;
use crate::sandbox::Sandbox;
use crate::spec::{Input, Output, RunSpec, Stdio};
use talk::{Record, relay};

/// One of the two: a program in a box of its own, with its own limits and account.
#[derive(Debug)]
pub struct Side<'a> {
    /// The box it runs in; not the other one's.
    pub sandbox: &'a mut Sandbox,
    /// The program.
    pub run: &'a RunSpec,
    /// Where its standard error goes.
    pub stderr: Output,
}

/// What became of both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joined {
    /// The outcome of each, in the order in which they were given.
    pub outcomes: [Outcome; 2],
    /// The index of the one that ended first, 0 or 1.
    pub first: usize,
}

/// Runs two programs at the same time, the standard output of each being the standard input of the
/// other.
///
/// When one of them ends, the other reads the end of its input, and is sent `SIGPIPE` if it writes;
/// it goes on to its own end or limits. Nobody else holds an end of a pipe, so neither can wait for
/// somebody who is gone.
///
/// # Errors
/// As [`Sandbox::run`], for either. The other one has ended by then.
pub fn run_joined(sides: [Side<'_>; 2]) -> Result<Joined, SandboxError> {
    let ((from_other, to_one), (from_one, to_other)) = (pipe()?, pipe()?);
    run_between(sides, [(from_other, to_other), (from_one, to_one)], |_, _| {})
}

/// As [`run_joined`], and what they say is written down. Each of them hears the other a moment later.
///
/// `hears_on` says for each whether what the other one says to it after it ended so is taken and thrown away: the other
/// goes on as if it were heard, and is sent no `SIGPIPE`.
///
/// # Errors
/// As [`run_joined`].
pub fn run_recorded(
    sides: [Side<'_>; 2],
    limits: &TalkLimits,
    hears_on: [&(dyn Fn(&Outcome) -> bool + Sync); 2],
) -> Result<(Joined, Talk), SandboxError> {
    let record = Record::new(limits);
    let ((from_one, by_one), (to_other, for_other)) = (pipe()?, pipe()?);
    let ((from_other, by_other), (to_one, for_one)) = (pipe()?, pipe()?);
    let joined = thread::scope(|scope| {
        scope.spawn(|| relay(from_one, for_other, 0, &record));
        scope.spawn(|| relay(from_other, for_one, 1, &record));
        run_between(sides, [(to_one, by_one), (to_other, by_other)], |side, outcome| {
            if !outcome.is_some_and(hears_on[side]) {
                record.hang_up(side);
            }
        })
    })?;
    Ok((joined, record.into_talk()))
}

/// Runs both, each with what it reads from and what it writes to. Calls `ended` when one of them has, with its outcome if
/// it has one.
fn run_between(
    sides: [Side<'_>; 2],
    streams: [(OwnedFd, OwnedFd); 2],
    ended: impl Fn(usize, Option<&Outcome>) + Sync,
) -> Result<Joined, SandboxError> {
    let ([one, other], [for_one, for_other]) = (sides, streams);
    let go = |index, side: Side<'_>, streams| {
        let gone = side.go(streams);
        ended(index, gone.as_ref().ok().map(|(outcome, _)| outcome));
        gone
    };
    let (one, other) = thread::scope(|scope| {
        let one = scope.spawn(|| go(0, one, for_one));
        let other = go(1, other, for_other);
        (one.join(), other)
    });
    let (one, one_at) = one.map_err(|_| SandboxError::HelperGone)??;
    let (other, other_at) = other?;
    Ok(Joined { outcomes: [one, other], first: usize::from(other_at < one_at) })
}

impl Side<'_> {
    /// Its end is traced: a program that is about to end stops until that is noted, and only then
    /// are its pipes closed. So an end that follows from the other's is always noted after it.
    fn go(self, (stdin, stdout): (OwnedFd, OwnedFd)) -> Result<(Outcome, u64), SandboxError> {
        let (stdin, stdout) = (Input::Pipe(stdin), Output::Pipe(stdout));
        self.sandbox.run_traced(self.run, Stdio { stdin, stdout, stderr: self.stderr })
    }
}

fn pipe() -> Result<(OwnedFd, OwnedFd), SandboxError> {
    pipe2(OFlag::O_CLOEXEC).map_err(|errno| SandboxError::setup("make a pipe", errno))
}
