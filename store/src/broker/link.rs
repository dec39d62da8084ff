//! Whether a connection to the broker is up.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Tells those who report on this process whether its connection to the broker is up; those who keep the
/// connection say so. One is for one connection: a clone is the same link.
#[derive(Debug, Clone, Default)]
pub struct Link(Arc<AtomicBool>);

/// The link is up until this is dropped, however the connection ends.
pub(super) struct Up<'a>(&'a Link);

impl Link {
    /// Whether the broker is connected, and its queues are there.
    #[must_use]
    pub fn is_up(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    pub(super) fn up(&self) -> Up<'_> {
        self.0.store(true, Ordering::Relaxed);
        Up(self)
    }
}

impl Drop for Up<'_> {
    fn drop(&mut self) {
        self.0.0.store(false, Ordering::Relaxed);
    }
}
