//! What this host can enforce, found by trying.

use std::path::Path;

use serde::Serialize;

use crate::cgroup::CgroupVersion;
use crate::error::SandboxError;
use crate::minimal;
use crate::outcome::Ending;
use crate::policy::Policy;
use crate::sandbox::Sandbox;
use crate::spec::{BoxSpec, Level, Mount, RunLimits, RunSpec, Stdio};
use crate::sys::landlock;

/// What holds a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mechanism {
    /// The kernel's control groups, exactly and for the whole process tree.
    Cgroup,
    /// Looks at the process tree every few milliseconds: an excess is seen a little late, and a
    /// process that is shorter-lived than that and not waited for may be missed.
    Sampled,
    /// A resource limit, exactly.
    Rlimit,
    /// The sandbox's own clock.
    Clock,
    /// The size of a file system of the box's own.
    FileSystem,
    /// Nothing.
    NotEnforced,
}

/// What holds each limit of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Enforcement {
    /// CPU time.
    pub cpu: Mechanism,
    /// Time on the clock.
    pub wall: Mechanism,
    /// Memory.
    pub memory: Mechanism,
    /// Number of processes and threads.
    pub processes: Mechanism,
    /// Output.
    pub output: Mechanism,
    /// What the work folder and the temporary folders hold.
    pub disk: Mechanism,
}

/// What this host can enforce.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HostReport {
    /// The best level; `None` if no program can be run in a box here.
    pub level: Option<Level>,
    /// Which control groups hold a box of that level.
    pub cgroup: CgroupVersion,
    /// What holds each limit.
    pub enforcement: Enforcement,
    /// The namespaces that a box has of its own.
    pub namespaces: Vec<&'static str>,
    /// The version of Landlock, by which level minimal keeps programs from files; 0 if the kernel
    /// has none.
    pub landlock: u32,
    /// Whether a forbidden system call was stopped and named.
    pub seccomp: bool,
    /// What is missing, and what to do about it.
    pub notes: Vec<String>,
}

/// What of a host a small program needs.
const SYSTEM: [&str; 4] = ["/bin", "/lib", "/lib64", "/usr"];

/// Opens a box at each level, best first, until one works, and runs programs in it.
///
/// The process must be able to become the box's helper: its `main` begins with
/// [`become_helper_if_asked`](crate::become_helper_if_asked).
#[must_use]
pub fn probe() -> HostReport {
    probe_with(&BoxSpec::default())
}

/// The same with a helper, or at a level, of the caller's choice.
#[must_use]
pub fn probe_with(spec: &BoxSpec) -> HostReport {
    let mut notes = Vec::new();
    let levels = match spec.level {
        Some(level) => vec![level],
        None => vec![Level::Full, Level::UserNamespace, Level::Minimal],
    };
    for level in levels {
        if spec.level.is_none() && level == Level::Minimal && !minimal::has_landlock() {
            notes.push(format!("level {level} is not chosen: {}", minimal::WITHOUT_LANDLOCK));
            break;
        }
        match try_level(level, spec) {
            Ok((cgroup, seccomp)) => {
                notes.extend(minimal::shortcomings(level));
                return report(level, cgroup, seccomp, notes);
            }
            Err(error) => notes.push(advise(level, &error)),
        }
    }
    HostReport {
        level: None,
        cgroup: CgroupVersion::None,
        enforcement: enforcement(None),
        namespaces: Vec::new(),
        landlock: landlock::abi(),
        seccomp: false,
        notes,
    }
}

fn try_level(level: Level, spec: &BoxSpec) -> Result<(CgroupVersion, bool), SandboxError> {
    let present = SYSTEM.into_iter().filter(|path| Path::new(path).exists());
    let mut spec = spec.clone();
    spec.level = Some(level);
    spec.mounts.extend(present.map(Mount::same));
    let mut sandbox = Sandbox::open(&spec)?;
    let limits = RunLimits::default();
    let run = RunSpec::new(["true"], limits.clone(), Policy::native());
    let outcome = sandbox.run(&run, Stdio::null())?;
    if !outcome.ending.is_success() {
        let step = format!("run `true` in a box, which ended with {}", outcome.ending);
        return Err(SandboxError::setup(step, std::io::Error::other("unexpected ending")));
    }
    // One that makes no call but `true`'s own most ordinary ones is enough to see a filter work.
    let nothing_goes = Policy::parse("probe", "extends = \"native\"\nkill = [\"exit_group\"]")?;
    let outcome = sandbox.run(&RunSpec::new(["true"], limits, nothing_goes), Stdio::null())?;
    let seccomp =
        matches!(outcome.ending, Ending::ForbiddenSyscall { name, .. } if name == "exit_group");
    let cgroup = sandbox.cgroup_version();
    sandbox.close()?;
    Ok((cgroup, seccomp))
}

fn report(level: Level, cgroup: CgroupVersion, seccomp: bool, notes: Vec<String>) -> HostReport {
    let mut namespaces = vec!["mount", "pid", "ipc", "uts", "net", "cgroup"];
    match level {
        Level::Full => {}
        Level::UserNamespace => namespaces.push("user"),
        Level::Minimal => namespaces.clear(),
    }
    HostReport {
        level: Some(level),
        cgroup,
        enforcement: enforcement(Some(level)),
        namespaces,
        landlock: landlock::abi(),
        seccomp,
        notes,
    }
}

fn enforcement(level: Option<Level>) -> Enforcement {
    use Mechanism::{Cgroup, Clock, FileSystem, NotEnforced, Rlimit, Sampled};
    let [cpu, wall, memory, processes, output, disk] = match level {
        Some(Level::Full) => [Cgroup, Clock, Cgroup, Cgroup, Rlimit, FileSystem],
        Some(Level::UserNamespace) => [Sampled, Clock, Sampled, Rlimit, Rlimit, FileSystem],
        Some(Level::Minimal) => {
            let processes = if minimal::has_private_users() { Rlimit } else { Sampled };
            [Sampled, Clock, Sampled, processes, Rlimit, Sampled]
        }
        None => [NotEnforced; 6],
    };
    Enforcement { cpu, wall, memory, processes, output, disk }
}

fn advise(level: Level, error: &SandboxError) -> String {
    let advice = match level {
        Level::Full => {
            "run as root, with control groups that may be written to (a container \
                        needs no --privileged, but the capabilities SYS_ADMIN, SETUID, SETGID, \
                        SETPCAP, KILL, DAC_OVERRIDE and FOWNER, and what deploy/README.md says)"
        }
        Level::UserNamespace => {
            "allow unprivileged user namespaces (sysctl \
                                 user.max_user_namespaces above 0; on Debian and Ubuntu also \
                                 kernel.unprivileged_userns_clone=1 and \
                                 kernel.apparmor_restrict_unprivileged_userns=0)"
        }
        Level::Minimal => "allow seccomp filters, and let TMPDIR name a folder for programs",
    };
    let mut reason = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        reason = format!("{reason}: {cause}");
        source = cause.source();
    }
    format!("level {level} is not available: {reason}; to get it, {advice}")
}
