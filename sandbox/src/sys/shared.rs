//! One page that a process shares with the processes forked from it.

use std::num::NonZeroUsize;
use std::ops::Deref;
use std::ptr::NonNull;

use nix::errno::Errno;

/// A `T` seen by this process and by every process forked from it, until they execute another
/// program. `T` is made of atomics: all of them write to it at any time.
pub(crate) struct Shared<T: Sync + 'static> {
    place: NonNull<T>,
}

impl<T: Sync + Default + 'static> Shared<T> {
    /// Maps a fresh page.
    pub(crate) fn new() -> Result<Self, Errno> {
        let length = NonZeroUsize::new(size_of::<T>()).ok_or(Errno::EINVAL)?;
        // SAFETY: a new anonymous mapping at an address of the kernel's choice.
        let address = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                length.get(),
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        if address == libc::MAP_FAILED {
            return Err(Errno::last());
        }
        let place = NonNull::new(address.cast::<T>()).ok_or(Errno::ENOMEM)?;
        // SAFETY: the mapping is page-aligned, writable and large enough for a `T`.
        unsafe { place.write(T::default()) };
        Ok(Self { place })
    }
}

impl<T: Sync> Deref for Shared<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: initialised in `new`, never unmapped, and `T` is `Sync`.
        unsafe { self.place.as_ref() }
    }
}
