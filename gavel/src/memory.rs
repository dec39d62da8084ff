//! Giving memory back that is no longer used.

/// Blocks of this size and above are given back to the system as soon as they are freed, in bytes.
const GIVEN_BACK_AT_ONCE: i32 = 1 << 20;

/// Keeps an idle judge small.
///
/// Left to itself, the C library keeps what hashing a password took (19 MiB) for each thread that
/// ever did: an idle judge would have 80 MiB instead of 20.
#[cfg(target_env = "gnu")]
pub(crate) fn give_back_early() {
    // SAFETY: mallopt takes no pointers, and no other thread allocates yet. Where it does not know
    // an option it changes nothing.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, GIVEN_BACK_AT_ONCE);
        libc::mallopt(libc::M_ARENA_MAX, 2);
    }
}

/// Other C libraries give memory back by themselves.
#[cfg(not(target_env = "gnu"))]
pub(crate) fn give_back_early() {}
