//! `testdata.yaml` and `test_group.yaml`: what the test cases of a folder share.
//!
//! ICPC problem package format (legacy), section "Test Data Groups"; (2025-09), section "Test Data Configuration".

use super::Context;
use crate::{
    fault::Fault,
    fields::{Fields, Separator},
    groups::{Aggregation, CaseScores, OnReject, StaticValidation},
    kind::PackageFormat,
    test_case::InputFlags,
    validator::{ValidatorProgram, is_called},
    yaml::{Entry, Value},
};

/// Arguments, and where they stand.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Flags {
    pub(super) words: Vec<String>,
    file: String,
    field: &'static str,
    line: u32,
}

impl Flags {
    fn new(file: &str, fields: &Fields<'_>, field: &'static str, words: Vec<String>) -> Self {
        Self { words, file: file.to_owned(), field, line: fields.line(field) }
    }

    pub(super) fn fault(&self, message: String) -> Fault {
        Fault::new(&self.file, message).at(self.line).of_field(self.field)
    }
}

/// What one file says, or with what it inherits.
#[derive(Debug, Clone, Default)]
pub(super) struct GroupConfig {
    /// The file, for what is wrong with it as a whole.
    pub(super) file: Option<String>,
    // Both versions.
    pub(super) input_flags: Option<InputFlags>,
    pub(super) output_flags: Option<Flags>,
    // The legacy one.
    pub(super) on_reject: Option<OnReject>,
    pub(super) custom_grading: Option<bool>,
    pub(super) grader_flags: Option<Flags>,
    pub(super) scores: Option<CaseScores>,
    pub(super) validator: Option<String>,
    // The newer ones.
    pub(super) arguments: Option<Vec<String>>,
    pub(super) full_feedback: Option<bool>,
    pub(super) aggregation: Option<Aggregation>,
    pub(super) max_score: Option<MaxScore>,
    pub(super) require_pass: Option<Flags>,
    pub(super) static_validation: Option<StaticValidation>,
    /// What each test case is worth (draft).
    pub(super) case_score: Option<f64>,
    /// Whether it is of the draft, where the most that `secret` can get follows from its groups.
    pub(super) is_draft: bool,
}

/// The key `max_score`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum MaxScore {
    Bounded(f64),
    Unbounded,
}

/// The keys of the legacy format.
pub(super) fn legacy(
    context: Context<'_>,
    file: &str,
    fields: &mut Fields<'_>,
    inherited: GroupConfig,
) -> GroupConfig {
    let mut config = GroupConfig { file: Some(file.to_owned()), ..inherited.inherited() };
    if let Some(on_reject) = fields.choice("on_reject", &OnReject::WORDS) {
        config.on_reject = Some(on_reject);
    }
    if let Some(custom) = fields.choice("grading", &[("default", false), ("custom", true)]) {
        config.custom_grading = Some(custom);
    }
    if let Some(flags) = flags(file, fields, "grader_flags") {
        config.grader_flags = Some(flags);
    }
    read_input_flags(context, fields, "input_validator_flags", &mut config);
    const OUTPUT_FLAGS: &str = "output_validator_flags";
    match fields.value(OUTPUT_FLAGS).map(|node| &node.value) {
        Some(Value::Map(entries)) => {
            let (name, words) = named_flags(entries);
            if let Some(name) = &name
                && !context.output_validators.is_empty()
                && let Err(message) = known(context.output_validators, name)
            {
                fields.fault(OUTPUT_FLAGS, fields.line(OUTPUT_FLAGS), message);
            }
            config.validator = name;
            config.output_flags = Some(Flags::new(file, fields, OUTPUT_FLAGS, words));
        }
        Some(_) => {
            config.validator = None;
            config.output_flags = flags(file, fields, OUTPUT_FLAGS);
        }
        None => {}
    }
    for key in ["accept_score", "reject_score", "range"] {
        if !context.metadata.kind.scoring && fields.value(key).is_some() {
            let message = "is for problems of type scoring only; ignored".to_owned();
            fields.warn(key, fields.line(key), message);
        }
    }
    let mut scores = config.scores.unwrap_or_default();
    read_scores(fields, &mut scores);
    config.scores = Some(scores);
    // Of drafts of long ago; nothing reads it.
    fields.value("run_samples");
    config
}

