//! `gavel sandbox run` with options: endings, exit codes, streams, files, signals.
//!
//! These tests need root and control groups.

use crate::judge::{GAVEL, PATIENCE};
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Instant;

/// Runs `gavel sandbox run` in a folder, with an input.
pub(crate) fn run_in(folder: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut process = Command::new(GAVEL)
        .args(["sandbox", "run"])
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = process.stdin.take().unwrap();
    let input = input.to_vec();
    // A program may end before it has read everything.
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = process.wait_with_output().unwrap();
    let _ = writer.join().unwrap();
    output
}

fn run(arguments: &[&str]) -> Output {
    run_in(Path::new("/"), arguments, b"")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The results on standard output, one a line.
pub(crate) fn results(output: &Output) -> Vec<Value> {
    let lines = text(&output.stdout);
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn result(arguments: &[&str]) -> (Option<i32>, Value) {
    let output = run(&[&["--json"], arguments].concat());
    let mut results = results(&output);
    assert_eq!(results.len(), 1, "{output:?}");
    (output.status.code(), results.remove(0))
}

#[test]
fn a_program_runs_without_any_option() {
    let output = run(&["--", "/bin/echo", "hi"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(text(&output.stdout), "hi\n");
    let summary = text(&output.stderr);
    assert!(summary.starts_with("exit code 0  CPU 0.0"), "{summary}");
    assert!(summary.trim_end().ends_with("level full"), "{summary}");
    assert!(!summary.contains('\x1b'), "no colours where there is no terminal");
}

/// Every ending, with its keys and its exit code.
#[test]
fn each_ending_has_its_word_and_its_exit_code() {
    let endings: [(&[&str], i32, &str, &str, Value); 8] = [
        (&["--", "true"], 0, "exited", "exit_code", 0.into()),
        (&["--", "sh", "-c", "exit 7"], 1, "exited", "exit_code", 7.into()),
        (&["--", "sh", "-c", "kill -SEGV $$"], 1, "signalled", "signal", 11.into()),
        (
            &["--time", "100ms", "--", "sh", "-c", "while :; do :; done"],
            1,
            "cpu-time-exceeded",
            "exit_code",
            Value::Null,
        ),
        (
            &["--wall", "100ms", "--", "sleep", "60"],
            1,
            "wall-time-exceeded",
            "exit_code",
            Value::Null,
        ),
        (
            &["--memory", "20M", "--policy", "vm", "--", "python3", "-c", "x = bytearray(10**9)"],
            1,
            "memory-exceeded",
            "signal",
            Value::Null,
        ),
        (&["--output", "1K", "--", "yes"], 1, "output-exceeded", "signal", Value::Null),
        (
            &["--", "python3", "-c", "import socket; socket.socket()"],
            1,
            "forbidden-syscall",
            "syscall",
            "socket".into(),
        ),
    ];
    for (arguments, code, ending, key, value) in endings {
        let (exit_code, result) = result(arguments);
        assert_eq!(exit_code, Some(code), "{arguments:?}: {result}");
        assert_eq!(result["ending"], ending, "{arguments:?}: {result}");
        assert_eq!(
            result.get(key).cloned().unwrap_or(Value::Null),
            value,
            "{arguments:?}: {result}"
        );
    }
}

#[test]
fn what_cannot_be_run_is_usage_and_no_failure_of_the_program() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("policy.toml"), "extends = \"native\"\nkill = [\"opne\"]")
        .unwrap();
    fs::create_dir(folder.path().join("folder")).unwrap();
    let bad: [(&[&str], &str); 25] = [
        (&[], "<PROGRAM>"),
        (&["true"], "unexpected argument 'true'"),
        (&["--tmie", "1", "--", "true"], "unexpected argument '--tmie'"),
        (&["--time", "soon", "--", "true"], "not a time"),
        (
            &["--time", "0", "--", "true"],
            "limits.cpu_us: invalid value: integer `0`, expected a whole number from 1000",
        ),
        (&["--wall", "1us", "--", "true"], "limits.wall_us"),
        (&["--memory", "64MB", "--", "true"], "not a size"),
        (&["--memory", "1K", "--", "true"], "expected a whole number from 1048576"),
        (&["--processes", "0", "--", "true"], "limits.processes"),
        (&["--open-files", "1", "--", "true"], "limits.open_files"),
        (&["--stack", "1", "--", "true"], "limits.stack_bytes"),
        (&["--work-size", "1", "--", "true"], "work_bytes"),
        (&["--repeat", "0", "--", "true"], "--repeat"),
        (&["--level", "best", "--", "true"], "[possible values: full, user-namespace, minimal]"),
        (&["--policy", "no.toml", "--", "true"], "read the policy no.toml: No such file"),
        (
            &["--policy", "policy.toml", "--", "true"],
            "policy.toml, field kill: no such system call: \"opne\"",
        ),
        (
            &["--mount", "/no/such/folder", "--", "true"],
            "look at the source of a mount, /no/such/folder",
        ),
        (
            &["--mount", "/etc/hosts:/tmp/hosts", "--", "true"],
            "nothing can be seen at /tmp/hosts: the box has a /tmp of its own",
        ),
        (&["--mount", "/etc/hosts:/", "--", "true"], "mounts[0].target"),
        (&["--env", "NO_SUCH_VARIABLE", "--", "true"], "--env NO_SUCH_VARIABLE"),
        (&["--put", "no.such", "--", "true"], "put no.such into the box: No such file"),
        (&["--put", "folder", "--", "true"], "put folder into the box: not a regular file"),
        (&["--put", "policy.toml:../x", "--", "true"], "expected a plain relative path"),
        (&["--stdin", "no.such", "--", "true"], "no.such"),
        (&["--", "/no/such/program"], "execute /no/such/program in the box: No such file"),
    ];
    for (arguments, expected) in bad {
        let output = run_in(folder.path(), arguments, b"");
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains(expected), "{arguments:?}\n  says {said}\n  and not {expected}");
    }
}

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
    assert!(said.starts_with("33\n1024\n") && said.contains("refused"), "{said}");
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

#[test]
fn the_program_finds_what_it_was_given() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("data"), "one").unwrap();
    fs::write(path("tool"), "#!/bin/sh\necho tool $0\n").unwrap();
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(path("tool"), executable).unwrap();
    fs::write(path("own.toml"), "extends = \"native\"\nrefuse.EPERM = [\"mkdir\", \"mkdirat\"]")
        .unwrap();
    let shell = |options: &[&str], script: &str| {
        let output = run_in(folder.path(), &[options, &["--", "sh", "-c", script]].concat(), b"");
        text(&output.stdout)
    };
    let source = "/etc/ld.so.conf";
    let content = fs::read_to_string(source).unwrap();
    assert_eq!(shell(&["--mount", source], "cat /etc/ld.so.conf"), content);
    assert_eq!(shell(&["--mount", "data:/in/data"], "cat /in/data"), "one");
    assert_eq!(
        shell(&["--put", "data", "--put", "tool:bin/tool"], "cat data; bin/tool"),
        "onetool bin/tool\n"
    );
    assert_eq!(shell(&["--cwd", "/tmp"], "pwd"), "/tmp\n");
    assert_eq!(shell(&[], "pwd; touch x 2>&1 | grep -c Read-only"), "/work\n1\n");
    assert_eq!(shell(&["--work-writable"], "touch x && ls"), "x\n");
    assert_eq!(
        shell(&["--env", "A=b c", "--env", "PATH=/bin"], "env | grep -v PWD | sort"),
        "A=b c\nPATH=/bin\n"
    );
    assert_eq!(shell(&[], "env | grep -v PWD"), "PATH=/usr/local/bin:/usr/bin:/bin\n");
    assert_eq!(
        shell(&["--work-writable", "--policy", "own.toml"], "mkdir x 2>/dev/null || echo no"),
        "no\n"
    );
    let bare = run_in(folder.path(), &["--no-system", "--", "/bin/true"], b"");
    assert_eq!(bare.status.code(), Some(2));
    let inherited = Command::new(GAVEL)
        .args(["sandbox", "run", "--env", "GIVEN", "--", "sh", "-c", "echo $GIVEN"])
        .env("GIVEN", "by the caller")
        .output()
        .unwrap();
    assert_eq!(text(&inherited.stdout), "by the caller\n");
}

