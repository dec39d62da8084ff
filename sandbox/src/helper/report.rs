//! What a run's init and its program tell the helper, through a shared page.

use std::sync::atomic::{AtomicI32, AtomicI64, AtomicU32, AtomicU64, Ordering};

use nix::errno::Errno;

use crate::sys::process::clock_nanoseconds;

/// The steps between the birth of a run and its program's execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Stage {
    Done = 0,
    Orphaned,
    Proc,
    Streams,
    Fork,
    Session,
    Limits,
    Identity,
    Capabilities,
    Folder,
    Filter,
    Execute,
    Wait,
}

impl Stage {
    const ALL: [Self; 13] = [
        Self::Done,
        Self::Orphaned,
        Self::Proc,
        Self::Streams,
        Self::Fork,
        Self::Session,
        Self::Limits,
        Self::Identity,
        Self::Capabilities,
        Self::Folder,
        Self::Filter,
        Self::Execute,
        Self::Wait,
    ];

    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::Done => "run the program",
            Self::Orphaned => "outlive the helper",
            Self::Proc => "mount /proc in the box",
            Self::Streams => "set up the standard streams",
            Self::Fork => "fork the program",
            Self::Session => "start a session",
            Self::Limits => "set the resource limits",
            Self::Identity => "change to the program's user",
            Self::Capabilities => "drop the capabilities",
            Self::Folder => "change to the working folder in the box",
            Self::Filter => "install the seccomp filter",
            Self::Execute => "execute the program",
            Self::Wait => "wait for the program",
        }
    }
}

/// The page. Zero is the state at the start of every run.
#[derive(Debug, Default)]
pub(super) struct Report {
    stage: AtomicU32,
    errno: AtomicI32,
    listener: AtomicI32,
    started: AtomicU64,
    ended: AtomicU64,
    setup_cpu: AtomicU64,
    has_status: AtomicU32,
    status: AtomicI32,
    has_forbidden: AtomicU32,
    forbidden_arch: AtomicU32,
    forbidden_number: AtomicI64,
}

// The writers and readers follow each other through system calls, so no ordering is needed here.
const ORDER: Ordering = Ordering::Relaxed;

impl Report {
    pub(super) fn reset(&self) {
        for word in [&self.stage, &self.has_status, &self.has_forbidden] {
            word.store(0, ORDER);
        }
        for word in [&self.started, &self.ended, &self.setup_cpu] {
            word.store(0, ORDER);
        }
        self.listener.store(-1, ORDER);
    }

    pub(super) fn fail(&self, stage: Stage, errno: Errno) {
        self.stage.store(stage as u32, ORDER);
        self.errno.store(errno as i32, ORDER);
    }

    pub(super) fn failure(&self) -> Option<(Stage, Errno)> {
        let stage = self.stage.load(ORDER);
        let stage = *Stage::ALL.get(usize::try_from(stage).ok()?)?;
        (stage != Stage::Done).then(|| (stage, Errno::from_raw(self.errno.load(ORDER))))
    }

    pub(super) fn set_listener(&self, fd: i32) {
        self.listener.store(fd, ORDER);
    }

    pub(super) fn listener(&self) -> i32 {
        self.listener.load(ORDER)
    }

    /// The program is about to be executed, by this process.
    pub(super) fn mark_started(&self) {
        let own_cpu = clock_nanoseconds(libc::CLOCK_PROCESS_CPUTIME_ID);
        self.setup_cpu.fetch_add(own_cpu, ORDER);
        self.started.store(clock_nanoseconds(libc::CLOCK_MONOTONIC), ORDER);
    }

    /// Adds CPU time of this process so far to that of the set-up.
    pub(super) fn charge_setup(&self) {
        let own_cpu = clock_nanoseconds(libc::CLOCK_PROCESS_CPUTIME_ID);
        self.setup_cpu.fetch_add(own_cpu, ORDER);
    }

    pub(super) fn mark_ended(&self, status: i32) {
        self.ended.store(clock_nanoseconds(libc::CLOCK_MONOTONIC), ORDER);
        self.status.store(status, ORDER);
        self.has_status.store(1, ORDER);
    }

    /// The last process of the run is gone.
    pub(super) fn mark_all_gone(&self) {
        self.ended.store(clock_nanoseconds(libc::CLOCK_MONOTONIC), ORDER);
    }

    pub(super) fn mark_forbidden(&self, arch: u32, number: i32) {
        self.ended.store(clock_nanoseconds(libc::CLOCK_MONOTONIC), ORDER);
        self.forbidden_arch.store(arch, ORDER);
        self.forbidden_number.store(number.into(), ORDER);
        self.has_forbidden.store(1, ORDER);
    }

    pub(super) fn status(&self) -> Option<i32> {
        (self.has_status.load(ORDER) != 0).then(|| self.status.load(ORDER))
    }

    pub(super) fn forbidden(&self) -> Option<(u32, i64)> {
        (self.has_forbidden.load(ORDER) != 0)
            .then(|| (self.forbidden_arch.load(ORDER), self.forbidden_number.load(ORDER)))
    }

    /// Nanoseconds from the execution to the end; to now when the end was not seen.
    pub(super) fn wall_nanoseconds(&self) -> u64 {
        let (started, ended) = (self.started.load(ORDER), self.ended.load(ORDER));
        let ended = if ended == 0 { clock_nanoseconds(libc::CLOCK_MONOTONIC) } else { ended };
        if started == 0 { 0 } else { ended.saturating_sub(started) }
    }

    pub(super) fn setup_cpu_nanoseconds(&self) -> u64 {
        self.setup_cpu.load(ORDER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_are_numbered_as_listed() {
        for (number, stage) in Stage::ALL.into_iter().enumerate() {
            assert_eq!(stage as usize, number);
        }
    }

    #[test]
    fn a_reset_forgets_the_run_before() {
        let report = Report::default();
        report.mark_started();
        report.mark_ended(9);
        report.mark_forbidden(1, 2);
        report.fail(Stage::Filter, Errno::EPERM);
        assert_eq!(report.failure(), Some((Stage::Filter, Errno::EPERM)));
        report.reset();
        assert_eq!((report.status(), report.forbidden(), report.failure()), (None, None, None));
        assert_eq!((report.wall_nanoseconds(), report.setup_cpu_nanoseconds()), (0, 0));
    }
}
