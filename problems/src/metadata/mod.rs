//! `problem.yaml`: what a package says of itself.

mod constants;
mod legacy;
mod limits;
mod people;
mod versioned;

pub use constants::{Constants, TooLong};
pub use limits::Timing;
pub use people::Credits;

use crate::{
    Lang,
    fault::Findings,
    fields::Fields,
    groups::{CaseScores, OnReject},
    kind::{PackageFormat, ProblemType},
    yaml::{self, Value},
};
use judge_types::Limits;
use std::{collections::BTreeMap, num::NonZeroU32};

pub(crate) const FILE: &str = "problem.yaml";

/// What `problem.yaml` holds, checked key by key.
#[derive(Debug, Default)]
pub(crate) struct Metadata {
    /// The version that the package says it is of; `None` where it is one that nobody here knows.
    pub(crate) format: Option<PackageFormat>,
    /// A name for every language; the one without a language under the empty one.
    pub(crate) names: BTreeMap<Lang, String>,
    pub(crate) credits: Credits,
    pub(crate) keywords: Vec<String>,
    pub(crate) languages: Option<Vec<String>>,
    pub(crate) limits: Limits,
    pub(crate) stated_time_ms: Option<u64>,
    pub(crate) timing: Timing,
    pub(crate) kind: ProblemType,
    /// Whether output validators of the package's own decide (legacy).
    pub(crate) custom_validation: bool,
    /// Whether the validator may say a score.
    pub(crate) validator_scores: bool,
    pub(crate) validator_flags: Vec<String>,
    pub(crate) validator_flags_line: u32,
    pub(crate) objective: Objective,
    pub(crate) show_groups: bool,
    /// What all groups inherit (legacy, of packages that are older than `testdata.yaml`).
    pub(crate) scores: CaseScores,
    pub(crate) on_reject: OnReject,
    pub(crate) allow_file_writing: bool,
    pub(crate) constants: Constants,
}

/// Which scores are the better ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Objective {
    /// The higher ones.
    #[default]
    Max,
    /// The lower ones (legacy, `grading.objective: min`).
    Min,
}

impl Metadata {
    /// Reads the text of `problem.yaml`. What is wrong goes to `findings`.
    pub(crate) fn read(text: &str, findings: &mut Findings) -> Self {
        let mut metadata = Self { format: Some(PackageFormat::Legacy), ..Self::default() };
        let Some(entries) = findings.keep(yaml::parse(FILE, text)) else { return metadata };
        let mut fields = Fields::new(FILE, &entries, findings);
        metadata.format = format(&mut fields);
        match metadata.format {
            None => return metadata,
            Some(PackageFormat::Legacy) => metadata.read_legacy(&mut fields),
            Some(_) => metadata.read_versioned(&mut fields),
        }
        fields.finish();
        metadata
    }

    fn read_names(&mut self, fields: &mut Fields<'_>) {
        let Some(node) = fields.value("name") else { return };
        let named = |text: &str| Some(text.trim().to_owned()).filter(|name| !name.is_empty());
        match &node.value {
            Value::Text(name) => self.names.extend(named(name).map(|name| (Lang::new(), name))),
            Value::Map(entries) => {
                for entry in entries {
                    if let Value::Text(name) = &entry.value.value {
                        self.names.extend(named(name).map(|name| (entry.key.clone(), name)));
                    } else {
                        let message =
                            format!("must be a single value, not {}", entry.value.value.kind());
                        fields.fault(&format!("name.{}", entry.key), entry.line, message);
                    }
                }
            }
            other => {
                let message =
                    format!("must be a name, or one for each language, not {}", other.kind());
                fields.fault("name", node.line, message);
            }
        }
    }

    /// Reads the words of the key `type`.
    fn read_kind(&mut self, words: &[String], fields: &mut Fields<'_>) {
        let line = fields.line("type");
        for (index, word) in words.iter().enumerate() {
            if words[..index].contains(word) {
                fields.fault("type", line, format!("{word:?} stands here twice"));
            }
            match word.as_str() {
                "pass-fail" => {}
                "scoring" => self.kind.scoring = true,
                "interactive" => self.kind.interactive = true,
                "multi-pass" => self.kind.passes = DEFAULT_PASSES,
                "submit-answer" => self.kind.submit_answer = true,
                _ => fields.fault("type", line, format!("{word:?} is not a type of problem")),
            }
        }
        let has = |word: &str| words.iter().any(|other| other == word);
        for (one, other) in [
            ("pass-fail", "scoring"),
            ("multi-pass", "submit-answer"),
            ("interactive", "submit-answer"),
        ] {
            if has(one) && has(other) {
                let message = format!("a problem cannot be {one} and {other}");
                fields.fault("type", line, message);
            }
        }
    }
}

/// How often a problem of several passes that says no more is run (`validation_passes`).
const DEFAULT_PASSES: NonZeroU32 = NonZeroU32::MIN.saturating_add(1);

fn format(fields: &mut Fields<'_>) -> Option<PackageFormat> {
    match fields.text("problem_format_version") {
        None | Some("legacy" | "legacy-icpc") => Some(PackageFormat::Legacy),
        Some("2025-09" | "2025-09-draft") => Some(PackageFormat::V2025),
        Some("2023-07" | "2023-07-draft" | "draft") => Some(PackageFormat::Draft2023),
        Some(version) => {
            let line = fields.line("problem_format_version");
            let message = format!(
                "packages of version {version:?} are not supported: legacy, legacy-icpc, 2023-07-draft and 2025-09 are"
            );
            fields.fault("problem_format_version", line, message);
            None
        }
    }
}
