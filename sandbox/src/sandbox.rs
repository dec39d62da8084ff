//! A box, as its owner sees it.

use std::cell::{Ref, RefCell};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio as ProcessStdio};
use std::time::Duration;

use nix::unistd::geteuid;

use crate::cgroup::{Cgroup, CgroupVersion};
use crate::error::SandboxError;
use crate::helper;
use crate::input::{OutputFile, open_input};
use crate::outcome::Outcome;
use crate::policy::Policy;
use crate::protocol::{Channel, Reply, Request, Run, Setup};
use crate::request;
use crate::spec::{BoxSpec, Helper, Level, RunSpec, Stdio};
use crate::supervise::{Meter, Watch, wait_readable};
use crate::tree::Tree;
use crate::work_dir::WorkDir;

/// How long the helper may take for anything but a run.
const PATIENCE: Duration = Duration::from_secs(60);
/// What a box's user is on the host where user ids are few.
const NOBODY: u32 = 65_534;
/// User ids of boxes begin here, far from any that a host gives out.
const FIRST_ID: u32 = 0x7000_0000;

/// An open box. Dropping it closes it.
pub struct Sandbox {
    level: Level,
    /// User and group id of the programs, as the host sees them.
    id: u32,
    channel: Option<Channel>,
    helper: Child,
    cgroup: Option<Cgroup>,
    work: RefCell<OwnedFd>,
    /// Those that the helper knows, by index.
    policies: Vec<Policy>,
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
        for level in [Level::Full, Level::UserNamespace] {
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
        let is_root = geteuid().is_root();
        let cgroup = match level {
            Level::Full if !is_root => return Err(unavailable("it needs root".to_owned())),
            Level::Full => Some(Cgroup::create().map_err(unavailable)?),
            Level::UserNamespace => None,
        };
        let (ours, theirs) = Channel::pair().map_err(SandboxError::Protocol)?;
        let helper = match start_helper(&spec.helper, theirs) {
            Ok(helper) => helper,
            Err(error) => {
                let _ = cgroup.as_ref().map(Cgroup::remove);
                return Err(error);
            }
        };
        let id = if is_root { box_id(helper.id()) } else { geteuid().as_raw() };
        let channel = Channel::new(ours);
        // From here on, dropping the box ends the helper and removes the groups.
        let placeholder = io::stdin().as_fd().try_clone_to_owned();
        let work = RefCell::new(placeholder.map_err(SandboxError::Protocol)?);
        let policies = Vec::new();
        let sandbox = Self { level, id, channel: Some(channel), helper, cgroup, work, policies };
        let doors = sandbox.cgroup.as_ref().map_or(Ok(Vec::new()), Cgroup::doors)?;
        let setup = Setup {
            level,
            id,
            change_id: is_root,
            mounts: spec.mounts.clone(),
            work_bytes: spec.work_bytes,
            work_inodes: spec.work_inodes,
            temporary_bytes: spec.temporary_bytes,
        };
        sandbox.work.replace(sandbox.ask_for_work(&Request::Setup(setup), &doors)?);
        Ok(sandbox)
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

    /// The host's side of `/work`.
    #[must_use]
    pub fn work(&self) -> WorkDir<'_> {
        WorkDir::new(self)
    }

