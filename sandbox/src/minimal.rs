//! The owner's side of level minimal: what the host gives there, and the box's folder.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use nix::sys::statvfs::{FsFlags, statvfs};
use nix::unistd::geteuid;

use crate::erase;
use crate::error::SandboxError;
use crate::policy::{self, Policy};
use crate::protocol::{Minimal, Run, Setup, User};
use crate::request;
use crate::spec::{BoxSpec, Level, RunSpec, WorkAccess};
use crate::sys::landlock;

/// What the names of boxes' folders begin with.
const PREFIX: &str = "gavel-box-";

/// What a box without Landlock cannot keep its programs from.
pub(crate) const WITHOUT_LANDLOCK: &str = "the kernel has no Landlock, so programs could read every \
     file that their user may; ask for level minimal by name to accept that";

/// A box's place on the host.
#[derive(Debug)]
pub(crate) struct Place {
    folder: PathBuf,
    /// The version of Landlock; 0 if the kernel has none.
    landlock: u32,
    /// Who the programs are.
    user: User,
}

impl Place {
    /// Looks for one; the box's own process makes the folder.
    pub(crate) fn find(spec: &BoxSpec) -> Result<Self, SandboxError> {
        let unavailable =
            |reason| Err(SandboxError::LevelUnavailable { level: Level::Minimal, reason });
        if let Some(mount) = spec.mounts.iter().find(|mount| mount.source != mount.target) {
            let (source, target) = (mount.source.display(), mount.target.display());
            return unavailable(format!("it cannot show {source} at {target}, only where it is"));
        }
        let temporary = std::env::temp_dir();
        let flags = statvfs(&temporary).map(|found| found.flags());
        if flags.is_ok_and(|flags| flags.contains(FsFlags::ST_NOEXEC)) {
            let folder = temporary.display();
            return unavailable(format!("no program can be executed in {folder}; set TMPDIR"));
        }
        static ONCE: Once = Once::new();
        ONCE.call_once(|| remove_stale(&temporary));
        static SERIAL: AtomicU32 = AtomicU32::new(0);
        let serial = SERIAL.fetch_add(1, Ordering::Relaxed);
        let name = format!("{PREFIX}{}-{serial}-{:x}", std::process::id(), nanoseconds());
        let user = if may_change_users() { request::user() } else { User::Owner };
        Ok(Self { folder: temporary.join(name), landlock: landlock::abi(), user })
    }

    /// The work folder, as programs name it.
    pub(crate) fn work(&self) -> PathBuf {
        self.folder.join("work")
    }

    /// The temporary folder, as programs name it.
    pub(crate) fn temporary(&self) -> PathBuf {
        self.folder.join("tmp")
    }

    /// What a launcher needs to know to build a box here.
    pub(crate) fn setup(&self, spec: &BoxSpec) -> Setup {
        let minimal = Some(Minimal { folder: self.folder.clone(), landlock: self.landlock });
        Setup { user: self.user, minimal, ..request::setup(Level::Minimal, spec) }
    }

    /// The run's policy with all that this level takes away.
    pub(crate) fn tighten(&self, run: &RunSpec) -> Result<Policy, SandboxError> {
        Ok(run.policy.at_minimal(policy::Minimal {
            shared_user: !matches!(self.user, User::Above(_)),
            landlock: self.landlock,
            read_only: run.work == WorkAccess::ReadOnly,
        })?)
    }

    /// Makes of a run in `/work` and `/tmp` one in the folders of this box.
    pub(crate) fn adapt(&self, run: &mut Run) {
        if let Ok(below) = run.cwd.strip_prefix("/work") {
            run.cwd = self.work().join(below);
        }
        run.env.retain(|(name, _)| name != "TMPDIR");
        run.env.push(("TMPDIR".to_owned(), self.temporary().to_string_lossy().into_owned()));
    }

    /// Removes what the box's process left if it did not end by itself.
    pub(crate) fn remove(&self) -> Result<(), SandboxError> {
        erase::remove_folder(&self.folder).map_err(|errno| SandboxError::Work {
            operation: "remove",
            name: self.folder.display().to_string(),
            source: io::Error::from(errno),
        })
    }
}

/// Removes folders of boxes whose processes were all killed at once. They may be those of another
/// container: a process id says nothing, so what tells is the lock that a box's process holds.
fn remove_stale(temporary: &Path) {
    /// Younger ones may not be locked yet.
    const AGE: Duration = Duration::from_secs(60);
    let own = geteuid().as_raw();
    for entry in fs::read_dir(temporary).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let Ok(found) = entry.metadata() else { continue };
        let is_old = found.modified().is_ok_and(|at| at.elapsed().is_ok_and(|age| age > AGE));
        if is_ours && is_old && found.is_dir() && found.uid() == own {
            let is_free = File::open(entry.path()).is_ok_and(|folder| folder.try_lock().is_ok());
            if is_free {
                let _ = erase::remove_folder(&entry.path());
            }
        }
    }
}

/// So that nobody can be there first.
fn nanoseconds() -> u128 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| since.as_nanos())
}

/// Whether this process has what it takes to run programs as another user.
fn may_change_users() -> bool {
    // CAP_CHOWN, CAP_DAC_OVERRIDE, CAP_FOWNER, CAP_KILL, CAP_SETGID, CAP_SETUID, CAP_SETPCAP
    const NEEDED: u64 = 0b1_1110_1011;
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let effective = effective.and_then(|text| u64::from_str_radix(text.trim(), 16).ok());
    effective.is_some_and(|effective| effective & NEEDED == NEEDED)
}

/// What a box of this level does not hold on this host, for its operator.
pub(crate) fn shortcomings(level: Level) -> Vec<String> {
    let mut found = Vec::new();
    if level == Level::Minimal && !has_landlock() {
        let what = "the kernel has no Landlock: programs can read every file that their user may";
        found.push(what.to_owned());
    }
    if level == Level::Minimal && !has_private_users() {
        let what =
            "without root, programs run as the user of their owner: keep secrets from that user";
        found.push(what.to_owned());
    }
    found
}

/// Whether programs have a user that nobody else has.
pub(crate) fn has_private_users() -> bool {
    may_change_users() && matches!(request::user(), User::Above(_))
}

/// Whether programs can be kept from files by rules.
pub(crate) fn has_landlock() -> bool {
    landlock::abi() > 0
}
