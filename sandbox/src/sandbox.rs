//! A box, as its owner sees it.

use std::cell::{Ref, RefCell};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::time::Duration;

use nix::unistd::geteuid;

use crate::cgroup::{Cgroup, CgroupVersion};
use crate::error::SandboxError;
use crate::input::{OutputFile, open_input};
use crate::launcher::Launcher;
use crate::minimal::{self, Place};
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::protocol::{Again, Channel, Reply, Request, Run};
use crate::request;
use crate::spec::{BoxSpec, Level, RunSpec, Stdio};
use crate::stopper;
use crate::supervise::{Meter, Watch, wait_readable};
use crate::sys::process::kill_by_pidfd;
use crate::tree::Tree;
use crate::work_dir::WorkDir;

/// How long a box's process may take for anything but a run.
const PATIENCE: Duration = Duration::from_secs(60);
/// An open box. Dropping it closes it.
pub struct Sandbox {
    level: Level,
    /// User and group id of the programs, as the host sees them.
    id: u32,
    channel: Option<Channel>,
    /// Tells of the end of the box's process.
    keeper: OwnedFd,
    keeper_id: u32,
    cgroup: Option<Cgroup>,
    /// At level minimal.
    place: Option<Place>,
    work: RefCell<OwnedFd>,
    /// Those that the keeper knows, by index.
    policies: Vec<Policy>,
    next: RefCell<Next>,
    last: Option<Run>,
    /// Outlives the box's process, which it is the parent of.
    launcher: Launcher,
}

/// The run that the keeper has been asked to prepare.
enum Next {
    Nothing,
    /// Its answer is still to come.
    Asked(Run),
}

impl Sandbox {
    /// Opens a box: starts its helper, which builds it.
    ///
    /// # Errors
    /// [`SandboxError::LevelUnavailable`] or [`SandboxError::NoLevel`] when the host cannot hold
    /// such a box; [`SandboxError::Setup`] when a mount's source is missing, or another step failed.
    pub fn open(spec: &BoxSpec) -> Result<Self, SandboxError> {
        request::check_mounts(spec)?;
        if let Some(level) = spec.level {
            return Self::open_at(level, spec);
        }
        let mut reasons = Vec::new();
        for level in [Level::Full, Level::UserNamespace, Level::Minimal] {
            if level == Level::Minimal && !minimal::has_landlock() {
                reasons.push(format!("{level}: {}", minimal::WITHOUT_LANDLOCK));
                break;
            }
            match Self::open_at(level, spec) {
                Err(SandboxError::LevelUnavailable { level, reason }) => {
                    reasons.push(format!("{level}: {reason}"));
                }
                opened => return opened,
            }
        }
        Err(SandboxError::NoLevel { reasons: reasons.join("; ") })
    }

    fn open_at(level: Level, spec: &BoxSpec) -> Result<Self, SandboxError> {
        let unavailable = |reason| SandboxError::LevelUnavailable { level, reason };
        if level == Level::Full && !geteuid().is_root() {
            return Err(unavailable("it needs root".to_owned()));
        }
        let place = match level {
            Level::Minimal => Some(Place::find(spec)?),
            Level::Full | Level::UserNamespace => None,
        };
        let launcher = Launcher::start(&spec.helper)?;
        let setup = match &place {
            Some(place) => place.setup(spec),
            None => request::setup(level, spec),
        };
        let launching = launcher.launch(setup)?;
        // Made while the box is being built.
        let cgroup = match level {
            Level::Full => Some(launcher.groups()),
            Level::UserNamespace | Level::Minimal => None,
        };
        let channel = launching.socket();
        let cgroup = cgroup.transpose().map_err(unavailable)?;
        let undo = |error| {
            let _ = cgroup.as_ref().map(Cgroup::remove);
            error
        };
        let channel = channel.map_err(undo)?;
        let opened = enter(level, &channel, cgroup.as_ref()).map_err(undo)?;
        Ok(Self {
            level,
            id: opened.id,
            channel: Some(channel),
            keeper: opened.keeper,
            keeper_id: opened.keeper_id,
            cgroup,
            place,
            work: RefCell::new(opened.work),
            policies: Vec::new(),
            next: RefCell::new(Next::Nothing),
            last: None,
            launcher,
        })
    }

