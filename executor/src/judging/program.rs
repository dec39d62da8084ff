//! One program in its own box: a contestant's or a validator.

use super::{
    bench::{Workbench, host},
    limits,
    printed::{read_tail, size_of},
    room::require_room_for,
    scripts,
    sources::SourceText,
};
use judge_types::{JudgingError, JudgingErrorKind, RunUsage, with_causes};
use languages::{Folders, Invocation, Layout, Toolchain};
use sandbox::{
    BoxSpec, Ending, Input, Level, Mount, Outcome, Output, Policy, RunLimits, RunSpec, Sandbox,
    SandboxError, Stdio, Usage, WorkAccess,
};
use std::{
    fs::File,
    io::Seek,
    path::{Path, PathBuf},
    time::Duration,
};
use tempfile::TempDir;

/// How the files of a program are named and where it starts.
pub(crate) fn lay_out(toolchain: &Toolchain, sources: &[SourceText]) -> Layout {
    toolchain.language.lay_out(&SourceText::borrow_all(sources))
}

/// A program in a box that is its own.
pub(crate) struct Program<'a> {
    pub(super) bench: &'a Workbench,
    pub(crate) toolchain: Toolchain,
    pub(crate) layout: Layout,
    pub(super) sandbox: Sandbox,
    pub(super) folders: Folders,
    /// Whether the box shows what it was to show besides the toolchain.
    pub(crate) shows_extra: bool,
    /// What its work folder is to hold at the start of each run, where runs may change it.
    pub(super) kept: Option<TempDir>,
}

/// Whose program it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A contestant's: it may change nothing.
    Contestant,
    /// A contestant's, in a problem that lets it write files in its folder.
    WritingContestant,
    /// One of the jury: it may write into its work folder.
    Jury,
}

/// How to run a program once.
pub(crate) struct HowToRun<'a> {
    pub(crate) role: Role,
    /// What follows its own arguments.
    pub(crate) arguments: &'a [String],
    pub(crate) limits: RunLimits,
    /// What its runtime is told that it has.
    pub(crate) memory_bytes: u64,
    /// Where it starts, below its work folder.
    pub(crate) folder: &'a str,
}

/// How one run ended.
pub(crate) struct Ended {
    pub(crate) outcome: Outcome,
    /// The end of what it wrote to standard error, as text.
    pub(crate) stderr: String,
    /// How much it wrote to those of its streams that are files, in bytes.
    pub(crate) printed_bytes: u64,
}

/// What one run left.
pub(crate) struct Ran {
    pub(crate) ended: Ended,
    /// What it wrote to standard output, at its beginning.
    pub(crate) stdout: File,
}

impl Ended {
    /// With what it wrote to `stderr`.
    pub(super) fn new(outcome: Outcome, stderr: File) -> Result<Self, JudgingError> {
        let printed_bytes = size_of(&stderr)?;
        Ok(Self { outcome, stderr: read_tail(stderr, limits::STDERR_BYTES)?, printed_bytes })
    }
}

impl<'a> Program<'a> {
    /// Opens a box for a program of `toolchain`, in which `extra` is mounted as well, unless the box has no
    /// file system of its own.
    pub(crate) fn open(
        bench: &'a Workbench,
        toolchain: Toolchain,
        layout: Layout,
        extra: Vec<Mount>,
    ) -> Result<Self, JudgingError> {
        let own: Vec<_> = toolchain.mounts.iter().map(Mount::same).collect();
        let mut spec = BoxSpec {
            level: bench.level,
            mounts: [own.clone(), extra].concat(),
            work_bytes: limits::WORK_BYTES,
            work_inodes: limits::WORK_INODES,
            helper: bench.helper.clone(),
            ..BoxSpec::default()
        };
        let mut opened = Sandbox::open(&spec);
        let shows_extra = spec.mounts.len() == own.len() || !is_about_minimal(&opened);
        if !shows_extra {
            spec.mounts = own;
            opened = Sandbox::open(&spec);
        }
        let sandbox = opened.map_err(failed)?;
        let text = |path: PathBuf| path.to_string_lossy().into_owned();
        let folders =
            Folders { work: text(sandbox.work_path()), temporary: text(sandbox.temporary_path()) };
        Ok(Self { bench, toolchain, layout, sandbox, folders, shows_extra, kept: None })
    }

    /// Runs the program once.
    pub(crate) fn run(&mut self, how: HowToRun<'_>, stdin: Input) -> Result<Ran, JudgingError> {
        let mut stdout = self.bench.scratch_file(how.limits.output_bytes)?;
        let stderr = self.bench.scratch_file(how.limits.output_bytes)?;
        let stdio = Stdio {
            stdin,
            stdout: Output::File(duplicate(&stdout)?),
            stderr: Output::File(duplicate(&stderr)?),
        };
        let spec = self.spec(how)?;
        let outcome = self.start(&spec, stdio)?;
        stdout.rewind().map_err(|e| host("rewind", "the program's output", &e))?;
        let mut ended = Ended::new(outcome, stderr)?;
        ended.printed_bytes += size_of(&stdout)?;
        Ok(Ran { ended, stdout })
    }

