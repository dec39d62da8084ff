//! What the process that becomes the program and the box's process tell each other, through a
//! page that they share.

use std::sync::atomic::{AtomicI32, AtomicU32, Ordering};
use std::time::Duration;

use nix::errno::Errno;

use crate::sys::futex::{self, Leaving};

/// The steps between the birth of a run's first process and its program's execution.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Stage {
    Done = 0,
    Session,
    Group,
    Limits,
    Identity,
    Capabilities,
    Folder,
    Confinement,
    Filter,
    Execute,
}

impl Stage {
    const ALL: [Self; 10] = [
        Self::Done,
        Self::Session,
        Self::Group,
        Self::Limits,
        Self::Identity,
        Self::Capabilities,
        Self::Folder,
        Self::Confinement,
        Self::Filter,
        Self::Execute,
    ];

    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::Done => "run the program",
            Self::Session => "start a session",
            Self::Group => "unshare the control group namespace",
            Self::Limits => "set the resource limits",
            Self::Identity => "change to the program's user",
            Self::Capabilities => "drop the capabilities",
            Self::Folder => "change to the working folder in the box",
            Self::Confinement => "restrict the program by Landlock",
            Self::Filter => "install the seccomp filter",
            Self::Execute => "execute the program",
        }
    }
}

/// How far the program's process has come.
const PREPARING: u32 = 0;
const AT_THE_GATE: u32 = 1;
const LET_GO: u32 = 2;
const FAILED: u32 = 3;

/// The page. Its reset state is that at the start of every run.
#[derive(Debug, Default)]
pub(super) struct Report {
    gate: AtomicU32,
    stage: AtomicU32,
    errno: AtomicI32,
    listener: AtomicI32,
    /// Held by the program's process until it is the program.
    pub(super) leaving: Leaving,
}

const ORDER: Ordering = Ordering::SeqCst;

impl Report {
    pub(super) fn reset(&self) {
        self.gate.store(PREPARING, ORDER);
        self.stage.store(Stage::Done as u32, ORDER);
        self.listener.store(-1, ORDER);
        self.leaving.reset();
    }

    pub(super) fn fail(&self, stage: Stage, errno: Errno) {
        self.errno.store(errno as i32, ORDER);
        self.stage.store(stage as u32, ORDER);
        self.gate.store(FAILED, ORDER);
        futex::wake(&self.gate);
    }

    pub(super) fn failure(&self) -> Option<(Stage, Errno)> {
        let stage = self.stage.load(ORDER);
        let stage = *Stage::ALL.get(usize::try_from(stage).ok()?)?;
        (stage != Stage::Done).then(|| (stage, Errno::from_raw(self.errno.load(ORDER))))
    }

    /// The number of the descriptor that tells of forbidden calls.
    pub(super) fn listener(&self) -> i32 {
        self.listener.load(ORDER)
    }

    /// The program's process waits here, in the last system call but one before it is the program.
    pub(super) fn wait_at_the_gate(&self, listener: i32) {
        self.listener.store(listener, ORDER);
        self.gate.store(AT_THE_GATE, ORDER);
        futex::wake(&self.gate);
        while self.gate.load(ORDER) == AT_THE_GATE {
            futex::wait(&self.gate, AT_THE_GATE, None);
        }
    }

    /// Waits until the program's process is at the gate or has failed; `false` if it is neither
    /// after `at_most`.
    pub(super) fn wait_for_the_gate(&self, at_most: Duration) -> bool {
        if self.gate.load(ORDER) == PREPARING {
            futex::wait(&self.gate, PREPARING, Some(at_most));
        }
        self.gate.load(ORDER) != PREPARING
    }

    pub(super) fn let_go(&self) {
        self.gate.store(LET_GO, ORDER);
        futex::wake(&self.gate);
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
        report.reset();
        assert!(!report.wait_for_the_gate(Duration::from_millis(1)));
        report.fail(Stage::Filter, Errno::EPERM);
        assert!(report.wait_for_the_gate(Duration::ZERO));
        assert_eq!(report.failure(), Some((Stage::Filter, Errno::EPERM)));
        report.reset();
        assert_eq!((report.failure(), report.listener()), (None, -1));
        assert!(!report.wait_for_the_gate(Duration::ZERO));
    }
}
