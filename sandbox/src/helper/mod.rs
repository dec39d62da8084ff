//! The helper: builds the box, then starts one run after another in it.
//!
//! It is the owner's executable started afresh, so it has one thread and little memory, which
//! makes forking it safe and cheap. It lives until the owner closes the socket between them.

mod init;
mod mounts;
mod namespaces;
mod program;
mod report;
mod run;
mod scratch;

use std::io;
use std::os::fd::{AsFd, FromRawFd, OwnedFd};

use nix::errno::Errno;

use crate::protocol::{Channel, Reply, Request};
use crate::sys::process;

/// The name under which the helper is started.
pub(crate) const MARKER: &str = "gavel-sandbox-helper";

/// Becomes the box's helper if this process was started as one, and then never returns.
///
/// To be called first in the `main` of every executable that opens boxes with
/// [`Helper::CurrentExe`](crate::Helper::CurrentExe).
pub fn become_helper_if_asked() {
    if std::env::args_os().next().is_some_and(|name| name == MARKER) {
        let code = i32::from(serve().is_err());
        std::process::exit(code);
    }
}

/// A step that failed, with the thing it was done to.
#[derive(Debug)]
struct Failure {
    step: String,
    errno: Errno,
}

/// Names a failed step.
trait Step<T> {
    fn step(self, name: impl FnOnce() -> String) -> Result<T, Failure>;
}

impl<T> Step<T> for Result<T, Errno> {
    fn step(self, name: impl FnOnce() -> String) -> Result<T, Failure> {
        self.map_err(|errno| Failure { step: name(), errno })
    }
}

impl<T> Step<T> for io::Result<T> {
    fn step(self, name: impl FnOnce() -> String) -> Result<T, Failure> {
        self.map_err(|error| Failure {
            step: name(),
            errno: error.raw_os_error().map_or(Errno::UnknownErrno, Errno::from_raw),
        })
    }
}

impl From<Failure> for Reply {
    fn from(failure: Failure) -> Self {
        Self::Failed { step: failure.step, errno: failure.errno as i32 }
    }
}

fn serve() -> io::Result<()> {
    process::reset_signals();
    let channel = Channel::new(take_socket()?);
    let Some((Request::Setup(setup), doors)) = channel.receive()? else {
        return Ok(());
    };
    for door in doors {
        // 0 is the writer itself.
        if let Err(failure) =
            nix::unistd::write(door, b"0").step(|| "move into a control group".into())
        {
            return channel.send(&Reply::from(failure), &[]);
        }
    }
    let own_pidfd = process::own_pidfd()?;
    if let Err(Failure { step, errno }) = namespaces::enter(&setup) {
        return channel.send(&Reply::Unavailable { step, errno: errno as i32 }, &[]);
    }
    let mut runner = match run::Runner::set_up(&setup, own_pidfd) {
        Ok(runner) => runner,
        Err(failure) => return channel.send(&Reply::from(failure), &[]),
    };
    send_work(&channel, runner.work_tree())?;
    let mut policies = Vec::new();
    while let Some((request, fds)) = channel.receive()? {
        match request {
            Request::Policy { program } => policies.push(program),
            Request::Run(run) => {
                let policy = policies.get(run.policy).map_or(&[][..], Vec::as_slice);
                let reply = runner.run(&run, policy, fds, &channel);
                channel.send(&reply, &[])?;
            }
            Request::FreshWork => send_work(&channel, runner.fresh_work())?,
            // A kill that crossed the end of its run.
            Request::Kill | Request::Setup(_) => {}
        }
    }
    Ok(())
}

fn send_work(channel: &Channel, tree: Result<OwnedFd, Failure>) -> io::Result<()> {
    match tree {
        Ok(tree) => channel.send(&Reply::Ready, &[tree.as_fd()]),
        Err(failure) => channel.send(&Reply::from(failure), &[]),
    }
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
