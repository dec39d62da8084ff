//! `gavel verify`, from the outside.

use crate::judge::{GAVEL, copy_of_gavel, example, hello};
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

/// Two groups of two test cases each; one submission gets only the first.
fn scoring_package(folder: &Path) -> std::path::PathBuf {
    let package = folder.join("echo");
    let write = |name: &str, text: &str| {
        let path = package.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "problem.yaml",
        "problem_format_version: 2025-09\nname: Echo\nuuid: 1\ntype: scoring\nlimits: {time_limit: 2}\n",
    );
    write("statement/problem.en.md", "Say it again.\n");
    for (group, most) in [("small", 30), ("large", 70)] {
        write(&format!("data/secret/{group}/test_group.yaml"), &format!("max_score: {most}\n"));
        for number in [1, 2] {
            let text = if group == "small" { number } else { number * 1_000 };
            write(&format!("data/secret/{group}/{number}.in"), &format!("{text}\n"));
            write(&format!("data/secret/{group}/{number}.ans"), &format!("{text}\n"));
        }
    }
    write("data/invalid_input/letters.in", "abc\n");
    write("input_validators/number.ctd", "INT(1,1000)\nNEWLINE\nEOF\n");
    write("submissions/accepted/echo.py", "print(input())\n");
    write("submissions/mixed/short.py", "print(input()[0])\n");
    write(
        "submissions/submissions.yaml",
        "mixed/short.py:\n  score: 30\n  secret/small: {permitted: [AC]}\n  secret/large: {required: [WA]}\n",
    );
    package
}

#[test]
fn validators_scores_and_groups_are_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let package = scoring_package(folder.path());
    let junit = folder.path().join("report.xml");
    let options = ["--json", "--fresh", "--junit", junit.to_str().unwrap()];
    let output = verify(&package, &options);
    let report = json(&output);
    assert_eq!(output.status.code(), Some(1), "{report:#}");
    let asked = &report["validators"];
    assert_eq!(asked[0]["question"], "accepts the inputs");
    assert_eq!(asked[0]["failures"].as_array().unwrap().len(), 1, "2000 is too much: {asked}");
    assert_eq!(asked[1]["failures"], serde_json::json!([]), "letters are refused");
    let rows = &report["rows"];
    assert_eq!((&rows[0]["verdict"], &rows[0]["score"]), (&"AC".into(), &100.0.into()));
    assert_eq!((&rows[1]["score"], &rows[1]["mismatch"]), (&30.0.into(), &false.into()));
    let xml = fs::read_to_string(&junit).unwrap();
    assert!(xml.contains(r#"failures="1""#) && xml.contains("mixed/short.py"), "{xml}");
}

#[test]
fn what_is_unchanged_is_not_judged_again() {
    let folder = tempfile::tempdir().unwrap();
    let package = scoring_package(folder.path());
    let cache = folder.path().join("cache");
    let kept = || fs::read_dir(cache.join("results")).unwrap().count();
    let verify = |options: &[&str]| {
        let all = [&["--json", "--cache", cache.to_str().unwrap()], options].concat();
        json(&verify(&package, &all))["rows"].clone()
    };
    let first = verify(&[]);
    assert_eq!(kept(), 2);
    assert_eq!(verify(&[]), first, "times and all");
    fs::write(package.join("statement/problem.en.md"), "Say it once more.\n").unwrap();
    assert_eq!(verify(&[]), first, "a statement is nothing to judging");
    assert_eq!(kept(), 2);
    fs::write(package.join("submissions/accepted/echo.py"), "print(input().strip())\n").unwrap();
    verify(&[]);
    assert_eq!(kept(), 3, "the one that changed");
    fs::write(package.join("data/secret/small/1.in"), "3\n").unwrap();
    verify(&[]);
    assert_eq!(kept(), 5, "other test data, other results");
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
    let gavel = copy_of_gavel(folder.path());
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