/// The keys about scores that the legacy format has in `testdata.yaml`, and had in `problem.yaml`.
pub(crate) fn read_scores(fields: &mut Fields<'_>, scores: &mut CaseScores) {
    const MOST: f64 = 1e15;
    if let Some(accept) = fields.number("accept_score", -MOST..=MOST) {
        scores.accept = accept;
    }
    if let Some(reject) = fields.number("reject_score", -MOST..=MOST) {
        scores.reject = reject;
    }
    let Some(words) = fields.words("range", Separator::Space) else { return };
    let bound = |word: &String| word.parse().ok().filter(|number: &f64| !number.is_nan());
    match words.iter().map(bound).collect::<Vec<Option<f64>>>()[..] {
        [Some(least), Some(most)] if least <= most => scores.range = (least, most),
        _ => {
            let message = format!(
                "must be two numbers, the lesser first, not {:?}; inf and -inf are numbers, too",
                words.join(" ")
            );
            fields.fault("range", fields.line("range"), message);
        }
    }
}

/// The keys of 2025-09 and its drafts.
pub(super) fn versioned(
    context: Context<'_>,
    file: &str,
    fields: &mut Fields<'_>,
    inherited: GroupConfig,
    is_draft: bool,
) -> GroupConfig {
    let mut config = GroupConfig { file: Some(file.to_owned()), is_draft, ..inherited.inherited() };
    read_case_keys(context, file, fields, &mut config);
    config.aggregation = fields.choice("score_aggregation", &AGGREGATIONS);
    config.max_score = read_max_score(fields, "max_score");
    config.require_pass = fields
        .words("require_pass", Separator::Space)
        .map(|words| Flags::new(file, fields, "require_pass", words));
    let arguments = fields.arguments("static_validator_args", Separator::None);
    let is_static = fields.value("static_validation_score").is_some();
    if is_static {
        let max_score = match fields.text("static_validation_score") {
            Some("pass-fail") => None,
            _ => fields.number("static_validation_score", 0.0..=MOST_SCORE),
        };
        let arguments = arguments.unwrap_or_default();
        config.static_validation = Some(StaticValidation { max_score, arguments });
    } else if arguments.is_some() {
        let message = "needs static_validation_score beside it".to_owned();
        fields.fault("static_validator_args", fields.line("static_validator_args"), message);
    }
    if is_draft || context.format == PackageFormat::Draft2023 {
        for key in ["scoring", "grading"] {
            fields.within(key, |scoring| read_draft_scoring(file, scoring, &mut config));
        }
    }
    if is_draft {
        read_input_flags(context, fields, "input_validator_flags", &mut config);
        if let Some(flags) = flags(file, fields, "output_validator_flags") {
            config.output_flags = Some(flags);
        }
    }
    config
}

/// The mapping that drafts had where 2025-09 has keys. `score` was what each test case is worth in `testdata.yaml`, and later what
/// the group is, of which keys tell that came with that.
fn read_draft_scoring(file: &str, scoring: &mut Fields<'_>, config: &mut GroupConfig) {
    config.aggregation = scoring.choice("aggregation", &AGGREGATIONS);
    for key in ["require_pass", "require-pass"] {
        if let Some(words) = scoring.words(key, Separator::Space) {
            config.require_pass = Some(Flags::new(file, scoring, key, words));
        }
    }
    let is_of_group = !config.is_draft
        || config.require_pass.is_some()
        || config.aggregation == Some(Aggregation::PassFail)
        || scoring.text("score") == Some("unbounded");
    if is_of_group {
        config.max_score = read_max_score(scoring, "score");
    } else {
        config.case_score = scoring.number("score", 0.0..=MOST_SCORE);
    }
    if let Some(most) = read_max_score(scoring, "max_score") {
        config.max_score = Some(most);
    }
    scoring.text("range");
}

