//! Misbehaving programs: each has an expected ending at every level and leaves nothing behind.
//!
//! The attacks are data, in `subjects`; `CONTAINMENT.md` is made of them.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "a test fails by panicking")]

mod attack;
#[path = "../common/mod.rs"]
mod common;
#[path = "../residue/groups.rs"]
mod groups;
mod order;
mod page;
mod residue;
mod stage;
mod subjects;
mod workshop;

use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};

use attack::Column;
use stage::Stage;
use subjects::SUBJECTS;
use workshop::Workshop;

#[test]
fn attacks_end_as_expected_at_level_full() {
    try_all(Column::Full);
}

#[test]
fn attacks_end_as_expected_at_level_user_namespace() {
    try_all(Column::UserNamespace);
}

#[test]
fn attacks_end_as_expected_at_level_minimal() {
    try_all(if has_landlock() { Column::Minimal } else { Column::MinimalBare });
}

/// Where the kernel has Landlock: in a process that it refuses it to.
#[test]
fn attacks_end_as_expected_at_level_minimal_without_landlock() {
    let _alone = alone();
    let mut elsewhere = Command::new(common::compile("on_host"));
    elsewhere.arg("without").arg(libc::SYS_landlock_create_ruleset.to_string());
    elsewhere.arg(std::env::current_exe().unwrap());
    elsewhere.args(["--ignored", "--exact", "attacks_end_as_expected_here", "--nocapture"]);
    assert!(elsewhere.status().unwrap().success());
}

#[test]
#[ignore = "it is started by the test above it"]
fn attacks_end_as_expected_here() {
    assert!(!has_landlock());
    try_all(Column::MinimalBare);
}

fn has_landlock() -> bool {
    const VERSION: libc::c_uint = 1;
    let no_rules = std::ptr::null::<libc::c_void>();
    // SAFETY: asked for its version, the call takes neither rules nor their size.
    unsafe { libc::syscall(libc::SYS_landlock_create_ruleset, no_rules, 0_usize, VERSION) > 0 }
}

/// What one run leaves on the host can only be told from what another does if they take turns.
fn alone() -> MutexGuard<'static, ()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

fn try_all(column: Column) {
    let _alone = alone();
    let mut wrong = Vec::new();
    let stage = Stage::new(column);
    for subject in &SUBJECTS {
        let mut place = stage.open();
        for attack in (subject.attacks)() {
            let found = place.try_attack(&attack).into_iter();
            wrong.extend(found.map(|what| format!("{}: {}: {what}", subject.name, attack.name)));
        }
    }
    let workshop = Workshop::new(column);
    wrong.extend(subjects::programs().iter().flat_map(|program| workshop.try_program(program)));
    wrong.extend(subjects::sources().iter().flat_map(|source| workshop.try_source(source)));
    assert!(wrong.is_empty(), "at level {column}:\n{}", wrong.join("\n"));
}
