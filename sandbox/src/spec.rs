//! What the caller asks for: a box, and runs in it.

use std::fmt;
use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::launcher::Launcher;
use crate::policy::Policy;

const MIB: u64 = 1 << 20;

/// How strongly a box holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Namespaces, control groups, seccomp and rlimits. Needs root.
    Full,
    /// The same namespaces inside a user namespace, memory and CPU time by sampling. Needs no privilege.
    UserNamespace,
    /// No namespaces: system call filter, resource limits, Landlock where the kernel has it; memory, CPU time
    /// and disk space by sampling. Needs no privilege; with root, programs have a user of their own.
    Minimal,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "full",
            Self::UserNamespace => "user-namespace",
            Self::Minimal => "minimal",
        })
    }
}

/// One box: what it holds before anything runs in it.
#[derive(Debug, Clone)]
pub struct BoxSpec {
    /// The level to open at; `None` takes the best the host gives.
    pub level: Option<Level>,
    /// What of the host is seen in the box.
    pub mounts: Vec<Mount>,
    /// What `/work` can hold, in bytes.
    pub work_bytes: u64,
    /// How many files and folders `/work` can hold.
    pub work_inodes: u64,
    /// What `/tmp` and `/dev/shm` can hold each, in bytes. Fresh for every run.
    pub temporary_bytes: u64,
    /// What the box's process is started from.
    pub helper: Helper,
}

impl Default for BoxSpec {
    fn default() -> Self {
        Self {
            level: None,
            mounts: Vec::new(),
            work_bytes: 256 * MIB,
            work_inodes: 10_000,
            temporary_bytes: 256 * MIB,
            helper: Helper::default(),
        }
    }
}

/// A file or folder of the host, seen in the box: read-only, nosuid, nodev, with everything
/// mounted below it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mount {
    /// Path on the host, absolute. Symbolic links are followed.
    pub source: PathBuf,
    /// Path in the box, absolute. Its parents are made in the box's own root, mode 0755.
    pub target: PathBuf,
}

impl Mount {
    /// The same path inside and outside.
    #[must_use]
    pub fn same(path: impl Into<PathBuf>) -> Self {
        let source = path.into();
        Self { target: source.clone(), source }
    }
}

/// What boxes are started from: an executable whose `main` begins with [`become_helper_if_asked`](crate::become_helper_if_asked).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Helper {
    /// The running executable.
    #[default]
    CurrentExe,
    /// Another one, for callers that do not own their `main`, such as tests.
    At(PathBuf),
    /// A launcher that runs already: for whoever opens more than one box.
    Started(Launcher),
}

/// One program to run in an open box.
#[derive(Debug, Clone)]
pub struct RunSpec {
    /// The program and its arguments. A name without a slash is looked up in `PATH` of `env`.
    pub argv: Vec<String>,
    /// The whole environment; nothing is inherited.
    pub env: Vec<(String, String)>,
    /// What it may use.
    pub limits: RunLimits,
    /// Which system calls it may make.
    pub policy: Policy,
    /// Whether it may change `/work`.
    pub work: WorkAccess,
    /// Where it starts: an absolute path in the box.
    pub cwd: PathBuf,
    /// Whether writing to a pipe that nobody reads is an error to it, and no `SIGPIPE` that ends it.
    pub survives_broken_pipes: bool,
}

impl RunSpec {
    /// A run of `argv` in `/work`, which it can only read, with an empty environment.
    pub fn new(
        argv: impl IntoIterator<Item = impl Into<String>>,
        limits: RunLimits,
        policy: Policy,
    ) -> Self {
        Self {
            argv: argv.into_iter().map(Into::into).collect(),
            env: Vec::new(),
            limits,
            policy,
            work: WorkAccess::ReadOnly,
            cwd: PathBuf::from("/work"),
            survives_broken_pipes: false,
        }
    }
}

/// Whether a run may change `/work`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum WorkAccess {
    /// Contestants' programs.
    ReadOnly,
    /// Compilers and validators.
    Writable,
}

/// What one run may use. Every figure is of the whole process tree unless it says otherwise.
#[derive(Debug, Clone)]
pub struct RunLimits {
    /// CPU time, user and system.
    pub cpu: Duration,
    /// Time on the clock.
    pub wall: Duration,
    /// Memory, in bytes.
    pub memory_bytes: u64,
    /// Processes and threads at one time.
    pub processes: u32,
    /// What the files behind standard output and standard error may grow by, in bytes, each.
    pub output_bytes: u64,
    /// Size of any other file, in bytes.
    pub file_bytes: u64,
    /// What a run that may change `/work` may write in all, in bytes: what the files behind standard output and standard error grow
    /// by, and the whole of each file in `/work` that is new or changed when it ends. `None` for any amount.
    pub written_bytes: Option<u64>,
    /// Open descriptors of one process.
    pub open_files: u64,
    /// Stack of the main thread, in bytes; `None` bounds it by the memory limit only, because
    /// contestants recurse.
    pub stack_bytes: Option<u64>,
}

impl Default for RunLimits {
    fn default() -> Self {
        Self {
            cpu: Duration::from_secs(1),
            wall: Duration::from_secs(3),
            memory_bytes: 256 * MIB,
            processes: 64,
            output_bytes: 8 * MIB,
            file_bytes: 8 * MIB,
            written_bytes: None,
            open_files: 256,
            stack_bytes: None,
        }
    }
}

/// The three standard streams of a run.
#[derive(Debug)]
pub struct Stdio {
    /// Standard input.
    pub stdin: Input,
    /// Standard output.
    pub stdout: Output,
    /// Standard error.
    pub stderr: Output,
}

impl Stdio {
    /// Nothing to read, nothing kept.
    #[must_use]
    pub fn null() -> Self {
        Self { stdin: Input::Null, stdout: Output::Null, stderr: Output::Null }
    }
}

/// Where a program's input comes from.
#[derive(Debug)]
pub enum Input {
    /// Nothing: `/dev/null`.
    Null,
    /// The regular file at this path on the host.
    Path(PathBuf),
    /// This regular file, from its current offset.
    File(File),
    /// What is read from this pipe. The program gets the only copy that is left, so that whoever
    /// writes to the pipe learns of the program's end.
    Pipe(OwnedFd),
}

/// Where a program's output goes.
#[derive(Debug)]
pub enum Output {
    /// Nowhere: `/dev/null`, uncounted.
    Null,
    /// This regular file, at its current offset.
    File(File),
    /// Into this pipe. Uncounted: a pipe holds no more than its reader lets it. The program gets the
    /// only copy that is left, so that the reader sees the program's end.
    Pipe(OwnedFd),
}
