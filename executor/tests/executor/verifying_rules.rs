//! Verifying whether jury submissions keep the rules of 2025-09.

use crate::{
    stand::{PackageFolder, verified},
    tests_of,
};
use executor::VerifyOptions;
use libtest_mimic::Trial;

pub(crate) fn trials() -> Vec<Trial> {
    tests_of![a_static_validation_is_a_test_case_of_its_group]
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