const AGGREGATIONS: [(&str, Aggregation); 3] =
    [("pass-fail", Aggregation::PassFail), ("sum", Aggregation::Sum), ("min", Aggregation::Min)];

const MOST_SCORE: f64 = 1e15;

fn read_max_score(fields: &mut Fields<'_>, key: &'static str) -> Option<MaxScore> {
    if fields.text(key)? == "unbounded" {
        return Some(MaxScore::Unbounded);
    }
    fields.number(key, 0.0..=MOST_SCORE).map(MaxScore::Bounded)
}

/// The keys that a group's file and a test case's own have in common (2025-09, section "Test Case Configuration").
pub(super) fn read_case_keys(
    context: Context<'_>,
    file: &str,
    fields: &mut Fields<'_>,
    config: &mut GroupConfig,
) {
    if let Some(arguments) = fields.arguments("args", Separator::None) {
        config.arguments = Some(arguments);
    }
    read_input_flags(context, fields, "input_validator_args", config);
    if let Some(flags) = flags(file, fields, "output_validator_args") {
        config.output_flags = Some(flags);
    }
    if let Some(full_feedback) = fields.boolean("full_feedback") {
        config.full_feedback = Some(full_feedback);
    }
    for key in ["input_visualizer_args", "output_visualizer_args"] {
        fields.value(key);
    }
}

fn flags(file: &str, fields: &mut Fields<'_>, key: &'static str) -> Option<Flags> {
    let words = fields.arguments(key, Separator::Space)?;
    Some(Flags::new(file, fields, key, words))
}

/// Input validators' arguments: for all, or by the validator's name.
fn read_input_flags(
    context: Context<'_>,
    fields: &mut Fields<'_>,
    key: &'static str,
    config: &mut GroupConfig,
) {
    let Some(node) = fields.value(key) else { return };
    let is_legacy = key == "input_validator_flags";
    let input_flags = match &node.value {
        Value::Map(entries) if is_legacy && entries.iter().any(|entry| entry.key == "name") => {
            let (name, words) = named_flags(entries);
            InputFlags::Named(vec![(name.unwrap_or_default(), words)])
        }
        Value::Map(entries) => InputFlags::Named(
            entries.iter().map(|entry| (entry.key.clone(), words_of(&entry.value.value))).collect(),
        ),
        _ => InputFlags::All(fields.arguments(key, Separator::Space).unwrap_or_default()),
    };
    if let InputFlags::Named(named) = &input_flags {
        for (name, _) in named {
            if let Err(message) = known(context.input_validators, name) {
                fields.warn(key, node.line, message);
            }
        }
    }
    config.input_flags = Some(input_flags);
}

/// Whether a program of this name is there, or what is wrong with it.
fn known(programs: &[ValidatorProgram], name: &str) -> Result<(), String> {
    if programs.iter().any(|program| is_called(&program.name, name)) {
        return Ok(());
    }
    let names: Vec<_> = programs.iter().map(|program| program.name.as_str()).collect();
    Err(format!("names {name:?}, which is none of the validators ({})", names.join(", ")))
}

/// The keys `name` and `flags` of a mapping (legacy).
fn named_flags(entries: &[Entry]) -> (Option<String>, Vec<String>) {
    let value =
        |key: &str| entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value.value);
    let name = match value("name") {
        Some(Value::Text(name)) => Some(name.trim().to_owned()),
        _ => None,
    };
    (name, value("flags").map(words_of).unwrap_or_default())
}

fn words_of(value: &Value) -> Vec<String> {
    match value {
        Value::Text(text) => text.split_whitespace().map(str::to_owned).collect(),
        Value::List(nodes) => {
            let texts = nodes.iter().map(|node| match &node.value {
                Value::Text(text) => text.clone(),
                Value::List(_) | Value::Map(_) | Value::Null => String::new(),
            });
            texts.collect()
        }
        Value::Map(_) | Value::Null => Vec::new(),
    }
}
