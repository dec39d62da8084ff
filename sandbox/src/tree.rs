//! The process tree of a run, sampled from `/proc` where no control group keeps its accounts.

use std::fs;
use std::time::Duration;

/// One look at a tree of processes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sample {
    /// CPU time of all that live and all that were waited for, to the clock tick.
    pub(crate) cpu: Duration,
    /// Resident memory, in bytes. What processes share is counted for each of them.
    pub(crate) resident_bytes: u64,
    /// How many processes there are.
    pub(crate) processes: usize,
}

/// Looks at the run below the helper: its init, which counts for the children it has waited for,
/// and the program's own processes.
pub(crate) fn sample(helper: u32) -> Sample {
    let mut sample = Sample::default();
    for init in children(helper) {
        sample.cpu += waited_for(init);
        for process in descendants(init) {
            sample.cpu += own_time(process) + waited_for(process);
            sample.resident_bytes += resident(process);
            sample.processes += 1;
        }
    }
    sample
}

/// Memory of the run with what its processes share counted once. Slower than [`sample`].
pub(crate) fn proportional_bytes(helper: u32) -> u64 {
    let processes = children(helper).into_iter().flat_map(descendants);
    processes.map(|process| proportional(process).unwrap_or_else(|| resident(process))).sum()
}

fn descendants(root: u32) -> Vec<u32> {
    let mut found = Vec::new();
    let mut next = children(root);
    while let Some(process) = next.pop() {
        next.extend(children(process));
        found.push(process);
    }
    found
}

/// The children of all threads of a process. None if it has just ended.
fn children(process: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let lists = threads.filter_map(|t| fs::read_to_string(t.path().join("children")).ok());
    lists
        .flat_map(|list| list.split_whitespace().filter_map(|p| p.parse().ok()).collect::<Vec<_>>())
        .collect()
}

fn own_time(process: u32) -> Duration {
    times(process).map_or(Duration::ZERO, |[user, system, ..]| user + system)
}

fn waited_for(process: u32) -> Duration {
    times(process).map_or(Duration::ZERO, |[_, _, user, system]| user + system)
}

/// Fields 14 to 17 of proc_pid_stat(5).
fn times(process: u32) -> Option<[Duration; 4]> {
    const TICK: Duration = Duration::from_millis(10); // USER_HZ is 100 on every Linux
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace().skip(11).map_while(|field| field.parse().ok());
    let mut next = || fields.next().map(|ticks: u32| TICK * ticks);
    Some([next()?, next()?, next()?, next()?])
}

/// The second field of `statm`, proc_pid_statm(5).
fn resident(process: u32) -> u64 {
    let statm = fs::read_to_string(format!("/proc/{process}/statm")).unwrap_or_default();
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
        assert_eq!(sample(0), Sample::default());
        assert_eq!(resident(0), 0);
    }
}
