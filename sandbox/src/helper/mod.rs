//! The processes between the owner and the programs: the *launcher*, which boxes are started from,
//! and for each box its *keeper*, process 1 of the box's process namespace, which builds the box
//! and then starts one run after another in it.

mod emulate;
mod ground;
mod keeper;
mod launcher;
mod meters;
mod minimal;
mod mounts;
mod namespaces;
mod oom;
mod program;
mod reap;
mod report;
mod run;
mod scratch;

use std::io;

use nix::errno::Errno;

use crate::protocol::Reply;

/// The name under which the launcher is started.
pub(crate) const MARKER: &str = "gavel-sandbox-helper";

/// Becomes the launcher of boxes if this process was started as one, and then never returns.
///
/// To be called first in the `main` of every executable that opens boxes with
/// [`Helper::CurrentExe`](crate::Helper::CurrentExe).
pub fn become_helper_if_asked() {
    if std::env::args_os().next().is_some_and(|name| name == MARKER) {
        let code = i32::from(launcher::serve().is_err());
        std::process::exit(code);
    }
}

/// A step that failed, with the thing it was done to.
#[derive(Debug, Clone)]
struct Failure {
    step: String,
    errno: Errno,
}

/// Names a failed step.
trait Step<T> {
    fn step(self, name: impl FnOnce() -> String) -> Result<T, Failure>;
}

impl<T> Step<T> for Result<T, Errno> {
    fn step(self, name: impl FnOnce() -> String) -> Result<T, Failure> {
        self.map_err(|errno| Failure { step: name(), errno })
    }
}

impl<T> Step<T> for io::Result<T> {
    fn step(self, name: impl FnOnce() -> String) -> Result<T, Failure> {
        self.map_err(|error| Failure {
            step: name(),
            errno: error.raw_os_error().map_or(Errno::UnknownErrno, Errno::from_raw),
        })
    }
}

impl From<Failure> for Reply {
    fn from(failure: Failure) -> Self {
        Self::Failed { step: failure.step, errno: failure.errno as i32 }
    }
}
