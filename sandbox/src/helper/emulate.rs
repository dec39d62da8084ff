//! Answers in the kernel's place, to calls that would tell of the host.

use std::io::IoSlice;
use std::os::fd::BorrowedFd;

use nix::errno::Errno;
use nix::sys::uio::{RemoteIoVec, process_vm_writev};
use nix::unistd::Pid;

use crate::policy::{self, Instruction};
use crate::sys::seccomp::{self, Call};

/// What a run's calls are answered from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answers {
    sysinfo: bool,
    memory_bytes: u64,
}

impl Answers {
    /// `memory_bytes` is what the run may use.
    pub(super) fn new(policy: &[Instruction], memory_bytes: u64) -> Self {
        let wanted = |call| u32::try_from(call).is_ok_and(|call| policy::emulates(policy, call));
        Self { sysinfo: wanted(libc::SYS_sysinfo), memory_bytes }
    }

    /// Answers the call if it is one that the policy wants answered; otherwise it is a forbidden
    /// one, and its caller goes on waiting.
    pub(super) fn give(self, listener: BorrowedFd<'_>, call: &Call) -> bool {
        let answered = self.sysinfo
            && call.arch == policy::NATIVE_ARCH
            && i64::from(call.number) == libc::SYS_sysinfo;
        if answered {
            // Fails only if the caller was killed in the meantime.
            let _ = seccomp::respond(listener, call, self.sysinfo(call));
        }
        answered
    }

    /// A machine that was just started, with the run's own memory and nothing else on it.
    fn sysinfo(self, call: &Call) -> Result<(), Errno> {
        // SAFETY: all-zero is a valid `sysinfo`.
        let mut answer: libc::sysinfo = unsafe { std::mem::zeroed() };
        answer.mem_unit = 1;
        answer.totalram = self.memory_bytes;
        answer.freeram = self.memory_bytes;
        answer.procs = 1;
        write(call.process, call.arguments[0], bytes_of(&answer))
    }
}

fn write(process: Pid, address: u64, bytes: &[u8]) -> Result<(), Errno> {
    let base = usize::try_from(address).map_err(|_| Errno::EFAULT)?;
    let remote = [RemoteIoVec { base, len: bytes.len() }];
    match process_vm_writev(process, &[IoSlice::new(bytes)], &remote) {
        Ok(written) if written == bytes.len() => Ok(()),
        Ok(_) | Err(_) => Err(Errno::EFAULT),
    }
}

fn bytes_of(answer: &libc::sysinfo) -> &[u8] {
    // SAFETY: the pointer is to a live value of that size, made of integers; it was zeroed as a
    // whole, so the bytes between them are initialised too.
    unsafe { std::slice::from_raw_parts(std::ptr::from_ref(answer).cast(), size_of_val(answer)) }
}
