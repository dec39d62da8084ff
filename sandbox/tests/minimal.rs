//! Level minimal: programs on the host's own file system, as root and as nobody.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use common::*;
use sandbox::{
    BoxSpec, Ending, Helper, Input, Level, Mechanism, Mount, Output, Policy, RunSpec, Sandbox,
    SandboxError, Side, Stdio, WorkAccess, run_joined,
};

const NOBODY: u32 = 65_534;
/// The compiled `programs/on_host.c`.
static ON_HOST: LazyLock<PathBuf> = LazyLock::new(|| compile("on_host"));
const DONE: Ending = Ending::Exited { code: 0 };

/// Where everything lies that the tests need, such that any user can use it.
struct Stand {
    folder: PathBuf,
    landlock: bool,
}

impl Stand {
    const VARIABLE: &str = "GAVEL_TEST_STAND";

    fn furnish() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        let place = |name: &str, from: &Path| {
            let path = folder.path().join(name);
            // By another process: what this one writes to may be open in a child that is being started.
            let copied = Command::new("cp").args([from, &path]).status().unwrap();
            assert!(copied.success());
            fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
        };
        place("test", &std::env::current_exe().unwrap());
        place("helper", Path::new(env!("CARGO_BIN_EXE_gavel-sandbox-helper")));
        place("hostile", &HOSTILE);
        place("on_host", &ON_HOST);
        folder
    }

    /// Where the test that started this one has furnished it.
    fn found() -> Self {
        let landlock = std::env::var("LANDLOCK").unwrap() == "true";
        Self { folder: std::env::var(Self::VARIABLE).unwrap().into(), landlock }
    }

    fn spec(&self) -> BoxSpec {
        BoxSpec {
            level: Some(Level::Minimal),
            mounts: ["hostile", "on_host"].map(|name| Mount::same(self.folder.join(name))).into(),
            work_bytes: 16 * MIB,
            work_inodes: 10_000,
            temporary_bytes: 16 * MIB,
            helper: Helper::At(self.folder.join("helper")),
        }
    }

    fn open(&self) -> Sandbox {
        Sandbox::open(&self.spec()).unwrap()
    }

    /// A run of one of the two programs; `line` is its name and its arguments.
    fn program(&self, line: &str) -> RunSpec {
        let (program, line) = line.split_once(' ').unwrap();
        let mut spec = hostile(line);
        spec.argv[0] = self.folder.join(program).to_str().unwrap().to_owned();
        spec.env.push(("OWNER_ID".to_owned(), nix_uid().to_string()));
        spec
    }

    fn writing(&self, line: &str) -> RunSpec {
        let mut spec = self.program(line);
        spec.work = WorkAccess::Writable;
        spec.policy = Policy::compiler();
        spec
    }
}

fn nix_uid() -> u32 {
    use std::os::unix::fs::MetadataExt;
    fs::metadata("/proc/self").unwrap().uid()
}

#[test]
fn programs_are_held_as_root_with_landlock() {
    hold_elsewhere(None, true);
}

#[test]
fn programs_are_held_as_root_without_landlock() {
    hold_elsewhere(None, false);
}

#[test]
fn programs_are_held_as_nobody_with_landlock() {
    hold_elsewhere(Some(NOBODY), true);
}

#[test]
fn programs_are_held_as_nobody_without_landlock() {
    hold_elsewhere(Some(NOBODY), false);
}

/// Runs the test below in a process of its own.
fn hold_elsewhere(user: Option<u32>, landlock: bool) {
    assert_eq!(nix_uid(), 0, "these tests need root");
    let without = if landlock { vec![] } else { vec![libc::SYS_landlock_create_ruleset] };
    run_elsewhere("programs_are_held_here", user, &without, landlock);
}