    /// Runs one program to its end. Of its processes, temporary files and locks nothing is left.
    ///
    /// # Errors
    /// A failure of the sandbox or of the request, such as a program that cannot be executed. What
    /// the program does wrong is an [`Outcome`].
    pub fn run(&mut self, spec: &RunSpec, io: Stdio) -> Result<Outcome, SandboxError> {
        request::check_run(spec)?;
        let stdin = open_input(io.stdin, self.level, self.id)?;
        let (stdout, stderr) = (OutputFile::open(io.stdout)?, OutputFile::open(io.stderr)?);
        let policy = self.teach(&spec.policy)?;
        if let Some(cgroup) = &mut self.cgroup {
            cgroup.begin_run(&spec.limits)?;
        }
        let written_before = stdout.size_before().max(stderr.size_before());
        let request = Request::Run(Box::new(Run {
            argv: spec.argv.clone(),
            env: spec.env.clone(),
            cwd: spec.cwd.clone(),
            policy,
            work: spec.work,
            rlimits: request::rlimits(self.level, &spec.limits, written_before),
        }));
        let mut fds = vec![stdin.as_fd(), stdout.descriptor.as_fd(), stderr.descriptor.as_fd()];
        fds.extend(self.cgroup.as_ref().and_then(Cgroup::birthplace));
        self.channel()?.send(&request, &fds).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidInput => {
                SandboxError::BadRequest(format!("argv and env: {error}"))
            }
            _ => SandboxError::Protocol(error),
        })?;
        let meter = match &mut self.cgroup {
            Some(cgroup) => Meter::Group(cgroup),
            None => Meter::Tree(Tree::below(self.helper.id())),
        };
        let channel = self.channel.as_ref().ok_or(SandboxError::HelperGone)?;
        let outputs = [&stdout, &stderr];
        let watch = Watch { channel, meter, limits: &spec.limits, outputs };
        let watched = watch.wait();
        if watched.is_err() {
            // Its answer may still come, and would be taken for that to the next request.
            self.channel = None;
        }
        match watched? {
            (_, Some(outcome)) => Ok(outcome),
            (Reply::CannotExecute { errno }, None) => Err(SandboxError::CannotExecute {
                path: spec.argv.first().cloned().unwrap_or_default(),
                source: io::Error::from_raw_os_error(errno),
            }),
            (reply, None) => Err(failure(self.level, reply)),
        }
    }

    /// Closes the box: ends its helper and removes every trace on the host.
    ///
    /// # Errors
    /// When a control group could not be removed.
    pub fn close(mut self) -> Result<(), SandboxError> {
        self.end()
    }

    fn end(&mut self) -> Result<(), SandboxError> {
        // The helper ends when the other end of its socket is closed, after the run under way.
        self.channel = None;
        self.helper.wait().map_err(SandboxError::Protocol)?;
        self.cgroup.take().map_or(Ok(()), |cgroup| cgroup.remove())
    }

    /// Puts an empty `/work` in the place of the old.
    pub(crate) fn renew_work(&self) -> Result<(), SandboxError> {
        let work = self.ask_for_work(&Request::FreshWork, &[])?;
        self.work.replace(work);
        Ok(())
    }

    /// A descriptor of `/work` that is writable whatever a run may do there.
    pub(crate) fn work_folder(&self) -> Ref<'_, OwnedFd> {
        self.work.borrow()
    }

    /// The user that the programs' files belong to, as the host sees it.
    pub(crate) fn id(&self) -> u32 {
        self.id
    }

    fn channel(&self) -> Result<&Channel, SandboxError> {
        self.channel.as_ref().ok_or(SandboxError::HelperGone)
    }

    fn ask_for_work(&self, request: &Request, fds: &[OwnedFd]) -> Result<OwnedFd, SandboxError> {
        let channel = self.channel()?;
        let fds: Vec<_> = fds.iter().map(AsFd::as_fd).collect();
        channel.send(request, &fds).map_err(SandboxError::Protocol)?;
        if !wait_readable(channel, PATIENCE)? {
            return Err(SandboxError::HelperStuck { seconds: PATIENCE.as_secs() });
        }
        match channel.receive().map_err(SandboxError::Protocol)? {
            Some((Reply::Ready, mut fds)) => fds.pop().ok_or(SandboxError::HelperGone),
            Some((reply, _)) => Err(failure(self.level, reply)),
            None => Err(SandboxError::HelperGone),
        }
    }

    /// The index under which the helper knows a policy, told to it the first time.
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
        write!(f, "Sandbox(level {}, helper {})", self.level, self.helper.id())
    }
}

fn start_helper(helper: &Helper, socket: OwnedFd) -> Result<Child, SandboxError> {
    let path = match helper {
        Helper::CurrentExe => Path::new("/proc/self/exe"),
        Helper::At(path) => path,
    };
    Command::new(path)
        .arg0(helper::MARKER)
        .env_clear()
        .stdin(socket)
        .stdout(ProcessStdio::null())
        .spawn()
        .map_err(|source| SandboxError::StartHelper { path: path.to_owned(), source })
}

/// A user id that no one else has: no other box at the same time, and no user of the host.
fn box_id(helper: u32) -> u32 {
    let id = FIRST_ID.saturating_add(helper);
    let maps = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    let is_mapped = maps.lines().any(|line| {
        let mut numbers = line.split_whitespace().filter_map(|number| number.parse::<u64>().ok());
        let (first, count) = (numbers.next().unwrap_or(0), numbers.nth(1).unwrap_or(0));
        (first..first + count).contains(&u64::from(id))
    });
    if is_mapped { id } else { NOBODY }
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
        Reply::Ready | Reply::Ended(_) => SandboxError::HelperGone,
    }
}
