//! Whose fault it is that there is no result, and the exit code that says so.

use sandbox::SandboxError;
use std::process::ExitCode;

/// Why there is no result.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: anyhow::Error,
    code: u8,
}

/// Exit code: what was asked for makes no sense, or names what is not there.
const USAGE: u8 = 2;
/// Exit code: the sandbox failed, or this host cannot give the level.
const SANDBOX: u8 = 3;

impl Failure {
    /// What was asked for makes no sense, or names what is not there.
    pub(super) fn usage(error: impl Into<anyhow::Error>) -> Self {
        Self { error: error.into(), code: USAGE }
    }

    /// The sandbox failed.
    pub(super) fn sandbox(error: impl Into<anyhow::Error>) -> Self {
        Self { error: error.into(), code: SANDBOX }
    }
}

impl From<SandboxError> for Failure {
    fn from(error: SandboxError) -> Self {
        match error {
            SandboxError::BadRequest(_)
            | SandboxError::CannotExecute { .. }
            | SandboxError::File { .. }
            | SandboxError::Work { .. }
            | SandboxError::Policy(_) => Self::usage(error),
            _ => Self::sandbox(error),
        }
    }
}

impl From<Failure> for ExitCode {
    fn from(failure: Failure) -> Self {
        failure.code.into()
    }
}
