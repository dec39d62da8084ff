//! Many boxes at once and many runs in one: nothing is left, and no one disturbs another.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;

use common::*;
use sandbox::Ending;

#[test]
fn boxes_at_once_do_not_meet() {
    std::thread::scope(|scope| {
        for number in 0..24 {
            scope.spawn(move || {
                let mut sandbox = open(LEVELS[number % 2]);
                for run_number in 0..5 {
                    let code = i32::try_from(number * 5 + run_number).unwrap();
                    let ran = run(&mut sandbox, &hostile(&format!("exit {code}")));
                    assert_eq!(ran.outcome.ending, Ending::Exited { code });
                }
                sandbox.close().unwrap();
            });
        }
    });
    nothing_is_left();
}

#[test]
fn runs_in_a_row_leave_nothing() {
    for level in LEVELS {
        let mut sandbox = open(level);
        let before = descriptors();
        for _ in 0..200 {
            let ran = run(&mut sandbox, &hostile("daemon"));
            assert_eq!(ran.outcome.ending, Ending::Exited { code: 0 });
        }
        // Other tests of this program may have opened some, but not one for each run.
        assert!(descriptors() < before + 150, "{} descriptors", descriptors());
    }
}

fn descriptors() -> usize {
    fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Of the boxes that are closed; the other test has one open at a time.
fn nothing_is_left() {
    let helpers = processes().filter(|process| {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        let parent = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1));
        parent.and_then(|parent| parent.parse().ok()) == Some(std::process::id())
    });
    assert!(helpers.count() <= 1);
    assert!(groups_of(std::process::id()).len() <= 3, "{:?}", groups_of(std::process::id()));
}