/// Runs a test of this file as another user, on a kernel that seems not to have these calls.
fn run_elsewhere(test: &str, user: Option<u32>, without: &[i64], landlock: bool) {
    let folder = Stand::furnish();
    let mut command = Command::new("/usr/bin/env");
    for call in without {
        command.arg(folder.path().join("on_host")).arg("without").arg(call.to_string());
    }
    command.arg(folder.path().join("test"));
    command.args(["--ignored", "--exact", test, "--nocapture"]);
    command.env(Stand::VARIABLE, folder.path()).env("TMPDIR", "/dev/shm").current_dir("/");
    command.env("LANDLOCK", landlock.to_string());
    if let Some(user) = user {
        command.uid(user).gid(user);
    }
    assert!(command.status().unwrap().success());
}

#[test]
#[ignore = "it is started by the tests above it"]
fn programs_are_held_here() {
    hold(&Stand::found());
}

#[test]
fn the_level_is_chosen_only_where_landlock_is_there() {
    let no_namespaces = libc::SYS_unshare;
    for (without, landlock) in
        [(&[no_namespaces][..], true), (&[no_namespaces, libc::SYS_landlock_create_ruleset], false)]
    {
        run_elsewhere("the_level_is_chosen_here", Some(NOBODY), without, landlock);
    }
}

#[test]
#[ignore = "it is started by the test above it"]
fn the_level_is_chosen_here() {
    let stand = Stand::found();
    let spec = BoxSpec { level: None, ..stand.spec() };
    let report = sandbox::probe_with(&spec);
    if stand.landlock {
        assert_eq!(Sandbox::open(&spec).unwrap().level(), Level::Minimal);
        assert_eq!(report.level, Some(Level::Minimal), "{report:?}");
    } else {
        let error = Sandbox::open(&spec).unwrap_err();
        assert!(matches!(error, SandboxError::NoLevel { .. }), "{error}");
        assert!(error.to_string().contains("no Landlock"), "{error}");
        assert_eq!(report.level, None, "{report:?}");
        assert!(report.notes.iter().any(|note| note.contains("no Landlock")), "{report:?}");
        assert_eq!(stand.open().level(), Level::Minimal);
        let report = sandbox::probe_with(&stand.spec());
        assert!(report.notes.iter().any(|note| note.contains("no Landlock")), "{report:?}");
    }
}

type Test = fn(&Stand);

fn hold(stand: &Stand) {
    let tests: [(&str, Test); 17] = [
        ("programs_find_their_folders", programs_find_their_folders),
        ("ends_are_told_as_they_are", ends_are_told_as_they_are),
        ("limits_hold", limits_hold),
        ("the_disk_is_not_filled", the_disk_is_not_filled),
        ("processes_are_ended", processes_are_ended),
        ("nobody_else_is_signalled", nobody_else_is_signalled),
        ("what_is_read_only_stays_as_it_is", what_is_read_only_stays_as_it_is),
        ("forbidden_calls_are_named", forbidden_calls_are_named),
        ("the_work_folder_is_emptied_of_anything", the_work_folder_is_emptied_of_anything),
        ("what_cannot_be_held_is_refused", what_cannot_be_held_is_refused),
        ("inputs_stay_as_they_are", inputs_stay_as_they_are),
        ("a_box_can_be_ended_from_another_thread", a_box_can_be_ended_from_another_thread),
        ("a_killed_box_leaves_nothing", a_killed_box_leaves_nothing),
        ("two_programs_talk", two_programs_talk),
        ("streams_can_be_opened_by_name", streams_can_be_opened_by_name),
        ("files_of_others_are_closed", files_of_others_are_closed),
        ("the_null_device_can_be_written_to", the_null_device_can_be_written_to),
    ];
    for (name, test) in tests {
        println!("user {}, Landlock {}: {name}", nix_uid(), stand.landlock);
        test(stand);
        assert_eq!(box_folders(), Vec::<PathBuf>::new(), "{name}");
    }
}

/// The folders of this process's boxes.
fn box_folders() -> Vec<PathBuf> {
    let prefix = format!("gavel-box-{}-", std::process::id());
    let entries = fs::read_dir(std::env::temp_dir()).unwrap().flatten().map(|entry| entry.path());
    entries
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(&prefix))
        .collect()
}

