//! The launcher: the small process that boxes are started from.
//!
//! It is the owner's executable started afresh, so it has one thread and little memory, which
//! makes forking it safe and cheap. It lives until the owner closes the socket between them.

use std::io;
use std::os::fd::{AsFd, FromRawFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::sched::{CloneFlags, unshare};

use super::keeper;
use crate::protocol::{Channel, Launch, Reply};
use crate::spec::Level;
use crate::sys::process::{self, Inherited, Side};

/// Where a box's socket is in the box's process.
const SOCKET_AT: RawFd = 3;

pub(super) fn serve() -> io::Result<()> {
    process::reset_signals();
    let channel = Channel::new(take_socket()?);
    process::let_the_kernel_reap();
    let mut network = None;
    while let Some((Launch { level }, sockets)) = channel.receive()? {
        // Boxes share a network namespace in which there is nothing, until they run a program that
        // may make sockets: a fresh one takes longer than the rest of a box.
        let network = match level {
            Level::Full => *network.get_or_insert_with(|| unshare(CloneFlags::CLONE_NEWNET)),
            Level::UserNamespace => Ok(()),
        };
        for socket in sockets {
            launch(level, socket, network)?;
        }
    }
    Ok(())
}

/// Starts a box's process.
fn launch(level: Level, socket: OwnedFd, network: Result<(), Errno>) -> io::Result<()> {
    let flags = match level {
        Level::Full => libc::CLONE_NEWPID,
        // Its process namespace has to belong to its user namespace, which it enters first.
        Level::UserNamespace => 0,
    };
    match process::fork(flags, None) {
        Ok(Side::Child) => {
            let kept = keep_only(socket);
            let served = kept.and_then(|socket| keeper::serve(&Channel::new(socket), network));
            process::exit_now(i32::from(served.is_err()))
        }
        Ok(Side::Parent(..)) => Ok(()),
        Err(errno) => {
            let step = "start the box's process".to_owned();
            Channel::new(socket).send(&Reply::Failed { step, errno: errno as i32 }, &[])
        }
    }
}

fn keep_only(socket: OwnedFd) -> io::Result<OwnedFd> {
    process::reset_signals();
    // It may have that number already.
    let moved = socket.as_fd().try_clone_to_owned()?;
    process::place_descriptor(moved.as_fd(), SOCKET_AT, Inherited::No)?;
    process::close_from(SOCKET_AT + 1)?;
    // All of them are closed, or not theirs any more.
    std::mem::forget((socket, moved));
    // SAFETY: just put there, and owned by nothing else.
    Ok(unsafe { OwnedFd::from_raw_fd(SOCKET_AT) })
}

/// The owner passes the socket as standard input. It moves away from there, `/dev/null` takes its
/// place, and every other descriptor that was inherited is closed.
fn take_socket() -> io::Result<OwnedFd> {
    process::close_from(3)?;
    // SAFETY: standard input is open, and nothing else in this process uses it.
    let stdin = unsafe { OwnedFd::from_raw_fd(0) };
    let socket = stdin.try_clone()?;
    let null = std::fs::File::open("/dev/null")?;
    // SAFETY: descriptor 0 stays open from here to the end of the process.
    let mut zero = std::mem::ManuallyDrop::new(stdin);
    nix::unistd::dup2(&null, &mut zero)?;
    Ok(socket)
}