    /// What the sandbox is asked for.
    pub(super) fn spec(&self, how: HowToRun<'_>) -> Result<RunSpec, JudgingError> {
        let mut invocation = self.toolchain.run(&self.layout, how.memory_bytes, &self.folders);
        if !how.folder.is_empty() {
            // Commands name the program's files as they are found from its work folder.
            for word in invocation.argv.iter_mut().filter(|word| **word == self.layout.main) {
                *word = self.path_in_work(word);
            }
        }
        invocation.argv.extend(how.arguments.iter().cloned());
        let work = match how.role {
            Role::Contestant => WorkAccess::ReadOnly,
            Role::WritingContestant => WorkAccess::Writable,
            Role::Jury => {
                // It writes files, and may be a script that starts programs.
                "compiler".clone_into(&mut invocation.policy);
                WorkAccess::Writable
            }
        };
        let mut spec = self.spec_of(invocation, how.limits, work)?;
        spec.cwd.push(how.folder);
        // One of the jury must be able to say what it thinks of a submission that is gone.
        spec.survives_broken_pipes = how.role == Role::Jury;
        Ok(spec)
    }

    /// The path at which the program finds `name` of its work folder.
    pub(crate) fn path_in_work(&self, name: &str) -> String {
        format!("{}/{name}", self.folders.work)
    }

    /// The box's work folder.
    pub(crate) fn work(&self) -> sandbox::WorkDir<'_> {
        self.sandbox.work()
    }

    /// Whether the file is to be executed as it is: those that build and run a program of the jury.
    pub(super) fn is_script(&self, name: &str) -> bool {
        self.toolchain.language.id == scripts::ID && matches!(name, "build" | "run")
    }

    pub(super) fn put(
        &self,
        name: &str,
        content: &[u8],
        executable: bool,
    ) -> Result<(), JudgingError> {
        self.make_folder_of(name)?;
        self.work().put(name, content, executable).map_err(failed)
    }

    /// Makes the folder that a file of the work folder stands in.
    pub(super) fn make_folder_of(&self, name: &str) -> Result<(), JudgingError> {
        match name.rsplit_once('/') {
            Some((folder, _)) => self.work().make_dir(folder).map_err(failed),
            None => Ok(()),
        }
    }

    pub(super) fn spec_of(
        &self,
        invocation: Invocation,
        limits: RunLimits,
        work: WorkAccess,
    ) -> Result<RunSpec, JudgingError> {
        let Invocation { argv, env, policy, .. } = invocation;
        let policy = Policy::named(&policy).map_err(|error| failed(error.into()))?;
        let cwd = self.sandbox.work_path();
        Ok(RunSpec { argv, env, limits, policy, work, cwd, survives_broken_pipes: false })
    }

    pub(super) fn start(&mut self, spec: &RunSpec, stdio: Stdio) -> Result<Outcome, JudgingError> {
        require_room_for(&self.sandbox)?;
        let ran = self.sandbox.run(spec, stdio);
        require_room_for(&self.sandbox)?;
        match ran {
            // What its own compilation left in the work folder is no program; a shell says it so.
            Err(SandboxError::CannotExecute { path, .. })
                if Path::new(&path).starts_with(&self.folders.work) =>
            {
                Ok(Outcome { ending: Ending::Exited { code: 126 }, usage: Usage::default() })
            }
            ran => ran.map_err(failed).inspect(|outcome| self.bench.meter.add(&outcome.usage)),
        }
    }
}

/// Whether level minimal is the only one left, which shows things only where they are.
fn is_about_minimal(opened: &Result<Sandbox, SandboxError>) -> bool {
    matches!(
        opened,
        Err(SandboxError::NoLevel { .. }
            | SandboxError::LevelUnavailable { level: Level::Minimal, .. })
    )
}

/// The sandbox's failure is the host's, never the program's.
pub(crate) fn failed(error: SandboxError) -> JudgingError {
    let kind = match &error {
        SandboxError::LevelUnavailable { .. } | SandboxError::NoLevel { .. } => {
            JudgingErrorKind::LimitNotEnforceable
        }
        _ => JudgingErrorKind::Host,
    };
    JudgingError::new(kind, with_causes(&error))
}

/// What a run used, in whole milliseconds, rounded up: what is over a limit never looks as if it were not.
pub(crate) fn usage_of(outcome: &Outcome) -> RunUsage {
    let ms =
        |time: Duration| u64::try_from(time.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX);
    RunUsage {
        cpu_ms: ms(outcome.usage.cpu),
        wall_ms: ms(outcome.usage.wall),
        memory_bytes: outcome.usage.peak_memory_bytes,
    }
}

pub(super) fn duplicate(file: &File) -> Result<File, JudgingError> {
    file.try_clone().map_err(|e| host("duplicate", "a descriptor", &e))
}
