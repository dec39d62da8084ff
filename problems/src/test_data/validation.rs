//! Test data that the package's own validators are tried on.
//!
//! ICPC problem package format (2025-09), section "Validation Test Data", and the names that tools used before it.

use super::{
    Context,
    cases::{beside, files},
    config,
    configs::Configs,
    validator_flags,
};
use crate::{
    fault::{Fault, Findings},
    fields::Fields,
    test_case::{ValidationCase, ValidationKind},
    yaml,
};

const FOLDERS: [(&str, ValidationKind); 6] = [
    ("invalid_input", ValidationKind::InvalidInput),
    ("invalid_inputs", ValidationKind::InvalidInput),
    ("invalid_output", ValidationKind::InvalidOutput),
    ("invalid_outputs", ValidationKind::InvalidOutput),
    ("valid_output", ValidationKind::ValidOutput),
    ("valid_outputs", ValidationKind::ValidOutput),
];

/// Folders of other tools that hold nothing to judge with.
const IGNORED: [&str; 2] = ["bad", "invalid_answers"];

/// Reads all of it, and warns of folders that nobody knows.
pub(super) fn read(
    context: Context<'_>,
    configs: &Configs,
    findings: &mut Findings,
) -> Vec<ValidationCase> {
    let mut cases = Vec::new();
    for (folder, kind) in FOLDERS {
        let below = format!("data/{folder}/");
        for (rest, _) in context.tree.below(&below) {
            let Some(stem) = rest.strip_suffix(".in").filter(|stem| !stem.contains(".files/"))
            else {
                continue;
            };
            let stem = format!("{below}{stem}");
            let group = stem.rsplit_once('/').map_or("data", |(group, _)| group);
            cases.extend(case(context, configs.of(group), &stem, kind, findings));
        }
    }
    warn_of_other_folders(context, findings);
    cases
}

fn case(
    context: Context<'_>,
    mut config: config::GroupConfig,
    stem: &str,
    kind: ValidationKind,
    findings: &mut Findings,
) -> Option<ValidationCase> {
    let path = format!("{stem}.yaml");
    if let Some(file) = context.tree.files.get(&path)
        && let Some(text) = findings.keep(file.configuration(&path))
        && let Some(entries) = findings.keep(yaml::parse(&path, &text))
    {
        let mut fields = Fields::new(&path, &entries, findings);
        config::read_case_keys(context, &path, &mut fields, &mut config);
        fields.value("description");
        fields.finish();
    }
    let answer_and_output = if kind == ValidationKind::InvalidInput {
        None
    } else {
        let mut need = |extension: &str| {
            let found = beside(context, stem, extension);
            if found.is_none() {
                let message = format!("has no .{extension} beside it");
                findings.fault(Fault::new(format!("{stem}.in"), message));
            }
            found
        };
        let (answer, output) = (need("ans"), need("out"));
        Some((answer?, output?))
    };
    let (validator_flags, compare_flags) =
        validator_flags(context, config.output_flags.as_ref(), findings);
    Some(ValidationCase {
        name: stem.strip_prefix("data/").unwrap_or(stem).to_owned(),
        kind,
        input: context.root.join(format!("{stem}.in")),
        answer_and_output,
        arguments: config.arguments.unwrap_or_default(),
        files: files(context, stem),
        input_flags: config.input_flags.unwrap_or_default(),
        validator_flags,
        compare_flags,
    })
}

fn warn_of_other_folders(context: Context<'_>, findings: &mut Findings) {
    let known = |folder: &str| {
        matches!(folder, "sample" | "secret")
            || FOLDERS.iter().any(|(name, _)| *name == folder)
            || IGNORED.contains(&folder)
            || folder.starts_with("invalid_")
    };
    let mut others: Vec<&str> = context
        .tree
        .below("data/")
        .filter_map(|(path, _)| path.split_once('/').map(|(folder, _)| folder))
        .filter(|folder| !known(folder))
        .collect();
    others.dedup();
    for folder in others {
        let message = "is neither sample nor secret; ignored";
        findings.warn(Fault::new(format!("data/{folder}"), message));
    }
}
