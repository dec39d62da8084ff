//! One run after another, as the helper sees it: start an init, wait, clean up.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::prctl::set_dumpable;
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::unistd::Pid;

use super::init::Init;
use super::program::PreparedProgram;
use super::report::{Report, Stage};
use super::scratch::{Temporary, Work, unmount};
use super::{Failure, Step, mounts, namespaces};
use crate::policy::Instruction;
use crate::protocol::{Channel, Ended, Reply, Request, Run, Setup};
use crate::spec::Level;
use crate::sys::process::{self, Side};
use crate::sys::shared::Shared;

/// The box, set up.
pub(super) struct Runner {
    id: u32,
    level: Level,
    report: Shared<Report>,
    work: Work,
    temporary: [Temporary; 2],
    oom_score: OomScore,
    child_signals: SignalFd,
    own_pidfd: OwnedFd,
}

impl Runner {
    /// Furnishes the box whose namespaces this process has entered.
    pub(super) fn set_up(setup: &Setup, own_pidfd: OwnedFd) -> Result<Self, Failure> {
        // While the host's /proc is still in sight.
        let oom_score = OomScore::open()?;
        // From here on, processes of the same user cannot look into this one.
        set_dumpable(false).step(|| "become undumpable".into())?;
        let id = match setup.level {
            Level::Full => setup.id,
            Level::UserNamespace => namespaces::INNER_ID,
        };
        mounts::build_root(setup, id)?;
        let temporary = [
            Temporary::mount("/tmp", setup.temporary_bytes)?,
            Temporary::mount("/dev/shm", setup.temporary_bytes)?,
        ];
        let work = Work::mount(setup.work_bytes, setup.work_inodes, id)?;
        // Every descendant inherits the blocked signals; the program unblocks them.
        SigSet::all().thread_block().step(|| "block all signals".into())?;
        let child = SigSet::from(Signal::SIGCHLD);
        let child_signals = SignalFd::with_flags(&child, SfdFlags::SFD_CLOEXEC)
            .step(|| "open a signalfd".into())?;
        let report = Shared::new().step(|| "map a shared page".into())?;
        let level = setup.level;
        Ok(Self { id, level, report, work, temporary, oom_score, child_signals, own_pidfd })
    }

    pub(super) fn work_tree(&self) -> Result<OwnedFd, Failure> {
        self.work.tree()
    }

    pub(super) fn fresh_work(&mut self) -> Result<OwnedFd, Failure> {
        self.work.renew()?;
        self.work.tree()
    }

    /// Runs one program to its end. Afterwards nothing of the run is left.
    pub(super) fn run(
        &mut self,
        run: &Run,
        policy: &[Instruction],
        fds: Vec<OwnedFd>,
        owner: &Channel,
    ) -> Reply {
        match self.start_and_wait(run, policy, fds, owner) {
            Ok(ended) => match self.report.failure() {
                Some((Stage::Execute, errno)) => Reply::CannotExecute { errno: errno as i32 },
                Some((stage, errno)) => Failure { step: stage.describe().into(), errno }.into(),
                None => Reply::Ended(ended),
            },
            Err(failure) => failure.into(),
        }
    }

    fn start_and_wait(
        &mut self,
        run: &Run,
        policy: &[Instruction],
        fds: Vec<OwnedFd>,
        owner: &Channel,
    ) -> Result<Ended, Failure> {
        let cpu_before = own_cpu();
        self.work.grant(run.work)?;
        self.report.reset();
        let mut fds = fds.into_iter();
        let (Some(stdin), Some(stdout), Some(stderr)) = (fds.next(), fds.next(), fds.next()) else {
            return Err(Failure {
                step: "receive the standard streams".into(),
                errno: Errno::EBADF,
            });
        };
        let cgroup = fds.next();
        let program = PreparedProgram::new(run, policy, self.level, self.id)?;
        let streams = [stdin.as_fd(), stdout.as_fd(), stderr.as_fd()];
        let init = Init {
            report: &self.report,
            program: &program,
            streams,
            child_signals: self.child_signals.as_fd(),
            helper: self.own_pidfd.as_fd(),
        };
        self.oom_score.prefer_as_victim()?;
        let forked = process::fork(libc::CLONE_NEWPID, cgroup.as_ref().map(AsFd::as_fd));
        let (pid, pidfd) = match forked.step(|| "fork the run's init".into())? {
            Side::Child => init.run(),
            Side::Parent(pid, pidfd) => (pid, pidfd),
        };
        self.oom_score.restore()?;
        wait_or_kill(pid, pidfd.as_fd(), owner);
        let ended = process::wait(pid).step(|| "wait for the run's init".into())?;
        // The CPU account goes on until the last process is gone, so the clock does too.
        self.report.mark_all_gone();
        self.clean()?;
        Ok(Ended {
            status: self.report.status(),
            forbidden: self.report.forbidden(),
            wall: Duration::from_nanos(self.report.wall_nanoseconds()),
            cpu: ended.cpu,
            setup_cpu: Duration::from_nanos(self.report.setup_cpu_nanoseconds()),
            helper_cpu: own_cpu().saturating_sub(cpu_before),
            largest_resident_bytes: ended.largest_resident_bytes,
        })
    }

    fn clean(&mut self) -> Result<(), Failure> {
        match unmount(Path::new("/proc")) {
            // The run ended before its init had mounted it.
            Err(Failure { errno: Errno::EINVAL, .. }) | Ok(()) => {}
            Err(failure) => return Err(failure),
        }
        self.work.tidy()?;
        self.temporary.iter_mut().try_for_each(Temporary::renew)
    }
}

/// CPU time of this process.
fn own_cpu() -> Duration {
    Duration::from_nanos(process::clock_nanoseconds(libc::CLOCK_PROCESS_CPUTIME_ID))
}

/// Returns once the init has ended: by itself, or killed at the owner's word or death.
fn wait_or_kill(pid: Pid, pidfd: BorrowedFd<'_>, owner: &Channel) {
    loop {
        let mut polled =
            [PollFd::new(pidfd, PollFlags::POLLIN), PollFd::new(owner.as_fd(), PollFlags::POLLIN)];
        if !matches!(poll(&mut polled, PollTimeout::NONE), Ok(_) | Err(Errno::EINTR)) {
            break;
        }
        let [ended, spoken] = polled.map(|fd| fd.any().unwrap_or(true));
        if ended {
            return;
        }
        // Whatever is said during a run means its end: a kill, or the owner's own end.
        if spoken {
            let _: Result<Option<(Request, _)>, _> = owner.receive();
            break;
        }
    }
    // Fails only if it has just ended.
    let _ = kill(pid, Signal::SIGKILL);
}

/// The helper's `/proc/self/oom_score_adj`. What a run allocates counts against the same memory
/// limit as the helper, and the run has to be the one that dies of it.
struct OomScore {
    file: File,
    own: String,
}

impl OomScore {
    const PATH: &str = "/proc/self/oom_score_adj";

    fn open() -> Result<Self, Failure> {
        let name = || format!("open {}", Self::PATH);
        let own = std::fs::read_to_string(Self::PATH).step(name)?;
        let file = OpenOptions::new().write(true).open(Self::PATH).step(name)?;
        Ok(Self { file, own })
    }

    /// What is forked now is killed first when memory is short.
    fn prefer_as_victim(&mut self) -> Result<(), Failure> {
        self.file.write_all(b"1000").step(|| format!("write {}", Self::PATH))
    }

    fn restore(&mut self) -> Result<(), Failure> {
        self.file.write_all(self.own.as_bytes()).step(|| format!("write {}", Self::PATH))
    }
}
