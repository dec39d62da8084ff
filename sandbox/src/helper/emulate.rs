//! Answers in the kernel's place, to calls that would tell of the host.

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsFd, BorrowedFd};

use nix::errno::Errno;
use nix::fcntl::OFlag;
use nix::sys::stat::Mode;
use nix::sys::uio::{RemoteIoVec, process_vm_readv, process_vm_writev};
use nix::unistd::Pid;

use crate::policy::{self, Instruction};
use crate::sys::seccomp::{self, Call};

/// What a run's calls are answered from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Answers {
    sysinfo: bool,
    /// Whether files that the filter keeps from being opened for writing are opened here.
    opening: bool,
    memory_bytes: u64,
}

impl Answers {
    /// `memory_bytes` is what the run may use.
    pub(super) fn new(policy: &[Instruction], memory_bytes: u64) -> Self {
        let wanted = |call| u32::try_from(call).is_ok_and(|call| policy::emulates(policy, call));
        Self { sysinfo: wanted(libc::SYS_sysinfo), opening: wanted(libc::SYS_openat), memory_bytes }
    }

    /// Answers the call if it is one that the policy wants answered; otherwise it is a forbidden
    /// one, and its caller goes on waiting.
    pub(super) fn give(self, listener: BorrowedFd<'_>, call: &Call) -> bool {
        if call.arch != policy::NATIVE_ARCH {
            return false;
        }
        let arguments = call.arguments;
        let answer = match i64::from(call.number) {
            libc::SYS_sysinfo if self.sysinfo => self.sysinfo(call).map(|()| 0),
            libc::SYS_openat if self.opening => open(listener, call, arguments[1], arguments[2]),
            #[cfg(target_arch = "x86_64")]
            libc::SYS_open if self.opening => open(listener, call, arguments[0], arguments[1]),
            _ => return false,
        };
        // Fails only if the caller was killed in the meantime.
        let _ = seccomp::respond(listener, call, answer);
        true
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

/// Opens `/dev/null`, if that is the path, for the caller. It gets a descriptor of this process's own:
/// it may put another path in its memory, and does not get another file for it.
fn open(listener: BorrowedFd<'_>, call: &Call, path: u64, flags: u64) -> Result<i64, Errno> {
    const NULL: &[u8] = b"/dev/null\0";
    let mut found = [0; NULL.len()];
    read(call.process, path, &mut found)?;
    if found != NULL {
        return Err(Errno::EACCES);
    }
    let flags = OFlag::from_bits_truncate(i32::try_from(flags).unwrap_or(0));
    let null = nix::fcntl::open("/dev/null", flags & OFlag::O_ACCMODE, Mode::empty())?;
    let inherited = flags & OFlag::O_CLOEXEC;
    seccomp::add_descriptor(listener, call, null.as_fd(), inherited.bits().cast_unsigned())
}

fn read(process: Pid, address: u64, bytes: &mut [u8]) -> Result<(), Errno> {
    let base = usize::try_from(address).map_err(|_| Errno::EFAULT)?;
    let length = bytes.len();
    let remote = [RemoteIoVec { base, len: length }];
    match process_vm_readv(process, &mut [IoSliceMut::new(bytes)], &remote) {
        Ok(read) if read == length => Ok(()),
        // What is shorter than this is not the one path.
        Ok(_) | Err(_) => Err(Errno::EACCES),
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
