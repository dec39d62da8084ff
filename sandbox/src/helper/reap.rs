//! Waiting for the end of a run, and seeing to it that nothing of it is left.

use std::os::fd::{AsFd, OwnedFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signalfd::SignalFd;
use nix::unistd::Pid;

use super::emulate::Answers;
use super::ground::{Ground, LOOK_AGAIN};
use crate::protocol::{Channel, Request};
use crate::sys::process::{self, Patience};
use crate::sys::seccomp;
use crate::sys::trace;

/// What is known of a run when its last process is gone.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// The program's wait status.
    pub(super) status: Option<i32>,
    /// Architecture and number of the forbidden call.
    pub(super) forbidden: Option<(u32, i64)>,
    /// Whether it was stopped for what it held on the disk.
    pub(super) disk_exceeded: bool,
    /// Whether it has stopped right after its execution, as a traced program does.
    traced: bool,
    /// When the program began to end, in nanoseconds on the monotonic clock.
    pub(super) ended_at: Option<u64>,
    /// When the last process was gone, in nanoseconds on the monotonic clock.
    pub(super) gone_at: u64,
    pub(super) cpu: Duration,
    pub(super) largest_resident_bytes: u64,
}

/// Waits until the program has ended, has made a forbidden call, or the owner wants its end or is
/// gone; then kills and reaps whatever is left.
pub(super) fn until_all_gone(
    program: Pid,
    listener: Option<OwnedFd>,
    answers: Answers,
    child_signals: &SignalFd,
    owner: &Channel,
    ground: &Ground,
) -> Tally {
    let mut tally = Tally::default();
    // If it cannot be waited for, it is not let live either.
    let _ = tally.wait_for_the_end(program, listener, answers, child_signals, owner, ground);
    tally.ended_at.get_or_insert_with(now);
    tally.reap_the_rest(program, ground);
    tally.gone_at = now();
    // What the looks have missed is not to be held against the next run.
    tally.disk_exceeded |= ground.too_much_on_disk();
    tally
}

impl Tally {
    fn wait_for_the_end(
        &mut self,
        program: Pid,
        mut listener: Option<OwnedFd>,
        answers: Answers,
        child_signals: &SignalFd,
        owner: &Channel,
        ground: &Ground,
    ) -> Result<(), Errno> {
        let mut looked = Instant::now();
        loop {
            let mut polled = vec![
                PollFd::new(child_signals.as_fd(), PollFlags::POLLIN),
                PollFd::new(owner.as_fd(), PollFlags::POLLIN),
            ];
            polled.extend(listener.as_ref().map(|fd| PollFd::new(fd.as_fd(), PollFlags::POLLIN)));
            match poll(&mut polled, ground.look_again_after()) {
                Ok(_) | Err(Errno::EINTR) => {}
                Err(error) => return Err(error),
            }
            let heard = |at: usize| polled.get(at).and_then(PollFd::revents);
            let [ended, spoken, called] =
                [heard(0), heard(1), heard(2)].map(|events| events.unwrap_or(PollFlags::empty()));
            if called.contains(PollFlags::POLLIN)
                && let Some(listener) = &listener
            {
                match seccomp::next_call(listener.as_fd()) {
                    Ok(call) if answers.give(listener.as_fd(), &call) => {}
                    Ok(call) => {
                        self.forbidden = Some((call.arch, call.number.into()));
                        return Ok(());
                    }
                    // The caller was killed before it could be asked about.
                    Err(Errno::ENOENT) => {}
                    Err(error) => return Err(error),
                }
            } else if !called.is_empty() {
                // No one is left who could make a call: what remains is to hear of their deaths.
                listener = None;
            }
            if !ended.is_empty() {
                // Taken before the reaping, so that none is missed in between.
                child_signals.read_signal()?;
                if self.reap_ended(program, owner) {
                    return Ok(());
                }
            }
            if looked.elapsed() >= LOOK_AGAIN {
                self.disk_exceeded = ground.too_much_on_disk();
                if self.disk_exceeded || ground.too_many_processes() {
                    return Ok(());
                }
                looked = Instant::now();
            }
            // Whatever is said during a run means its end: a kill, or the owner's own end.
            if !spoken.is_empty() {
                let _: Result<Option<(Request, _)>, _> = owner.receive();
                return Ok(());
            }
        }
    }

    /// Reaps whoever has ended or stopped; whether that is enough: the program was among them, or the
    /// owner has spoken while there were always more.
    fn reap_ended(&mut self, program: Pid, owner: &Channel) -> bool {
        while let Ok(Some(ended)) = process::reap(Patience::Look) {
            self.add(&ended, program);
            if self.status.is_some() || has_spoken(owner) {
                return true;
            }
        }
        false
    }

    /// This process is the parent of every orphan of the run: when it has no child left, nobody is
    /// there.
    fn reap_the_rest(&mut self, program: Pid, ground: &Ground) {
        match process::reap(Patience::Look) {
            Ok(Some(ended)) => self.add(&ended, program),
            Ok(None) => {}
            Err(_) => return,
        }
        // At one moment, so that none can fork away.
        ground.kill_all();
        while let Ok(Some(ended)) = process::reap(Patience::Wait) {
            self.add(&ended, program);
        }
    }

    fn add(&mut self, ended: &process::Ended, program: Pid) {
        if trace::is_stop(ended.status) {
            // Before it goes on, and others see what follows.
            let stopped_at = now();
            if !self.traced {
                self.traced = true;
                trace::announce_end(ended.pid);
            } else if trace::let_continue(ended.pid, ended.status) && ended.pid == program {
                self.ended_at.get_or_insert(stopped_at);
            }
            return;
        }
        if ended.pid == program {
            self.status = Some(ended.status);
        }
        self.cpu += ended.cpu;
        self.largest_resident_bytes = self.largest_resident_bytes.max(ended.largest_resident_bytes);
    }
}

fn has_spoken(owner: &Channel) -> bool {
    let mut polled = [PollFd::new(owner.as_fd(), PollFlags::POLLIN)];
    poll(&mut polled, PollTimeout::ZERO).is_ok_and(|ready| ready > 0)
}

pub(super) fn now() -> u64 {
    process::clock_nanoseconds(libc::CLOCK_MONOTONIC)
}
