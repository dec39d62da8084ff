//! What a run gave: an object for programs, a line for people.

use super::failure::Failure;
use crate::terminal::{BAD, GOOD, QUIET};
use crate::units::{mebibytes, seconds};
use anyhow::Context;
use sandbox::document::LimitsPlan;
use sandbox::{CgroupVersion, Ending, Level, Outcome};
use serde::Serialize;
use serde_json::json;
use std::io::Write;
use std::time::Duration;

/// One run, as `--json` prints it. The manual page says what each key means.
#[derive(Debug, Serialize)]
struct Report<'a> {
    run: usize,
    program: &'a str,
    #[serde(flatten)]
    ending: EndingKeys<'a>,
    cpu_us: u64,
    wall_us: u64,
    peak_memory_bytes: u64,
    level: Level,
    cgroup: CgroupVersion,
    limits: &'a LimitsPlan,
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_first: Option<bool>,
}

#[derive(Debug, Default, Serialize)]
struct EndingKeys<'a> {
    ending: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signal: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    syscall: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    syscall_number: Option<i64>,
}

impl<'a> EndingKeys<'a> {
    fn of(ending: &'a Ending) -> Self {
        let word = |ending| Self { ending, ..Self::default() };
        match ending {
            Ending::Exited { code } => Self { exit_code: Some(*code), ..word("exited") },
            Ending::Signalled { signal } => Self { signal: Some(*signal), ..word("signalled") },
            Ending::CpuTimeExceeded => word("cpu-time-exceeded"),
            Ending::WallTimeExceeded => word("wall-time-exceeded"),
            Ending::MemoryExceeded => word("memory-exceeded"),
            Ending::OutputExceeded => word("output-exceeded"),
            Ending::ForbiddenSyscall { number, name } => Self {
                syscall: Some(name),
                syscall_number: Some(*number),
                ..word("forbidden-syscall")
            },
        }
    }
}

/// A box, as far as results speak of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) level: Level,
    pub(super) cgroup: CgroupVersion,
}

/// Which run a result is of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Which<'a> {
    pub(super) run: usize,
    pub(super) program: &'a str,
    pub(super) limits: &'a LimitsPlan,
    /// Whether it ended before the one that it was joined with.
    pub(super) ended_first: Option<bool>,
}

/// Prints a result: JSON on standard output, or a line on standard error.
pub(super) fn print(
    which: Which<'_>,
    place: Place,
    outcome: &Outcome,
    json: bool,
) -> Result<(), Failure> {
    let us = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
    if !json {
        print_line(which, place, outcome);
        return Ok(());
    }
    let report = Report {
        run: which.run,
        program: which.program,
        ending: EndingKeys::of(&outcome.ending),
        cpu_us: us(outcome.usage.cpu),
        wall_us: us(outcome.usage.wall),
        peak_memory_bytes: outcome.usage.peak_memory_bytes,
        level: place.level,
        cgroup: place.cgroup,
        limits: which.limits,
        ended_first: which.ended_first,
    };
    print_json(&report).map_err(Failure::sandbox)
}

/// Prints an object on a line of its own: whoever asked for it must get it, or be told.
pub(super) fn print_json(object: &impl Serialize) -> anyhow::Result<()> {
    let line = serde_json::to_string(object).context("write the JSON")?;
    writeln!(std::io::stdout(), "{line}").context("write to standard output")
}

fn print_line(which: Which<'_>, place: Place, outcome: &Outcome) {
    let style = if outcome.ending.is_success() { GOOD } else { BAD };
    let who = match which.ended_first {
        None => String::new(),
        Some(first) => {
            let first = if first { ", which ended first" } else { "" };
            format!("[{}] {}{first}: ", which.run, which.program)
        }
    };
    let usage = &outcome.usage;
    anstream::eprintln!(
        "{who}{style}{}{style:#}  CPU {}, wall {}, memory {} {QUIET}level {}{QUIET:#}",
        outcome.ending,
        seconds(usage.cpu),
        seconds(usage.wall),
        mebibytes(usage.peak_memory_bytes),
        place.level,
    );
}

/// Says that a file to get is not there.
pub(super) fn print_missing(name: &str, json: bool) -> Result<(), Failure> {
    let message = format!("get {name}: the program left no such file in /work");
    if json {
        return print_json(&json!({ "error": message })).map_err(Failure::sandbox);
    }
    anstream::eprintln!("{BAD}error:{BAD:#} {message}");
    Ok(())
}
