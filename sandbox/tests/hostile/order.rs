//! What the box and the host are like after a run, where an attack's ending does not say it.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use sandbox::{Ending, Input, Level, Policy, RunSpec, WorkAccess};

use crate::common::*;

const CONTAINED: Ending = Ending::Exited { code: 0 };

/// Under a policy that lets files be sent: the box keeps its order all the same.
fn sending(spec: &mut RunSpec) {
    let text = "extends = \"vm\"\nallow = [\"sendmsg\"]";
    spec.policy = Policy::parse("sending", text).unwrap();
}

#[test]
fn every_end_is_told_as_it_is() {
    let _alone = crate::alone();
    for level in LEVELS {
        let mut sandbox = open(level);
        for signal in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 24, 31] {
            let ran = run(&mut sandbox, &hostile(&format!("die-of {signal}")));
            assert_eq!(ran.outcome.ending, Ending::Signalled { signal }, "{level}");
        }
        for code in [0, 3, 255] {
            let ran = run(&mut sandbox, &hostile(&format!("exit {code}")));
            assert_eq!(ran.outcome.ending, Ending::Exited { code }, "{level}");
        }
        let ran = run(&mut sandbox, &hostile("segfault"));
        assert_eq!(ran.outcome.ending, Ending::Signalled { signal: libc::SIGSEGV }, "{level}");
    }
}

#[test]
fn a_run_finds_the_work_folder_in_order_whatever_the_one_before_did() {
    let _alone = crate::alone();
    for level in LEVELS {
        for line in ["leave-in-flight /work", "lock-folder /work"] {
            let mut sandbox = open(level);
            let mut before = hostile(line);
            before.work = WorkAccess::Writable;
            sending(&mut before);
            assert_eq!(run(&mut sandbox, &before).outcome.ending, CONTAINED, "{line} at {level}");
            for work in [WorkAccess::ReadOnly, WorkAccess::Writable, WorkAccess::ReadOnly] {
                let mut after = hostile("fill /work");
                after.work = work;
                let ending = run(&mut sandbox, &after).outcome.ending;
                let expected = i32::from(work == WorkAccess::ReadOnly);
                assert_eq!(ending, Ending::Exited { code: expected }, "{line} at {level}");
            }
        }
    }
}

#[test]
fn input_files_stay_as_they_are() {
    let _alone = crate::alone();
    let temp = tempfile::tempdir().unwrap();
    fs::set_permissions(temp.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let path = temp.path().join("input");
    for level in LEVELS {
        for mode in [0o600, 0o644, 0o666] {
            fs::write(&path, "input of the judge\n".repeat(1000)).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let mut sandbox = open(level);
            let input = Input::Path(path.clone());
            let ran = try_run(&mut sandbox, &hostile("alter-input"), input).unwrap();
            assert_eq!(ran.outcome.ending, CONTAINED, "{level}: {ran:?}");
            assert_eq!(fs::read_to_string(&path).unwrap(), "input of the judge\n".repeat(1000));
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, mode);
        }
    }
}

#[test]
fn the_helper_survives_a_run_that_fills_its_memory_with_files() {
    let _alone = crate::alone();
    let spec = sandbox::BoxSpec {
        temporary_bytes: 512 * MIB,
        work_bytes: 512 * MIB,
        ..box_spec(Level::Full)
    };
    let mut sandbox = sandbox::Sandbox::open(&spec).unwrap();
    for folder in ["/tmp", "/dev/shm", "/work"] {
        let mut flood = hostile(&format!("fill {folder}"));
        flood.limits.file_bytes = 1 << 30;
        flood.limits.cpu = std::time::Duration::from_secs(10);
        flood.work = WorkAccess::Writable;
        assert_eq!(run(&mut sandbox, &flood).outcome.ending, Ending::MemoryExceeded, "{folder}");
        let after = run(&mut sandbox, &hostile("heap 40"));
        assert_eq!(after.outcome.ending, CONTAINED, "{folder}: {after:?}");
    }
}
