//! Verifying packages.

use crate::{
    stand::{PackageFolder, verified, workbench},
    tests_of,
};
use executor::{TimeLimitSource, VerifyError, VerifyEvent, VerifyOptions, VerifyReport, verify};
use judge_types::Verdict;
use libtest_mimic::Trial;
use std::fs;

pub(crate) fn trials() -> Vec<Trial> {
    tests_of![
        a_package_that_agrees_is_reported_so,
        a_mismatch_is_shown_with_its_test_case,
        a_zip_is_as_good_as_a_folder,
        a_broken_package_is_refused,
        what_is_in_no_language_is_left_out_and_named,
        a_missing_time_limit_is_measured,
        several_at_once_come_to_the_same,
        some_submissions_can_be_chosen,
        a_validator_is_opened_once_for_all_that_it_is_asked,
        an_input_validator_finds_the_files_and_has_time,
    ]
}

/// Greets in several ways.
fn package() -> PackageFolder {
    let package = PackageFolder::greeting();
    package.file("submissions/accepted/right.sh", "read -r n; echo hello $n\n");
    package.file("submissions/wrong_answer/shy.sh", "echo ...\n");
    package.file("submissions/run_time_error/falls.sh", "exit 1\n");
    package
}

fn summary(report: &VerifyReport) -> Vec<(&str, Option<Verdict>, bool)> {
    report.rows.iter().map(|row| (row.submission.as_str(), row.verdict, row.mismatch)).collect()
}

fn a_package_that_agrees_is_reported_so() {
    let place = tempfile::tempdir().unwrap();
    let mut events = Vec::new();
    let bench = workbench(place.path(), None);
    let report = verify(package().path(), &bench, &VerifyOptions::default(), &mut |event| {
        events.push(match event {
            VerifyEvent::Opened { submissions, .. } => format!("opened {submissions}"),
            VerifyEvent::Validating { validator } => format!("validating {validator}"),
            VerifyEvent::Timing { .. } => "timing".into(),
            VerifyEvent::TimeLimit { time_ms, .. } => format!("limit {time_ms}"),
            VerifyEvent::Started { submission } => format!("started {submission}"),
            VerifyEvent::Compiled { submission, .. } => format!("compiled {submission}"),
            VerifyEvent::Ran { submission, result, total } => {
                format!("ran {submission} {}/{total}", result.ordinal)
            }
            VerifyEvent::Finished { row } => format!("finished {}", row.submission),
        });
    })
    .unwrap();
    assert!(report.agrees(), "{report:#?}");
    assert_eq!(report.time_limit, TimeLimitSource::Stated);
    assert_eq!(
        summary(&report),
        [
            ("accepted/right.sh", Some(Verdict::Accepted), false),
            ("run_time_error/falls.sh", Some(Verdict::RunTimeError), false),
            ("wrong_answer/shy.sh", Some(Verdict::WrongAnswer), false),
        ]
    );
    assert!(report.rows[0].max_memory_bytes > 0 && report.rows[0].slowest_test.is_some());
    assert_eq!(
        events[..7],
        [
            "opened 3",
            "validating output validator",
            "limit 2000",
            "started accepted/right.sh",
            "compiled accepted/right.sh",
            "ran accepted/right.sh 1/2",
            "ran accepted/right.sh 2/2",
        ]
    );
    assert_eq!(events.iter().filter(|event| event.starts_with("finished")).count(), 3);
    assert_eq!(fs::read_dir(&bench.scratch).unwrap().count(), 0, "the copy is left behind");
    serde_json::to_string(&report).unwrap();
}

fn a_mismatch_is_shown_with_its_test_case() {
    let package = package();
    package
        .file("submissions/accepted/wrong.sh", "read -r n; [ $n = gavel ] && echo hello gavel\n");
    let report = verified(&package, &VerifyOptions::default());
    assert!(!report.agrees());
    let row = report.rows.iter().find(|row| row.mismatch).unwrap();
    assert_eq!(row.submission, "accepted/wrong.sh");
    assert_eq!(row.expected, [Verdict::Accepted]);
    assert!(row.failed.as_deref().unwrap().starts_with("secret/01: exit code 1"), "{row:?}");
}

fn a_zip_is_as_good_as_a_folder() {
    let package = package();
    let place = tempfile::tempdir().unwrap();
    let zip = place.path().join("greet.zip");
    problems::pack(&package.open(), fs::File::create(&zip).unwrap()).unwrap();
    let bench = workbench(place.path(), None);
    let from_zip = verify(&zip, &bench, &VerifyOptions::default(), &mut |_| {}).unwrap();
    let from_folder = verified(&package, &VerifyOptions::default());
    assert_eq!(from_zip.package, from_folder.package);
    assert_eq!(summary(&from_zip), summary(&from_folder));
}

fn a_broken_package_is_refused() {
    let package = package();
    package.file("problem.yaml", "name: [\n");
    let place = tempfile::tempdir().unwrap();
    let bench = workbench(place.path(), None);
    let error = verify(package.path(), &bench, &VerifyOptions::default(), &mut |_| {}).unwrap_err();
    assert!(matches!(error, VerifyError::Package(_)), "{error}");
    assert!(error.to_string().contains("problem.yaml"), "{error}");
}

