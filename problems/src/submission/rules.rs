//! `submissions.yaml`: rules about jury submissions.
//!
//! ICPC problem package format (2025-09), section "Example Submissions".

use super::{
    expectation::Tested,
    expected::Expected,
    folders, glob,
    wanted::{TimeLimitUse, Wanted},
};
use crate::{
    fault::Findings,
    fields::Fields,
    kind::PackageFormat,
    test_data::TestData,
    tree::Tree,
    yaml::{self, Entry, Value},
};

/// The file's name below `submissions/`.
pub(super) const NAME: &str = "submissions.yaml";

const FILE: &str = "submissions/submissions.yaml";

/// All rules of a package.
pub(super) struct Rules {
    pub(super) format: PackageFormat,
    patterns: Vec<Pattern>,
    all_cases: Vec<Tested>,
}

/// What holds for the submissions that a pattern matches.
#[derive(Default)]
struct Pattern {
    glob: String,
    language: Option<String>,
    entry_point: Option<String>,
    rule: Wanted,
    /// Rules about some of the test cases.
    parts: Vec<Part>,
}

/// A rule about some of the test data.
struct Part {
    glob: String,
    cases: Vec<Tested>,
    /// Groups whose score it is about, as their indices.
    groups: Vec<usize>,
    rule: Wanted,
}

impl Rules {
    pub(super) fn read(
        tree: &Tree,
        format: PackageFormat,
        data: &TestData,
        findings: &mut Findings,
    ) -> Self {
        let all_cases = cases_among(data, |_| true);
        let mut rules = Self { format, patterns: Vec::new(), all_cases };
        if !format.is_new_icpc() {
            return rules;
        }
        let Some(file) = tree.files.get(FILE) else { return rules };
        let Some(text) = findings.keep(file.text(FILE)) else { return rules };
        let Some(entries) = findings.keep(yaml::parse(FILE, &text)) else { return rules };
        for entry in &entries {
            rules.patterns.extend(pattern(entry, data, findings));
        }
        rules
    }

    /// Whether any rule is about the submission `name`.
    pub(super) fn match_any(&self, name: &str) -> bool {
        self.patterns.iter().any(|pattern| glob::matches(&pattern.glob, name))
    }

    /// Adds the rules about the submission `name` of `folder`; returns its language and entry point where they are said.
    pub(super) fn apply(
        &self,
        name: &str,
        folder: &str,
        expected: &mut Expected,
    ) -> (Option<String>, Option<String>) {
        let (mut language, mut entry_point) = (None, None);
        if self.format.is_new_icpc()
            && let Some((permitted, required)) = folders::defaults(folder)
        {
            // A pattern that is the folder's very name takes the default's place, key by key.
            let own = self.patterns.iter().find(|pattern| pattern.glob == folder);
            let own = own.map(|pattern| pattern.rule.clone()).unwrap_or_default();
            let wanted = Wanted {
                permitted: own.permitted.or(Some(permitted)),
                required: own.required.or(Some(required)),
                ..own
            };
            let bound = if folder == "brute_force" && wanted.time_limit.is_none() {
                Some(TimeLimitUse::No)
            } else {
                wanted.time_limit
            };
            let wanted = Wanted { time_limit: bound, ..wanted };
            expected.rules.extend(wanted.rules(folder, &self.all_cases, &[]));
        }
        for pattern in self.patterns.iter().filter(|pattern| glob::matches(&pattern.glob, name)) {
            language = pattern.language.clone().or(language);
            entry_point = pattern.entry_point.clone().or(entry_point);
            let is_default = pattern.glob == folder && folders::defaults(folder).is_some();
            if !is_default && pattern.rule.says_something() {
                expected.rules.extend(pattern.rule.rules(&pattern.glob, &self.all_cases, &[]));
            }
            for part in &pattern.parts {
                let origin = format!("{}: {}", pattern.glob, part.glob);
                expected.rules.extend(part.rule.rules(&origin, &part.cases, &part.groups));
            }
        }
        (language, entry_point)
    }
}

fn pattern(entry: &Entry, data: &TestData, findings: &mut Findings) -> Option<Pattern> {
    let Value::Map(entries) = &entry.value.value else {
        let kind = entry.value.value.kind();
        let message = format!("must be a mapping of keys to values, not {kind}");
        let fault = crate::Fault::new(FILE, message).at(entry.line).of_field(&entry.key);
        findings.fault(fault);
        return None;
    };
    let mut pattern = Pattern { glob: entry.key.clone(), ..Pattern::default() };
    // What is not a key of its own is a pattern for test data.
    let (parts, own): (Vec<Entry>, Vec<Entry>) =
        entries.iter().cloned().partition(|entry| !KEYS.contains(&entry.key.as_str()));
    let mut fields = Fields::within_map(FILE, &entry.key, &own, findings);
    pattern.language = fields.text("language").map(str::to_owned);
    pattern.entry_point = fields.text("entrypoint").map(str::to_owned);
    for key in ["authors", "model_solution"] {
        fields.value(key);
    }
    pattern.rule = Wanted::read(&mut fields);
    for part in &parts {
        let Value::Map(inner) = &part.value.value else {
            let message = "is not a known key, nor a mapping for some test data".to_owned();
            fields.fault(&part.key, part.line, message);
            continue;
        };
        let cases = cases_among(data, |name| glob::matches(&part.key, name));
        let groups = data.groups.iter().enumerate();
        let groups = groups.filter(|(_, group)| glob::matches_exactly(&part.key, &group.name));
        let groups: Vec<usize> = groups.map(|(index, _)| index).collect();
        if cases.is_empty() && groups.is_empty() {
            fields.warn(&part.key, part.line, "matches no test data".to_owned());
        }
        let mut inner = fields.inner(&part.key, inner);
        let rule = Wanted::read(&mut inner);
        inner.finish();
        pattern.parts.push(Part { glob: part.key.clone(), cases, groups, rule });
    }
    fields.finish();
    Some(pattern)
}

/// The test cases whose names match, and the static validations of the groups whose names do.
fn cases_among(data: &TestData, matches: impl Fn(&str) -> bool) -> Vec<Tested> {
    let cases = data.cases.iter().enumerate().filter(|(_, case)| matches(&case.name));
    let groups = data.groups.iter().enumerate();
    let sources =
        groups.filter(|(_, group)| group.static_validation.is_some() && matches(&group.name));
    let cases = cases.map(|(index, _)| Tested::Data(index));
    cases.chain(sources.map(|(index, _)| Tested::Source(index))).collect()
}

/// The keys of a pattern's mapping.
const KEYS: [&str; 9] = [
    "language",
    "entrypoint",
    "authors",
    "model_solution",
    "permitted",
    "required",
    "score",
    "message",
    "use_for_time_limit",
];
