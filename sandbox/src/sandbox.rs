//! A box, as its owner sees it.

mod run;

use std::cell::{Cell, Ref, RefCell};
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::path::PathBuf;
use std::time::Duration;

use nix::unistd::geteuid;

use crate::cgroup::{Cgroup, CgroupVersion};
use crate::error::SandboxError;
use crate::launcher::Launcher;
use crate::minimal::{self, Place};
use crate::policy::Policy;
use crate::protocol::{Channel, Reply, Request, Run};
use crate::request;
use crate::spec::{BoxSpec, Level};
use crate::stopper;
use crate::supervise::wait_readable;
use crate::sys::capabilities;
use crate::sys::process::kill_by_pidfd;
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
    last: Option<Run>,
    /// Whether one more run like the last has been asked for; the answer is still to come.
    ahead: Cell<bool>,
    /// Outlives the box's process, which it is the parent of.
    launcher: Launcher,
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
        // Some are missed only once a program does not die, or has made a file that nobody else may read.
        let missing = if level == Level::Full { capabilities::missing() } else { &[] };
        if !missing.is_empty() {
            return Err(unavailable(format!("it lacks the capability {}", missing.join(", "))));
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
            last: None,
            ahead: Cell::new(false),
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
        if self.ahead.replace(false) {
            self.receive()?;
        }
        self.channel()?.send(&Request::FreshWork, &[]).map_err(SandboxError::talk)?;
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
    channel.send(&Request::Enter { doors }, &fds).map_err(SandboxError::talk)?;
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
    channel.receive().map_err(SandboxError::talk)?.ok_or(SandboxError::HelperGone)
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
