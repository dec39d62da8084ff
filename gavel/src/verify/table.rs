//! The report for people.

use crate::terminal::{BAD, GOOD, HEADING, QUIET, WARNING, harmless, mebibytes, say, seconds};
use comfy_table::{Cell, CellAlignment, Table};
use comfy_table::{LineStyle, presets::UTF8_HORIZONTAL_ONLY};
use executor::{TimeLimitSource, VerifyReport, VerifyRow};
use judge_types::Verdict;

pub(super) fn print(report: &VerifyReport) {
    say!(
        "{HEADING}{}{HEADING:#} ({}), {} test cases, {}",
        report.title,
        report.short_name,
        report.test_cases,
        limit(report)
    );
    say!("{}", table(&report.rows));
    for row in &report.rows {
        explain(row);
    }
    for warning in &report.warnings {
        say!("{WARNING}warning:{WARNING:#} {warning}");
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
            format!(" (from the slowest accepted: {})", seconds(slowest_ms))
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
        "expected",
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
            Cell::new(codes(&row.expected)),
            Cell::new(row.verdict.map_or("error", Verdict::code)),
            Cell::new(row.slowest_test.as_deref().unwrap_or("")),
            right(seconds(row.max_cpu_ms)),
            right(mebibytes(row.max_memory_bytes)),
        ]);
    }
    table
}

fn codes(verdicts: &[Verdict]) -> String {
    let codes: Vec<_> = verdicts.iter().map(|verdict| verdict.code()).collect();
    codes.join(" or ")
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
