//! Words that processes wait at, in memory that they share: `futex(2)`.

use std::ffi::c_void;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use nix::errno::Errno;

use super::checked;

/// Sleeps while the word is `expected`, until somebody wakes it, but not longer than `at_most`.
/// It may return without a cause: look at the word again.
pub(crate) fn wait(word: &AtomicU32, expected: u32, at_most: Option<Duration>) {
    let timeout = at_most.map(|duration| libc::timespec {
        tv_sec: duration.as_secs().cast_signed(),
        tv_nsec: duration.subsec_nanos().into(),
    });
    let timeout = timeout.as_ref().map_or(std::ptr::null(), std::ptr::from_ref);
    // SAFETY: the word is live, and the timeout null or live. Every result means: look again.
    unsafe {
        libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAIT, expected, timeout);
    }
}

/// Wakes whoever waits at the word.
pub(crate) fn wake(word: &AtomicU32) {
    // SAFETY: the word is live; nothing is read or written through its address.
    unsafe {
        libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, u32::MAX >> 1);
    }
}

/// A word that the kernel changes when the process that holds it executes a program or ends: then
/// its memory and its descriptors are no longer shared. A robust futex, `get_robust_list(2)`.
#[derive(Debug, Default)]
pub(crate) struct Leaving {
    /// The list's only link, which points back to its head.
    next: AtomicUsize,
    word: AtomicU32,
}

/// `struct robust_list_head`.
#[repr(C)]
#[derive(Debug)]
pub(crate) struct RobustList {
    first: usize,
    offset: isize,
    pending: usize,
}

impl Leaving {
    const ORDER: Ordering = Ordering::SeqCst;

    /// Nobody has left.
    pub(crate) fn reset(&self) {
        self.word.store(0, Self::ORDER);
    }

    /// Makes this process the one whose leaving is told. `list` stays where it is until then.
    pub(crate) fn hold(&self, list: &mut RobustList) -> Result<(), Errno> {
        let head = std::ptr::from_mut(list).cast::<c_void>();
        let entry = std::ptr::from_ref(&self.next).addr();
        list.first = entry;
        list.offset = self.word.as_ptr().addr().wrapping_sub(entry).cast_signed();
        list.pending = 0;
        self.next.store(head.addr(), Self::ORDER);
        // SAFETY: takes no pointers.
        let thread = unsafe { libc::gettid() };
        self.word.store(thread.cast_unsigned(), Self::ORDER);
        // SAFETY: the list has the layout and the size that the kernel is told, and the caller
        // keeps it until this process leaves its memory.
        checked(unsafe { libc::syscall(libc::SYS_set_robust_list, head, size_of::<RobustList>()) })
            .map(drop)
    }

    /// Waits until the holder has left.
    pub(crate) fn wait(&self) {
        // The kernel wakes the waiter; the limit is for a holder that was never one.
        const LOOK_AGAIN: Duration = Duration::from_millis(20);
        loop {
            let now = self.word.load(Self::ORDER);
            if now & libc::FUTEX_TID_MASK == 0 || now & libc::FUTEX_OWNER_DIED != 0 {
                return;
            }
            let waited_for = now | libc::FUTEX_WAITERS;
            if self.word.compare_exchange(now, waited_for, Self::ORDER, Self::ORDER).is_ok() {
                wait(&self.word, waited_for, Some(LOOK_AGAIN));
            }
        }
    }
}

impl RobustList {
    pub(crate) const fn new() -> Self {
        Self { first: 0, offset: 0, pending: 0 }
    }
}
