//! Ending a box from another thread.

use std::os::fd::{AsFd, OwnedFd};

use crate::error::SandboxError;
use crate::sandbox::Sandbox;
use crate::sys::process::kill_by_pidfd;

/// Ends one box from another thread, as on Ctrl-C.
#[derive(Debug)]
pub struct Stopper {
    keeper: OwnedFd,
}

impl Stopper {
    /// Kills everything in the box. A run that is under way fails with
    /// [`SandboxError::HelperGone`], and so does every later one; the box is still to be closed.
    pub fn stop(&self) {
        // One that has ended already needs no end.
        let _ = kill_by_pidfd(self.keeper.as_fd());
    }
}

impl Sandbox {
    /// What ends this box from another thread.
    ///
    /// # Errors
    /// When no descriptor is left for it.
    pub fn stopper(&self) -> Result<Stopper, SandboxError> {
        let keeper = self.keeper().try_clone_to_owned().map_err(SandboxError::Protocol)?;
        Ok(Stopper { keeper })
    }
}