fn programs_find_their_folders(stand: &Stand) {
    let mut sandbox = stand.open();
    assert_eq!(sandbox.level(), Level::Minimal);
    let (work, temporary) = (sandbox.work_path(), sandbox.temporary_path());
    assert!(work.is_dir() && temporary.is_dir());
    assert_eq!(fs::metadata(&work).unwrap().permissions().mode() & 0o777, 0o700);
    let ran = run(&mut sandbox, &stand.program("on_host tell"));
    assert_eq!(ran.outcome.ending, DONE);
    assert_eq!(ran.stdout, format!("{}\n{}\n", work.display(), temporary.display()));
    sandbox.work().make_dir("below").unwrap();
    let mut below = stand.program("on_host tell");
    below.cwd = "/work/below".into();
    let ran = run(&mut sandbox, &below);
    assert!(ran.stdout.starts_with(&format!("{}/below\n", work.display())), "{ran:?}");
    // What one run leaves in the temporary folder, the next does not find.
    let mut leave = stand.writing("on_host bury 1");
    leave.cwd = temporary.clone();
    assert_eq!(run(&mut sandbox, &leave).outcome.ending, DONE);
    assert_eq!(run(&mut sandbox, &stand.program("on_host tell")).outcome.ending, DONE);
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0);
    sandbox.close().unwrap();
    assert!(!work.exists());
}

fn ends_are_told_as_they_are(stand: &Stand) {
    let mut sandbox = stand.open();
    let mut end = |line: &str| run(&mut sandbox, &stand.program(line)).outcome.ending;
    assert_eq!(end("hostile exit 3"), Ending::Exited { code: 3 });
    assert_eq!(end("hostile segfault"), Ending::Signalled { signal: libc::SIGSEGV });
    assert_eq!(end("on_host abort"), Ending::Signalled { signal: libc::SIGABRT });
    for signal in [1, 2, 3, 6, 9, 13, 14, 15, 24, 31] {
        assert_eq!(end(&format!("hostile die-of {signal}")), Ending::Signalled { signal });
    }
}

fn limits_hold(stand: &Stand) {
    let mut sandbox = stand.open();
    let mut end = |line: &str, change: fn(&mut RunSpec)| {
        let mut spec = stand.program(line);
        change(&mut spec);
        let ran = run(&mut sandbox, &spec);
        (line.to_owned(), ran.outcome.ending, ran.stderr)
    };
    let as_is = |_: &mut RunSpec| {};
    let short_wall = |spec: &mut RunSpec| spec.limits.wall = Duration::from_millis(100);
    use Ending::{CpuTimeExceeded, MemoryExceeded, OutputExceeded, WallTimeExceeded};
    for (line, change, expected) in [
        ("hostile heap 40", as_is as fn(&mut RunSpec), DONE),
        ("hostile heap 100", as_is, MemoryExceeded),
        ("hostile memory-of-children 8", as_is, MemoryExceeded),
        ("hostile busy 1", as_is, CpuTimeExceeded),
        ("hostile busy 4", as_is, CpuTimeExceeded),
        ("hostile busy-children 4", as_is, CpuTimeExceeded),
        ("hostile busy-for-ms 200", as_is, DONE),
        ("hostile sleep", short_wall, WallTimeExceeded),
        ("hostile stop-self", short_wall, WallTimeExceeded),
        ("hostile print 1 1048576", as_is, DONE),
        ("hostile print 1 1048577", as_is, OutputExceeded),
        ("hostile print-unaware", as_is, OutputExceeded),
    ] {
        let (line, ending, stderr) = end(line, change);
        assert_eq!(ending, expected, "{line}: {stderr}");
    }
    for line in ["hostile fork-bomb 19", "hostile thread-bomb 19"] {
        let (line, ending, stderr) = end(line, |spec| spec.limits.processes = 20);
        // Exact with a user of its own. Elsewhere others count too, and `run` asserts that none is left.
        assert!(ending == DONE || nix_uid() != 0, "{line}: {ending} {stderr}");
    }
}

