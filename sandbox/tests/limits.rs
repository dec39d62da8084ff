//! Limits from both sides, and figures that are true.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::io::{Seek, SeekFrom, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use common::*;
use sandbox::{Ending, Input, Level, Output, SandboxError, Stdio};

const DONE: Ending = Ending::Exited { code: 0 };

#[test]
fn memory_is_limited_from_both_sides() {
    for level in LEVELS {
        let mut sandbox = open(level);
        for what in ["touch", "touch-in-threads", "touch-in-children", "touch-shared"] {
            let number = if what == "touch" || what == "touch-shared" { 1 } else { 4 };
            let mut at = |mebibytes: u64| {
                run(&mut sandbox, &frugal(&format!("{what} {mebibytes} {number}"))).outcome
            };
            let below = at(60);
            assert_eq!(below.ending, DONE, "{what} at level {level}: {below:?}");
            assert!(below.usage.peak_memory_bytes <= 64 * MIB, "{what} at {level}: {below:?}");
            let above = at(68);
            assert_eq!(above.ending, Ending::MemoryExceeded, "{what} at level {level}: {above:?}");
            assert!(above.usage.peak_memory_bytes >= 64 * MIB, "{what} at {level}: {above:?}");
        }
    }
}

#[test]
fn an_allocation_is_no_use_of_memory() {
    for level in LEVELS {
        let mut sandbox = open(level);
        // Refused for its size alone, and the program says so itself: nothing was used.
        let refused = run(&mut sandbox, &frugal("allocate-or-say-no 100000000")).outcome;
        assert_eq!(refused.ending, Ending::Exited { code: 1 }, "level {level}");
        // Granted, and then used.
        let used = run(&mut sandbox, &frugal("allocate-or-say-no 80")).outcome;
        assert_eq!(used.ending, Ending::MemoryExceeded, "level {level}");
    }
}

#[test]
fn output_is_no_memory() {
    let mut spec = hostile("print 1 41943040");
    spec.limits.output_bytes = 48 * MIB;
    let ran = run(&mut open(Level::Full), &spec);
    assert_eq!(ran.outcome.ending, DONE);
    let peak = ran.outcome.usage.peak_memory_bytes;
    assert!(peak < 8 * MIB, "{peak}");
}

#[test]
fn files_of_an_earlier_run_are_no_memory_for_a_later_one() {
    let mut sandbox = open(Level::Full);
    let mut flood = hostile("print 1 41943040");
    flood.limits.output_bytes = 48 * MIB;
    assert_eq!(run(&mut sandbox, &flood).outcome.ending, DONE);
    let mut heap = hostile("heap 60");
    heap.limits.memory_bytes = 50 * MIB;
    assert_eq!(run(&mut sandbox, &heap).outcome.ending, Ending::MemoryExceeded);
    let mut heap = hostile("heap 45");
    heap.limits.memory_bytes = 50 * MIB;
    let fits = run(&mut sandbox, &heap).outcome;
    assert_eq!(fits.ending, DONE);
    let peak = fits.usage.peak_memory_bytes;
    assert!((44 * MIB..48 * MIB).contains(&peak), "{peak}");
}

#[test]
fn cpu_time_is_the_programs_own_count() {
    for level in LEVELS {
        let mut sandbox = open(level);
        let ran = run(&mut sandbox, &hostile("busy-for-ms 250"));
        let cpu = ran.outcome.usage.cpu;
        assert_eq!(ran.outcome.ending, DONE, "{cpu:?}");
        // The program's clock has run since before it was executed, which it is not charged for.
        assert!(cpu >= Duration::from_millis(245), "{cpu:?} at level {level}");
        assert!(ran.outcome.usage.wall >= cpu, "{:?} at level {level}", ran.outcome.usage);

        let over = run(&mut sandbox, &hostile("busy-for-ms 310"));
        assert_eq!(over.outcome.ending, Ending::CpuTimeExceeded, "level {level}");
    }
}

