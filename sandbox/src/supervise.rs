//! The owner's watch over a run: the clock, the accounts, and what the end of it means.

mod memory;

use std::os::fd::AsFd;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use memory::{grain, program_memory, without_files};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use crate::cgroup::{Account, Cgroup};
use crate::error::SandboxError;
use crate::input::OutputFile;
use crate::outcome::{Ending, Outcome, Usage};
use crate::policy;
use crate::protocol::{Channel, Ended, Reply, Request};
use crate::spec::RunLimits;
use crate::tree::Tree;

/// The shortest time between two looks at the accounts.
const SHORTEST_WAIT: Duration = Duration::from_millis(1);
/// The longest, which a clock can be asked for whatever the limits are.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);
/// How often a process tree without a control group is sampled.
const SAMPLING_PERIOD: Duration = Duration::from_millis(5);
/// How often the size of an output is looked at that no rlimit stops in time.
const OUTPUT_PERIOD: Duration = Duration::from_millis(20);
/// How much later than its limit a run is stopped, for the time that starting it took: a run that
/// is stopped has used its limit in full.
const ALLOWANCE: Duration = Duration::from_millis(3);
/// The same for the clock, which goes on while a busy machine lets the start wait.
const WALL_ALLOWANCE: Duration = Duration::from_millis(50);
/// How long killing and cleaning up may take, with much memory on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The keeper of a run's accounts while it lives.
pub(crate) enum Meter<'a> {
    Group(&'a mut Cgroup),
    Tree(Tree),
}

/// A limit that the owner stopped a run for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stopped {
    Cpu,
    Wall,
    Memory,
    Output,
}

/// One run under watch.
pub(crate) struct Watch<'a> {
    pub(crate) channel: &'a Channel,
    pub(crate) meter: Meter<'a>,
    pub(crate) limits: &'a RunLimits,
    pub(crate) outputs: [&'a OutputFile; 2],
}

