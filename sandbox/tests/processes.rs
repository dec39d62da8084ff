//! Owners of boxes as processes of their own: killed ones, unprivileged ones, and ones that are
//! their own helper. This program is its own test harness, because it starts itself again.

#![allow(clippy::unwrap_used, unreachable_pub, reason = "a test fails by panicking")]

mod common;
#[path = "residue/groups.rs"]
mod groups;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio as ProcessStdio};
use std::time::{Duration, Instant};

use common::*;
use groups::groups_of;
use sandbox::{BoxSpec, Ending, Helper, Input, Level, Sandbox, Stdio};

const NOBODY: u32 = 65_534;

fn main() {
    sandbox::become_helper_if_asked();
    let args: Vec<String> = std::env::args().collect();
    match args.get(1).map(String::as_str) {
        Some("own-a-sleeper") => own_a_sleeper(args[2] == "full", &args[3]),
        Some("be-unprivileged") => be_unprivileged(Path::new(&args[2])),
        _ => {
            let tests: [(&str, fn()); 4] = [
                ("a_killed_owner_leaves_nothing", a_killed_owner_leaves_nothing),
                ("an_unprivileged_owner_has_a_box", an_unprivileged_owner_has_a_box),
                ("an_owner_can_be_its_own_helper", an_owner_can_be_its_own_helper),
                ("the_host_tells_what_it_can_enforce", the_host_tells_what_it_can_enforce),
            ];
            for (name, test) in tests {
                test();
                println!("test {name} ... ok");
            }
        }
    }
}

