//! Runs in an open box, as its owner sees them.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use super::{Sandbox, failure};
use crate::error::SandboxError;
use crate::input::{OutputFile, open_input};
use crate::outcome::{Ending, Outcome};
use crate::policy::Policy;
use crate::protocol::{Again, Reply, Request, Run};
use crate::request;
use crate::spec::{RunSpec, Stdio, WorkAccess};
use crate::supervise::{Meter, Watch};
use crate::tree::Tree;
use crate::written::Files;

impl Sandbox {
    /// Runs one program to its end. Of its processes, temporary files and locks nothing is left.
    ///
    /// A run that is like the one before in everything but its streams is cheaper than others: it
    /// has been prepared.
    ///
    /// # Errors
    /// A failure of the sandbox or of the request, such as a program that cannot be executed. What
    /// the program does wrong is an [`Outcome`].
    pub fn run(&mut self, spec: &RunSpec, io: Stdio) -> Result<Outcome, SandboxError> {
        self.run_one(spec, io, false).map(|(outcome, _)| outcome)
    }

    /// The same, and when the program began to end, in nanoseconds on the monotonic clock: before
    /// anybody else could see it.
    pub(crate) fn run_traced(
        &mut self,
        spec: &RunSpec,
        io: Stdio,
    ) -> Result<(Outcome, u64), SandboxError> {
        self.run_one(spec, io, true)
    }

    fn run_one(
        &mut self,
        spec: &RunSpec,
        io: Stdio,
        traced: bool,
    ) -> Result<(Outcome, u64), SandboxError> {
        request::check_run(spec)?;
        let stdin = open_input(io.stdin, self.level, self.id)?;
        let mut outputs = [OutputFile::open(io.stdout)?, OutputFile::open(io.stderr)?];
        let limit = spec.limits.written_bytes.filter(|_| spec.work == WorkAccess::Writable);
        let before = limit.map(|most| Ok((most, self.files()?))).transpose();
        let before = before.map_err(unseen)?;
        let policy = match &self.place {
            Some(place) => self.teach(&place.tighten(spec)?)?,
            None => self.teach(&spec.policy)?,
        };
        let written_before = outputs[0].size_before().max(outputs[1].size_before());
        let mut run = Run {
            argv: spec.argv.clone(),
            env: spec.env.clone(),
            cwd: spec.cwd.clone(),
            policy,
            work: spec.work,
            rlimits: request::rlimits(self.level, &spec.limits, written_before),
            memory_bytes: spec.limits.memory_bytes,
            sockets: spec.policy.lets_make_sockets(),
            traced,
            survives_broken_pipes: spec.survives_broken_pipes,
        };
        if let Some(place) = &self.place {
            place.adapt(&mut run);
        }
        // What is done twice is likely to be done again.
        let twice = self.last.as_ref() == Some(&run);
        let prepared = self.prepare(&run, twice);
        // An answer may still come, and would be taken for that to the next request.
        if let Err(
            SandboxError::HelperGone | SandboxError::HelperStuck { .. } | SandboxError::Protocol(_),
        ) = prepared
        {
            self.channel = None;
        }
        prepared?;
        let watched = self.start_and_watch(spec, twice, stdin, &mut outputs);
        if watched.is_err() {
            self.channel = None;
        }
        let (reply, outcome) = watched?;
        self.ahead.set(matches!(&reply, Reply::Ended(ended) if ended.again));
        self.last = Some(run);
        match (reply, outcome) {
            (Reply::Ended(ended), Some(mut outcome)) => {
                if let Some((most, before)) = before
                    && self.has_written_more_than(most, &before, &outputs)?
                    && matches!(outcome.ending, Ending::Exited { .. } | Ending::Signalled { .. })
                {
                    outcome.ending = Ending::OutputExceeded;
                }
                Ok((outcome, ended.ended_at))
            }
            (Reply::CannotExecute { errno }, _) => Err(SandboxError::CannotExecute {
                path: spec.argv.first().cloned().unwrap_or_default(),
                source: io::Error::from_raw_os_error(errno),
            }),
            (reply, _) => Err(failure(self.level, reply)),
        }
    }

