//! A box's process: builds the box, then does what its owner asks for, until the owner is gone.
//!
//! It is process 1 of the box's process namespace, so its end is the end of everything in the box.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use super::run::Runner;
use super::{Failure, minimal, namespaces};
use crate::policy::Instruction;
use crate::protocol::{Channel, Reply, Request, Run, Setup};
use crate::spec::Level;
use crate::sys::process;

pub(super) fn serve(
    channel: &Channel,
    setup: &Setup,
    ground: Result<(), Failure>,
) -> io::Result<()> {
    let entered = ground.and_then(|()| match setup.level {
        Level::Full | Level::UserNamespace => namespaces::enter(setup),
        Level::Minimal => minimal::enter(setup),
    });
    let built = match entered {
        Ok(own) => Runner::set_up(setup, &own).map(|runner| (runner, own)).map_err(Reply::from),
        Err(Failure { step, errno }) => Err(Reply::Unavailable { step, errno: errno as i32 }),
    };
    let own_process = process::own_pidfd()?;
    let Some((Request::Enter { doors }, mut fds)) = channel.receive()? else {
        return Ok(());
    };
    let (mut runner, own) = match built {
        Ok(built) => built,
        Err(failure) => return channel.send(&failure, &[]),
    };
    let meters = fds.split_off(doors.min(fds.len()));
    if let Err(failure) = runner.enter_groups(fds, meters) {
        return channel.send(&Reply::from(failure), &[]);
    }
    let ready = Reply::Ready { process: own.process, id: own.id };
    let mut keeper = Keeper { channel, runner, ready, policies: Vec::new(), kind: None };
    keeper.send_work(Some(own_process))?;
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
                let mut streams = fds;
                let next = streams.split_off(streams.len().min(3)).pop();
                let reply = self.runner.run(streams, again, self.channel);
                self.channel.send(&reply, &[])?;
                match reply {
                    Reply::Ended(ended) if ended.again => self.prepare(next)?,
                    _ => self.runner.clean(),
                }
            }
            Request::FreshWork => match self.runner.fresh_work() {
                Ok(()) => self.send_work(None)?,
                Err(failure) => self.channel.send(&Reply::from(failure), &[])?,
            },
            // A kill that crossed the end of its run.
            Request::Kill | Request::Enter { .. } => {}
        }
        Ok(())
    }

    fn prepare(&mut self, birthplace: Option<OwnedFd>) -> io::Result<()> {
        let Some(run) = self.kind.as_deref() else { return Ok(()) };
        let policy = self.policies.get(run.policy).map_or(&[][..], Vec::as_slice);
        match self.runner.prepare(run, policy, birthplace.as_ref().map(AsFd::as_fd)) {
            Ok(()) => self.channel.send(&Reply::Prepared, &[]),
            Err(failure) => self.channel.send(&Reply::from(failure), &[]),
        }
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