impl Watch<'_> {
    /// Waits for the end of the run, stopping it at its limits.
    pub(crate) fn wait(mut self) -> Result<(Reply, Option<Outcome>), SandboxError> {
        let began = Instant::now();
        let mut stopped = None;
        let mut cpu = Duration::ZERO;
        loop {
            if wait_readable(self.channel, self.pause(began.elapsed(), cpu))? {
                break;
            }
            cpu = self.cpu()?;
            stopped = self.limit_reached(began.elapsed(), cpu)?;
            if stopped.is_some() {
                // This thread may have had to wait itself, and the run has ended meanwhile.
                if wait_readable(self.channel, Duration::ZERO)? {
                    stopped = None;
                } else {
                    self.stop()?;
                }
                break;
            }
        }
        let (reply, _) =
            self.channel.receive().map_err(SandboxError::talk)?.ok_or(SandboxError::HelperGone)?;
        let Reply::Ended(ended) = reply else { return Ok((reply, None)) };
        let outcome = self.conclude(&ended, stopped)?;
        Ok((Reply::Ended(ended), Some(outcome)))
    }

    /// Until when nothing can happen that would have to be acted on.
    fn pause(&self, elapsed: Duration, cpu: Duration) -> Duration {
        let until_wall = self.limits.wall.saturating_add(WALL_ALLOWANCE).saturating_sub(elapsed);
        let busy = processors().min(self.limits.processes).max(1);
        let until_cpu = self.limits.cpu.saturating_add(ALLOWANCE).saturating_sub(cpu) / busy;
        let mut pause = until_wall.min(until_cpu).min(LONGEST_WAIT);
        if matches!(self.meter, Meter::Tree(_)) {
            pause = pause.min(SAMPLING_PERIOD);
        }
        if self.limits.file_bytes > self.limits.output_bytes {
            pause = pause.min(OUTPUT_PERIOD);
        }
        pause.max(SHORTEST_WAIT)
    }

    fn cpu(&mut self) -> Result<Duration, SandboxError> {
        match &mut self.meter {
            Meter::Group(group) => group.cpu(),
            Meter::Tree(tree) => {
                tree.look(self.limits.memory_bytes);
                Ok(tree.cpu)
            }
        }
    }

    fn limit_reached(
        &self,
        elapsed: Duration,
        cpu: Duration,
    ) -> Result<Option<Stopped>, SandboxError> {
        let memory = match &self.meter {
            Meter::Group(group) => group.out_of_memory()?,
            Meter::Tree(tree) => tree.peak_bytes > self.limits.memory_bytes,
        };
        let reached = [
            (memory, Stopped::Memory),
            (self.output_exceeded(), Stopped::Output),
            (cpu > self.limits.cpu.saturating_add(ALLOWANCE), Stopped::Cpu),
            (elapsed > self.limits.wall.saturating_add(WALL_ALLOWANCE), Stopped::Wall),
        ];
        Ok(reached.into_iter().find_map(|(reached, limit)| reached.then_some(limit)))
    }

    fn output_exceeded(&self) -> bool {
        self.outputs.iter().any(|output| output.growth() > self.limits.output_bytes)
    }

    fn stop(&mut self) -> Result<(), SandboxError> {
        if let Meter::Group(group) = &mut self.meter
            && group.out_of_memory()?
        {
            group.make_room()?;
        }
        self.channel.send(&Request::Kill, &[]).map_err(SandboxError::talk)?;
        if wait_readable(self.channel, PATIENCE)? {
            return Ok(());
        }
        Err(SandboxError::HelperStuck { seconds: PATIENCE.as_secs() })
    }

    fn conclude(
        &mut self,
        ended: &Ended,
        stopped: Option<Stopped>,
    ) -> Result<Outcome, SandboxError> {
        let mut account = match &mut self.meter {
            Meter::Group(group) => group.end_run(ended.readings)?,
            Meter::Tree(tree) => {
                let bytes = tree.peak_bytes.max(ended.largest_resident_bytes);
                Account {
                    cpu: tree.cpu.max(ended.cpu),
                    peak_memory_bytes: bytes,
                    file_cache_bytes: 0,
                    out_of_memory: bytes > self.limits.memory_bytes,
                }
            }
        };
        // A small limit is not the kernel's to keep.
        let charged = without_files(&account, ended.largest_resident_bytes);
        account.out_of_memory |= charged > self.limits.memory_bytes.saturating_add(grain());
        let not_the_programs = match &self.meter {
            // The account begins after the preparation, and the helper's own time is in it.
            Meter::Group(group) if group.holds_the_helper() => ended.helper_cpu,
            _ => ended.setup_cpu,
        };
        let usage = Usage {
            cpu: account.cpu.saturating_sub(not_the_programs),
            wall: ended.wall,
            peak_memory_bytes: program_memory(
                &account,
                ended.largest_resident_bytes,
                self.limits.memory_bytes,
            ),
        };
        let ending = ending(&Facts {
            ended,
            stopped,
            out_of_memory: account.out_of_memory,
            output_exceeded: self.output_exceeded(),
            usage: &usage,
            limits: self.limits,
        });
        Ok(Outcome { ending, usage })
    }
}

/// How many processors a run may be on at once.
fn processors() -> u32 {
    // Asked once: the answer is gathered from several files.
    static PROCESSORS: LazyLock<u32> = LazyLock::new(|| {
        std::thread::available_parallelism()
            .map_or(1, |processors| u32::try_from(processors.get()).unwrap_or(u32::MAX))
    });
    *PROCESSORS
}

/// Everything that the ending of a run follows from.
struct Facts<'a> {
    ended: &'a Ended,
    stopped: Option<Stopped>,
    out_of_memory: bool,
    output_exceeded: bool,
    usage: &'a Usage,
    limits: &'a RunLimits,
}

