//! The outcome for people.

use super::{Outcome, PlatformName, PlatformOutcome};
use crate::terminal::{HEADING, QUIET, say};
use clap::ValueEnum;
use comfy_table::{Cell, CellAlignment, Row, Table};
use comfy_table::{LineStyle, presets::UTF8_HORIZONTAL_ONLY};
use executor::simulation::LaneWaits;
use indicatif::HumanCount;
use std::time::Duration;

pub(super) fn print(outcome: &Outcome) {
    let count = |number: usize| HumanCount(number as u64);
    say!(
        "{HEADING}{} submissions of {} teams in {}{HEADING:#}, {} rejudged, {} each on average, seed {}",
        count(outcome.submissions),
        count(outcome.teams as usize),
        span(Duration::from_secs_f64(outcome.duration_s)),
        count(outcome.rejudged),
        span(Duration::from_secs_f64(outcome.mean_service_s)),
        outcome.seed
    );
    let mut table = Table::new();
    table.load_style(UTF8_HORIZONTAL_ONLY.row_separator(LineStyle::none()));
    table.set_header([
        "platform",
        "lane",
        "judged",
        "wait p50",
        "p90",
        "p99",
        "max",
        "slots/busy",
        "peak slots",
        "started",
        "to zero",
    ]);
    for platform in &outcome.platforms {
        for (line, lane) in platform.report.lanes.iter().enumerate() {
            table.add_row(row(platform, lane, line == 0));
        }
    }
    say!("{table}");
    say!("{QUIET}started: processes (local), pods (keda), environments (lambda){QUIET:#}");
}

/// A line for each lane; what is the platform's own stands in its first.
fn row(platform: &PlatformOutcome, lane: &LaneWaits, first: bool) -> Row {
    let report = &platform.report;
    let right = |text: String| Cell::new(text).set_alignment(CellAlignment::Right);
    let own = |text: String| right(if first { text } else { String::new() });
    Row::from([
        Cell::new(if first { name(platform.platform) } else { String::new() }),
        Cell::new(lane.lane),
        right(HumanCount(lane.judged as u64).to_string()),
        right(span(lane.wait.p50)),
        right(span(lane.wait.p90)),
        right(span(lane.wait.p99)),
        right(span(lane.wait.max)),
        own(format!("{:.2}", report.overhead)),
        own(HumanCount(report.peak_slots as u64).to_string()),
        own(HumanCount(report.cold_starts as u64).to_string()),
        own(span(report.time_to_zero)),
    ])
}

/// A platform's name as on the command line.
pub(super) fn name(platform: PlatformName) -> String {
    platform.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}

/// A time with about three digits.
fn span(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        0.0..0.9995 => format!("{:.0} ms", seconds * 1e3),
        0.9995..100.0 => format!("{seconds:.2} s"),
        100.0..600.0 => format!("{seconds:.0} s"),
        600.0..36_000.0 => format!("{:.0} min", seconds / 60.0),
        _ => format!("{:.0} h", seconds / 3_600.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_read_well() {
        for (ms, text) in [
            (0, "0 ms"),
            (5, "5 ms"),
            (999, "999 ms"),
            (1_000, "1.00 s"),
            (99_990, "99.99 s"),
            (100_000, "100 s"),
            (18_000_000, "300 min"),
            (360_000_000, "100 h"),
        ] {
            assert_eq!(span(Duration::from_millis(ms)), text);
        }
    }
}