/// The judge's own executable is large, and every program begins as a copy of it.
#[test]
fn a_small_program_reads_as_small_as_it_is() {
    const TOUCH: &str = "#include <stdlib.h>
        #include <sys/mman.h>
        int main(int count, char **words) {
            size_t bytes = atol(words[1]) << 20;
            char *memory = mmap(0, bytes, PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            for (size_t at = 0; at < bytes; at += 4096) memory[at] = 1;
        }";
    const MIB: u64 = 1 << 20;
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
            assert!(off <= expected / 20, "{level}: {mebibytes} MiB: {peak} instead of {expected}");
        }
    }
}

#[test]
fn files_come_out_of_the_box() {
    let folder = tempfile::tempdir().unwrap();
    let get = |script: &str| {
        let options = ["--work-writable", "--get", "made", "--get", "made:copy"];
        run_in(folder.path(), &[&options[..], &["--", "sh", "-c", script]].concat(), b"")
    };
    assert_eq!(get("echo content > made; chmod +x made").status.code(), Some(0));
    assert_eq!(fs::read_to_string(folder.path().join("copy")).unwrap(), "content\n");
    let mode = |name: &str| {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777
    };
    assert_eq!(mode("made"), 0o755);
    let output = get("ln -s /etc/passwd made");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("no such file in /work"), "{output:?}");
    assert_eq!(fs::read_to_string(folder.path().join("made")).unwrap(), "content\n");
    let output = get("echo new > made; false");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(fs::read_to_string(folder.path().join("made")).unwrap(), "content\n");
}

