//! Process 1 of a run: starts the program, reaps, and by its own end kills whatever is left.

use std::os::fd::{BorrowedFd, RawFd};

use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::unistd::Pid;

use super::program::PreparedProgram;
use super::report::{Report, Stage};
use crate::sys::process::{self, Inherited};
use crate::sys::seccomp;

/// Everything the init needs, borrowed from the helper it is a fork of.
pub(super) struct Init<'a> {
    pub(super) report: &'a Report,
    pub(super) program: &'a PreparedProgram<'a>,
    pub(super) streams: [BorrowedFd<'a>; 3],
    pub(super) child_signals: BorrowedFd<'a>,
    /// Polls readable once the helper has ended.
    pub(super) helper: BorrowedFd<'a>,
}

/// Where the signalfd sits while the program runs; the only descriptor besides the streams.
const SIGNALS_AT: RawFd = 3;

impl Init<'_> {
    /// Never returns. When this process ends, the kernel kills and reaps its whole namespace.
    pub(super) fn run(&self) -> ! {
        if let Err((stage, errno)) = self.start_and_reap() {
            self.report.fail(stage, errno);
        }
        process::exit_now(0)
    }

    fn start_and_reap(&self) -> Result<(), (Stage, Errno)> {
        self.die_with_the_helper().map_err(|errno| (Stage::Orphaned, errno))?;
        mount_proc().map_err(|errno| (Stage::Proc, errno))?;
        self.arrange_descriptors().map_err(|errno| (Stage::Streams, errno))?;
        self.report.charge_setup();
        // The descriptor table is shared until the program is executed, which is when this
        // returns: so this process finds the filter's listener in its own table.
        let program = process::start(&mut || self.program.become_it(self.report))
            .map_err(|errno| (Stage::Fork, errno))?;
        self.reap_until(program).map_err(|errno| (Stage::Wait, errno))
    }

    fn die_with_the_helper(&self) -> Result<(), Errno> {
        set_pdeathsig(Signal::SIGKILL)?;
        let mut helper = [PollFd::new(self.helper, PollFlags::POLLIN)];
        // It may have died before the line above.
        if poll(&mut helper, PollTimeout::ZERO)? == 0 { Ok(()) } else { Err(Errno::ESRCH) }
    }

    fn arrange_descriptors(&self) -> Result<(), Errno> {
        for (stream, at) in self.streams.into_iter().zip(0..) {
            process::place_descriptor(stream, at, Inherited::Yes)?;
        }
        process::place_descriptor(self.child_signals, SIGNALS_AT, Inherited::No)?;
        process::close_from(SIGNALS_AT + 1)
    }

    fn reap_until(&self, program: Pid) -> Result<(), Errno> {
        let listener = self.report.listener();
        let mut polled =
            vec![PollFd::new(process::borrow_descriptor(SIGNALS_AT), PollFlags::POLLIN)];
        if listener >= 0 {
            polled.push(PollFd::new(process::borrow_descriptor(listener), PollFlags::POLLIN));
        }
        loop {
            match poll(&mut polled, PollTimeout::NONE) {
                Ok(_) | Err(Errno::EINTR) => {}
                Err(error) => return Err(error),
            }
            let heard = polled.get(1).and_then(PollFd::revents).unwrap_or(PollFlags::empty());
            if heard.contains(PollFlags::POLLIN) {
                match seccomp::forbidden_call(process::borrow_descriptor(listener)) {
                    Ok((arch, number)) => {
                        self.report.mark_forbidden(arch, number);
                        return Ok(());
                    }
                    // The caller was killed before it could be asked about.
                    Err(Errno::ENOENT) => {}
                    Err(error) => return Err(error),
                }
            }
            if !heard.is_empty() {
                // No one is left who could make a call: what remains is to hear of their deaths.
                polled.truncate(1);
            }
            if polled.first().is_some_and(|signals| signals.any() == Some(true)) {
                // Taken before the reaping, so that none is missed in between.
                nix::unistd::read(process::borrow_descriptor(SIGNALS_AT), &mut [0; 128])?;
            }
            if let Some(status) = reap_all(program)? {
                self.report.mark_ended(status);
                return Ok(());
            }
        }
    }
}

/// Reaps whoever has ended; the wait status of `program` if it is among them.
fn reap_all(program: Pid) -> Result<Option<i32>, Errno> {
    loop {
        match process::wait_now()? {
            Some((pid, status)) if pid == program => return Ok(Some(status)),
            Some(_) => {}
            None => return Ok(None),
        }
    }
}

/// Mounts the run's own /proc: its processes and nothing of the system, hidden from each other
/// where users differ.
fn mount_proc() -> Result<(), Errno> {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC | MsFlags::MS_RDONLY;
    mount(Some("proc"), "/proc", Some("proc"), flags, Some("subset=pid,hidepid=2"))
}
