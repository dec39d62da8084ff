//! What can go wrong that is not the program's doing.

use std::io;
use std::path::PathBuf;

use crate::policy::PolicyError;
use crate::spec::Level;

/// A failure of the sandbox or of its caller, never of the program in it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The host cannot give the level that was asked for.
    #[error("this host cannot open a box at level {level}: {reason}")]
    LevelUnavailable {
        /// The level asked for.
        level: Level,
        /// What is missing.
        reason: String,
    },
    /// No level works here.
    #[error("this host cannot open a box at any level: {reasons}")]
    NoLevel {
        /// What is missing, level by level.
        reasons: String,
    },
    /// The request itself makes no sense, such as an empty `argv` or a relative mount target.
    #[error("bad request for a box or a run: {0}")]
    BadRequest(String),
    /// The helper could not be started.
    #[error("start the box's helper {path}")]
    StartHelper {
        /// The helper's executable.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The helper ended in the middle of its work.
    #[error("the box's helper ended unexpectedly")]
    HelperGone,
    /// The helper did not answer, not even to the killing of its run.
    #[error("the box's helper did not answer within {seconds} s")]
    HelperStuck {
        /// How long it was waited for.
        seconds: u64,
    },
    /// A step of setting up the box or the run failed.
    #[error("{step}")]
    Setup {
        /// The step and the thing it was done to.
        step: String,
        /// Why.
        source: io::Error,
    },
    /// The program could not be executed: it is missing, not executable or not a program.
    #[error("execute {path} in the box")]
    CannotExecute {
        /// The program, as in `argv`.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A control group could not be made, read or written.
    #[error("control group: {operation} {path}")]
    Cgroup {
        /// What was done.
        operation: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A file given as input or output cannot be used.
    #[error("{operation} {name}")]
    File {
        /// What was done.
        operation: &'static str,
        /// The file.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// Access to the work folder failed.
    #[error("work folder: {operation} {name}")]
    Work {
        /// What was done.
        operation: &'static str,
        /// The file or folder in it.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// Words between owner and helper were lost.
    #[error("talk to the box's helper")]
    Protocol(#[source] io::Error),
    /// A seccomp policy is wrong.
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

impl SandboxError {
    pub(crate) fn setup(step: impl Into<String>, source: impl Into<io::Error>) -> Self {
        Self::Setup { step: step.into(), source: source.into() }
    }

    /// Why nothing could be said to the box's helper, or heard of it.
    pub(crate) fn talk(source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => Self::HelperGone,
            _ => Self::Protocol(source),
        }
    }
}