/// Waits for what another process will do. Not how long it takes is tested, but that it happens.
fn until(what: &str, happened: impl Fn() -> bool) {
    let began = Instant::now();
    while !happened() {
        assert!(began.elapsed() < Duration::from_secs(60), "never: {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn a_killed_owner_leaves_nothing() {
    for level in ["full", "user-namespace"] {
        let mark = format!("sleeper-{}-{level}", std::process::id());
        let mut owner = Command::new("/proc/self/exe");
        let mut owner = owner.args(["own-a-sleeper", level, &mark]).spawn().unwrap();
        let variable = format!("MARK={mark}");
        until("the program sleeps", || !processes_with(&variable).is_empty());
        let children = format!("/proc/{0}/task/{0}/children", owner.id());
        let helper = fs::read_to_string(children).unwrap().trim().to_owned();
        owner.kill().unwrap();
        owner.wait().unwrap();
        until("the program dies", || processes_with(&variable).is_empty());
        until("the helper dies", || {
            let stat = fs::read_to_string(format!("/proc/{helper}/stat")).unwrap_or_default();
            stat.is_empty() || stat.contains(") Z ")
        });
        // A box that is opened clears away what dead owners left. The kernel may still be busy with the program's end.
        until("its groups go", || {
            open(Level::Full).close().unwrap();
            groups_of(owner.id()).is_empty()
        });
    }
}

fn own_a_sleeper(full: bool, mark: &str) {
    let level = if full { Level::Full } else { Level::UserNamespace };
    let spec = BoxSpec { helper: Helper::CurrentExe, ..box_spec(level) };
    let mut sandbox = Sandbox::open(&spec).unwrap();
    let mut sleep = hostile("sleep");
    sleep.limits.wall = Duration::from_secs(1000);
    sleep.env = vec![("MARK".to_owned(), mark.to_owned())];
    sandbox.run(&sleep, Stdio::null()).unwrap();
}

fn an_owner_can_be_its_own_helper() {
    for level in LEVELS {
        let spec = BoxSpec { helper: Helper::CurrentExe, ..box_spec(level) };
        let mut sandbox = Sandbox::open(&spec).unwrap();
        // A thread may open a box that another one uses after the first has ended.
        let mut sandbox = std::thread::spawn(move || {
            sandbox.run(&hostile("exit 0"), Stdio::null()).unwrap();
            sandbox
        })
        .join()
        .unwrap();
        let ran = run(&mut sandbox, &hostile("exit 5"));
        assert_eq!(ran.outcome.ending, Ending::Exited { code: 5 });
        sandbox.close().unwrap();
    }
}

fn the_host_tells_what_it_can_enforce() {
    let report = sandbox::probe();
    assert_eq!(report.level, Some(Level::Full), "{report:?}");
    assert_ne!(report.cgroup, sandbox::CgroupVersion::None);
    assert!(report.seccomp, "{report:?}");
    let lower = BoxSpec { level: Some(Level::UserNamespace), ..BoxSpec::default() };
    let report = sandbox::probe_with(&lower);
    assert_eq!(report.level, Some(Level::UserNamespace), "{report:?}");
    assert_eq!(report.enforcement.memory, sandbox::Mechanism::Sampled);
    assert!(report.seccomp, "{report:?}");
    let absent = BoxSpec { helper: Helper::At("/no/such/helper".into()), ..BoxSpec::default() };
    let report = sandbox::probe_with(&absent);
    assert_eq!(report.level, None);
    assert_eq!(report.notes.len(), 3, "a reason for each level: {report:?}");
}

/// The same program again as user nobody, from a folder that nobody may read.
fn an_unprivileged_owner_has_a_box() {
    let folder = tempfile::tempdir().unwrap();
    let everyone = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    everyone(folder.path(), 0o755);
    let (own, program) = (folder.path().join("own"), folder.path().join("hostile"));
    fs::copy("/proc/self/exe", &own).unwrap();
    fs::copy(&*HOSTILE, &program).unwrap();
    let input = folder.path().join("input");
    fs::write(&input, "input of the judge\n").unwrap();
    std::os::unix::fs::chown(&input, Some(NOBODY), Some(NOBODY)).unwrap();
    everyone(&own, 0o755);
    everyone(&program, 0o755);
    everyone(&input, 0o600);
    let mut unprivileged = Command::new(&own);
    unprivileged.arg("be-unprivileged").arg(folder.path()).current_dir("/");
    unprivileged.env("TMPDIR", "/dev/shm").uid(NOBODY).gid(NOBODY).stdin(ProcessStdio::null());
    assert!(unprivileged.status().unwrap().success());
    assert_eq!(fs::read_to_string(&input).unwrap(), "input of the judge\n");
    assert_eq!(fs::metadata(&input).unwrap().permissions().mode() & 0o7777, 0o600);
}

fn be_unprivileged(folder: &Path) {
    let mount = sandbox::Mount { source: folder.join("hostile"), target: "/hostile".into() };
    let spec = BoxSpec {
        level: None,
        mounts: vec![mount],
        work_bytes: 16 * MIB,
        work_inodes: 1000,
        temporary_bytes: 16 * MIB,
        helper: Helper::CurrentExe,
    };
    let mut sandbox = Sandbox::open(&spec).unwrap();
    assert_eq!(sandbox.level(), Level::UserNamespace);
    let contained = Ending::Exited { code: 0 };
    for (line, expected) in [
        ("fork-bomb 19", contained.clone()),
        ("heap 40", contained.clone()),
        ("heap 100", Ending::MemoryExceeded),
        ("memory-of-children 8", Ending::MemoryExceeded),
        ("busy 2", Ending::CpuTimeExceeded),
        ("print 1 2000000", Ending::OutputExceeded),
        ("daemon", contained.clone()),
        ("read-host", contained.clone()),
        ("see-processes", contained.clone()),
        ("write-outside", contained.clone()),
        ("stop-parent", contained.clone()),
        ("privileged", contained.clone()),
        ("kill-everyone", contained.clone()),
    ] {
        let ran = run(&mut sandbox, &hostile(line));
        assert_eq!(ran.outcome.ending, expected, "{line}: {ran:?}");
    }
    let input = Input::Path(folder.join("input"));
    let ran = try_run(&mut sandbox, &hostile("alter-input"), input).unwrap();
    assert_eq!(ran.outcome.ending, contained, "{ran:?}");
    sandbox.work().put("file", b"content", false).unwrap();
    assert_eq!(sandbox.work().read("file", 10).unwrap().unwrap(), b"content");
    sandbox.work().clear().unwrap();
    sandbox.close().unwrap();
    let full = Sandbox::open(&BoxSpec { level: Some(Level::Full), ..spec });
    let error = full.unwrap_err().to_string();
    assert!(error.contains("needs root"), "{error}");
}
