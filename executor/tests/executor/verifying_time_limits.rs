//! Verifying whether the time limit leaves the margins that 2025-09 has rules about.

use crate::{
    stand::{PackageFolder, verified},
    tests_of,
};
use executor::{TimeLimitSource, VerifyOptions, VerifyReport};
use libtest_mimic::Trial;

pub(crate) fn trials() -> Vec<Trial> {
    tests_of![
        all_that_may_not_be_too_slow_bound_a_limit_that_is_measured,
        a_limit_is_too_short_for_a_submission_that_must_be_in_time,
        a_limit_is_too_long_for_a_submission_that_must_be_too_slow,
        a_limit_that_is_measured_may_fit_nothing,
        the_legacy_format_only_warns,
    ]
}

/// Echoes after so many seconds of CPU time where the input is `slow`.
fn slow(seconds: f64, says: &str) -> String {
    format!(
        "import time\nsaid = input()\nwhile said == 'slow' and time.process_time() < {seconds}: pass\nprint({says})\n"
    )
}

fn versioned(limits: &str) -> PackageFolder {
    let package = PackageFolder::versioned(limits);
    package.case("sample/1", "quick", "quick").case("secret/1", "slow", "slow");
    package.case("secret/2", "last", "last");
    package
}

fn report(package: &PackageFolder) -> VerifyReport {
    verified(package, &VerifyOptions::default())
}

fn all_that_may_not_be_too_slow_bound_a_limit_that_is_measured() {
    let package = versioned("");
    package
        .file("submissions/accepted/quick.py", "print(input())\n")
        .file("submissions/wrong_answer/late.py", &slow(1.3, "said if said != 'last' else ''"))
        .file("submissions/run_time_error/falls.py", "exit(input() == 'last')\n");
    let report = report(&package);
    let TimeLimitSource::Measured { slowest_ms } = report.time_limit else {
        panic!("{:?}", report.time_limit);
    };
    assert!((1_300..2_000).contains(&slowest_ms), "{slowest_ms}");
    assert_eq!(report.limits.time_ms, (2 * slowest_ms).div_ceil(1_000) * 1_000);
    let late = report.rows.iter().find(|row| row.submission == "wrong_answer/late.py").unwrap();
    assert!(!late.mismatch, "{late:#?}");
    assert_eq!(report.time_limit_faults, [""; 0]);
}

fn a_limit_is_too_short_for_a_submission_that_must_be_in_time() {
    let package = versioned("limits: {time_limit: 1}\n");
    package.file("submissions/accepted/slow.py", &slow(0.6, "said"));
    let report = report(&package);
    assert!(!report.rows[0].mismatch && !report.agrees(), "{report:#?}");
    let time_ms = report.rows[0].max_cpu_ms;
    assert_eq!(
        report.time_limit_faults,
        [format!(
            "accepted/slow.py takes {time_ms} ms: 2 times that (ac_to_time_limit) is more than the time limit of 1000 ms"
        )]
    );
    let given = VerifyOptions { time_limit_ms: Some(1_000), ..VerifyOptions::default() };
    let given = verified(&package, &given);
    assert!(
        given.agrees()
            && given.warnings.iter().any(|said| said.starts_with("accepted/slow.py takes")),
        "the package asks for no such: {given:#?}"
    );
}

fn a_limit_is_too_long_for_a_submission_that_must_be_too_slow() {
    let package = versioned("limits: {time_limit: 1}\n");
    package
        .file("submissions/accepted/quick.py", "print(input())\n")
        .file("submissions/time_limit_exceeded/slow.py", &slow(1.2, "said"))
        .file("submissions/time_limit_exceeded/slower.py", &slow(5.0, "said"));
    let report = report(&package);
    assert!(report.rows.iter().all(|row| !row.mismatch) && !report.agrees(), "{report:#?}");
    let time_ms = report.rows[1].max_cpu_ms;
    assert_eq!(
        report.time_limit_faults,
        [format!(
            "time_limit_exceeded/slow.py takes {time_ms} ms: less than 1.5 times (time_limit_to_tle) the time limit of 1000 ms"
        )]
    );
}

fn a_limit_that_is_measured_may_fit_nothing() {
    let package = versioned("");
    package
        .file("submissions/accepted/slow.py", &slow(0.6, "said"))
        .file("submissions/time_limit_exceeded/slow.py", &slow(2.4, "said"));
    let report = report(&package);
    assert_eq!(report.limits.time_ms, 2_000);
    assert!(report.rows.iter().all(|row| !row.mismatch) && !report.agrees(), "{report:#?}");
    assert!(report.time_limit_faults[0].contains("less than 1.5 times"), "{report:#?}");
}

fn the_legacy_format_only_warns() {
    let package = PackageFolder::new(&[("quick", "quick"), ("slow", "slow")]);
    package
        .file(".timelimit", "1\n")
        .file("submissions/accepted/slow.py", &slow(0.6, "said"))
        .file("submissions/time_limit_exceeded/slow.py", &slow(1.4, "said"));
    let report = report(&package);
    assert!(report.agrees(), "{report:#?}");
    let missing = "input_validators: holds no program, and must hold one";
    let [first, close, fast] = &report.warnings[..] else { panic!("{:?}", report.warnings) };
    assert_eq!(first, missing);
    assert!(close.ends_with("ms of 1000 ms: less than the safety margin of 2"), "{close}");
    assert!(fast.contains("with the safety margin, the time limit may be"), "{fast}");
}
