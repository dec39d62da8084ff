//! `gavel problem`, from the outside.

use crate::judge::{GAVEL, example};
use serde_json::Value;
use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

fn gavel(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(GAVEL).args(arguments).current_dir(folder).output().unwrap()
}

fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = gavel(folder, arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// The rows of a report, as submission, verdict and score.
fn verified(folder: &Path, package: &str) -> Vec<(String, String, Value)> {
    let report = done(folder, &["verify", package, "--fresh", "--json"]);
    let report: Value = serde_json::from_str(&report).unwrap();
    let rows = report["rows"].as_array().unwrap().iter();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    rows.map(|row| (text(&row["submission"]), text(&row["verdict"]), row["score"].clone()))
        .collect()
}

#[test]
fn a_new_package_of_each_type_is_whole() {
    let place = tempfile::tempdir().unwrap();
    for (kind, count) in [("pass-fail", 2), ("scoring", 2), ("interactive", 3)] {
        let name = kind.replace('-', "");
        let said = done(place.path(), &["problem", "new", &name, "--type", kind]);
        assert!(said.contains("gavel verify"), "{said}");
        assert_eq!(verified(place.path(), &name).len(), count);
    }
    let again = gavel(place.path(), &["problem", "new", "scoring"]);
    assert_eq!(again.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&again.stderr).contains("is there already"));
    assert_eq!(gavel(place.path(), &["problem", "new", "../Up_Here"]).status.code(), Some(3));
}

#[test]
fn a_package_is_packed_the_same_each_time() {
    let place = tempfile::tempdir().unwrap();
    let hello = example("hello");
    let pack = |zip: &str| done(place.path(), &["problem", "pack", hello.to_str().unwrap(), zip]);
    pack("one.zip");
    pack("two.zip");
    let bytes = |zip: &str| fs::read(place.path().join(zip)).unwrap();
    assert_eq!(bytes("one.zip"), bytes("two.zip"));
    let taken = gavel(place.path(), &["problem", "pack", hello.to_str().unwrap(), "one.zip"]);
    assert_eq!(taken.status.code(), Some(3));
    fs::write(place.path().join("problem.yaml"), "name: [\n").unwrap();
    let broken = gavel(place.path(), &["problem", "pack", ".", "broken.zip"]);
    assert_eq!(broken.status.code(), Some(3));
    assert!(!place.path().join("broken.zip").exists());
}

#[test]
fn a_converted_package_judges_as_before() {
    let place = tempfile::tempdir().unwrap();
    let parking = example("parking");
    done(place.path(), &["problem", "convert", parking.to_str().unwrap(), "new"]);
    done(place.path(), &["problem", "convert", parking.to_str().unwrap(), "new.zip"]);
    let yaml = fs::read_to_string(place.path().join("new/problem.yaml")).unwrap();
    assert!(yaml.contains("2025-09"), "{yaml}");
    let before = verified(place.path(), parking.to_str().unwrap());
    assert_eq!(verified(place.path(), "new"), before);
    assert_eq!(verified(place.path(), "new.zip"), before);
}

#[test]
fn a_folder_of_inputs_and_answers_becomes_a_package() {
    let place = tempfile::tempdir().unwrap();
    let plain = place.path().join("plain");
    fs::create_dir(&plain).unwrap();
    for (name, content) in [("1.in", "1\n"), ("1.out", "1\n"), ("2.in", "2\n"), ("2.out", "2\n")] {
        fs::write(plain.join(name), content).unwrap();
    }
    let report = done(place.path(), &["problem", "convert", "plain", "made", "--json"]);
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["packages"].as_array().unwrap().len(), 1);
    let submissions = place.path().join("made/submissions/accepted");
    fs::create_dir_all(&submissions).unwrap();
    fs::write(submissions.join("echo.py"), "print(input())\n").unwrap();
    assert_eq!(verified(place.path(), "made")[0].1, "AC");
}
