//! Hearing of a process's end before anybody else can: `ptrace(2)`.

use nix::errno::Errno;
use nix::sys::ptrace::{self, Options};
use nix::unistd::Pid;

/// Lets the parent of this process, which is about to execute a program, trace it.
pub(crate) fn ask_for_it() -> Result<(), Errno> {
    ptrace::traceme()
}

/// Whether a wait status is that of a stop, and not of an end.
pub(crate) fn is_stop(status: i32) -> bool {
    libc::WIFSTOPPED(status)
}

/// Lets a traced child go on that stopped because it had just been executed. From then on it stops at
/// the beginning of its end, when all that it holds is still open, and for every signal.
pub(crate) fn announce_end(process: Pid) {
    // What it executes later would be told by a signal otherwise, which it would get.
    let options =
        Options::PTRACE_O_TRACEEXIT | Options::PTRACE_O_TRACEEXEC | Options::PTRACE_O_EXITKILL;
    // Each fails only if it has been killed in the meantime.
    let _ = ptrace::setoptions(process, options);
    let _ = ptrace::cont(process, None);
}

/// Lets a stopped process go on, with the signal that stopped it; whether it goes on to its end.
pub(crate) fn let_continue(process: Pid, status: i32) -> bool {
    let event = status >> 16;
    let signal = if event == 0 { libc::WSTOPSIG(status) } else { 0 };
    // By its number, because real-time signals have no names.
    // SAFETY: the request ignores its address and takes a number as its data.
    unsafe {
        libc::ptrace(
            libc::PTRACE_CONT,
            process.as_raw(),
            std::ptr::null_mut::<libc::c_void>(),
            libc::c_long::from(signal),
        );
    }
    event == libc::PTRACE_EVENT_EXIT
}