#[test]
fn streams_pass_through_and_go_to_files() {
    let folder = tempfile::tempdir().unwrap();
    // More than any pipe holds at once.
    let much = b"0123456789abcde\n".repeat(40_000);
    let output = run_in(folder.path(), &["--", "cat"], &much);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert!(output.stdout == much, "{} bytes", output.stdout.len());
    // A program that does not read, and one that is read from until it is cut off.
    assert_eq!(run_in(folder.path(), &["--", "true"], &much).status.code(), Some(0));
    let cut = run_in(folder.path(), &["--output", "1K", "--", "cat"], &much);
    assert_eq!((cut.status.code(), cut.stdout.len()), (Some(1), 1024));
    let script = "cat; echo message >&2";
    let files = ["--stdin", "in", "--stdout", "out", "--stderr", "err", "--", "sh", "-c", script];
    fs::write(folder.path().join("in"), "from a file").unwrap();
    fs::write(folder.path().join("out"), "something longer that was there before").unwrap();
    let output = run_in(folder.path(), &files, b"not read");
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), String::new()));
    assert_eq!(fs::read_to_string(folder.path().join("out")).unwrap(), "from a file");
    assert_eq!(fs::read_to_string(folder.path().join("err")).unwrap(), "message\n");
    let nothing = ["--stdin", "/dev/null", "--stdout", "/dev/null", "--", "sh", "-c", script];
    let output = run_in(folder.path(), &nothing, b"not read");
    assert!(output.stdout.is_empty() && text(&output.stderr).starts_with("message\n"));
    // A pipe is no file to write over.
    let pipe = run_in(folder.path(), &["--stdout", "/dev/stderr", "--", "true"], b"");
    assert_eq!(pipe.status.code(), Some(2), "{pipe:?}");
    let limited = ["--output", "1K", "--file-size", "1K", "--stdout", "out", "--", "yes"];
    assert_eq!(run_in(folder.path(), &limited, b"").status.code(), Some(1));
    assert!(fs::metadata(folder.path().join("out")).unwrap().len() <= 1025);
}

#[test]
fn json_has_standard_output_for_itself() {
    let output = run(&["--json", "--", "sh", "-c", "echo out; echo err >&2"]);
    assert_eq!(results(&output).len(), 1);
    let said = text(&output.stderr);
    assert!(said.contains("out\n") && said.contains("err\n"), "{said}");
    let failed = run(&["--json", "--", "/no/such/program"]);
    assert_eq!(failed.status.code(), Some(2));
    let error = &results(&failed)[0]["error"];
    assert!(error.as_str().unwrap().contains("/no/such/program"), "{error}");
}

#[test]
fn a_run_is_repeated_whether_it_fails_or_not() {
    let script = "test -e seen && exit 1; touch seen";
    let output = run(&["--json", "--work-writable", "--repeat", "3", "--", "sh", "-c", script]);
    let codes: Vec<_> = results(&output).iter().map(|result| result["exit_code"].clone()).collect();
    assert_eq!(codes, [0, 1, 1]);
    assert_eq!(output.status.code(), Some(1));
}

#[test]
fn what_the_host_cannot_enforce_is_a_failure_of_the_sandbox() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .unwrap();
    // The build folder may be closed to others.
    let gavel = folder.path().join("gavel");
    fs::copy(GAVEL, &gavel).unwrap();
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

/// Control groups that a process made for its boxes.
fn groups_of(owner: u32) -> Vec<String> {
    let script = format!("find /sys/fs/cgroup -type d -name 'gavel-box-{owner}-*'");
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    text(&output.stdout).lines().map(str::to_owned).collect()
}

fn processes_with(variable: &str) -> usize {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let has = |folder: std::path::PathBuf| {
        let environment = fs::read(folder.join("environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|found| found == variable.as_bytes())
    };
    entries.filter(|entry| has(entry.path())).count()
}

#[test]
fn a_signal_ends_the_program_and_leaves_nothing() {
    let cases = [("INT", 130), ("TERM", 143), ("HUP", 129)];
    for (level, (signal, code)) in ["full", "user-namespace", "minimal"]
        .into_iter()
        .flat_map(|level| cases.map(|case| (level, case)))
    {
        let mark = format!("MARK=interrupted-{}-{level}-{signal}", std::process::id());
        let mut process = Command::new(GAVEL)
            .args(["sandbox", "run", "--level", level, "--wall", "10m", "--env", &mark])
            .args([
                "--",
                "sh",
                "-c",
                "trap '' INT TERM HUP; echo ready; sleep 600 & sleep 600; sleep 600",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n", "{level} {signal}");
        assert!(processes_with(&mark) >= 1);
        // Ctrl-C reaches every process of the group, the other signals one.
        let to =
            if signal == "INT" { format!("-{}", process.id()) } else { process.id().to_string() };
        let sent = Command::new("kill").args(["-s", signal, "--", &to]).status().unwrap();
        assert!(sent.success());
        let status = process.wait().unwrap();
        assert_eq!(status.code(), Some(code), "{level} {signal}");
        let began = Instant::now();
        // At level minimal, processes are reaped by whoever inherits them.
        while processes_with(&mark) > 0 {
            assert!(began.elapsed() < PATIENCE, "{level} {signal}: processes are left");
        }
        assert_eq!(groups_of(process.id()), Vec::<String>::new(), "{level} {signal}");
    }
}