#[test]
fn time_of_threads_and_children_is_limited_from_both_sides() {
    for level in LEVELS {
        let mut sandbox = open(level);
        for what in ["work", "work-in-threads", "work-in-children", "work-on-heedlessly"] {
            let number = if what.starts_with("work-in") { 3 } else { 1 };
            let mut at =
                |ms: u64| run(&mut sandbox, &frugal(&format!("{what} {ms} {number}"))).outcome;
            assert_eq!(at(240).ending, DONE, "{what} at level {level}");
            let above = at(360);
            assert_eq!(above.ending, Ending::CpuTimeExceeded, "{what} at level {level}");
            assert!(above.usage.cpu > Duration::from_millis(300), "{above:?}");
        }
    }
}

/// The kernel's own limit counts ticks, and counts those of others on a busy machine: it is far above.
#[test]
fn a_program_is_not_stopped_early_on_a_busy_machine() {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().unwrap().get() {
            scope.spawn(|| {
                let mut rounds = 0_u64;
                while !done.load(Ordering::Relaxed) {
                    rounds = std::hint::black_box(rounds + 1);
                }
            });
        }
        let outcomes: Vec<_> = LEVELS
            .into_iter()
            .map(|level| {
                let mut spec = frugal("work 970");
                spec.limits.cpu = Duration::from_secs(1);
                spec.limits.wall = Duration::from_secs(60);
                run(&mut open(level), &spec).outcome
            })
            .collect();
        done.store(true, Ordering::Relaxed);
        assert!(outcomes.iter().all(|outcome| outcome.ending == DONE), "{outcomes:?}");
    });
}

/// The program ignores SIGXFSZ, sees its write fail and ends with code 1.
#[test]
fn output_is_limited_from_both_sides() {
    for level in LEVELS {
        let mut sandbox = open(level);
        for stream in [1, 2] {
            for (bytes, ending) in [(MIB, DONE), (MIB + 1, Ending::OutputExceeded)] {
                let mut spec = hostile(&format!("print {stream} {bytes}"));
                spec.limits.file_bytes = 0;
                assert_eq!(run(&mut sandbox, &spec).outcome.ending, ending, "level {level}");
            }
        }
    }
}

#[test]
fn processes_are_limited_from_both_sides() {
    for level in LEVELS {
        let mut sandbox = open(level);
        // The first one counts too. Who is refused another ends with code 3.
        let below = run(&mut sandbox, &frugal("touch-in-children 0 19")).outcome;
        assert_eq!(below.ending, DONE, "level {level}");
        let above = run(&mut sandbox, &frugal("touch-in-children 0 20")).outcome;
        assert_eq!(above.ending, Ending::Exited { code: 3 }, "level {level}");
    }
}

#[test]
fn a_program_that_is_stopped_has_used_its_limit() {
    for level in LEVELS {
        let mut sandbox = open(level);
        for line in ["busy 1", "busy 4"] {
            let ran = run(&mut sandbox, &hostile(line));
            assert_eq!(ran.outcome.ending, Ending::CpuTimeExceeded, "{line} at level {level}");
            assert!(ran.outcome.usage.cpu >= Duration::from_millis(300), "{ran:?}");
        }
        let mut sleeping = hostile("sleep");
        sleeping.limits.wall = Duration::from_millis(150);
        let ran = run(&mut sandbox, &sleeping);
        assert_eq!(ran.outcome.ending, Ending::WallTimeExceeded);
        assert!(ran.outcome.usage.wall >= Duration::from_millis(150), "{ran:?}");
        assert!(ran.outcome.usage.cpu < Duration::from_millis(150), "{ran:?}");
    }
}

#[test]
fn a_run_is_not_charged_for_the_one_before() {
    for level in LEVELS {
        let mut sandbox = open(level);
        run(&mut sandbox, &hostile("heap 50"));
        run(&mut sandbox, &hostile("heap 100"));
        run(&mut sandbox, &hostile("busy 2"));
        let ran = run(&mut sandbox, &hostile("exit 0"));
        assert_eq!(ran.outcome.ending, DONE);
        assert!(ran.outcome.usage.peak_memory_bytes < 3 * MIB, "{ran:?}");
        assert!(ran.outcome.usage.cpu < Duration::from_millis(200), "{ran:?}");
    }
}