fn the_disk_is_not_filled(stand: &Stand) {
    let mut sandbox = stand.open();
    let work = sandbox.work_path();
    for line in [format!("on_host fill {}", work.display()), "on_host many-files".to_owned()] {
        let mut spec = stand.writing(&line);
        spec.limits.cpu = Duration::from_secs(10);
        let ran = run(&mut sandbox, &spec);
        assert_eq!(ran.outcome.ending, Ending::OutputExceeded, "{line}: {ran:?}");
        sandbox.work().clear().unwrap();
    }
    // However quickly it is done: what one run wrote is not held against the next.
    for (mebibytes, expected) in [(15, DONE), (18, Ending::OutputExceeded)] {
        let once = stand.writing(&format!("on_host write-once {mebibytes}"));
        assert_eq!(run(&mut sandbox, &once).outcome.ending, expected);
        sandbox.work().clear().unwrap();
    }
    // The same of what one run may write in all; what it closes or digs in is hidden.
    for (line, most, expected) in [
        ("on_host write-once 2", 2 * MIB, DONE),
        ("on_host write-once 2", 2 * MIB - 1, Ending::OutputExceeded),
        ("on_host bury 100", 2 * MIB, Ending::OutputExceeded),
    ] {
        let mut spec = stand.writing(line);
        spec.limits.written_bytes = Some(most);
        let ran = run(&mut sandbox, &spec);
        assert_eq!(ran.outcome.ending, expected, "{line}: {ran:?}");
        sandbox.work().clear().unwrap();
    }
    for fill in ["fill", "fill-nameless"] {
        let line = format!("on_host {fill} {}", sandbox.temporary_path().display());
        let mut spec = stand.writing(&line);
        spec.limits.cpu = Duration::from_secs(10);
        let ran = run(&mut sandbox, &spec);
        assert_eq!(ran.outcome.ending, Ending::OutputExceeded, "{line}: {ran:?}");
    }
}

fn processes_are_ended(stand: &Stand) {
    let mut sandbox = stand.open();
    for line in [
        "hostile daemon",
        "hostile stop-parent",
        "hostile kill-everyone",
        "on_host leave-processes",
    ] {
        for _ in 0..5 {
            let mut spec = stand.program(line);
            spec.limits.cpu = Duration::from_secs(5);
            // `run` asserts that nothing is left.
            let ran = run(&mut sandbox, &spec);
            let many = ran.outcome.ending == Ending::Signalled { signal: 9 };
            assert!(ran.outcome.ending == DONE || many, "{line}: {ran:?}");
        }
    }
}

fn nobody_else_is_signalled(stand: &Stand) {
    let mut other = Command::new("/bin/sleep").arg("1000").spawn().unwrap();
    let mut sandbox = stand.open();
    let line = format!("on_host signal-others {} {}", std::process::id(), other.id());
    for policy in [Policy::native(), Policy::vm(), Policy::compiler()] {
        let mut spec = stand.program(&line);
        spec.policy = policy;
        let ran = run(&mut sandbox, &spec);
        assert_eq!(ran.outcome.ending, DONE, "{ran:?}");
    }
    assert!(other.try_wait().unwrap().is_none());
    other.kill().unwrap();
    other.wait().unwrap();
}

fn what_is_read_only_stays_as_it_is(stand: &Stand) {
    let mut sandbox = stand.open();
    sandbox.work().put("file", b"content", false).unwrap();
    let outside = tempfile::NamedTempFile::new().unwrap();
    fs::set_permissions(outside.path(), Permissions::from_mode(0o644)).unwrap();
    let line = format!("on_host change-files file {}", outside.path().display());
    for policy in [Policy::native(), Policy::vm(), Policy::compiler()] {
        let mut spec = stand.program(&line);
        spec.policy = policy;
        let ran = run(&mut sandbox, &spec);
        assert_eq!(ran.outcome.ending, DONE, "{ran:?}");
        assert_eq!(sandbox.work().read("file", 100).unwrap().unwrap(), b"content");
    }
    assert_eq!(sandbox.work().list().unwrap().len(), 1);
}

