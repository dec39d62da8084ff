//! `gavel sandbox run`: what goes into a box and what comes out of it: files, variables, streams.
//!
//! These tests need root and control groups.

use crate::judge::GAVEL;
use crate::sandbox_runs::{run_in, text};
use std::fs;
use std::process::Command;

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
