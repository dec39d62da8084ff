//! The function's place among the machine's other processes.

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

/// How much less urgent than others a function is: a web server on the same machine answers at once.
const NICENESS: i32 = 5;

/// Lets this process, and all that it starts, be less urgent than others, and keeps it on one of the processors that
/// it may use, counted from 0: two programs whose time is measured never share one. What the host does
/// not allow is done without.
pub fn settle_down(core: Option<usize>) {
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::debug!(%error, "cannot be nice");
    }
    let Some(core) = core else { return };
    if let Err(error) = keep_to(core) {
        tracing::warn!(%error, core, "cannot keep to one processor");
    }
}

fn keep_to(core: usize) -> nix::Result<()> {
    let this = Pid::from_raw(0);
    let allowed = sched_getaffinity(this)?;
    let mut usable = (0..CpuSet::count()).filter(|&cpu| allowed.is_set(cpu).unwrap_or(false));
    let Some(cpu) = usable.nth(core) else { return Ok(()) };
    let mut one = CpuSet::new();
    one.set(cpu)?;
    sched_setaffinity(this, &one)
}
