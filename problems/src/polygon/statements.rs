//! `statements/`, what the problem is called, and how its samples are shown.

use super::{Context, FILE, names};
use crate::{
    Lang, Statement,
    fault::{Fault, Findings},
    statement::{self, Format},
    test_case::{Sample, Shown},
    yaml::{self, Entry, Value},
};
use std::{collections::BTreeMap, path::Path};

/// The types of statements; another type is none that can be shown.
const TYPES: [(&str, Format); 3] = [
    ("application/x-tex", Format::Latex),
    ("text/html", Format::Html),
    ("application/pdf", Format::Pdf),
];

/// The statements that `problem.xml` lists, the preferred ones first.
pub(super) fn find(context: Context<'_>, findings: &mut Findings) -> Vec<Statement> {
    let mut statements = Vec::new();
    let listed = context.problem.below(&["statements", "statement"]);
    if listed.is_empty() {
        findings.warn(context.problem.attribute_fault("statements", "lists no statement".into()));
    }
    for element in listed {
        let charset = element.attribute("charset").unwrap_or("UTF-8");
        if !charset.eq_ignore_ascii_case("utf-8") {
            let message = format!("must be UTF-8, not {charset:?}");
            findings.fault(element.attribute_fault("charset", message));
        }
        let Some(language) = findings.keep(element.needed("language")) else { continue };
        let Some(kind) = findings.keep(element.needed("type")) else { continue };
        let Some((_, format)) = TYPES.iter().find(|(name, _)| *name == kind) else {
            let message = format!("statements of type {kind:?} are not shown; ignored");
            findings.warn(element.attribute_fault("type", message));
            continue;
        };
        let Some(path) = findings.keep(context.path(element, "path")) else { continue };
        let Some(file) = context.tree.files.get(path) else {
            let message = format!("there is no file {path:?} in the package; it is not shown");
            findings.warn(element.attribute_fault("path", message));
            continue;
        };
        if findings.keep(statement::check_length(path, *format, file.bytes)).is_none() {
            continue;
        }
        let path = context.root.join(path);
        statements.push(Statement { language: names::spoken(language), format: *format, path });
    }
    statements.sort_by(|a, b| (&a.language, a.format).cmp(&(&b.language, b.format)));
    statements
}

/// What `problem-properties.json` says beside a LaTeX statement.
pub(super) struct Properties {
    language: Lang,
    folder: String,
    entries: Vec<Entry>,
}

impl Properties {
    fn file(&self) -> String {
        format!("{}/{PROPERTIES}", self.folder)
    }
}

const PROPERTIES: &str = "problem-properties.json";

/// Reads those of all languages. JSON is YAML, so it is read as that.
pub(super) fn properties(
    context: Context<'_>,
    statements: &[Statement],
    findings: &mut Findings,
) -> Vec<Properties> {
    let mut all = Vec::new();
    for statement in statements.iter().filter(|statement| statement.format == Format::Latex) {
        let folder = statement.path.parent().and_then(|path| path.strip_prefix(context.root).ok());
        let Some(folder) = folder.and_then(Path::to_str) else { continue };
        let path = format!("{folder}/{PROPERTIES}");
        let Some(file) = context.tree.files.get(&path) else { continue };
        let (language, folder) = (statement.language.clone(), folder.to_owned());
        match file.text(&path).and_then(|text| yaml::parse(&path, &text)) {
            Ok(entries) => all.push(Properties { language, folder, entries }),
            // It mostly repeats what stands elsewhere: a package is as good without it.
            Err(fault) => findings.warn(fault),
        }
    }
    all
}

/// The problem's title in each language: from `names`, or else from the properties.
pub(super) fn titles(
    context: Context<'_>,
    properties: &[Properties],
    findings: &mut Findings,
) -> BTreeMap<Lang, String> {
    let mut titles = BTreeMap::new();
    for name in context.problem.below(&["names", "name"]) {
        let language = findings.keep(name.needed("language"));
        let title = findings.keep(name.needed("value"));
        if let (Some(language), Some(title)) = (language, title) {
            titles.insert(names::spoken(language), title.to_owned());
        }
    }
    for Properties { language, entries, .. } in properties {
        if !titles.contains_key(language)
            && let Some(title) = text(entries, "name").filter(|title| !title.is_empty())
        {
            titles.insert(language.clone(), title.to_owned());
        }
    }
    if titles.is_empty() {
        let message = "is missing; the short name stands in for it";
        findings.warn(Fault::new(FILE, message).of_field("names"));
    }
    titles
}

/// Shows samples as the statement does, where it has files of its own for that: English before other languages.
pub(super) fn show_samples(
    context: Context<'_>,
    properties: &[Properties],
    samples: &mut [Sample],
    findings: &mut Findings,
) {
    let english = properties.iter().find(|properties| properties.language == "en");
    let Some(properties) = english.or(properties.first()) else { return };
    let tests = properties.entries.iter().find(|entry| entry.key == "sampleTests");
    let Some(Value::List(tests)) = tests.map(|entry| &entry.value.value) else { return };
    if tests.len() != samples.len() {
        let message =
            format!("names {} tests, but there are {} samples", tests.len(), samples.len());
        findings.warn(Fault::new(properties.file(), message).of_field("sampleTests"));
        return;
    }
    for (sample, test) in samples.iter_mut().zip(tests) {
        let Value::Map(entries) = &test.value else { continue };
        let file = |key: &str| {
            let path = format!("{}/{}", properties.folder, text(entries, key)?);
            context.tree.files.contains_key(&path).then(|| context.root.join(path))
        };
        if let (Some(input), Some(output)) = (file("inputFile"), file("outputFile")) {
            sample.shown = Shown::Pair { input, output };
        }
    }
}

fn text<'a>(entries: &'a [Entry], key: &str) -> Option<&'a str> {
    match &entries.iter().find(|entry| entry.key == key)?.value.value {
        Value::Text(text) => Some(text.trim()),
        _ => None,
    }
}
