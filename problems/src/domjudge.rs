//! What DOMjudge keeps beside `problem.yaml`: `.timelimit` and `domjudge-problem.ini`.

use crate::{
    fault::{Fault, Findings},
    kind::PackageFormat,
    tree::Tree,
};

const TIME_LIMIT: &str = ".timelimit";
const INI: &str = "domjudge-problem.ini";

/// What those files state.
#[derive(Debug, Default)]
pub(crate) struct Domjudge {
    pub(crate) time_limit_ms: Option<u64>,
    pub(crate) short_name: Option<String>,
}

/// Reads both files where they are there; `.timelimit` goes before the other. In 2025-09 `problem.yaml` alone says the time limit.
pub(crate) fn read(tree: &Tree, format: PackageFormat, findings: &mut Findings) -> Domjudge {
    let mut stated = Domjudge::default();
    if let Some(file) = tree.files.get(INI)
        && let Some(text) = findings.keep(file.text(INI))
    {
        read_ini(&text, &mut stated, findings);
    }
    if format == PackageFormat::V2025 {
        return Domjudge { time_limit_ms: None, ..stated };
    }
    if let Some(file) = tree.files.get(TIME_LIMIT)
        && let Some(text) = findings.keep(file.text(TIME_LIMIT))
    {
        match milliseconds(text.trim()) {
            Some(ms) => stated.time_limit_ms = Some(ms),
            None => findings.fault(Fault::new(TIME_LIMIT, bad_time(text.trim())).at(1)),
        }
    }
    stated
}

fn read_ini(text: &str, stated: &mut Domjudge, findings: &mut Findings) {
    for (line, content) in (1..).zip(text.lines()) {
        let Some((key, value)) = content.split_once('=') else { continue };
        let value = value.trim().trim_matches(['\'', '"']).trim();
        match key.trim() {
            "timelimit" => match milliseconds(value) {
                Some(ms) => stated.time_limit_ms = Some(ms),
                None => {
                    findings.fault(Fault::new(INI, bad_time(value)).at(line).of_field("timelimit"));
                }
            },
            "short-name" if !value.is_empty() => stated.short_name = Some(value.to_owned()),
            _ => {}
        }
    }
}

fn bad_time(value: &str) -> String {
    let value: String = value.chars().take(40).collect();
    format!("must be a time in seconds, above 0, not {value:?}")
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the range is checked")]
fn milliseconds(seconds: &str) -> Option<u64> {
    let seconds: f64 = seconds.parse().ok()?;
    (0.001..=3.6e6).contains(&seconds).then(|| (seconds * 1e3).round() as u64)
}