    /// The level at which the box holds.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// Which control groups hold it.
    #[must_use]
    pub fn cgroup_version(&self) -> CgroupVersion {
        self.cgroup.as_ref().map_or(CgroupVersion::None, Cgroup::version)
    }

    /// Where programs find their work folder: `/work`, or at level minimal a folder of the host.
    #[must_use]
    pub fn work_path(&self) -> PathBuf {
        self.place.as_ref().map_or_else(|| PathBuf::from("/work"), Place::work)
    }

    /// Where programs find a folder that every run finds empty: `/tmp`, or at level minimal a folder
    /// of the host, which is named to them in `TMPDIR`.
    #[must_use]
    pub fn temporary_path(&self) -> PathBuf {
        self.place.as_ref().map_or_else(|| PathBuf::from("/tmp"), Place::temporary)
    }

    /// The host's side of the work folder.
    #[must_use]
    pub fn work(&self) -> WorkDir<'_> {
        WorkDir::new(self)
    }

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
        let (stdout, stderr) = (OutputFile::open(io.stdout)?, OutputFile::open(io.stderr)?);
        let policy = match &self.place {
            Some(place) => self.teach(&place.tighten(spec)?)?,
            None => self.teach(&spec.policy)?,
        };
        let written_before = stdout.size_before().max(stderr.size_before());
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
        };
        if let Some(place) = &self.place {
            place.adapt(&mut run);
        }
        // What is done twice is likely to be done again.
        let twice = self.last.as_ref() == Some(&run);
        let run = self.prepare(run)?;
        let watched = self.start_and_watch(spec, twice, stdin, [stdout, stderr]);
        if watched.is_err() {
            // Its answer may still come, and would be taken for that to the next request.
            self.channel = None;
        }
        let (reply, outcome) = watched?;
        if matches!(&reply, Reply::Ended(ended) if ended.again) {
            self.next.replace(Next::Asked(run.clone()));
        }
        self.last = Some(run);
        match (reply, outcome) {
            (Reply::Ended(ended), Some(outcome)) => Ok((outcome, ended.ended_at)),
            (Reply::CannotExecute { errno }, _) => Err(SandboxError::CannotExecute {
                path: spec.argv.first().cloned().unwrap_or_default(),
                source: io::Error::from_raw_os_error(errno),
            }),
            (reply, _) => Err(failure(self.level, reply)),
        }
    }

    /// Has this run prepared, if it is not yet.
    fn prepare(&mut self, run: Run) -> Result<Run, SandboxError> {
        match self.next.replace(Next::Nothing) {
            Next::Asked(asked) if asked == run => {
                if let Some(cgroup) = &mut self.cgroup {
                    cgroup.go_on();
                }
            }
            next => {
                if let Next::Asked(_) = next {
                    // It was prepared in vain, and whether that worked is of no interest.
                    self.receive()?;
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
                    _ => SandboxError::Protocol(error),
                })?;
            }
        }
        match self.receive()? {
            (Reply::Prepared, _) => Ok(run),
            (reply, _) => Err(failure(self.level, reply)),
        }
    }

    fn start_and_watch(
        &mut self,
        spec: &RunSpec,
        twice: bool,
        stdin: OwnedFd,
        mut outputs: [OutputFile; 2],
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
            let [stdout, stderr] = &mut outputs;
            let streams = [stdin, stdout.take_descriptor()?, stderr.take_descriptor()?];
            let mut fds: Vec<_> = streams.iter().map(AsFd::as_fd).collect();
            if let (Some(cgroup), true) = (&mut self.cgroup, again != Again::No) {
                fds.extend(cgroup.next_birthplace()?);
            }
            channel.send(&Request::Start { again }, &fds).map_err(SandboxError::Protocol)?;
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

    /// Closes the box: ends everything in it and removes every trace on the host.
    ///
    /// # Errors
    /// When a control group could not be removed.
    pub fn close(mut self) -> Result<(), SandboxError> {
        self.end()
    }

    fn end(&mut self) -> Result<(), SandboxError> {
        // The keeper ends when nothing more can come, whoever else holds this end of its socket.
        if let Some(channel) = self.channel.take() {
            stopper::hang_up(channel.as_fd());
        }
        if !wait_readable(&self.keeper, PATIENCE)? {
            kill_by_pidfd(self.keeper.as_fd())
                .map_err(|errno| SandboxError::Protocol(errno.into()))?;
            wait_readable(&self.keeper, PATIENCE)?;
        }
        self.place.as_ref().map_or(Ok(()), Place::remove)?;
        // What is in it belongs to the groups for as long as it is open.
        self.work.replace(self.keeper.try_clone().map_err(SandboxError::Protocol)?);
        self.cgroup.take().map_or(Ok(()), |groups| self.launcher.put_back(groups))
    }

    /// Puts an empty `/work` in the place of the old.
    pub(crate) fn renew_work(&self) -> Result<(), SandboxError> {
        if let Next::Asked(_) = self.next.replace(Next::Nothing) {
            self.receive()?;
        }
        self.channel()?.send(&Request::FreshWork, &[]).map_err(SandboxError::Protocol)?;
        match self.receive()? {
            (Reply::Ready { .. }, mut fds) => {
                self.work.replace(fds.pop().ok_or(SandboxError::HelperGone)?);
                Ok(())
            }
            (reply, _) => Err(failure(self.level, reply)),
        }
    }

    /// A descriptor of `/work` that is writable whatever a run may do there.
    pub(crate) fn work_folder(&self) -> Ref<'_, OwnedFd> {
        self.work.borrow()
    }

    /// The user that the programs' files belong to, as the host sees it.
    pub(crate) fn id(&self) -> u32 {
        self.id
    }

    pub(crate) fn channel(&self) -> Result<&Channel, SandboxError> {
        self.channel.as_ref().ok_or(SandboxError::HelperGone)
    }

    fn receive(&self) -> Result<(Reply, Vec<OwnedFd>), SandboxError> {
        receive(self.channel()?)
    }

    /// The index under which the keeper knows a policy, told to it the first time.
    fn teach(&mut self, policy: &Policy) -> Result<usize, SandboxError> {
        if let Some(known) = self.policies.iter().position(|p| p.program() == policy.program()) {
            return Ok(known);
        }
        let request = Request::Policy { program: policy.program().to_vec() };
        self.channel()?.send(&request, &[]).map_err(SandboxError::Protocol)?;
        self.policies.push(policy.clone());
        Ok(self.policies.len() - 1)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.end();
    }
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sandbox(level {}, process {})", self.level, self.keeper_id)
    }
}

