//! The own executable as it lies in memory.

use std::fs::File;
use std::io::Write;
use std::ops::Range;
use std::os::fd::{AsRawFd, FromRawFd};

use nix::errno::Errno;

/// Lets the processes forked from this one share the tables of addresses that the loader wrote into the
/// executable and then sealed (`PT_GNU_RELRO`), until they touch them.
///
/// As they are, they are private pages that were written to: each fork copies every one, which in a
/// large executable is more than all that a small program uses, and the kernel counts it toward the
/// peak of the program that the fork becomes. A file in memory with the same bytes takes their place.
///
/// Only a single-threaded process may call this.
pub(crate) fn share_sealed_tables() -> Result<(), Errno> {
    let Some(sealed) = sealed_tables() else { return Ok(()) };
    let address = std::ptr::with_exposed_provenance_mut::<u8>(sealed.start);
    // SAFETY: the loader mapped this range, made it readable, and let nobody write to it any more.
    let bytes = unsafe { std::slice::from_raw_parts(address, sealed.len()) };
    // SAFETY: the name is nul-terminated.
    let copy = Errno::result(unsafe { libc::memfd_create(c"tables".as_ptr(), libc::MFD_CLOEXEC) })?;
    // SAFETY: the kernel has just made this descriptor for us alone.
    let mut copy = unsafe { File::from_raw_fd(copy) };
    copy.write_all(bytes)
        .map_err(|error| error.raw_os_error().map_or(Errno::EIO, Errno::from_raw))?;
    let flags = libc::MAP_PRIVATE | libc::MAP_FIXED;
    // SAFETY: in one step, pages that nobody writes to are replaced by pages that hold the same bytes
    // and can be read as well; nobody else is at work in this process.
    let mapped = unsafe {
        libc::mmap(address.cast(), sealed.len(), libc::PROT_READ, flags, copy.as_raw_fd(), 0)
    };
    if mapped == libc::MAP_FAILED { Err(Errno::last()) } else { Ok(()) }
}

/// The whole pages of this executable that the loader has sealed, if any.
fn sealed_tables() -> Option<Range<usize>> {
    let headers = headers()?;
    let of_type = |kind| headers.iter().find(|header| header.p_type == kind);
    let at = |header: &libc::Elf64_Phdr| usize::try_from(header.p_vaddr).ok();
    // Where the executable is, less where it was linked to be.
    let moved = headers.as_ptr().expose_provenance().checked_sub(at(of_type(libc::PT_PHDR)?)?)?;
    let sealed = of_type(libc::PT_GNU_RELRO)?;
    let start = moved.checked_add(at(sealed)?)?;
    let end = start.checked_add(usize::try_from(sealed.p_memsz).ok()?)?;
    let page = usize::try_from(auxiliary(libc::AT_PAGESZ)).ok()?;
    let floor = |address: usize| address - address % page;
    let range = floor(start)..floor(end);
    (!range.is_empty()).then_some(range)
}

/// The program headers of this executable, which the kernel has mapped.
fn headers() -> Option<&'static [libc::Elf64_Phdr]> {
    let first = std::ptr::with_exposed_provenance::<libc::Elf64_Phdr>(
        usize::try_from(auxiliary(libc::AT_PHDR)).ok()?,
    );
    let count = usize::try_from(auxiliary(libc::AT_PHNUM)).ok()?;
    if first.is_null() {
        return None;
    }
    // SAFETY: the kernel says where they are and how many; they stay for as long as the process.
    Some(unsafe { std::slice::from_raw_parts(first, count) })
}

/// What the kernel told this process at its execution.
fn auxiliary(kind: u64) -> u64 {
    // SAFETY: takes no pointers; 0 for what it does not know.
    unsafe { libc::getauxval(kind) }
}
