//! What DOMjudge adds to the format: `.timelimit` and `domjudge-problem.ini` beside `problem.yaml`, and tags in submissions.

use crate::{
    fault::{Fault, Findings},
    kind::PackageFormat,
    submission,
    tree::Tree,
};

const TIME_LIMIT: &str = ".timelimit";
pub(crate) const INI: &str = "domjudge-problem.ini";

/// What those files state.
#[derive(Debug, Default)]
pub(crate) struct Domjudge {
    /// In milliseconds, and the file that says so.
    pub(crate) time_limit: Option<(u64, &'static str)>,
    pub(crate) short_name: Option<String>,
    /// The title, where `problem.yaml` has none.
    pub(crate) name: Option<String>,
}

/// Whether a package that gives scores was made for DOMjudge, which grades it by rules of its own. `.timelimit` does not tell: others
/// have that, too.
pub(crate) fn is_made_for_it(tree: &Tree) -> bool {
    tree.files.contains_key(INI)
        || tree
            .below("submissions/")
            .any(|(path, file)| file.head(path).is_ok_and(|source| submission::has_tag(&source)))
}

/// Reads both files where they are there; the `.ini` goes before `.timelimit`. In 2025-09 `problem.yaml` alone says the time limit.
pub(crate) fn read(tree: &Tree, format: PackageFormat, findings: &mut Findings) -> Domjudge {
    let mut stated = Domjudge::default();
    if let Some(file) = tree.files.get(INI)
        && let Some(text) = findings.keep(file.text(INI))
    {
        read_ini(&text, &mut stated, findings);
    }
    if format == PackageFormat::V2025 {
        return Domjudge { time_limit: None, ..stated };
    }
    if let Some(file) = tree.files.get(TIME_LIMIT)
        && let Some(text) = findings.keep(file.text(TIME_LIMIT))
    {
        match milliseconds(text.trim()) {
            Some(ms) => stated.time_limit = stated.time_limit.or(Some((ms, TIME_LIMIT))),
            None => findings.fault(Fault::new(TIME_LIMIT, bad_time(text.trim())).at(1)),
        }
    }
    stated
}

fn read_ini(text: &str, stated: &mut Domjudge, findings: &mut Findings) {
    for (line, content) in (1..).zip(text.lines()) {
        let Some((key, value)) = content.split_once('=') else { continue };
        let value = value_of(value);
        match key.trim() {
            "timelimit" => match milliseconds(value) {
                Some(ms) => stated.time_limit = Some((ms, INI)),
                None => {
                    findings.fault(Fault::new(INI, bad_time(value)).at(line).of_field("timelimit"));
                }
            },
            "short-name" if !value.is_empty() => stated.short_name = Some(value.to_owned()),
            "name" if !value.is_empty() => stated.name = Some(value.to_owned()),
            _ => {}
        }
    }
}

/// The value without quotes or, where it has none, without the comment behind it.
fn value_of(text: &str) -> &str {
    let text = text.trim();
    for quote in ['"', '\''] {
        if let Some((inner, _)) = text.strip_prefix(quote).and_then(|rest| rest.split_once(quote)) {
            return inner.trim();
        }
    }
    text.split_once(';').map_or(text, |(value, _)| value).trim()
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
