//! `testdata.yaml` and `test_group.yaml`: what the test cases of a folder share.
//!
//! ICPC problem package format (legacy), section "Test Data Groups"; (2025-09), section "Test Data Configuration".

use super::{Context, Dialect};
use crate::{
    fault::{Fault, Findings},
    fields::{Fields, Separator},
    groups::{Aggregation, CaseScores, OnReject, StaticValidation},
    kind::PackageFormat,
    test_case::InputFlags,
    tree::MAX_CONFIGURATION_BYTES,
    yaml::{self, Entry, Value},
};
use std::collections::BTreeMap;

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

/// The configurations of all folders below `data/` that have one, by folder.
pub(super) struct Configs {
    by_folder: BTreeMap<String, GroupConfig>,
    root: GroupConfig,
    dialect: Dialect,
}

impl Configs {
    pub(super) fn read(context: Context<'_>, findings: &mut Findings) -> Self {
        let metadata = context.metadata;
        let root = GroupConfig {
            on_reject: Some(metadata.on_reject),
            scores: Some(metadata.scores),
            ..GroupConfig::default()
        };
        let mut configs = Self { by_folder: BTreeMap::new(), root, dialect: context.dialect };
        let mut files: Vec<_> = context.tree.below("data/").collect();
        // A folder's own comes before those of the folders in it, which inherit from it.
        files.sort_by_key(|(rest, _)| rest.matches('/').count());
        for (rest, file) in files {
            let path = format!("data/{rest}");
            let Some((folder, name)) = path.rsplit_once('/') else { continue };
            let is_draft = match name {
                "testdata.yaml" => true,
                "test_group.yaml" if context.dialect == Dialect::Versioned => false,
                _ => continue,
            };
            if context.format == PackageFormat::V2025 && is_too_deep(folder) {
                let message = "stands in a folder that can be no group; they are in data/secret/";
                findings.fault(Fault::new(&path, message));
            }
            let Some(text) = findings.keep(file.configuration(&path)) else { continue };
            let most = MAX_CONFIGURATION_BYTES as usize;
            let text = context.metadata.constants.apply_to_text(&text, most);
            let text = text.map_err(|error| Fault::new(&path, error.to_string()));
            let Some(text) = findings.keep(text) else { continue };
            let Some(entries) = findings.keep(yaml::parse(&path, &text)) else { continue };
            let mut fields = Fields::new(&path, &entries, findings);
            // What is not said is inherited.
            let inherited = configs.of(folder.rsplit_once('/').map_or("", |(parent, _)| parent));
            let inherited = inherited.for_groups_of(context.dialect);
            let config = if context.dialect != Dialect::Versioned {
                legacy(&path, &mut fields, inherited)
            } else {
                versioned(&path, &mut fields, inherited, is_draft)
            };
            fields.finish();
            configs.by_folder.insert(folder.to_owned(), config);
        }
        configs
    }

    /// The groups of `data/secret/` that say so, and the other folders that have a static validation.
    pub(super) fn groups(&self) -> impl Iterator<Item = (&str, &GroupConfig)> {
        self.by_folder.iter().filter_map(|(folder, config)| {
            let name = folder.strip_prefix("data/")?;
            let is_group = name.strip_prefix("secret/").is_some_and(|group| !group.contains('/'));
            let is_top = matches!(name, "sample" | "secret") && config.static_validation.is_some();
            (is_group || is_top).then_some((name, config))
        })
    }

    /// Whether the folder has a configuration of its own.
    pub(super) fn has(&self, folder: &str) -> bool {
        self.by_folder.contains_key(folder)
    }

    /// What holds for a folder: its own configuration, or what it inherits.
    pub(super) fn of(&self, folder: &str) -> GroupConfig {
        if self.has(folder) {
            return self.inherited_by(folder);
        }
        self.inherited_by(folder).for_groups_of(self.dialect)
    }

