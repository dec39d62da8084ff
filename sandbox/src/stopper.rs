//! Ending a box from another thread.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

use nix::sys::socket::{Shutdown, shutdown};

use crate::error::SandboxError;
use crate::sandbox::Sandbox;

/// Ends one box from another thread, as on Ctrl-C.
#[derive(Debug)]
pub struct Stopper {
    socket: OwnedFd,
}

impl Stopper {
    /// Kills everything in the box. A run that is under way fails with
    /// [`SandboxError::HelperGone`], and so does every later one; the box is still to be closed.
    pub fn stop(&self) {
        hang_up(self.socket.as_fd());
    }
}

/// Lets a box's process see the end of what its owner says, which is its own end.
pub(crate) fn hang_up(socket: BorrowedFd<'_>) {
    // Fails where the other side has ended already.
    let _ = shutdown(socket.as_raw_fd(), Shutdown::Both);
}

impl Sandbox {
    /// What ends this box from another thread.
    ///
    /// # Errors
    /// When the box has ended, or no descriptor is left.
    pub fn stopper(&self) -> Result<Stopper, SandboxError> {
        let socket = self.channel()?.as_fd().try_clone_to_owned();
        socket.map(|socket| Stopper { socket }).map_err(SandboxError::Protocol)
    }
}