/// What a box's process says of itself when the box stands.
struct Opened {
    id: u32,
    keeper: OwnedFd,
    keeper_id: u32,
    work: OwnedFd,
}

/// Has the box's process enter its groups, and waits until the box stands.
fn enter(level: Level, channel: &Channel, cgroup: Option<&Cgroup>) -> Result<Opened, SandboxError> {
    let mut fds = cgroup.map_or(Ok(Vec::new()), Cgroup::doors)?;
    let doors = fds.len();
    fds.extend(cgroup.map_or(Ok(Vec::new()), Cgroup::meters)?);
    let fds: Vec<_> = fds.iter().map(AsFd::as_fd).collect();
    channel.send(&Request::Enter { doors }, &fds).map_err(SandboxError::Protocol)?;
    match receive(channel)? {
        (Reply::Ready { process, id }, mut fds) => {
            let (keeper, work) = (fds.pop(), fds.pop());
            let (Some(keeper), Some(work)) = (keeper, work) else {
                return Err(SandboxError::HelperGone);
            };
            Ok(Opened { id, keeper, keeper_id: process, work })
        }
        (reply, _) => Err(failure(level, reply)),
    }
}

fn receive(channel: &Channel) -> Result<(Reply, Vec<OwnedFd>), SandboxError> {
    if !wait_readable(channel, PATIENCE)? {
        return Err(SandboxError::HelperStuck { seconds: PATIENCE.as_secs() });
    }
    channel.receive().map_err(SandboxError::Protocol)?.ok_or(SandboxError::HelperGone)
}

fn failure(level: Level, reply: Reply) -> SandboxError {
    match reply {
        Reply::Failed { step, errno } => {
            SandboxError::setup(step, io::Error::from_raw_os_error(errno))
        }
        Reply::Unavailable { step, errno } => {
            let reason = format!("{step}: {}", io::Error::from_raw_os_error(errno));
            SandboxError::LevelUnavailable { level, reason }
        }
        Reply::CannotExecute { errno } => {
            SandboxError::setup("execute a program", io::Error::from_raw_os_error(errno))
        }
        Reply::Ready { .. } | Reply::Prepared | Reply::Ended(_) => SandboxError::HelperGone,
    }
}