    /// What holds for the group of this name, which is empty for all of `data/`.
    pub(super) fn of_group(&self, name: &str) -> GroupConfig {
        if name.is_empty() { self.of("data") } else { self.of(&format!("data/{name}")) }
    }

    fn inherited_by(&self, folder: &str) -> GroupConfig {
        let mut place = folder;
        loop {
            if let Some(config) = self.by_folder.get(place) {
                return if place == folder { config.clone() } else { config.clone().inherited() };
            }
            match place.rsplit_once('/') {
                Some((parent, _)) => place = parent,
                None => return self.root.clone(),
            }
        }
    }
}

impl GroupConfig {
    /// The same without what a group does not inherit in this dialect.
    fn for_groups_of(self, dialect: Dialect) -> Self {
        match dialect {
            Dialect::Domjudge => Self { scores: None, grader_flags: None, ..self },
            Dialect::Legacy | Dialect::Versioned => self,
        }
    }

    /// What a group inside this one takes from it.
    fn inherited(self) -> Self {
        Self {
            file: None,
            aggregation: None,
            max_score: None,
            require_pass: None,
            static_validation: None,
            case_score: None,
            ..self
        }
    }
}

/// Whether a folder of test data for judging lies where groups may not.
fn is_too_deep(folder: &str) -> bool {
    let group = folder.strip_prefix("data/secret/");
    folder.starts_with("data/sample/") || group.is_some_and(|group| group.contains('/'))
}

fn legacy(file: &str, fields: &mut Fields<'_>, inherited: GroupConfig) -> GroupConfig {
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
    read_input_flags(fields, "input_validator_flags", &mut config);
    match fields.value("output_validator_flags").map(|node| &node.value) {
        Some(Value::Map(entries)) => {
            let (name, words) = named_flags(entries);
            config.validator = name;
            config.output_flags = Some(Flags::new(file, fields, "output_validator_flags", words));
        }
        Some(_) => config.output_flags = flags(file, fields, "output_validator_flags"),
        None => {}
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

fn versioned(
    file: &str,
    fields: &mut Fields<'_>,
    inherited: GroupConfig,
    is_draft: bool,
) -> GroupConfig {
    let mut config = GroupConfig { file: Some(file.to_owned()), is_draft, ..inherited.inherited() };
    read_case_keys(file, fields, &mut config);
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
    if is_draft {
        fields.within("scoring", |scoring| {
            config.case_score = scoring.number("score", 0.0..=MOST_SCORE);
            config.aggregation = scoring.choice("aggregation", &AGGREGATIONS);
            config.max_score = read_max_score(scoring, "max_score");
            scoring.text("range");
        });
        read_input_flags(fields, "input_validator_flags", &mut config);
        if let Some(flags) = flags(file, fields, "output_validator_flags") {
            config.output_flags = Some(flags);
        }
    }
    config
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
pub(super) fn read_case_keys(file: &str, fields: &mut Fields<'_>, config: &mut GroupConfig) {
    if let Some(arguments) = fields.arguments("args", Separator::None) {
        config.arguments = Some(arguments);
    }
    read_input_flags(fields, "input_validator_args", config);
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
fn read_input_flags(fields: &mut Fields<'_>, key: &'static str, config: &mut GroupConfig) {
    let Some(node) = fields.value(key) else { return };
    let is_legacy = key == "input_validator_flags";
    config.input_flags = Some(match &node.value {
        Value::Map(entries) if is_legacy && entries.iter().any(|entry| entry.key == "name") => {
            let (name, words) = named_flags(entries);
            InputFlags::Named(vec![(name.unwrap_or_default(), words)])
        }
        Value::Map(entries) => InputFlags::Named(
            entries.iter().map(|entry| (entry.key.clone(), words_of(&entry.value.value))).collect(),
        ),
        _ => InputFlags::All(fields.arguments(key, Separator::Space).unwrap_or_default()),
    });
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
