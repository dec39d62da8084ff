//! The report for people.

use crate::terminal::{BAD, GOOD, HEADING, QUIET, WARNING, harmless, mebibytes, say, seconds};
use comfy_table::{Cell, CellAlignment, Table};
use comfy_table::{LineStyle, presets::UTF8_HORIZONTAL_ONLY};
use executor::{TimeLimitSource, ValidatorCheck, VerifyReport, VerifyRow};
use judge_types::Verdict;

pub(super) fn print(report: &VerifyReport) {
    say!(
        "{HEADING}{}{HEADING:#} ({}), {} test cases, {}",
        report.title,
        report.short_name,
        report.test_cases,
        limit(report)
    );
    for check in &report.validators {
        explain_check(check);
    }
    say!("{}", table(&report.rows));
    for row in &report.rows {
        explain(row);
    }
    bounds(report);
    for warning in &report.warnings {
        say!("{WARNING}warning:{WARNING:#} {warning}");
    }
    for fault in &report.time_limit_faults {
        say!("{BAD}✗{BAD:#} time limit: {}", harmless(fault));
    }
    let bad_checks = report.validators.iter().filter(|check| !check.is_good()).count();
    if bad_checks > 0 {
        say!("{BAD}{bad_checks} of the validators' answers are not what they should be.{BAD:#}");
    }
    let wrong = report.rows.iter().filter(|row| is_wrong(row)).count();
    let all = report.rows.len();
    if wrong == 0 {
        say!("{GOOD}All {all} submissions got what the jury means.{GOOD:#}");
    } else {
        say!("{BAD}{wrong} of {all} submissions did not get what the jury means.{BAD:#}");
    }
}

fn limit(report: &VerifyReport) -> String {
    let time = seconds(report.limits.time_ms);
    let memory = mebibytes(report.limits.memory_bytes);
    let source = match report.time_limit {
        TimeLimitSource::Stated => String::new(),
        TimeLimitSource::Given => " (as given)".to_owned(),
        TimeLimitSource::Measured { slowest_ms } => {
            format!(" (from the slowest in time: {})", seconds(slowest_ms))
        }
        TimeLimitSource::Default => " (default: none stated, none measured)".to_owned(),
    };
    format!("time limit {time}{source}, memory limit {memory}")
}

fn table(rows: &[VerifyRow]) -> Table {
    let mut table = Table::new();

    table.load_style(UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()));
    table.set_header([
        "",
        "submission",
        "language",
        "meant",
        "got",
        "slowest test",
        "CPU",
        "memory",
    ]);
    for row in rows {
        let right = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
        table.add_row([
            Cell::new(if is_wrong(row) { "✗" } else { "✓" }),
            Cell::new(&row.submission),
            Cell::new(row.language.as_deref().unwrap_or("?")),
            Cell::new(&row.meant),
            Cell::new(got(row)),
            Cell::new(row.slowest_test.as_deref().unwrap_or("")),
            right(seconds(row.max_cpu_ms)),
            right(mebibytes(row.max_memory_bytes)),
        ]);
    }
    table
}

/// `WA`, `AC 30`.
fn got(row: &VerifyRow) -> String {
    let verdict = row.verdict.map_or("error", Verdict::code);
    row.score.map_or_else(|| verdict.to_owned(), |score| format!("{verdict} {score}"))
}

/// What a validator was asked, and what is not as it should be.
fn explain_check(check: &ValidatorCheck) {
    let ValidatorCheck { validator, question, cases, .. } = check;
    let tests = if *cases == 1 { "1 test case".to_owned() } else { format!("{cases} test cases") };
    if check.is_good() {
        say!("{GOOD}✓{GOOD:#} {validator} {question}: {tests}");
        return;
    }
    say!("{BAD}✗{BAD:#} {validator} {question}: {tests}");
    let error = check.error.as_ref().map(ToString::to_string);
    for line in check.failures.iter().chain(&error) {
        say!("    {}", harmless(line));
    }
}

/// What the submissions say about the time limit.
fn bounds(report: &VerifyReport) {
    let bounds = &report.time_bounds;
    if let Some(timed) = &bounds.slowest_in_time {
        let suggested = bounds.suggested_ms.map_or_else(String::new, |ms| {
            format!("; with the package's margin, a time limit of {} at least", seconds(ms))
        });
        let (name, time) = (&timed.submission, seconds(timed.cpu_ms));
        say!("{QUIET}slowest in time: {name}, {time}{suggested}{QUIET:#}");
    }
    if let Some(timed) = &bounds.fastest_too_slow {
        let most = bounds.most_ms.map_or_else(String::new, |ms| {
            format!("; with the package's margin, a time limit of {} at most", seconds(ms))
        });
        let over = if timed.was_stopped { "over " } else { "" };
        let (name, time) = (&timed.submission, seconds(timed.cpu_ms));
        say!("{QUIET}fastest that is too slow: {name}, {over}{time}{most}{QUIET:#}");
    }
}

/// Says why a submission that should have come to something else did not.
fn explain(row: &VerifyRow) {
    if !is_wrong(row) {
        return;
    }
    say!("{BAD}✗{BAD:#} {}", row.submission);
    if let Some(error) = &row.error {
        say!("    {}", harmless(&error.to_string()));
    }
    for contradiction in &row.contradictions {
        say!("    {}", harmless(contradiction));
    }
    if let Some(failed) = &row.failed {
        say!("    {}", harmless(failed));
    }
    let compiler = harmless(row.compile_output.as_deref().unwrap_or_default());
    for line in compiler.lines().take(20) {
        say!("    {QUIET}{line}{QUIET:#}");
    }
}

fn is_wrong(row: &VerifyRow) -> bool {
    row.mismatch || row.error.is_some()
}
