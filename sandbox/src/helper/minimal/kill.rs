//! Ending all processes of a run in one stroke that no fork can outrun.

use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{Gid, Pid, Uid, getpgid, getpgrp, setresgid, setresuid};

use crate::sys::process::{self, Side};
use crate::tree;

/// Kills all processes of the run. They are left for the caller to reap: it is their subreaper, so in
/// the end all of them are its children.
///
/// `private_user` is the user that only this run's processes have, if there is one.
pub(super) fn strike(private_user: Option<u32>) -> Result<(), Errno> {
    match private_user {
        Some(id) => strike_user(id),
        None => strike_group(),
    }
}

/// The kernel kills all processes of a user at once, while none can be born.
fn strike_user(id: u32) -> Result<(), Errno> {
    loop {
        // A program may be killing everyone of its user all the time: that one has to go first.
        for child in tree::children(std::process::id()) {
            let _ = kill(pid(child), Signal::SIGKILL);
        }
        let killer = match process::fork(0, None)? {
            Side::Child => process::exit_now(i32::from(kill_all_of_user(id).is_err())),
            Side::Parent(killer) => killer,
        };
        match waitpid(killer, Some(WaitPidFlag::__WALL)) {
            Ok(WaitStatus::Exited(_, 0)) => return Ok(()),
            Ok(WaitStatus::Exited(..)) => return Err(Errno::EPERM),
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error),
        }
    }
}

fn kill_all_of_user(id: u32) -> Result<(), Errno> {
    let (user, group) = (Uid::from_raw(id), Gid::from_raw(id));
    setresgid(group, group, group)?;
    setresuid(user, user, user)?;
    match kill(Pid::from_raw(-1), Signal::SIGKILL) {
        Ok(()) | Err(Errno::ESRCH) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The same with a process group, which the filter lets no process of the run leave.
fn strike_group() -> Result<(), Errno> {
    let mut struck = Ok(());
    for child in tree::children(std::process::id()) {
        // Even if it has ended, it keeps its number until this process reaps it.
        let killed = match getpgid(Some(pid(child))) {
            Ok(group) if group != getpgrp() => killpg(group, Signal::SIGKILL),
            // Not yet in a group of its own: it has not become the program.
            Ok(_) => kill(pid(child), Signal::SIGKILL),
            Err(_) => Ok(()),
        };
        // The others are killed all the same.
        struck = struck.and(killed);
    }
    struck
}

/// Kills the programs of boxes whose own process was killed from outside: as their subreaper, this
/// process has become their parent. Those that it started itself are in its process group.
pub(in crate::helper) fn kill_orphans() {
    // More than enough, unless a program forks faster than it is looked at.
    const PASSES: u32 = 1000;
    for _ in 0..PASSES {
        let mut found = false;
        for child in tree::children(std::process::id()).into_iter().map(pid) {
            if let Ok(group) = getpgid(Some(child))
                && group != getpgrp()
            {
                found = true;
                let _ = killpg(group, Signal::SIGKILL);
                let _ = kill(child, Signal::SIGKILL);
            }
        }
        if !found {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[allow(clippy::cast_possible_wrap, reason = "process ids are positive ints")]
fn pid(number: u32) -> Pid {
    Pid::from_raw(number as i32)
}
