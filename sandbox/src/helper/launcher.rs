//! The launcher: the small process that boxes are started from.
//!
//! It is the owner's executable started afresh, so it has one thread and little memory, which
//! makes forking it safe and cheap. It lives until the owner closes the socket between them.

use std::fs;
use std::io;
use std::os::fd::{AsFd, FromRawFd, OwnedFd, RawFd};
use std::os::unix::fs::MetadataExt;

use nix::errno::Errno;
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl::set_child_subreaper;
use nix::unistd::geteuid;

use super::{Failure, Step, keeper, minimal};
use crate::protocol::{Channel, Launch, Launched, Setup};
use crate::spec::Level;
use crate::sys::image;
use crate::sys::process::{self, Inherited, Side};

/// Where a box's socket is in the box's process.
const SOCKET_AT: RawFd = 3;

pub(super) fn serve() -> io::Result<()> {
    abort_on_panic();
    process::reset_signals();
    let channel = Channel::new(take_socket()?);
    // Every box and every program is forked from this process.
    image::share_sealed_tables()?;
    process::let_the_kernel_reap();
    let mut launcher = Launcher { ground: None, spare: None, last: None, has_orphans: false };
    while let Some((request, _)) = channel.receive()? {
        match request {
            Launch::Ahead(setup) => launcher.build_ahead(setup),
            Launch::Box(setup) => {
                match launcher.take(&setup) {
                    Ok(socket) => channel.send(&Launched::Box, &[socket.as_fd()])?,
                    Err(errno) => {
                        channel.send(&Launched::Failed { errno: errno as i32 }, &[])?;
                    }
                }
                // What is asked for twice is likely to be asked for again.
                if launcher.last.as_ref() == Some(&setup) {
                    launcher.build_ahead(setup);
                } else {
                    launcher.last = Some(setup);
                }
            }
        }
        launcher.end_orphans();
    }
    launcher.end_orphans();
    Ok(())
}

/// A forked process that unwound would go on with its parent's work.
fn abort_on_panic() {
    let tell = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tell(panic);
        std::process::abort();
    }));
}

struct Launcher {
    /// What all boxes of level full have in common, once it was needed.
    ground: Option<Result<(), Failure>>,
    spare: Option<Spare>,
    last: Option<Setup>,
    /// Whether the programs of a box may become this process's children.
    has_orphans: bool,
}

/// A box that nobody has asked for yet.
struct Spare {
    setup: Setup,
    sources: Vec<Option<(u64, u64)>>,
    socket: OwnedFd,
}

impl Launcher {
    fn build_ahead(&mut self, setup: Setup) {
        let sources = sources(&setup);
        if self.spare.as_ref().is_some_and(|s| s.setup == setup && s.sources == sources) {
            return;
        }
        // That it cannot be started shows when it is asked for.
        self.spare = self.start(&setup).ok().map(|socket| Spare { setup, sources, socket });
    }

    /// The owner's end of the socket of such a box.
    fn take(&mut self, setup: &Setup) -> Result<OwnedFd, Errno> {
        match self.spare.take() {
            // A file that has been put in the place of another since is not in the spare box.
            Some(spare) if spare.setup == *setup && spare.sources == sources(setup) => {
                Ok(spare.socket)
            }
            _ => self.start(setup),
        }
    }

    fn end_orphans(&self) {
        if self.has_orphans {
            minimal::kill_orphans();
        }
    }

    /// Starts a box's process.
    fn start(&mut self, setup: &Setup) -> Result<OwnedFd, Errno> {
        let ground = match setup.level {
            Level::Full => self.ground.get_or_insert_with(prepare_ground).clone(),
            Level::UserNamespace | Level::Minimal => Ok(()),
        };
        let flags = match setup.level {
            Level::Full => libc::CLONE_NEWPID,
            // Its process namespace has to belong to its user namespace, which it enters first.
            Level::UserNamespace | Level::Minimal => 0,
        };
        if setup.level == Level::Minimal && !self.has_orphans {
            // No namespace ends with a box's process there.
            set_child_subreaper(true)?;
            self.has_orphans = true;
        }
        let failed = |error: io::Error| error.raw_os_error().map_or(Errno::EIO, Errno::from_raw);
        let (theirs, ours) = Channel::pair().map_err(failed)?;
        match process::fork(flags, None)? {
            Side::Child => {
                let kept = keep_only(ours);
                let served =
                    kept.and_then(|socket| keeper::serve(&Channel::new(socket), setup, ground));
                process::exit_now(i32::from(served.is_err()))
            }
            Side::Parent(..) => Ok(theirs),
        }
    }
}

/// Boxes share a network namespace in which there is nothing, until they run a program that may
/// make sockets: a fresh one takes longer than the rest of a box.
fn prepare_ground() -> Result<(), Failure> {
    if geteuid().is_root() {
        process::forbid_capabilities_below().step(|| "empty the capability bounding set".into())?;
    }
    unshare(CloneFlags::CLONE_NEWNET).step(|| "unshare the network namespace".into())
}

/// Which files the sources of a box's mounts are.
fn sources(setup: &Setup) -> Vec<Option<(u64, u64)>> {
    let identity = |found: fs::Metadata| (found.dev(), found.ino());
    setup.mounts.iter().map(|mount| fs::metadata(&mount.source).ok().map(identity)).collect()
}

/// Keeps only this descriptor and the standard ones.
fn keep_only(socket: OwnedFd) -> io::Result<OwnedFd> {
    // The launcher ignores the deaths of its children.
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
