//! The report as JUnit XML, for continuous integration.

use anyhow::Context;
use executor::{ValidatorCheck, VerifyReport, VerifyRow};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::{fs::File, io::BufWriter, path::Path, time::Duration};

/// Writes the report into `file`: one suite of the validators' answers, one of the submissions, one of the time limit.
pub(super) fn write(report: &VerifyReport, file: &Path) -> anyhow::Result<()> {
    let mut all = Report::new(&report.short_name);
    let mut validators = TestSuite::new("validators");
    validators.add_test_cases(report.validators.iter().map(of_check));
    let mut submissions = TestSuite::new("submissions");
    submissions.add_test_cases(report.rows.iter().map(of_row));
    let mut time_limit = TestSuite::new("time limit");
    time_limit.add_test_case(TestCase::new("time limit", outcome(&report.time_limit_faults)));
    all.add_test_suites([validators, submissions, time_limit]);
    let out = File::create(file).with_context(|| format!("create {}", file.display()))?;
    all.serialize(BufWriter::new(out)).with_context(|| format!("write {}", file.display()))
}

fn of_check(check: &ValidatorCheck) -> TestCase {
    let status = match &check.error {
        Some(error) => failed(NonSuccessKind::Error, &error.to_string()),
        None => outcome(&check.failures),
    };
    TestCase::new(format!("{} {}", check.validator, check.question), status)
}

fn of_row(row: &VerifyRow) -> TestCase {
    let status = match &row.error {
        Some(error) => failed(NonSuccessKind::Error, &error.to_string()),
        None if !row.mismatch => TestCaseStatus::success(),
        None => {
            let lines = row.contradictions.iter().chain(&row.failed).cloned();
            failed(NonSuccessKind::Failure, &lines.collect::<Vec<_>>().join("\n"))
        }
    };
    let mut case = TestCase::new(&row.submission, status);
    case.set_time(Duration::from_millis(row.max_cpu_ms));
    case
}

fn outcome(failures: &[String]) -> TestCaseStatus {
    match failures {
        [] => TestCaseStatus::success(),
        failures => failed(NonSuccessKind::Failure, &failures.join("\n")),
    }
}

fn failed(kind: NonSuccessKind, why: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(why.lines().next().unwrap_or_default()).set_description(why);
    status
}
