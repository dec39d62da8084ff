//! `gavel sandbox run` with options: endings, exit codes, results.
//!
//! These tests need root and control groups.

use crate::judge::GAVEL;
use serde_json::Value;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

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

pub(crate) fn run(arguments: &[&str]) -> Output {
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

pub(crate) fn result(arguments: &[&str]) -> (Option<i32>, Value) {
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
