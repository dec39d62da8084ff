//! The host's side of the work folder, before and after programs had it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt;

use common::*;
use sandbox::{Ending, Policy, RunSpec, WorkAccess};

#[test]
fn files_go_in_and_come_out() {
    for level in LEVELS {
        let sandbox = open(level);
        let work = sandbox.work();
        work.put("a.txt", b"first", false).unwrap();
        work.put("a.txt", b"second", false).unwrap();
        work.make_dir("x/y").unwrap();
        work.make_dir("x/y").unwrap();
        work.put("x/y/tool", b"#!", true).unwrap();
        assert_eq!(work.read("a.txt", 100).unwrap().unwrap(), b"second");
        assert_eq!(work.read("a.txt", 3).unwrap().unwrap(), b"sec");
        assert_eq!(work.read("absent", 3).unwrap(), None);
        assert_eq!(work.read("absent/absent", 3).unwrap(), None);
        let listed: Vec<_> = work
            .list()
            .unwrap()
            .into_iter()
            .map(|entry| (entry.name, entry.size, entry.is_folder, entry.executable))
            .collect();
        let expected = [
            ("a.txt", 6, false, false),
            ("x", 0, true, true),
            ("x/y", 0, true, true),
            ("x/y/tool", 2, false, true),
        ];
        assert_eq!(listed, expected.map(|(name, s, f, e)| (name.to_owned(), s, f, e)), "{level}");
        work.clear().unwrap();
        assert_eq!(work.list().unwrap(), []);
        work.put("again", b"", false).unwrap();
    }
}

#[test]
fn names_stay_below_the_folder() {
    for level in LEVELS {
        let sandbox = open(level);
        for name in ["", "/etc/passwd", "../x", "a/../../x", "a//b", ".", "./a"] {
            assert!(sandbox.work().put(name, b"x", false).is_err(), "{name}");
            assert!(sandbox.work().read(name, 1).is_err(), "{name}");
            assert!(sandbox.work().make_dir(name).is_err(), "{name}");
        }
    }
}

#[test]
fn what_a_program_left_there_traps_no_one() {
    for level in LEVELS {
        let mut sandbox = open(level);
        let mut litter = hostile("litter");
        litter.work = WorkAccess::Writable;
        litter.policy = Policy::compiler();
        let ran = run(&mut sandbox, &litter);
        assert_eq!(ran.outcome.ending, Ending::Exited { code: 0 }, "{ran:?}");
        let work = sandbox.work();
        for trap in ["link", "rootlink/etc/passwd", "fifo", "folder", "rootlink"] {
            assert!(work.read(trap, 100).is_err(), "{trap} at level {level}");
        }
        for trap in ["rootlink/tmp/x", "link/x"] {
            assert!(work.put(trap, b"x", false).is_err(), "{trap} at level {level}");
        }
        assert_eq!(work.read("folder/file", 100).unwrap().unwrap(), b"content");
        // A file takes the place of a link or a FIFO instead of going through it.
        for trap in ["link", "fifo"] {
            work.put(trap, b"mine", false).unwrap();
            assert_eq!(work.read(trap, 100).unwrap().unwrap(), b"mine");
        }
        let error = work.list().unwrap_err();
        let cause = std::error::Error::source(&error).unwrap().to_string();
        assert!(cause.contains("deep"), "{cause}");
        work.clear().unwrap();
        assert_eq!(work.list().unwrap(), []);
    }
}

