//! Figures that are true: memory to 5 % or 128 KiB, time of all threads and processes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::time::Duration;

use common::*;
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;
use sandbox::{Ending, Level, RunLimits, RunSpec, Sandbox, Usage};

/// Keeps this thread and the boxes that it opens to one processor, as a scaler keeps its functions: each processor counts
/// a process's pages for itself, 32 at a time, so that of one that has moved as many may not be counted.
fn stay_on_one_processor() {
    let this = Pid::from_raw(0);
    let allowed = sched_getaffinity(this).unwrap();
    let first = (0..CpuSet::count()).find(|number| allowed.is_set(*number).unwrap()).unwrap();
    let mut one = CpuSet::new();
    one.set(first).unwrap();
    sched_setaffinity(this, &one).unwrap();
}

fn usage(sandbox: &mut Sandbox, line: &str) -> Usage {
    let limits = RunLimits {
        cpu: Duration::from_secs(10),
        wall: Duration::from_secs(60),
        memory_bytes: 2048 * MIB,
        ..limits()
    };
    let ran = run(sandbox, &RunSpec { limits, ..frugal(line) });
    assert_eq!(ran.outcome.ending, Ending::Exited { code: 0 }, "{line}: {ran:?}");
    ran.outcome.usage
}

/// How far a reading may be off: 5 %, or the pages that a processor counts for itself before anybody else hears of them.
fn slack(bytes: u64) -> u64 {
    const GRAIN: u64 = 32 * 4096;
    (bytes / 20).max(GRAIN)
}

/// That `what N` reads `N` MiB and always the same for the program itself, within 5 % of the whole.
fn reads_what_it_touches(level: Level, what: &str, number: u64, sizes: impl Iterator<Item = u64>) {
    let mut sandbox = open(level);
    let mut read = |mebibytes: u64| {
        usage(&mut sandbox, &format!("{what} {mebibytes} {number}")).peak_memory_bytes
    };
    // What the program itself uses may read as less than nothing: the account has a grain.
    let of_sixteen = read(16);
    for mebibytes in sizes {
        let (expected, peak) = (of_sixteen + mebibytes * MIB - 16 * MIB, read(mebibytes));
        let off = peak.abs_diff(expected);
        let what = format!("{what} {mebibytes} {number} at level {level}");
        assert!(off <= slack(expected), "{what}: {peak} instead of {expected}");
    }
}

fn powers(from: u32) -> impl Iterator<Item = u64> {
    (from..=10).map(|power| 1 << power)
}

#[test]
fn memory_of_one_process_is_what_it_touches() {
    stay_on_one_processor();
    for level in LEVELS {
        reads_what_it_touches(level, "touch", 1, powers(0));
    }
}

#[test]
fn memory_of_threads_is_what_they_touch_together() {
    stay_on_one_processor();
    for level in LEVELS {
        reads_what_it_touches(level, "touch-in-threads", 4, powers(2));
    }
}

/// The kernel's account of several processes is exact to a quarter of a MiB for each processor.
#[test]
fn memory_of_processes_is_what_they_touch_together() {
    for level in LEVELS {
        reads_what_it_touches(level, "touch-in-children", 4, powers(5));
    }
}

#[test]
fn memory_reads_the_same_again_and_again() {
    stay_on_one_processor();
    for level in LEVELS {
        let mut sandbox = open(level);
        for line in ["touch 1", "touch 16", "touch-in-threads 16 4"] {
            let first = usage(&mut sandbox, line).peak_memory_bytes;
            for _ in 0..10 {
                let again = usage(&mut sandbox, line).peak_memory_bytes;
                assert!(again.abs_diff(first) <= slack(first), "{line}: {again} after {first}");
            }
        }
    }
}

#[test]
fn time_of_all_threads_and_processes_counts() {
    let worked = Duration::from_millis(120);
    for level in LEVELS {
        let mut sandbox = open(level);
        for line in ["work 120", "work-in-threads 120 6", "work-in-children 120 3"] {
            let cpu = usage(&mut sandbox, line).cpu;
            // Each thread's clock has begun before it was let go, and a sampled one has ticks of 10 ms.
            assert!(cpu + Duration::from_millis(5) >= worked, "{line} at level {level}: {cpu:?}");
            assert!(cpu < worked * 2, "{line} at level {level}: {cpu:?}");
        }
    }
}

#[test]
fn a_run_in_a_used_box_reads_like_one_in_a_new_box() {
    for level in LEVELS {
        let read = |sandbox: &mut Sandbox| usage(sandbox, "touch 8").peak_memory_bytes;
        let fresh = read(&mut open(level));
        let mut used = open(level);
        for line in ["touch 300", "touch-in-children 64 8", "touch-shared 100"] {
            usage(&mut used, line);
        }
        let after = read(&mut used);
        assert!(after.abs_diff(fresh) <= fresh / 20, "{after} instead of {fresh} at {level}");
    }
}

/// The kernel gives a run's page tables back only some milliseconds after its end.
#[test]
fn what_the_kernel_still_gives_back_is_not_the_next_runs() {
    let mut sandbox = open(Level::Full);
    let fresh = usage(&mut sandbox, "touch 8").peak_memory_bytes;
    let mut hoarder = hostile("page-tables 100");
    hoarder.limits.cpu = Duration::from_secs(10);
    for _ in 0..20 {
        assert_eq!(run(&mut sandbox, &hoarder).outcome.ending, Ending::MemoryExceeded);
        let after = run(&mut sandbox, &frugal("touch 8"));
        assert_eq!(after.outcome.ending, Ending::Exited { code: 0 }, "{after:?}");
        let peak = after.outcome.usage.peak_memory_bytes;
        assert!(peak.abs_diff(fresh) <= fresh / 20, "{peak} instead of {fresh}");
    }
}