fn forbidden_calls_are_named(stand: &Stand) {
    let mut sandbox = stand.open();
    let forbidden =
        [("socket", libc::SYS_socket), ("ptrace", libc::SYS_ptrace), ("mount", libc::SYS_mount)];
    for (name, number) in forbidden {
        let ran = run(&mut sandbox, &stand.program(&format!("hostile call {number}")));
        let expected = Ending::ForbiddenSyscall { number, name: name.to_owned() };
        assert_eq!(ran.outcome.ending, expected);
    }
}

fn the_work_folder_is_emptied_of_anything(stand: &Stand) {
    let mut sandbox = stand.open();
    for clear in [true, false] {
        let mut bury = stand.writing("on_host bury 4000");
        bury.limits.cpu = Duration::from_secs(10);
        let ran = run(&mut sandbox, &bury);
        assert!(
            matches!(ran.outcome.ending, Ending::Exited { code: 0 } | Ending::OutputExceeded),
            "{ran:?}"
        );
        if clear {
            sandbox.work().clear().unwrap();
            assert_eq!(sandbox.work().list().unwrap(), []);
        }
    }
    sandbox.close().unwrap();
}

fn what_cannot_be_held_is_refused(stand: &Stand) {
    let mut spec = stand.spec();
    spec.mounts.push(Mount { source: "/usr".into(), target: "/elsewhere".into() });
    let error = Sandbox::open(&spec).unwrap_err();
    assert!(matches!(error, SandboxError::LevelUnavailable { .. }), "{error}");
    assert!(error.to_string().contains("/elsewhere"), "{error}");
    let report = sandbox::probe_with(&stand.spec());
    assert_eq!(report.level, Some(Level::Minimal), "{report:?}");
    assert_eq!(report.enforcement.disk, Mechanism::Sampled);
    let processes = if nix_uid() == 0 { Mechanism::Rlimit } else { Mechanism::Sampled };
    assert_eq!(report.enforcement.processes, processes);
    assert!(report.seccomp && report.namespaces.is_empty(), "{report:?}");
    assert_eq!(report.landlock > 0, stand.landlock, "these tests need Landlock: {report:?}");
}

/// Ends a run of many sleepers in this way, and asserts that none is left once the box is closed.
fn end_of_sleepers(stand: &Stand, end: impl FnOnce(&sandbox::Stopper, u32)) {
    let mut sandbox = stand.open();
    let mut sleep = stand.program("on_host sleep-in-many");
    sleep.limits.wall = Duration::from_secs(1000);
    let mark = format!("{}={}", sleep.env[0].0, sleep.env[0].1);
    let stopper = sandbox.stopper().unwrap();
    std::thread::scope(|scope| {
        let running = scope.spawn(|| sandbox.run(&sleep, Stdio::null()));
        while processes_with(&mark).len() < 6 {
            std::thread::yield_now();
        }
        end(&stopper, parent_of_first(&mark));
        assert!(matches!(running.join().unwrap(), Err(SandboxError::HelperGone)));
    });
    let folder = sandbox.work_path();
    sandbox.close().unwrap();
    assert_eq!(processes_with(&mark), Vec::<u32>::new());
    assert!(!folder.exists());
}

/// The parent of the run's first process: the box's own.
fn parent_of_first(mark: &str) -> u32 {
    let parent = |process: &u32| {
        let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
        status.lines().find_map(|line| line.strip_prefix("PPid:")?.trim().parse().ok())
    };
    let processes = processes_with(mark);
    let outside = processes.iter().filter_map(parent).find(|parent| !processes.contains(parent));
    outside.unwrap()
}

fn a_box_can_be_ended_from_another_thread(stand: &Stand) {
    end_of_sleepers(stand, |stopper, _| stopper.stop());
}

fn a_killed_box_leaves_nothing(stand: &Stand) {
    end_of_sleepers(stand, |_, keeper| {
        assert!(
            Command::new("/bin/kill").args(["-9", &keeper.to_string()]).status().unwrap().success()
        );
    });
}