#[test]
fn compiled_artefacts_are_kept_on_the_host() {
    for level in LEVELS {
        let host = tempfile::tempdir().unwrap();
        let sandbox = open(level);
        sandbox.work().make_dir("classes").unwrap();
        sandbox.work().put("classes/Main.class", &[7; 1000], false).unwrap();
        sandbox.work().put("tool", &[8; 500], true).unwrap();
        sandbox.work().copy_all_to(host.path(), 1500).unwrap();
        let mode = fs::metadata(host.path().join("tool")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o755);

        let other = open(level);
        other.work().copy_all_from(host.path()).unwrap();
        assert_eq!(other.work().list().unwrap(), sandbox.work().list().unwrap());
        assert_eq!(other.work().read("tool", 1000).unwrap().unwrap(), [8; 500]);

        let third = open(level);
        sandbox.work().copy_all_into(&third.work(), "of/another", 1500).unwrap();
        let copied = third.work();
        assert_eq!(copied.read("of/another/classes/Main.class", 1000).unwrap().unwrap(), [7; 1000]);
        assert_eq!(copied.bytes_in("of").unwrap(), 1500);
        assert_eq!(copied.bytes_in("nowhere").unwrap(), 0);
        let tool = copied.list().unwrap().into_iter().find(|entry| entry.name.ends_with("tool"));
        assert!(tool.unwrap().executable);
        let error = sandbox.work().copy_all_into(&third.work(), "again", 1499).unwrap_err();
        assert!(error.to_string().contains("copy"), "{error}");

        let small = tempfile::tempdir().unwrap();
        let error = sandbox.work().copy_all_to(small.path(), 1499).unwrap_err();
        assert!(matches!(error, sandbox::SandboxError::Work { .. }), "{error:?}");
    }
}

#[test]
fn the_folder_holds_no_more_than_it_may() {
    for level in LEVELS {
        let sandbox = open(level);
        let error = sandbox.work().put("big", &vec![1; 17 << 20], false).unwrap_err();
        assert!(error.to_string().contains("big"), "{error}");
    }
}

#[test]
fn programs_see_and_own_what_is_put_there() {
    for level in LEVELS {
        let mut sandbox = open(level);
        let hostile_program = fs::read(&*HOSTILE).unwrap();
        sandbox.work().put("program", &hostile_program, true).unwrap();
        let mut spec = hostile("exit 7");
        "./program".clone_into(&mut spec.argv[0]);
        assert_eq!(run(&mut sandbox, &spec).outcome.ending, Ending::Exited { code: 7 });
        sandbox.work().put("program", b"not a program", true).unwrap();
        let error = try_run(&mut sandbox, &spec, sandbox::Input::Null).unwrap_err();
        assert!(matches!(error, sandbox::SandboxError::CannotExecute { .. }), "{error:?}");
    }
}

#[test]
fn what_a_program_writes_there_counts_with_its_outputs() {
    for level in LEVELS {
        let mut sandbox = open(level);
        let mut ending = |line: &str, written_bytes, work| {
            sandbox.work().clear().unwrap();
            sandbox.work().put("there-before", &[1; 3 << 20], false).unwrap();
            let mut spec = RunSpec { work, ..hostile(line) };
            spec.limits.written_bytes = written_bytes;
            run(&mut sandbox, &spec).outcome.ending
        };
        let (read, write) = (WorkAccess::ReadOnly, WorkAccess::Writable);
        let (done, too_much) = (Ending::Exited { code: 0 }, Ending::OutputExceeded);
        // It fills what is left of 16 MiB.
        assert_eq!(ending("fill .", None, write), done, "{level}");
        assert_eq!(ending("fill .", Some(14 << 20), write), done, "{level}");
        assert_eq!(ending("fill .", Some(10 << 20), write), too_much, "{level}");
        assert_eq!(ending("print 1 600000", Some(600_000), write), done, "{level}");
        assert_eq!(ending("print 1 600001", Some(600_000), write), too_much, "{level}");
        assert_eq!(ending("print 1 600001", Some(600_000), read), done, "{level}");
        // What lies too deep to be looked for is hidden.
        assert_eq!(ending("litter", Some(14 << 20), write), too_much, "{level}");
        assert_eq!(ending("exit 3", Some(0), write), Ending::Exited { code: 3 }, "{level}");
    }
}
