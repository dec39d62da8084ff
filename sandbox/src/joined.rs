//! Two programs that talk to each other through pipes.

use std::os::fd::OwnedFd;
use std::thread;

use nix::fcntl::OFlag;
use nix::unistd::pipe2;

use crate::error::SandboxError;
use crate::outcome::{Ending, Outcome};
use crate::sandbox::Sandbox;
use crate::spec::{Input, Output, RunSpec, Stdio};

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
    let [one, other] = sides;
    let ((from_other, to_one), (from_one, to_other)) = (pipe()?, pipe()?);
    let (one, other) = thread::scope(|scope| {
        let one = scope.spawn(move || one.go(from_other, to_other));
        let other = other.go(from_one, to_one);
        (one.join(), other)
    });
    let one = one.map_err(|_| SandboxError::HelperGone)?;
    let ends = [one?, other?];
    let first = first(&ends);
    Ok(Joined { outcomes: ends.map(|(outcome, _)| outcome), first })
}

impl Side<'_> {
    fn go(self, stdin: OwnedFd, stdout: OwnedFd) -> Result<(Outcome, u64), SandboxError> {
        let (stdin, stdout) = (Input::Pipe(stdin), Output::Pipe(stdout));
        self.sandbox.run_until(self.run, Stdio { stdin, stdout, stderr: self.stderr })
    }
}

/// The ends are seen by different processes, each when it gets to run. What cannot be mistaken: who
/// died of the other's absence came second.
fn first(ends: &[(Outcome, u64); 2]) -> usize {
    let died_of_absence =
        |outcome: &Outcome| outcome.ending == Ending::Signalled { signal: libc::SIGPIPE };
    let [(one, one_at), (other, other_at)] = ends;
    match (died_of_absence(one), died_of_absence(other)) {
        (true, false) => 1,
        (false, true) => 0,
        _ => usize::from(other_at < one_at),
    }
}

fn pipe() -> Result<(OwnedFd, OwnedFd), SandboxError> {
    pipe2(OFlag::O_CLOEXEC).map_err(|errno| SandboxError::setup("make a pipe", errno))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Usage;

    #[test]
    fn whoever_dies_of_the_others_absence_is_second() {
        let end = |ending, at| (Outcome { ending, usage: Usage::default() }, at);
        let exited = || Ending::Exited { code: 0 };
        let pipe = || Ending::Signalled { signal: libc::SIGPIPE };
        assert_eq!(first(&[end(exited(), 1), end(exited(), 2)]), 0);
        assert_eq!(first(&[end(exited(), 2), end(exited(), 1)]), 1);
        assert_eq!(first(&[end(pipe(), 1), end(exited(), 2)]), 1);
        assert_eq!(first(&[end(exited(), 2), end(pipe(), 1)]), 0);
    }
}
