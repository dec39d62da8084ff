//! `problem.yaml`: what a package says of itself.
//!
//! ICPC problem package format (legacy), section "Problem Metadata".

use crate::{
    Lang,
    fault::Findings,
    fields::{Fields, Separator},
    yaml::{self, Value},
};
use judge_types::Limits;
use std::collections::BTreeMap;

pub(crate) const FILE: &str = "problem.yaml";

/// What `problem.yaml` holds, checked key by key.
#[derive(Debug, Default)]
pub(crate) struct Metadata {
    /// Whether the package is of the version that the other fields are about.
    pub(crate) is_legacy: bool,
    /// A name for every language; the one without a language under the empty one.
    pub(crate) names: BTreeMap<Lang, String>,
    pub(crate) credits: Credits,
    pub(crate) keywords: Vec<String>,
    pub(crate) languages: Option<Vec<String>>,
    pub(crate) limits: Limits,
    pub(crate) stated_time_ms: Option<u64>,
    pub(crate) timing: Timing,
    pub(crate) custom_validation: bool,
    pub(crate) validator_flags: Vec<String>,
    pub(crate) validator_flags_line: u32,
}

/// Who made a problem, where it comes from and how it may be used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Credits {
    /// Who wrote it.
    pub author: Option<String>,
    /// Where it was first used, for example a contest.
    pub source: Option<String>,
    /// Where to read about that.
    pub source_url: Option<String>,
    /// One of the format's words, for example `cc by-sa`.
    pub license: Option<String>,
    /// Who holds the rights.
    pub rights_owner: Option<String>,
}

/// How a time limit follows from the jury's submissions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// The time limit is at least this many times the slowest accepted submission's time.
    pub multiplier: f64,
    /// Submissions that are too slow should take at least this many times the time limit.
    pub safety_margin: f64,
}

impl Default for Timing {
    fn default() -> Self {
        Self { multiplier: 5.0, safety_margin: 2.0 }
    }
}

impl Timing {
    /// The time limit for a problem that states none: the slowest accepted submission's time
    /// times the multiplier, in whole seconds, at least one. Both in milliseconds.
    #[must_use]
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "both are far below 2^52 and not negative"
    )]
    pub fn time_limit_ms(&self, slowest_accepted_ms: u64) -> u64 {
        let seconds = slowest_accepted_ms as f64 / 1e3 * self.multiplier;
        seconds.ceil().max(1.0) as u64 * 1000
    }
}

/// A thousand hours or a pebibyte: beyond any real limit, and safe to multiply.
const MOST_SECONDS: f64 = 3.6e6;
const MOST_MIB: f64 = (1_u64 << 30) as f64;