fn what_is_in_no_language_is_left_out_and_named() {
    let package = package();
    package.file("submissions/accepted/old.cobol", "DISPLAY 'HELLO'.\n");
    package.file("submissions/accepted/old.py", "#!/usr/bin/python2\nprint 'hello', raw_input()\n");
    let report = verified(&package, &VerifyOptions::default());
    assert!(report.agrees() && report.rows.len() == 3, "{report:#?}");
    for name in ["old.cobol", "old.py"] {
        let warning = format!(
            "submissions/accepted/{name}: is in no language that this judge knows; not judged"
        );
        assert!(report.warnings.contains(&warning), "{:?}", report.warnings);
    }
}

fn a_missing_time_limit_is_measured() {
    let package = package();
    fs::remove_file(package.path().join(".timelimit")).unwrap();
    package.file("submissions/time_limit_exceeded/endless.sh", "while true; do :; done\n");
    let report = verified(&package, &VerifyOptions::default());
    assert!(report.agrees(), "{report:#?}");
    let TimeLimitSource::Measured { slowest_ms } = report.time_limit else {
        panic!("{:?}", report.time_limit);
    };
    assert!(slowest_ms > 0);
    assert_eq!(report.limits.time_ms, (slowest_ms * 5).div_ceil(1_000).max(1) * 1_000);
    assert_eq!(report.rows.len(), 4);
}

fn several_at_once_come_to_the_same() {
    let package = package();
    let one = verified(&package, &VerifyOptions::default());
    let many = verified(&package, &VerifyOptions { parallel: 8, ..VerifyOptions::default() });
    assert_eq!(summary(&one), summary(&many));
}

fn some_submissions_can_be_chosen() {
    let options = VerifyOptions {
        only: vec!["shy".into(), "error/".into()],
        time_limit_ms: Some(700),
        ..VerifyOptions::default()
    };
    let report = verified(&package(), &options);
    let names: Vec<_> = report.rows.iter().map(|row| row.submission.as_str()).collect();
    assert_eq!(names, ["run_time_error/falls.sh", "wrong_answer/shy.sh"]);
    assert_eq!((report.limits.time_ms, report.time_limit), (700, TimeLimitSource::Given));
}

/// Both validators know from a file in their folder whether they have been asked before. The input validator refuses
/// `bad` only then, and the output validator leaves a score behind that would be none of the next output's.
fn a_validator_is_opened_once_for_all_that_it_is_asked() {
    let package = package().validated_by(
        "check.sh",
        "[ -e asked ] && again=yes; : > asked; read -r said\n\
        if [ \"$said\" = right ]; then echo 1 > $3/score.txt; exit 42; fi\n\
        [ -n \"$again\" ] && exit 43 || exit 42\n",
    );
    package.file("problem.yaml", "name: Test\nvalidation: custom score\ntype: scoring\n");
    package.file(
        "input_validators/input.sh",
        "[ -e asked ] && again=yes; : > asked; read -r said\n\
        [ \"$said\" = bad ] && [ -n \"$again\" ] && exit 43 || exit 42\n",
    );
    package.file("data/invalid_input/bad.in", "bad\n");
    for (folder, said) in [("valid_output", "right"), ("invalid_output", "wrong")] {
        package.file(&format!("data/{folder}/1.in"), "gavel\n");
        package.file(&format!("data/{folder}/1.ans"), "right\n");
        package.file(&format!("data/{folder}/1.out"), &format!("{said}\n"));
    }
    let report = verified(&package, &VerifyOptions::default());
    let asked: Vec<_> = report.validators.iter().map(|check| check.question).collect();
    let inputs = ["accepts the inputs", "refuse invalid inputs"];
    let outputs = ["accepts what is shown", "accepts valid outputs", "refuses invalid outputs"];
    assert_eq!(asked, [&inputs[..], &outputs[..]].concat());
    assert!(report.validators.iter().all(executor::ValidatorCheck::is_good), "{report:#?}");
}

/// What an output validator and a submission's compiler may use is not what bounds these.
fn an_input_validator_finds_the_files_and_has_time() {
    let package = package();
    package.file(
        "problem.yaml",
        "name: Test\nproblem_format_version: 2025-09\nuuid: 1\n\
         limits: {validation_time: 1, validation_memory: 1, compilation_memory: 1}\n",
    );
    package.file("data/secret/01.files/deep/map.txt", "here\n");
    package.file("data/secret/01.yaml", "args: ['a b']\n");
    package.file(
        "input_validators/slow.py",
        "import os, sys, time\n\
         while time.process_time() < 1.3: pass\n\
         if os.path.exists('deep/map.txt'):\n    sys.exit(42 if sys.argv[1:] == ['a b'] else 43)\n\
         sys.exit(42 if len(sys.argv) == 1 else 43)\n",
    );
    package.file("input_validators/compiled.c", "int main(void) { return 42; }\n");
    let validators = || verified(&package, &VerifyOptions::default()).validators;
    let asked = validators();
    assert_eq!(asked.len(), 3, "two input validators, and what is shown");
    assert!(asked.iter().all(executor::ValidatorCheck::is_good), "{asked:#?}");
    package.file("data/secret/01.files/slow.py", "");
    let error = validators().remove(1).error.unwrap();
    assert!(error.message.contains("has a file \"slow.py\" of its own"), "{error}");
}