    fn files(&self) -> io::Result<Files> {
        Files::below(&*self.work_folder())
    }

    /// Whether the run that is over has written more than that, or hides what it has written.
    fn has_written_more_than(
        &self,
        most: u64,
        before: &Files,
        outputs: &[OutputFile; 2],
    ) -> Result<bool, SandboxError> {
        let files = match self.files() {
            Ok(files) => files.bytes_since(before),
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::PermissionDenied | io::ErrorKind::QuotaExceeded
                ) =>
            {
                return Ok(true);
            }
            Err(error) => return Err(unseen(error)),
        };
        let printed = outputs.iter().map(OutputFile::growth).fold(0, u64::saturating_add);
        Ok(files.saturating_add(printed) > most)
    }

    /// Has this run prepared, if it is not yet; `twice` says that it is like the last.
    fn prepare(&mut self, run: &Run, twice: bool) -> Result<(), SandboxError> {
        if self.ahead.replace(false) {
            let (reply, _) = self.receive()?;
            if twice && matches!(reply, Reply::Prepared) {
                if let Some(cgroup) = &mut self.cgroup {
                    cgroup.go_on();
                }
                return Ok(());
            }
            // It was prepared in vain, or could not be without room.
        }
        let birthplace = match &mut self.cgroup {
            Some(cgroup) => {
                cgroup.make_room()?;
                cgroup.birthplace()?
            }
            None => None,
        };
        let channel = self.channel.as_ref().ok_or(SandboxError::HelperGone)?;
        let request = Request::Prepare(Box::new(run.clone()));
        let fds: Vec<_> = birthplace.into_iter().collect();
        channel.send(&request, &fds).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidInput => {
                SandboxError::BadRequest(format!("argv and env: {error}"))
            }
            _ => SandboxError::talk(error),
        })?;
        match self.receive()? {
            (Reply::Prepared, _) => Ok(()),
            (reply, _) => Err(failure(self.level, reply)),
        }
    }

    fn start_and_watch(
        &mut self,
        spec: &RunSpec,
        twice: bool,
        stdin: OwnedFd,
        outputs: &mut [OutputFile; 2],
    ) -> Result<(Reply, Option<Outcome>), SandboxError> {
        if let Some(cgroup) = &mut self.cgroup {
            cgroup.begin_run(&spec.limits)?;
        }
        let again = match &self.cgroup {
            _ if !twice => Again::No,
            Some(cgroup) => cgroup.again(),
            None => Again::Yes,
        };
        let channel = self.channel.as_ref().ok_or(SandboxError::HelperGone)?;
        {
            let [stdout, stderr] = &mut *outputs;
            let streams = [stdin, stdout.take_descriptor()?, stderr.take_descriptor()?];
            let mut fds: Vec<_> = streams.iter().map(AsFd::as_fd).collect();
            if let (Some(cgroup), true) = (&mut self.cgroup, again != Again::No) {
                fds.extend(cgroup.next_birthplace()?);
            }
            channel.send(&Request::Start { again }, &fds).map_err(SandboxError::talk)?;
        }
        let meter = match &mut self.cgroup {
            Some(cgroup) => {
                cgroup.tidy()?;
                Meter::Group(cgroup)
            }
            None => Meter::Tree(Tree::below(self.keeper_id)),
        };
        let outputs = outputs.each_ref();
        Watch { channel, meter, limits: &spec.limits, outputs }.wait()
    }

    /// The index under which the keeper knows a policy, told to it the first time.
    fn teach(&mut self, policy: &Policy) -> Result<usize, SandboxError> {
        if let Some(known) = self.policies.iter().position(|p| p.program() == policy.program()) {
            return Ok(known);
        }
        let request = Request::Policy { program: policy.program().to_vec() };
        self.channel()?.send(&request, &[]).map_err(SandboxError::talk)?;
        self.policies.push(policy.clone());
        Ok(self.policies.len() - 1)
    }
}

/// What is in `/work` cannot be seen.
fn unseen(source: io::Error) -> SandboxError {
    SandboxError::File { operation: "look at", name: "/work".into(), source }
}