impl Metadata {
    /// Reads the text of `problem.yaml`. What is wrong goes to `findings`.
    pub(crate) fn read(text: &str, findings: &mut Findings) -> Self {
        let mut metadata = Self { is_legacy: true, ..Self::default() };
        let Some(entries) = findings.keep(yaml::parse(FILE, text)) else { return metadata };
        let mut fields = Fields::new(FILE, &entries, findings);
        if let Some(version) = fields.text("problem_format_version")
            && !matches!(version, "legacy" | "legacy-icpc")
        {
            let line = fields.line("problem_format_version");
            let message = format!("packages of version {version:?} are not supported, only legacy");
            fields.fault("problem_format_version", line, message);
            metadata.is_legacy = false;
            return metadata;
        }
        metadata.read_names(&mut fields);
        metadata.read_type(&mut fields);
        metadata.read_validation(&mut fields);
        metadata.read_credits(&mut fields);
        fields.within("limits", |limits| metadata.read_limits(limits));
        metadata.keywords = fields.words("keywords", Separator::CommaOrSpace).unwrap_or_default();
        metadata.languages = fields
            .words("languages", Separator::CommaOrSpace)
            .filter(|languages| !languages.iter().any(|language| language == "all"));
        // Known, and without meaning for a pass-fail problem.
        for key in ["uuid", "type", "grading", "libraries", "problem_format_version"] {
            fields.value(key);
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

    fn read_type(&mut self, fields: &mut Fields<'_>) {
        let kinds = fields.words("type", Separator::CommaOrSpace).unwrap_or_default();
        for kind in kinds.iter().filter(|kind| *kind != "pass-fail") {
            let line = fields.line("type");
            let message = match kind.as_str() {
                "scoring" | "interactive" | "multi-pass" | "submit-answer" => {
                    format!("{kind} problems are not supported, only pass-fail ones")
                }
                _ => format!("{kind:?} is not a type of problem"),
            };
            fields.fault("type", line, message);
        }
    }

    fn read_validation(&mut self, fields: &mut Fields<'_>) {
        let words = fields.words("validation", Separator::Space).unwrap_or_default();
        let line = fields.line("validation");
        match words.first().map(String::as_str) {
            None => {}
            Some("default") => {
                if let Some(word) = words.get(1) {
                    fields.fault(
                        "validation",
                        line,
                        format!("{word:?} after default has no meaning"),
                    );
                }
            }
            Some("custom") => {
                self.custom_validation = true;
                for word in &words[1..] {
                    let message = match word.as_str() {
                        "score" => "scoring problems are not supported, only pass-fail ones".into(),
                        "interactive" => "interactive problems are not supported".into(),
                        "multi-pass" => "multi-pass problems are not supported".into(),
                        _ => format!("{word:?} after custom has no meaning"),
                    };
                    fields.fault("validation", line, message);
                }
            }
            Some(other) => {
                fields.fault(
                    "validation",
                    line,
                    format!("must be default or custom, not {other:?}"),
                );
            }
        }
        self.validator_flags =
            fields.words("validator_flags", Separator::Space).unwrap_or_default();
        self.validator_flags_line = fields.line("validator_flags");
    }

    fn read_credits(&mut self, fields: &mut Fields<'_>) {
        let mut text = |key| fields.text(key).filter(|text| !text.is_empty()).map(str::to_owned);
        self.credits = Credits {
            source: text("source"),
            source_url: text("source_url"),
            license: text("license"),
            rights_owner: text("rights_owner"),
            author: fields.words("author", Separator::None).map(|names| names.join(", ")),
        };
    }

    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the ranges are checked"
    )]
    fn read_limits(&mut self, fields: &mut Fields<'_>) {
        let mut bytes = |key, unit: f64, limit: &mut u64| {
            if let Some(number) = fields.number(key, 1.0..=MOST_MIB) {
                *limit = (number * unit) as u64;
            }
        };
        const MIB: f64 = (1 << 20) as f64;
        let limits = &mut self.limits;
        bytes("memory", MIB, &mut limits.memory_bytes);
        bytes("output", MIB, &mut limits.output_bytes);
        bytes("code", 1024.0, &mut limits.code_bytes);
        bytes("compilation_memory", MIB, &mut limits.compilation_memory_bytes);
        bytes("validation_memory", MIB, &mut limits.validation_memory_bytes);
        bytes("validation_output", MIB, &mut limits.validation_output_bytes);
        let mut time = |key| {
            fields.number(key, 0.001..=MOST_SECONDS).map(|seconds| (seconds * 1e3).round() as u64)
        };
        if let Some(ms) = time("compilation_time") {
            limits.compilation_time_ms = ms;
        }
        if let Some(ms) = time("validation_time") {
            limits.validation_time_ms = ms;
        }
        self.stated_time_ms = time("time_limit");
        if let Some(multiplier) = fields.number("time_multiplier", 1.0..=1e6) {
            self.timing.multiplier = multiplier;
        }
        if let Some(margin) = fields.number("time_safety_margin", 1.0..=1e6) {
            self.timing.safety_margin = margin;
        }
        if fields.value("validation_passes").is_some() {
            let line = fields.line("validation_passes");
            fields.fault("validation_passes", line, "multi-pass problems are not supported".into());
        }
    }
}
