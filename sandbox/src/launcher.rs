//! The launcher, as the owner sees it.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio as ProcessStdio};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use crate::cgroup::{Cgroup, Hierarchies};
use crate::error::SandboxError;
use crate::helper;
use crate::protocol::{Channel, Launch, Launched, Setup};
use crate::request;
use crate::spec::{BoxSpec, Helper, Level};
use crate::stopper::hang_up;
use crate::supervise::wait_readable;

/// How long the launcher may take to start a box's process.
const PATIENCE: Duration = Duration::from_secs(60);

/// The small process that boxes are started from.
///
/// Whoever opens more than one box starts it once, early, and names it in every
/// [`BoxSpec`](crate::BoxSpec) as [`Helper::Started`]: opening a box is then much cheaper. It ends
/// when the last clone of this value and the last box are gone, or their owner dies.
#[derive(Clone)]
pub struct Launcher {
    process: Arc<Process>,
}

struct Process {
    /// `None` once it is to end.
    channel: Option<Mutex<Channel>>,
    child: Mutex<Child>,
    /// Where boxes' control groups can be, found when it was first asked for.
    hierarchies: OnceLock<Result<Hierarchies, String>>,
    /// Groups of boxes that are closed.
    idle_groups: Mutex<Vec<Cgroup>>,
}

/// A box that has been asked for.
pub(crate) struct Launching<'a> {
    /// Nobody else is answered before.
    channel: MutexGuard<'a, Channel>,
}

impl Launching<'_> {
    /// The socket on which the box listens.
    pub(crate) fn socket(self) -> Result<Channel, SandboxError> {
        let answer = self.answer();
        if answer.is_err() {
            // It may still come, and would be taken for that to the next request.
            hang_up(self.channel.as_fd());
        }
        match answer? {
            (Launched::Box, mut fds) => fds.pop().map(Channel::new).ok_or(SandboxError::HelperGone),
            (Launched::Failed { errno }, _) => Err(SandboxError::setup(
                "start a box's process",
                io::Error::from_raw_os_error(errno),
            )),
        }
    }

    fn answer(&self) -> Result<(Launched, Vec<OwnedFd>), SandboxError> {
        if !wait_readable(&*self.channel, PATIENCE)? {
            return Err(SandboxError::HelperStuck { seconds: PATIENCE.as_secs() });
        }
        self.channel.receive().map_err(broken)?.ok_or(SandboxError::HelperGone)
    }
}

impl Launcher {
    /// Starts a launcher without waiting for it.
    ///
    /// # Errors
    /// [`SandboxError::StartHelper`] when the executable cannot be started.
    pub fn start(helper: &Helper) -> Result<Self, SandboxError> {
        let path = match helper {
            Helper::Started(launcher) => return Ok(launcher.clone()),
            Helper::CurrentExe => Path::new("/proc/self/exe"),
            Helper::At(path) => path,
        };
        let (ours, theirs) = Channel::pair().map_err(SandboxError::Protocol)?;
        let child = Command::new(path)
            .arg0(helper::MARKER)
            .env_clear()
            .stdin(theirs)
            .stdout(ProcessStdio::null())
            // Ctrl-C is for the owner, who closes the box in order.
            .process_group(0)
            .spawn()
            .map_err(|source| SandboxError::StartHelper { path: path.to_owned(), source })?;
        let channel = Some(Mutex::new(Channel::new(ours)));
        Ok(Self {
            process: Arc::new(Process {
                channel,
                child: Mutex::new(child),
                hierarchies: OnceLock::new(),
                idle_groups: Mutex::default(),
            }),
        })
    }

    /// Builds a box ahead, which makes the next opening of such a box cheap. What is in it is what
    /// its mounts show then, not now. Nothing is built at level minimal, where there is little to build.
    ///
    /// # Errors
    /// [`SandboxError::BadRequest`] and when the launcher is gone. What is missing in the box shows
    /// when it is opened.
    pub fn build_ahead(&self, spec: &BoxSpec) -> Result<(), SandboxError> {
        request::check_mounts(spec)?;
        let level = spec.level.unwrap_or_else(request::best_level);
        if level == Level::Minimal {
            return Ok(());
        }
        let setup = request::setup(level, spec);
        self.channel()?.send(&Launch::Ahead(setup), &[]).map_err(broken)
    }

    /// Asks for a box.
    pub(crate) fn launch(&self, setup: Setup) -> Result<Launching<'_>, SandboxError> {
        let channel = self.channel()?;
        channel.send(&Launch::Box(setup), &[]).map_err(broken)?;
        Ok(Launching { channel })
    }

    /// Control groups for a box: those of one that is closed, or new ones.
    pub(crate) fn groups(&self) -> Result<Cgroup, String> {
        if let Some(groups) = self.idle_groups().pop() {
            return Ok(groups);
        }
        let found = self
            .process
            .hierarchies
            .get_or_init(|| Hierarchies::read().map_err(|error| error.to_string()));
        Cgroup::create(found.as_ref().map_err(String::clone)?)
    }

    /// Takes the groups of a box that is closed. A few are kept for the next ones, because to make
    /// and to remove them takes as long as a run.
    ///
    /// # Errors
    /// When they could not be removed.
    pub(crate) fn put_back(&self, mut groups: Cgroup) -> Result<(), SandboxError> {
        const AT_MOST: usize = 4;
        let mut idle = self.idle_groups();
        if idle.len() < AT_MOST && groups.renew() {
            idle.push(groups);
            return Ok(());
        }
        drop(idle);
        groups.remove()
    }

    fn idle_groups(&self) -> MutexGuard<'_, Vec<Cgroup>> {
        self.process.idle_groups.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn channel(&self) -> Result<MutexGuard<'_, Channel>, SandboxError> {
        let channel = self.process.channel.as_ref().ok_or(SandboxError::HelperGone)?;
        Ok(channel.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The launcher's process id.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.process.child.lock().unwrap_or_else(PoisonError::into_inner).id()
    }
}

fn broken(error: io::Error) -> SandboxError {
    match error.kind() {
        io::ErrorKind::InvalidInput => SandboxError::BadRequest(format!("mounts: {error}")),
        _ => SandboxError::talk(error),
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.channel = None;
        let _ = self.child.get_mut().unwrap_or_else(PoisonError::into_inner).wait();
        for groups in self.idle_groups.get_mut().unwrap_or_else(PoisonError::into_inner) {
            let _ = groups.remove();
        }
    }
}

impl PartialEq for Launcher {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.process, &other.process)
    }
}

impl Eq for Launcher {}

impl std::fmt::Debug for Launcher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Launcher({})", self.id())
    }
}
