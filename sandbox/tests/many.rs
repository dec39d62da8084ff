//! Many boxes at once and many runs in one: nothing is left, and no one disturbs another.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(dead_code, unreachable_pub, reason = "what is shared is for others too")]

mod common;
mod residue;

use std::sync::{Mutex, MutexGuard, PoisonError};

use common::*;
use residue::{Holdings, descriptors_of, resident_kib};
use sandbox::{Ending, Level, Sandbox, SandboxError, Stdio};

/// What this process holds is compared, so one test runs at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    let guard = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    // What is made once for all boxes is there from now on.
    for level in LEVELS {
        run_code(&mut open(level), 0);
    }
    guard
}

fn run_code(sandbox: &mut Sandbox, code: i32) {
    let outcome = sandbox.run(&hostile(&format!("exit {code}")), Stdio::null()).unwrap();
    assert_eq!(outcome.ending, Ending::Exited { code });
}

#[test]
fn two_hundred_boxes_at_once_do_not_meet() {
    let _alone = alone();
    let before = Holdings::now();
    let mut boxes: Vec<_> = (0..200).map(|number| open(LEVELS[number % 2])).collect();
    let quarters: Vec<_> = boxes.chunks_mut(50).collect();
    std::thread::scope(|scope| {
        for quarter in quarters {
            scope.spawn(|| {
                for code in 0..3 {
                    quarter.iter_mut().for_each(|sandbox| run_code(sandbox, code));
                }
            });
        }
    });
    boxes.into_iter().for_each(|sandbox| sandbox.close().unwrap());
    assert_eq!(Holdings::now(), before);
}

#[test]
fn boxes_opened_and_closed_by_many_threads_leave_nothing() {
    let _alone = alone();
    let before = Holdings::now();
    std::thread::scope(|scope| {
        for number in 0..24 {
            scope.spawn(move || {
                let mut sandbox = open(LEVELS[number % 2]);
                (0..5).for_each(|code| run_code(&mut sandbox, code));
                sandbox.close().unwrap();
            });
        }
    });
    assert_eq!(Holdings::now(), before);
}

#[test]
fn runs_in_a_row_leave_nothing() {
    const RUNS: usize = 2500;
    let _alone = alone();
    for level in LEVELS {
        let mut sandbox = open(level);
        for _ in 0..100 {
            run(&mut sandbox, &hostile("daemon"));
        }
        let (before, box_before) = (Holdings::now(), held_by_boxes());
        for _ in 0..RUNS {
            run_code(&mut sandbox, 0);
        }
        // The files of a group stay open once they were needed.
        let after = Holdings::now();
        assert!(after.descriptors <= before.descriptors + 3, "level {level}: {after:?}");
        assert_eq!(Holdings { descriptors: before.descriptors, ..after }, before, "level {level}");
        let (descriptors, kib) = held_by_boxes();
        assert_eq!(descriptors, box_before.0, "level {level}");
        assert!(kib < box_before.1 + 256, "level {level}: {kib} KiB after {} KiB", box_before.1);
    }
}

/// Descriptors and resident memory, in KiB, of the processes below this one.
fn held_by_boxes() -> (usize, u64) {
    let children = residue::descendants(std::process::id());
    let descriptors = children.iter().map(|&child| descriptors_of(child)).sum();
    (descriptors, children.iter().map(|&child| resident_kib(child)).sum())
}

#[test]
fn a_box_that_is_dropped_is_closed() {
    let _alone = alone();
    let before = Holdings::now();
    drop(open(Level::Full));
    assert_eq!(Holdings::now(), before);
}

#[test]
fn a_box_that_was_ended_says_so_to_every_later_run() {
    let _alone = alone();
    for level in LEVELS {
        // After two, the next is prepared ahead.
        for runs_before in 0..3 {
            let mut ended = open(level);
            for _ in 0..runs_before {
                run(&mut ended, &hostile("exit 0"));
            }
            ended.stopper().unwrap().stop();
            for _ in 0..2 {
                let later = ended.run(&hostile("exit 0"), Stdio::null());
                let is_gone = matches!(later, Err(SandboxError::HelperGone));
                assert!(is_gone, "{level}, after {runs_before} runs: {later:?}");
            }
        }
    }
}