fn two_programs_talk(stand: &Stand) {
    let mut spec = stand.spec();
    spec.mounts.extend(["/bin", "/lib", "/lib64", "/usr"].map(Mount::same));
    let [mut asker, mut answerer] = [0, 1].map(|_| Sandbox::open(&spec).unwrap());
    let shell = |script: &str| RunSpec::new(["/bin/sh", "-c", script], limits(), Policy::native());
    let (one, other) =
        (shell("echo 41; read x; exit $x"), shell("read x; echo $((x + 1)); read y"));
    let joined = run_joined([
        Side { sandbox: &mut asker, run: &one, stderr: Output::Null },
        Side { sandbox: &mut answerer, run: &other, stderr: Output::Null },
    ]);
    let joined = joined.unwrap();
    let codes = [42, 1].map(|code| Ending::Exited { code });
    assert_eq!(joined.outcomes.map(|outcome| outcome.ending), codes);
    assert_eq!(joined.first, 0);
}

fn files_of_others_are_closed(stand: &Stand) {
    let other = stand.open();
    other.work().put("file", b"content", false).unwrap();
    let closed = tempfile::tempdir().unwrap();
    fs::set_permissions(closed.path(), Permissions::from_mode(0o700)).unwrap();
    let file = closed.path().join("file");
    fs::write(&file, "secret").unwrap();
    fs::set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
    let open = [
        "/etc/passwd".to_owned(),
        "/etc".to_owned(),
        "/proc".to_owned(),
        "/proc/1/cmdline".to_owned(),
        format!("/proc/{}/cmdline", std::process::id()),
    ];
    let own = [file, other.work_path().join("file"), other.work_path(), closed.path().to_owned()];
    let own = own.map(|path| path.to_string_lossy().into_owned());
    // Without Landlock, what keeps programs out is that their user is not this one.
    let paths = match (stand.landlock, nix_uid()) {
        (true, _) => [&own[..], &open[..]].concat(),
        (false, 0) => own.to_vec(),
        (false, _) => Vec::new(),
    };
    let mut sandbox = stand.open();
    for policy in [Policy::native(), Policy::vm(), Policy::compiler()] {
        let mut spec = stand.program(&format!("on_host read-files {}", paths.join(" ")));
        spec.policy = policy;
        let ran = run(&mut sandbox, &spec);
        assert_eq!(ran.outcome.ending, DONE, "{ran:?}");
    }
}

fn the_null_device_can_be_written_to(stand: &Stand) {
    let mut sandbox = stand.open();
    let mut spec = stand.program("on_host use-null");
    assert_eq!(run(&mut sandbox, &spec).outcome.ending, DONE);
    spec.work = WorkAccess::Writable;
    assert_eq!(run(&mut sandbox, &spec).outcome.ending, DONE);
}

fn streams_can_be_opened_by_name(stand: &Stand) {
    let mut spec = stand.spec();
    spec.mounts.extend(["/bin", "/lib", "/lib64", "/usr"].map(Mount::same));
    let mut sandbox = Sandbox::open(&spec).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    let input = folder.path().join("input");
    fs::write(&input, "input\n").unwrap();
    let script = "cat /dev/stdin; cat /proc/self/fd/0";
    let mut cat = RunSpec::new(["/bin/sh", "-c", script], limits(), Policy::native());
    for mode in [0o644, 0o666] {
        fs::set_permissions(&input, Permissions::from_mode(mode)).unwrap();
        for policy in [Policy::native(), Policy::vm(), Policy::compiler()] {
            cat.policy = policy;
            let ran = try_run(&mut sandbox, &cat, Input::Path(input.clone())).unwrap();
            assert_eq!(ran.stdout, "input\ninput\n", "{ran:?}");
        }
    }
}

fn inputs_stay_as_they_are(stand: &Stand) {
    let input = tempfile::NamedTempFile::new().unwrap();
    fs::write(input.path(), "input of the judge\n").unwrap();
    let mut sandbox = stand.open();
    let alter = stand.program("hostile alter-input");
    let ran = try_run(&mut sandbox, &alter, Input::Path(input.path().to_owned())).unwrap();
    assert_eq!(ran.outcome.ending, DONE, "{ran:?}");
    assert_eq!(fs::read_to_string(input.path()).unwrap(), "input of the judge\n");
}
