//! A box's process: builds the box, then does what its owner asks for, until the owner is gone.
//!
//! It is process 1 of the box's process namespace, so its end is the end of everything in the box.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use nix::errno::Errno;

use super::run::Runner;
use super::{Failure, Step, namespaces};
use crate::policy::Instruction;
use crate::protocol::{Channel, Reply, Request, Run};
use crate::sys::process;

pub(super) fn serve(channel: &Channel, network: Result<(), Errno>) -> io::Result<()> {
    let Some((Request::Setup(setup), mut fds)) = channel.receive()? else {
        return Ok(());
    };
    let meters = fds.split_off(setup.doors.min(fds.len()));
    for door in fds {
        // 0 is the writer itself.
        if let Err(failure) =
            nix::unistd::write(door, b"0").step(|| "move into a control group".into())
        {
            return channel.send(&Reply::from(failure), &[]);
        }
    }
    let entered = network
        .step(|| "unshare the network namespace".into())
        .and_then(|()| namespaces::enter(&setup));
    let own = match entered {
        Ok(own) => own,
        Err(Failure { step, errno }) => {
            return channel.send(&Reply::Unavailable { step, errno: errno as i32 }, &[]);
        }
    };
    let runner = match Runner::set_up(&setup, &own, meters) {
        Ok(runner) => runner,
        Err(failure) => return channel.send(&Reply::from(failure), &[]),
    };
    let ready = Reply::Ready { process: own.process, id: own.id };
    let mut keeper = Keeper { channel, runner, ready, policies: Vec::new(), kind: None };
    keeper.send_work(Some(process::own_pidfd()?))?;
    while let Some((request, fds)) = channel.receive()? {
        keeper.answer(request, fds)?;
    }
    Ok(())
}

struct Keeper<'a> {
    channel: &'a Channel,
    runner: Runner,
    ready: Reply,
    policies: Vec<Vec<Instruction>>,
    /// The kind of run that was prepared last.
    kind: Option<Box<Run>>,
}

impl Keeper<'_> {
    fn answer(&mut self, request: Request, fds: Vec<OwnedFd>) -> io::Result<()> {
        match request {
            Request::Policy { program } => self.policies.push(program),
            Request::Prepare(run) => {
                self.kind = Some(run);
                self.prepare(fds.into_iter().next())?;
            }
            Request::Start { again } => {
                let reply = self.runner.run(fds, again, self.channel);
                self.channel.send(&reply, &[])?;
                match reply {
                    Reply::Ended(ended) if ended.again => self.prepare(None)?,
                    _ => self.runner.clean(),
                }
            }
            Request::FreshWork => match self.runner.fresh_work() {
                Ok(()) => self.send_work(None)?,
                Err(failure) => self.channel.send(&Reply::from(failure), &[])?,
            },
            // A kill that crossed the end of its run.
            Request::Kill | Request::Setup(_) => {}
        }
        Ok(())
    }

    fn prepare(&mut self, birthplace: Option<OwnedFd>) -> io::Result<()> {
        let Some(run) = self.kind.as_deref() else { return Ok(()) };
        let policy = self.policies.get(run.policy).map_or(&[][..], Vec::as_slice);
        let reply = match self.runner.prepare(run, policy, birthplace.as_ref().map(AsFd::as_fd)) {
            Ok(()) => Reply::Prepared,
            Err(failure) => failure.into(),
        };
        self.channel.send(&reply, &[])
    }

    fn send_work(&self, own_process: Option<OwnedFd>) -> io::Result<()> {
        match self.runner.work_tree() {
            Ok(tree) => {
                let fds = [Some(tree.as_fd()), own_process.as_ref().map(AsFd::as_fd)];
                let fds: Vec<_> = fds.into_iter().flatten().collect();
                self.channel.send(&self.ready, &fds)
            }
            Err(failure) => self.channel.send(&Reply::from(failure), &[]),
        }
    }
}
