//! Memory of every kind.

use super::{ample_time, vm, writable};
use crate::attack::*;

pub fn attacks() -> Vec<Attack> {
    let closed = || End::Failed(1, "refused: EACCES");
    let full = || contained("the folder is full");
    vec![
        attack("heap below the limit", "heap 40", contained("it is below")),
        attack("heap", "heap 100", MEMORY),
        attack("private mapping without reserve", "private-mapping 100", MEMORY),
        attack("shared anonymous mapping", "shared-mapping 100", MEMORY),
        attack(
            "children below the limit together",
            "memory-of-children 2",
            contained("they are below"),
        ),
        attack("children above the limit together", "memory-of-children 8", MEMORY),
        attack("a process whose first thread has ended", "heap-without-leader 100", MEMORY),
        attack("deep recursion", "recursion 2000", MEMORY),
        attack("deep recursion with a bounded stack", "recursion 2000", End::Signal(libc::SIGSEGV))
            .with(|spec| spec.limits.stack_bytes = Some(crate::common::MIB)),
        attack("huge pages, which no limit counts", "huge-pages", contained("refused: EINVAL")),
        attack("pages merged with other boxes'", "merged-pages", contained("refused: EINVAL")),
        attack("locked memory", "locked-memory", contained("refused")),
        attack(
            "memfd_create",
            format!("refused {} {}", libc::SYS_memfd_create, libc::ENOSYS),
            contained("refused: ENOSYS"),
        ),
        attack(
            "memfd_secret",
            format!("refused {} {}", libc::SYS_memfd_secret, libc::ENOSYS),
            contained("refused: ENOSYS"),
        ),
        attack("filling /tmp", "fill {tmp}", full()).at_minimal(OUTPUT).bare(closed()),
        attack("filling /dev/shm", "fill /dev/shm", full()).at_minimal(closed()),
        attack("filling /work", "fill .", full()).with(writable).at_minimal(OUTPUT),
        attack(
            "a mapped file in /dev/shm",
            "mapped-file /dev/shm 30",
            either([End::Signal(libc::SIGBUS), MEMORY]),
        )
        .at_minimal(End::Failed(2, "refused: EACCES")),
        attack("many files in /tmp", "many-files {tmp}", full())
            .with(ample_time)
            .at_minimal(OUTPUT)
            .bare(closed()),
        attack("many files in /work", "many-files .", full())
            .with(|spec| (writable(spec), ample_time(spec)).1)
            .at_minimal(OUTPUT),
        attack("folders in folders without end", "deep-folders .", full())
            .with(writable)
            .at_minimal(OUTPUT),
        attack(
            "pages of a large file that it reads",
            "page-cache {big} 128",
            contained("they are not its memory"),
        )
        .with(ample_time),
        attack("buffers of pipes", "kernel-buffers pipes 100", MEMORY)
            .without_groups(contained("bounded by the kernel and the open files")),
        attack(
            "buffers of sockets",
            "kernel-buffers sockets 100",
            either([MEMORY, contained("bounded by the open files")]),
        )
        .with(vm),
        attack("page tables", "page-tables 100", MEMORY)
            .without_groups(open("100 MiB of the kernel's"))
            .with(ample_time),
    ]
}
