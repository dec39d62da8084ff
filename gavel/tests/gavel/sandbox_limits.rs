//! `gavel sandbox run`: limits and policies, and what they are measured by.
//!
//! These tests need root and control groups.

use crate::judge::copy_of_gavel;
use crate::sandbox_runs::{results, run, run_in, text};
use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;
use std::fs;
use std::process::Command;

#[test]
fn limits_and_policy_reach_the_program() {
    let shell = |options: &[&str], script: &str| {
        let arguments =
            [options, &["--json", "--work-writable", "--", "sh", "-c", script]].concat();
        let output = run(&arguments);
        let result = results(&output).remove(0);
        (text(&output.stderr), result)
    };
    let (said, result) = shell(
        &[
            "--time",
            "1.5",
            "--wall",
            "2m",
            "--memory",
            "64M",
            "--processes",
            "9",
            "--output",
            "1K",
            "--file-size",
            "2K",
            "--open-files",
            "33",
            "--stack",
            "1M",
            "--level",
            "user-namespace",
        ],
        "ulimit -n; ulimit -s; head -c 3000 /dev/zero > big || echo refused",
    );
    // Its two streams come through pipes of their own, so that which is read first is not said.
    assert!(said.contains("33\n1024\n") && said.contains("refused"), "{said}");
    let expected = serde_json::json!({
        "cpu_us": 1_500_000, "wall_us": 120_000_000, "memory_bytes": 64 << 20, "processes": 9,
        "output_bytes": 1024, "file_bytes": 2048, "open_files": 33, "stack_bytes": 1 << 20,
    });
    assert_eq!(result["limits"], expected);
    assert_eq!((&result["level"], &result["cgroup"]), (&"user-namespace".into(), &"none".into()));
    let (said, _) = shell(&["--work-size", "64K"], "head -c 100000 /dev/zero > big");
    assert!(said.contains("No space"), "{said}");
    let (said, _) = shell(&["--temporary-size", "64K"], "head -c 100000 /dev/zero > /tmp/big");
    assert!(said.contains("No space"), "{said}");
    let (_, result) = shell(&["--processes", "1"], "sleep 0; true");
    assert_ne!(result["exit_code"], 0, "{result}");
    let (_, result) = shell(&["--processes", "2"], "sleep 0; true");
    assert_eq!(result["exit_code"], 0, "{result}");
}

/// Keeps this thread and what it starts to one processor, as a scaler keeps its functions: each processor counts a
/// process's pages for itself, 32 at a time, so that of one that has moved as many may not be counted.
fn stay_on_one_processor() {
    let this = Pid::from_raw(0);
    let allowed = sched_getaffinity(this).unwrap();
    let first = (0..CpuSet::count()).find(|number| allowed.is_set(*number).unwrap()).unwrap();
    let mut one = CpuSet::new();
    one.set(first).unwrap();
    sched_setaffinity(this, &one).unwrap();
}

/// The judge's own executable is large, and every program begins as a copy of it.
#[test]
fn a_small_program_reads_as_small_as_it_is() {
    stay_on_one_processor();
    const TOUCH: &str = "#include <stdlib.h>
        #include <sys/mman.h>
        int main(int count, char **words) {
            size_t bytes = atol(words[1]) << 20;
            char *memory = mmap(0, bytes, PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            for (size_t at = 0; at < bytes; at += 4096) memory[at] = 1;
        }";
    const MIB: u64 = 1 << 20;
    // What a processor has counted and the kernel has not added up yet, since Linux 6.2: at most 32 pages.
    const NOT_ADDED_UP: u64 = 32 * 4096;
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("touch.c"), TOUCH).unwrap();
    let mut gcc = Command::new("gcc");
    gcc.args(["-O1", "-static", "-o", "touch", "touch.c"]).current_dir(folder.path());
    assert!(gcc.status().unwrap().success());
    for level in ["full", "user-namespace"] {
        let read = |mebibytes: u64| {
            let size = mebibytes.to_string();
            let options = ["--json", "--level", level, "--put", "touch", "--", "./touch", &size];
            let output = run_in(folder.path(), &options, b"");
            results(&output)[0]["peak_memory_bytes"].as_u64().unwrap()
        };
        let runtime = read(16) - 16 * MIB;
        for mebibytes in [1, 2, 4, 8] {
            let (expected, peak) = (mebibytes * MIB + runtime, read(mebibytes));
            let off = peak.abs_diff(expected);
            let most = expected / 20 + NOT_ADDED_UP;
            assert!(off <= most, "{level}: {mebibytes} MiB: {peak} instead of {expected}");
        }
    }
}

#[test]
fn what_the_host_cannot_enforce_is_a_failure_of_the_sandbox() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .unwrap();
    let gavel = copy_of_gavel(folder.path());
    let unprivileged = |arguments: &[&str]| {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]).arg(&gavel);
        command.args(["sandbox", "run"]).args(arguments).current_dir("/").output().unwrap()
    };
    let output = unprivileged(&["--level", "full", "--", "true"]);
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let said = text(&output.stderr);
    assert!(said.contains("cannot open a box at level full: it needs root"), "{said}");
    let output = unprivileged(&["--", "echo", "hi"]);
    assert_eq!(
        (output.status.code(), text(&output.stdout)),
        (Some(0), "hi\n".to_owned()),
        "{output:?}"
    );
}
