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

/// A package of Polygon whose checker is content with any number as large as the answer.
fn polygon(folder: &Path) {
    let write = |name: &str, text: &str| {
        let path = folder.join("polygon").join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write(
        "problem.xml",
        r#"<problem short-name="large"><names><name language="english" value="Large"/></names>
        <statements><statement language="english" path="statements/english/problem.tex" type="application/x-tex"/></statements>
        <judging run-count="1"><testset name="tests"><time-limit>1000</time-limit><memory-limit>268435456</memory-limit>
        <test-count>2</test-count><input-path-pattern>tests/%02d</input-path-pattern>
        <answer-path-pattern>tests/%02d.a</answer-path-pattern>
        <tests><test method="manual" sample="true"/><test method="manual"/></tests></testset></judging>
        <assets><checker type="testlib"><source path="check.cpp" type="cpp.g++17"/></checker>
        <validators><validator><source path="files/valid.cpp" type="cpp.g++17"/></validator></validators>
        <solutions><solution tag="main"><source path="solutions/main.py" type="python.3"/></solution>
        <solution tag="wrong-answer"><source path="solutions/small.py" type="python.3"/></solution></solutions></assets></problem>"#,
    );
    write(
        "statements/english/problem.tex",
        "\\begin{problem}{Large}{}{}{}{}Say more.\\end{problem}",
    );
    for (test, number) in [("01", 5), ("02", 7)] {
        write(&format!("tests/{test}"), &format!("{number}\n"));
        write(&format!("tests/{test}.a"), &format!("{number}\n"));
    }
    write(
        "check.cpp",
        "#include <cstdio>\n#include <fstream>\nint main(int, char** a) {\n\
         std::ifstream input(a[1]), output(a[2]), answer(a[3]);\n\
         int given, said, right;\n\
         if (!(input >> given && answer >> right)) return 3;\n\
         return !(output >> said) ? 2 : said >= right ? 0 : 1;\n}\n",
    );
    write(
        "files/valid.cpp",
        "#include <cstdio>\nint main() { return getchar() == '9' ? 3 : 0; }\n",
    );
    write("solutions/main.py", "print(int(input()) + 1)\n");
    write("solutions/small.py", "print(int(input()) - 1)\n");
}

#[test]
fn a_package_of_polygon_judges_the_same_as_it_is_and_converted() {
    let place = tempfile::tempdir().unwrap();
    polygon(place.path());
    let verdicts = |package: &str| -> Vec<String> {
        verified(place.path(), package).into_iter().map(|(_, verdict, _)| verdict).collect()
    };
    assert_eq!(verdicts("polygon"), ["AC", "WA"]);
    done(place.path(), &["problem", "convert", "polygon", "converted"]);
    assert_eq!(verdicts("converted"), ["AC", "WA"]);
}
