//! The process tree of a run, sampled from `/proc` where no control group keeps its accounts.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::time::Duration;

/// What a run has used, as far as looks at its processes have told.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    keeper: u32,
    /// What the keeper's children of earlier runs used.
    before: Duration,
    /// CPU time, to the clock tick.
    pub(crate) cpu: Duration,
    /// The most resident memory at one look, in bytes.
    pub(crate) peak_bytes: u64,
    /// CPU time of each process that was ever seen to have used some, by id and start. It counts
    /// though the process ends and nobody waits for it.
    seen: HashMap<(u32, u64), Duration>,
}

impl Tree {
    /// The run that is about to begin below this process of a box.
    pub(crate) fn below(keeper: u32) -> Self {
        let before = times(keeper).map_or(Duration::ZERO, |keeper| keeper.waited_for);
        Self { keeper, before, ..Self::default() }
    }

    /// Looks at the box's process, which counts for the children it has waited for, and at the
    /// program's own processes. Above `memory_limit`, in bytes, what processes share counts once.
    pub(crate) fn look(&mut self, memory_limit: u64) {
        // What short-lived processes used is known by whoever waited for them, what unwaited-for
        // ones used by having been seen: each sum may miss something, and neither counts twice.
        let waited_for = times(self.keeper).map_or(Duration::ZERO, |keeper| keeper.waited_for);
        let mut living_and_waited_for = waited_for.saturating_sub(self.before);
        let processes = descendants(self.keeper);
        for &process in &processes {
            let Some(times) = times(process) else { continue };
            living_and_waited_for += times.own + times.waited_for;
            if !times.own.is_zero() {
                self.seen.insert((process, times.started), times.own);
            }
        }
        let seen = self.seen.values().sum();
        self.cpu = self.cpu.max(living_and_waited_for).max(seen);
        let mut bytes = processes.iter().map(|&process| resident(process)).sum();
        if bytes > memory_limit && processes.len() > 1 {
            // Exact, but slower.
            let exact = |&process: &u32| proportional(process).unwrap_or_else(|| resident(process));
            bytes = processes.iter().map(exact).sum();
        }
        self.peak_bytes = self.peak_bytes.max(bytes);
    }
}

pub(crate) fn descendants(root: u32) -> Vec<u32> {
    let mut found = Vec::new();
    let mut next = children(root);
    while let Some(process) = next.pop() {
        next.extend(children(process));
        found.push(process);
    }
    found
}

/// The children of all threads of a process. None if it has just ended.
pub(crate) fn children(process: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let lists = threads.filter_map(|t| fs::read_to_string(t.path().join("children")).ok());
    lists
        .flat_map(|list| list.split_whitespace().filter_map(|p| p.parse().ok()).collect::<Vec<_>>())
        .collect()
}

/// CPU time of one process.
struct Times {
    own: Duration,
    /// That of the children it has waited for, and of theirs.
    waited_for: Duration,
    /// When it began, in ticks since boot.
    started: u64,
}

/// Fields 14 to 17 and 22 of proc_pid_stat(5).
fn times(process: u32) -> Option<Times> {
    const TICK_MS: u64 = 10; // USER_HZ is 100 on every Linux
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    let fields: Vec<_> = after_name.split_whitespace().collect();
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    let time = |field| Some(Duration::from_millis(number(field)? * TICK_MS));
    let (own, waited_for) = (time(14)? + time(15)?, time(16)? + time(17)?);
    Some(Times { own, waited_for, started: number(22)? })
}

/// Resident memory, in bytes. A process whose first thread has ended shows it at the others only.
fn resident(process: u32) -> u64 {
    let of_threads = || {
        let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
        threads.map(|thread| resident_in(&thread.path().join("statm"))).max().unwrap_or(0)
    };
    match resident_in(Path::new(&format!("/proc/{process}/statm"))) {
        0 => of_threads(),
        bytes => bytes,
    }
}

/// The second field of `statm`, proc_pid_statm(5).
fn resident_in(statm: &Path) -> u64 {
    let statm = fs::read_to_string(statm).unwrap_or_default();
    let pages: u64 = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages * page_size()
}

/// The proportional set size, proc_pid_smaps(5).
fn proportional(process: u32) -> Option<u64> {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).ok()?;
    let kibibytes = rollup.lines().find_map(|line| line.strip_prefix("Pss:"))?;
    kibibytes.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}

fn page_size() -> u64 {
    // SAFETY: takes no pointers.
    let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    u64::try_from(size).unwrap_or(4096)
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    #[test]
    fn this_process_and_its_child_are_seen() {
        let mut child = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
        let mine = children(std::process::id());
        assert!(mine.contains(&child.id()));
        assert!(descendants(std::process::id()).contains(&child.id()));
        assert!(resident(std::process::id()) > 100_000);
        assert!(proportional(std::process::id()).unwrap() > 100_000);
        assert!(times(std::process::id()).is_some());
        drop(child.stdin.take());
        child.wait().unwrap();
    }

    #[test]
    fn a_process_that_is_gone_counts_for_nothing() {
        let mut tree = Tree::below(0);
        tree.look(0);
        assert_eq!((tree.cpu, tree.peak_bytes), (Duration::ZERO, 0));
        assert_eq!(resident(0), 0);
    }
}
