//! `gavel verify`, from the outside.

use crate::judge::{GAVEL, example, hello};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

fn verify(package: &Path, options: &[&str]) -> Output {
    Command::new(GAVEL).arg("verify").arg(package).args(options).output().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("{error}: {}", String::from_utf8_lossy(&output.stderr));
    })
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[test]
fn a_package_that_agrees_with_its_jury_passes() {
    let output = verify(&example("hello"), &[]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}");
    assert!(text.contains("accepted/hello.py"), "{text}");
    assert!(text.contains("submissions got what the jury means"), "{text}");
    assert!(!text.contains('\x1b'), "no colours where there is no terminal");
}

#[test]
fn a_submission_that_the_jury_meant_otherwise_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let package = folder.path().join("hello");
    copy(&example("hello"), &package);
    let wrong = package.join("submissions/wrong_answer/right.py");
    fs::write(&wrong, hello()).unwrap();
    let output = verify(&package, &["--only", "right.py", "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let row = &json(&output)["rows"][0];
    assert_eq!(row["submission"], "wrong_answer/right.py");
    assert_eq!((&row["verdict"], &row["mismatch"]), (&"AC".into(), &true.into()));
}

#[test]
fn nothing_to_judge_is_no_agreement() {
    let output = verify(&example("hello"), &["--only", "no such name"]);
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("no submission to judge"), "{said}");
}

#[test]
fn every_fault_of_a_broken_package_is_listed() {
    let folder = tempfile::tempdir().unwrap();
    let package = folder.path().join("hello");
    copy(&example("hello"), &package);
    fs::write(package.join("problem.yaml"), "name: Hello\nlimits:\n  memory: much\n").unwrap();
    let secret = package.join("data/secret");
    let answer = fs::read_dir(&secret)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.extension().is_some_and(|extension| extension == "ans"))
        .unwrap();
    fs::remove_file(answer).unwrap();
    let output = verify(&package, &[]);
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("problem.yaml:3: limits.memory"), "{said}");
    assert!(said.contains("data/secret"), "{said}");
}

/// The same verdicts where nobody has any privilege: as user `nobody`, without control groups.
#[test]
fn without_root_the_verdicts_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    // The build folder may be closed to others.
    let gavel = folder.path().join("gavel");
    fs::copy(GAVEL, &gavel).unwrap();
    let package = folder.path().join("hello");
    copy(&example("hello"), &package);
    let is_root = fs::metadata("/proc/self").unwrap().permissions().mode() != 0
        && Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    let mut command = if is_root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--"]).arg(&gavel);
        command
    } else {
        Command::new(&gavel)
    };
    let output = command
        .arg("verify")
        .arg(&package)
        .args(["--sandbox-level", "user-namespace", "--json"])
        // Toolchains below root's home are closed to others.
        .args(["--only", ".c", "--only", ".py", "--only", ".js"])
        .env("TMPDIR", folder.path())
        .env("HOME", folder.path())
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .current_dir(folder.path())
        .output()
        .unwrap();
    let report = json(&output);
    assert_eq!(output.status.code(), Some(0), "{report:#}");
    assert!(report["rows"].as_array().unwrap().len() >= 5, "{report:#}");
}
