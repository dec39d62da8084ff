//! One run after another in a box: prepare a program, let it go, wait, clean up.
//!
//! A program is prepared before it is asked for: its process exists, has its limits, its user and
//! its system call filter, and waits at a gate. What is left to do when the run begins is to hand
//! it its streams and to execute it.

use std::fs::{File, OpenOptions};
use std::os::fd::{AsFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::time::Duration;

use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl::set_dumpable;
use nix::sys::signal::{SigSet, Signal, kill};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use nix::unistd::Pid;

use super::emulate::Answers;
use super::ground::Ground;
use super::meters::Meters;
use super::minimal::{Confinement, OnHost};
use super::namespaces::{INNER_ID, Identity};
use super::oom::OomScore;
use super::program::PreparedProgram;
use super::report::{Report, Stage};
use super::scratch::{Temporary, Work};
use super::{Failure, Step, mounts, reap};
use crate::policy::Instruction;
use crate::protocol::{Again, Channel, Ended, Readings, Reply, Run, Setup, User};
use crate::spec::Level;
use crate::sys::process::{self, Inherited, Patience, Side, own_cpu};
use crate::sys::shared::Shared;

/// The box, set up.
pub(super) struct Runner {
    /// The user that programs become.
    user: Option<u32>,
    report: Shared<Report>,
    ground: Ground,
    oom_score: OomScore,
    last_process: Option<File>,
    child_signals: SignalFd,
    null: File,
    meters: Option<Meters>,
    has_own_network: bool,
    prepared: Option<Prepared>,
}

/// A process at the gate.
struct Prepared {
    pid: Pid,
    answers: Answers,
    setup_cpu: Duration,
    /// Its descriptors are the process's too, until it is executed.
    _confinement: Option<Confinement>,
}

impl Runner {
    /// Furnishes the box whose namespaces this process has entered.
    pub(super) fn set_up(setup: &Setup, own: &Identity) -> Result<Self, Failure> {
        // While the host's /proc is still in sight.
        let oom_score = OomScore::open()?;
        let last_process = match setup.level {
            // The host's own.
            Level::Minimal => None,
            _ => OpenOptions::new().write(true).open("/proc/sys/kernel/ns_last_pid").ok(),
        };
        // From here on, processes of the same user cannot look into this one.
        set_dumpable(false).step(|| "become undumpable".into())?;
        let user = match setup.level {
            Level::Full => Some(own.id),
            Level::UserNamespace => None,
            Level::Minimal => (!matches!(setup.user, User::Owner)).then_some(own.id),
        };
        let ground = match setup.level {
            Level::Minimal => Ground::OnHost(Box::new(OnHost::set_up(setup, user)?)),
            Level::Full | Level::UserNamespace => furnish(setup, user.unwrap_or(INNER_ID))?,
        };
        // Every descendant inherits the blocked signals; the program unblocks them.
        SigSet::all().thread_block().step(|| "block all signals".into())?;
        let child = SigSet::from(Signal::SIGCHLD);
        let flags = SfdFlags::SFD_CLOEXEC | SfdFlags::SFD_NONBLOCK;
        let child_signals =
            SignalFd::with_flags(&child, flags).step(|| "open a signalfd".into())?;
        let null = File::open("/dev/null").step(|| "open /dev/null in the box".into())?;
        Ok(Self {
            user,
            report: Shared::new().step(|| "map a shared page".into())?,
            ground,
            oom_score,
            last_process,
            child_signals,
            null,
            meters: None,
            has_own_network: setup.level != Level::Full,
            prepared: None,
        })
    }

    /// Moves into the box's control groups, so that what it starts is born there.
    pub(super) fn enter_groups(
        &mut self,
        doors: Vec<OwnedFd>,
        meters: Vec<OwnedFd>,
    ) -> Result<(), Failure> {
        let has_groups = !doors.is_empty();
        for door in doors {
            // 0 is the writer itself.
            nix::unistd::write(door, b"0").step(|| "move into a control group".to_owned())?;
        }
        if has_groups {
            // Its root is the group that it is in now. Without any, the programs are born in groups
            // of their own, and have namespaces of their own.
            unshare(CloneFlags::CLONE_NEWCGROUP)
                .step(|| "unshare the control group namespace".to_owned())?;
        }
        self.meters = Meters::of(meters);
        Ok(())
    }

    pub(super) fn work_tree(&self) -> Result<OwnedFd, Failure> {
        self.ground.work_tree()
    }

    pub(super) fn fresh_work(&mut self) -> Result<(), Failure> {
        // It may be in the old one.
        self.discard();
        self.ground.renew_work()
    }

    /// Brings a program to the gate, in the place of any that is there.
    pub(super) fn prepare(
        &mut self,
        run: &Run,
        policy: &[Instruction],
        birthplace: Option<BorrowedFd<'_>>,
    ) -> Result<(), Failure> {
        self.discard();
        self.ground.renew_temporary()?;
        if run.sockets && !self.has_own_network {
            unshare(CloneFlags::CLONE_NEWNET)
                .step(|| "unshare the network namespace".to_owned())?;
            self.has_own_network = true;
        }
        let mut run = run.clone();
        let confinement = self.ground.prepare(&mut run)?;
        self.report.reset();
        let program = PreparedProgram::new(
            &run,
            policy,
            self.user,
            confinement.as_ref(),
            birthplace.is_some(),
        )?;
        self.number_from_the_start();
        self.oom_score.prefer_as_victim()?;
        // The descriptor table is shared until the program is executed: so this process finds the
        // filter's listener in its own table, and can put the streams into the program's.
        let forked = process::fork(libc::CLONE_FILES, birthplace);
        let pid = match forked.step(|| "fork the program".into())? {
            Side::Child => program.become_it(&self.report),
            Side::Parent(pid) => pid,
        };
        self.oom_score.restore()?;
        self.wait_for_the_gate()?;
        if let Some((stage, errno)) = self.report.failure() {
            process::wait(pid);
            return Err(Failure { step: stage.describe().into(), errno });
        }
        let answers = Answers::new(policy, run.memory_bytes);
        let setup_cpu = process::cpu_of(pid);
        self.prepared = Some(Prepared { pid, answers, setup_cpu, _confinement: confinement });
        Ok(())
    }

    /// Numbers of processes begin anew, so that no run learns from its own how many another had.
    /// A kernel without checkpoint and restore cannot do it.
    fn number_from_the_start(&self) {
        if let Some(last) = &self.last_process {
            let _ = last.write_all_at(b"1", 0);
        }
    }

    fn wait_for_the_gate(&self) -> Result<(), Failure> {
        const LOOK_AGAIN: Duration = Duration::from_millis(50);
        while !self.report.wait_for_the_gate(LOOK_AGAIN) {
            // Killed for memory, perhaps: such a process cannot report.
            if !matches!(process::reap(Patience::Look), Ok(None)) {
                let step = "bring the program to its execution".to_owned();
                return Err(Failure { step, errno: Errno::ESRCH });
            }
        }
        Ok(())
    }

    /// Empties the temporary folders of a run that is over. That it could not be done shows when the
    /// next run is prepared.
    pub(super) fn clean(&mut self) {
        let _ = self.ground.renew_temporary();
    }

    fn discard(&mut self) {
        if let Some(Prepared { pid, .. }) = self.prepared.take() {
            let _ = kill(pid, Signal::SIGKILL);
            process::wait(pid);
            drop(self.take_listener());
        }
    }

    /// What tells of the calls that the filter forbids; closed with the run.
    fn take_listener(&self) -> Option<OwnedFd> {
        let listener = self.report.listener();
        // SAFETY: the program's process opened it in the table that it shared, and told only us.
        (listener >= 0).then(|| unsafe { OwnedFd::from_raw_fd(listener) })
    }

    /// Runs the prepared program to its end. Afterwards no process of the run is left.
    pub(super) fn run(&mut self, streams: Vec<OwnedFd>, again: Again, owner: &Channel) -> Reply {
        let cpu_before = own_cpu();
        let started = reap::now();
        let nobody = || Failure { step: "start a program".into(), errno: Errno::ESRCH };
        let Some(prepared) = self.prepared.take() else { return nobody().into() };
        self.ground.exempt(&streams);
        // Where the host itself is short of memory, one that waits is the first to be killed.
        if !matches!(process::reap(Patience::Look), Ok(None)) {
            drop(self.take_listener());
            return nobody().into();
        }
        let let_go = self.let_go(streams);
        let listener = self.take_listener();
        if let Err(failure) = let_go {
            let _ = kill(prepared.pid, Signal::SIGKILL);
            process::wait(prepared.pid);
            return failure.into();
        }
        let tally = reap::until_all_gone(
            prepared.pid,
            listener,
            prepared.answers,
            &self.child_signals,
            owner,
            &self.ground,
        );
        let readings = self.meters.as_ref().map(Meters::read);
        let helper_cpu = own_cpu().saturating_sub(cpu_before);
        if let Some((stage, errno)) = self.report.failure() {
            return match stage {
                Stage::Execute => Reply::CannotExecute { errno: errno as i32 },
                _ => Failure { step: stage.describe().into(), errno }.into(),
            };
        }
        if let Err(failure) = self.ground.tidy_work() {
            return failure.into();
        }
        Reply::Ended(Ended {
            status: tally.status,
            forbidden: tally.forbidden,
            disk_exceeded: tally.disk_exceeded,
            wall: Duration::from_nanos(tally.gone_at.saturating_sub(started)),
            ended_at: tally.ended_at.unwrap_or(tally.gone_at),
            cpu: tally.cpu,
            setup_cpu: prepared.setup_cpu,
            helper_cpu,
            largest_resident_bytes: tally.largest_resident_bytes,
            readings,
            again: may_prepare_again(again, readings),
        })
    }

    /// Gives the program its streams and opens the gate; returns when it is executed, or has failed.
    fn let_go(&self, streams: Vec<OwnedFd>) -> Result<(), Failure> {
        let place = |fd: BorrowedFd<'_>, at, inherited| {
            process::place_descriptor(fd, at, inherited).step(|| "place a standard stream".into())
        };
        for (stream, at) in streams.iter().zip(0..3) {
            place(stream.as_fd(), at, Inherited::Yes)?;
        }
        drop(streams);
        self.report.let_go();
        self.report.leaving.wait();
        // Now the program has a table of its own. Whoever reads from it shall see its end.
        (0..3).try_for_each(|at| place(self.null.as_fd(), at, Inherited::No))
    }
}

fn may_prepare_again(again: Again, readings: Option<Readings>) -> bool {
    match again {
        Again::No => false,
        Again::Yes => true,
        Again::UpTo(bytes) => readings.is_none_or(|readings| readings.memory <= bytes),
    }
}

/// The file systems of a box that has its own.
fn furnish(setup: &Setup, id: u32) -> Result<Ground, Failure> {
    mounts::build_root(setup, id)?;
    mount_proc()?;
    let temporary = [
        Temporary::mount("/tmp", setup.temporary_bytes)?,
        Temporary::mount("/dev/shm", setup.temporary_bytes)?,
    ];
    let work = Work::mount(setup.work_bytes, setup.work_inodes, id)?;
    Ok(Ground::Own { work, temporary })
}

/// Mounts the box's own /proc: its processes and nothing of the system, hidden from each other
/// where users differ.
fn mount_proc() -> Result<(), Failure> {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC | MsFlags::MS_RDONLY;
    mount(Some("proc"), "/proc", Some("proc"), flags, Some("subset=pid,hidepid=2"))
        .step(|| "mount /proc in the box".into())
}
