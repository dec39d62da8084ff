//! Verifying whether jury submissions keep the rules of 2025-09.

use crate::{
    stand::{PackageFolder, verified, workbench},
    tests_of,
};
use executor::{VerifyEvent, VerifyOptions, verify};
use libtest_mimic::Trial;
use std::collections::BTreeMap;

pub(crate) fn trials() -> Vec<Trial> {
    tests_of![
        a_static_validation_is_a_test_case_of_its_group,
        what_comes_after_the_first_failure_can_break_a_rule,
        a_rule_is_not_kept_for_want_of_evidence,
        what_is_not_run_is_not_accepted,
        to_bound_the_time_limit_is_a_rule_itself,
        nothing_more_is_run_where_a_failure_tells_all,
    ]
}

/// What is not what the jury means, each with its submission.
fn contradictions(package: &PackageFolder) -> Vec<String> {
    let report = verified(package, &VerifyOptions::default());
    let rows = report.rows.iter();
    rows.flat_map(|row| {
        assert!(row.error.is_none(), "{row:#?}");
        row.contradictions.iter().map(|said| format!("{}: {said}", row.submission))
    })
    .collect()
}

/// Echoing, in two groups.
fn echoing(keys: &str) -> PackageFolder {
    let package = PackageFolder::versioned(&format!("limits: {{time_limit: 1}}\n{keys}"));
    for case in ["sample/1", "secret/a/1", "secret/a/2", "secret/b/1", "secret/b/2"] {
        package.case(case, case, case);
    }
    let max_score = if keys.contains("scoring") { "max_score: 50\n" } else { "" };
    for group in ["a", "b"] {
        package.file(&format!("data/secret/{group}/test_group.yaml"), max_score);
    }
    package
}

fn a_static_validation_is_a_test_case_of_its_group() {
    let package = echoing("");
    package.file("data/secret/b/test_group.yaml", "static_validation_score: pass-fail\n").file(
        "static_validator/short.py",
        "import os, sys\nsys.exit(42 if os.path.getsize(sys.argv[2]) < 20 else 43)\n",
    );
    let long = "# It takes long to say.\nprint(input())\n";
    for name in ["accepted/long.py", "wrong_answer/long.py", "mixed/long.py", "mixed/both.py"] {
        package.file(&format!("submissions/{name}"), long);
    }
    package.file("submissions/accepted/short.py", "print(input())\n").file(
        "submissions/submissions.yaml",
        "mixed/long.py:\n  secret/a: {permitted: [AC]}\n  secret/b: {required: [WA]}\n\
         mixed/both.py:\n  secret/*: {permitted: [AC]}\n",
    );
    assert_eq!(
        contradictions(&package),
        [
            "accepted/long.py: accepted: secret/b/static_validation is WA, permitted is AC",
            "mixed/both.py: mixed/both.py: secret/*: secret/b/static_validation is WA, permitted is AC",
        ]
    );
}

/// Echoes all but what begins so, where it does this.
fn failing(cases: &str, act: &str) -> String {
    format!(
        "import sys\nsaid = input()\nif said.startswith('secret/{cases}'):\n    {act}\nelse:\n    print(said)\n"
    )
}

const SLOW: &str = "while True: pass";

fn what_comes_after_the_first_failure_can_break_a_rule() {
    let package = echoing("");
    let wrong_then_down = "import sys\nsaid = input()\nif '/b/' in said: sys.exit(1)\nif '/a/' not in said: print(said)\n";
    package
        .file("submissions/wrong_answer/down.py", wrong_then_down)
        .file("submissions/wrong_answer/wrong.py", &failing("a", "pass"))
        .file("submissions/rejected/down.py", wrong_then_down);
    assert_eq!(
        contradictions(&package),
        ["wrong_answer/down.py: wrong_answer: secret/b/1 is RTE, permitted is AC or WA"]
    );
}

fn a_rule_is_not_kept_for_want_of_evidence() {
    let package = echoing("");
    let rule = "  secret/a*: {permitted: [AC, WA]}\n  secret/b*: {required: [TLE]}\n";
    package
        .file("submissions/mixed/quick.py", &failing("a", "pass"))
        .file("submissions/mixed/slow.py", &failing("b", SLOW))
        .file("submissions/submissions.yaml", &format!("mixed/*.py:\n{rule}"));
    assert_eq!(
        contradictions(&package),
        ["mixed/quick.py: mixed/*.py: secret/b*: no test case is TLE"]
    );
}

fn what_is_not_run_is_not_accepted() {
    let package = echoing("type: scoring\n");
    package.file("data/secret/b/test_group.yaml", "max_score: 50\nrequire_pass: secret/a\n");
    for name in ["accepted", "failing", "wrong", "any"] {
        package.file(&format!("submissions/mixed/{name}.py"), &failing("a", "pass"));
    }
    package.file(
        "submissions/submissions.yaml",
        "mixed/accepted.py:\n  secret/b: {permitted: [AC]}\n\
         mixed/failing.py:\n  secret/b: {permitted: [AC, WA], required: [WA, TLE, RTE]}\n\
         mixed/wrong.py:\n  secret/b: {required: [WA]}\n\
         mixed/any.py:\n  secret/b: {score: 0}\n",
    );
    assert_eq!(
        contradictions(&package),
        [
            "mixed/accepted.py: mixed/accepted.py: secret/b: a test case is not run, so it is not accepted, permitted is AC",
            "mixed/wrong.py: mixed/wrong.py: secret/b: no test case is WA",
        ]
    );
}

fn to_bound_the_time_limit_is_a_rule_itself() {
    let package = echoing("");
    for name in ["lower", "upper"] {
        package
            .file(&format!("submissions/mixed/{name}_slow.py"), &failing("b/1", SLOW))
            .file(&format!("submissions/mixed/{name}_wrong.py"), &failing("b", "pass"));
    }
    package.file(
        "submissions/submissions.yaml",
        "mixed/lower_*.py: {use_for_time_limit: lower}\nmixed/upper_*.py: {use_for_time_limit: upper}\n",
    );
    assert_eq!(
        contradictions(&package),
        [
            "mixed/lower_slow.py: mixed/lower_*.py: use_for_time_limit: secret/b/1 is TLE, permitted is AC or WA or RTE",
            "mixed/upper_wrong.py: mixed/upper_*.py: use_for_time_limit: no test case is TLE",
        ]
    );
}

fn nothing_more_is_run_where_a_failure_tells_all() {
    let runs = |package: &PackageFolder| {
        let place = tempfile::tempdir().unwrap();
        let bench = workbench(place.path(), None);
        let mut runs = BTreeMap::new();
        verify(package.path(), &bench, &VerifyOptions::default(), &mut |event| {
            if let VerifyEvent::Ran { submission, .. } = event {
                *runs.entry(submission.to_owned()).or_insert(0) += 1;
            }
        })
        .unwrap();
        runs.into_values().collect::<Vec<u32>>()
    };
    let wrong = "print()\n";
    let versioned = echoing("");
    versioned
        .file("submissions/accepted/1.py", wrong)
        .file("submissions/rejected/2.py", wrong)
        .file("submissions/wrong_answer/3.py", wrong);
    assert_eq!(runs(&versioned), [1, 1, 5]);
    let legacy = PackageFolder::greeting();
    legacy.file("submissions/accepted/1.py", wrong).file("submissions/wrong_answer/2.py", wrong);
    assert_eq!(runs(&legacy), [1, 1]);
}