#[test]
fn what_a_file_held_before_is_no_output() {
    for level in LEVELS {
        let mut sandbox = open(level);
        for (bytes, ending) in [(MIB, DONE), (MIB + 1, Ending::OutputExceeded)] {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(&vec![b'-'; 3 << 20]).unwrap();
            file.seek(SeekFrom::End(0)).unwrap();
            let mut spec = hostile(&format!("print 1 {bytes}"));
            spec.limits.file_bytes = 0;
            let stdout = Output::File(file);
            let streams = Stdio { stdin: Input::Null, stdout, stderr: Output::Null };
            assert_eq!(sandbox.run(&spec, streams).unwrap().ending, ending, "level {level}");
        }
    }
}

#[test]
fn the_callers_mistakes_are_errors() {
    for level in LEVELS {
        let mut sandbox = open(level);
        let mut try_with = |change: &dyn Fn(&mut sandbox::RunSpec)| {
            let mut spec = hostile("exit 0");
            change(&mut spec);
            try_run(&mut sandbox, &spec, Input::Null)
        };
        let missing = try_with(&|spec| spec.argv = vec!["/no/such".into()]).unwrap_err();
        assert!(
            matches!(missing, SandboxError::CannotExecute { ref path, .. } if path == "/no/such")
        );
        let nowhere = try_with(&|spec| spec.argv = vec!["no-such".into()]).unwrap_err();
        assert!(matches!(nowhere, SandboxError::CannotExecute { .. }), "{nowhere:?}");
        let folder = try_with(&|spec| spec.cwd = "/no/such".into()).unwrap_err();
        assert!(folder.to_string().contains("working folder"), "{folder}");
        for bad in [
            try_with(&|spec| spec.argv.clear()),
            try_with(&|spec| spec.argv = vec!["/hostile".into(), "nul\0".into()]),
            try_with(&|spec| spec.limits.processes = 0),
            try_with(&|spec| spec.argv.push("x".repeat(1 << 20))),
            try_with(&|spec| spec.cwd = "work".into()),
        ] {
            assert!(matches!(bad, Err(SandboxError::BadRequest(_))), "{bad:?}");
        }
        assert_eq!(try_with(&|_| ()).unwrap().outcome.ending, DONE, "the box is still good");
    }
}

#[test]
fn a_missing_mount_is_named() {
    for level in LEVELS {
        let mut spec = box_spec(level);
        spec.mounts.push(sandbox::Mount::same("/no/such/toolchain"));
        let error = sandbox::Sandbox::open(&spec).unwrap_err();
        assert!(error.to_string().contains("/no/such/toolchain"), "{error}");
    }
}

/// The kernel picks whom to kill for memory, and below some thousand pages it does not heed any wish.
#[test]
fn the_smallest_limits_stop_the_program_and_not_its_box() {
    for level in LEVELS {
        let mut sandbox = open(level);
        for mib in [1, 2, 3, 4, 7, 8, 9] {
            for line in ["heap 100", "memory-of-children 8", "fill /tmp"] {
                let mut spec = hostile(line);
                spec.limits.memory_bytes = mib * MIB;
                let ran = run(&mut sandbox, &spec);
                // At level user-namespace, files in memory are bounded by their folder only.
                if level == Level::Full || line != "fill /tmp" {
                    let what = format!("{line}, {mib} MiB at {level}: {ran:?}");
                    assert_eq!(ran.outcome.ending, Ending::MemoryExceeded, "{what}");
                }
            }
            assert_eq!(run(&mut sandbox, &hostile("exit 0")).outcome.ending, DONE);
        }
    }
}

#[test]
fn limits_beyond_any_clock_hold_nobody_up() {
    for level in LEVELS {
        let mut endless = hostile("exit 3");
        (endless.limits.cpu, endless.limits.wall) = (Duration::MAX, Duration::MAX);
        let outcome = run(&mut open(level), &endless).outcome;
        assert_eq!(outcome.ending, Ending::Exited { code: 3 }, "level {level}");
    }
}
