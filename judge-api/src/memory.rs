//! Giving memory back.

/// Blocks of at least this size go back to the system when they are freed, in bytes.
const GIVEN_BACK: i32 = 256 << 10;

/// Makes the allocator give large blocks back when they are freed.
///
/// glibc otherwise learns from the first large block to keep those to come, in each thread's own
/// arena: the 19 MiB of one hashed password would stay with every thread that ever hashed one.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
pub(crate) fn give_back_what_is_freed() {
    for (parameter, value) in [(libc::M_MMAP_THRESHOLD, GIVEN_BACK), (libc::M_ARENA_MAX, 2)] {
        // SAFETY: mallopt may be called at any time and touches nothing but the allocator's settings.
        if unsafe { libc::mallopt(parameter, value) } != 1 {
            tracing::warn!(parameter, "the allocator did not take a setting");
        }
    }
}

/// Other allocators do so anyway.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub(crate) fn give_back_what_is_freed() {}
