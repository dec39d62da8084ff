//! One test case and the files that belong to it.

use super::{
    Context,
    config::{self, GroupConfig},
    validator_flags,
};
use crate::{
    fault::{Fault, Findings},
    fields::Fields,
    kind::PackageFormat,
    test_case::{CaseFile, Note, TestCase},
    yaml,
};
use std::path::PathBuf;

const IMAGES: [&str; 4] = ["png", "jpg", "jpeg", "svg"];

/// Reads the test case whose files begin with `stem`; `config` is that of its group.
pub(super) fn read(
    context: Context<'_>,
    config: &GroupConfig,
    stem: &str,
    group: usize,
    findings: &mut Findings,
) -> Option<TestCase> {
    let Some(answer) = beside(context, stem, "ans") else {
        findings.fault(Fault::new(format!("{stem}.in"), "has no answer beside it (.ans)"));
        return None;
    };
    let mut config = config.clone();
    let name = stem.strip_prefix("data/").unwrap_or(stem);
    let is_sample = name.starts_with("sample/");
    let mut notes = Notes {
        description: beside(context, stem, "desc").map(Note::File),
        hint: beside(context, stem, "hint").map(Note::File),
    };
    if context.format != PackageFormat::Legacy {
        read_own(context, stem, &mut config, &mut notes, findings);
    }
    let (validator_flags, compare_flags) =
        validator_flags(context, config.output_flags.as_ref(), findings);
    Some(TestCase {
        name: name.to_owned(),
        is_sample,
        group,
        input: context.root.join(format!("{stem}.in")),
        answer,
        description: notes.description,
        hint: notes.hint,
        image: IMAGES.iter().find_map(|extension| beside(context, stem, extension)),
        arguments: config.arguments.unwrap_or_default(),
        files: files(context, stem),
        input_flags: config.input_flags.unwrap_or_default(),
        validator_flags,
        compare_flags,
        validator: config.validator,
        points: None,
        full_feedback: config.full_feedback.unwrap_or(is_sample),
    })
}

/// The file of the package that has this extension after `stem`.
pub(super) fn beside(context: Context<'_>, stem: &str, extension: &str) -> Option<PathBuf> {
    let path = format!("{stem}.{extension}");
    context.tree.files.contains_key(&path).then(|| context.root.join(path))
}

struct Notes {
    description: Option<Note>,
    hint: Option<Note>,
}

/// The test case's own configuration (2025-09, section "Test Case Configuration").
fn read_own(
    context: Context<'_>,
    stem: &str,
    config: &mut GroupConfig,
    notes: &mut Notes,
    findings: &mut Findings,
) {
    let path = format!("{stem}.yaml");
    let Some(file) = context.tree.files.get(&path) else { return };
    let Some(text) = findings.keep(file.configuration(&path)) else { return };
    let Some(entries) = findings.keep(yaml::parse(&path, &text)) else { return };
    let mut fields = Fields::new(&path, &entries, findings);
    config::read_case_keys(context, &path, &mut fields, config);
    let mut note = |key| fields.text(key).map(|text| Note::Text(text.to_owned()));
    notes.description = note("description").or(notes.description.take());
    notes.hint = note("hint").or(notes.hint.take());
    fields.finish();
}

/// What the folder `.files` of the test case holds.
pub(super) fn files(context: Context<'_>, stem: &str) -> Vec<CaseFile> {
    if context.format == PackageFormat::Legacy {
        return Vec::new();
    }
    let folder = format!("{stem}.files/");
    let files = context.tree.below(&folder).map(|(rest, _)| CaseFile {
        name: rest.to_owned(),
        source: context.root.join(&folder).join(rest),
    });
    files.collect()
}