/// A limit that was passed explains an end better than the signal or the code it ended with.
fn ending(facts: &Facts<'_>) -> Ending {
    let Facts { ended, stopped, usage, limits, .. } = facts;
    if let Some((arch, number)) = ended.forbidden {
        return Ending::ForbiddenSyscall { number, name: policy::describe_call(arch, number) };
    }
    if facts.out_of_memory || *stopped == Some(Stopped::Memory) {
        return Ending::MemoryExceeded;
    }
    let status = ended.status.unwrap_or(libc::SIGKILL);
    let signal = libc::WIFSIGNALED(status).then(|| libc::WTERMSIG(status));
    if facts.output_exceeded
        || ended.disk_exceeded
        || *stopped == Some(Stopped::Output)
        || signal == Some(libc::SIGXFSZ)
    {
        return Ending::OutputExceeded;
    }
    if usage.cpu > limits.cpu || *stopped == Some(Stopped::Cpu) {
        return Ending::CpuTimeExceeded;
    }
    if usage.wall > limits.wall || *stopped == Some(Stopped::Wall) {
        return Ending::WallTimeExceeded;
    }
    match signal {
        Some(signal) => Ending::Signalled { signal },
        None => Ending::Exited { code: libc::WEXITSTATUS(status) },
    }
}

/// Whether the box's process has spoken, or ended, before the time is over.
pub(crate) fn wait_readable(channel: &impl AsFd, at_most: Duration) -> Result<bool, SandboxError> {
    let until = Instant::now() + at_most;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        // Rounded up, so as not to wake just before the time.
        let milliseconds = i32::try_from(left.as_micros().div_ceil(1000)).unwrap_or(i32::MAX);
        let timeout = PollTimeout::try_from(milliseconds).unwrap_or(PollTimeout::MAX);
        let mut polled = [PollFd::new(channel.as_fd(), PollFlags::POLLIN)];
        match poll(&mut polled, timeout) {
            Ok(0) if left.is_zero() => return Ok(false),
            Ok(0) | Err(Errno::EINTR) => {}
            Ok(_) => return Ok(true),
            Err(error) => return Err(SandboxError::Protocol(error.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KILLED: i32 = libc::SIGKILL;
    const CODE_1: i32 = 1 << 8;

    fn of(status: i32, change: impl FnOnce(&mut Facts<'_>, &mut Usage)) -> Ending {
        let ended = Ended { status: Some(status), ..Ended::default() };
        let limits = RunLimits::default();
        let mut usage = Usage::default();
        let unused = Usage::default();
        let mut facts = Facts {
            ended: &ended,
            stopped: None,
            out_of_memory: false,
            output_exceeded: false,
            usage: &unused,
            limits: &limits,
        };
        change(&mut facts, &mut usage);
        ending(&Facts { usage: &usage, ..facts })
    }

    #[test]
    fn an_end_without_a_limit_is_the_programs_own() {
        assert_eq!(of(0, |_, _| ()), Ending::Exited { code: 0 });
        assert_eq!(of(CODE_1, |_, _| ()), Ending::Exited { code: 1 });
        assert_eq!(of(libc::SIGSEGV, |_, _| ()), Ending::Signalled { signal: libc::SIGSEGV });
    }

    #[test]
    fn limits_come_before_signals_and_codes() {
        assert_eq!(of(KILLED, |f, _| f.out_of_memory = true), Ending::MemoryExceeded);
        assert_eq!(of(CODE_1, |f, _| f.out_of_memory = true), Ending::MemoryExceeded);
        assert_eq!(of(CODE_1, |f, _| f.output_exceeded = true), Ending::OutputExceeded);
        assert_eq!(of(libc::SIGXFSZ, |_, _| ()), Ending::OutputExceeded);
        let late = |_: &mut Facts<'_>, u: &mut Usage| u.cpu = Duration::from_millis(1001);
        assert_eq!(of(0, late), Ending::CpuTimeExceeded);
        let just = |_: &mut Facts<'_>, u: &mut Usage| u.cpu = Duration::from_secs(1);
        assert_eq!(of(0, just), Ending::Exited { code: 0 });
        assert_eq!(of(KILLED, |f, _| f.stopped = Some(Stopped::Wall)), Ending::WallTimeExceeded);
    }
}
