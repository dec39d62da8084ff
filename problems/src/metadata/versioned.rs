//! `problem.yaml` of version 2025-09 and its drafts.
//!
//! ICPC problem package format (2025-09), section "Problem Metadata".

use super::{DEFAULT_PASSES, Metadata};
use crate::{
    fields::{Fields, Separator},
    kind::PackageFormat,
};

impl Metadata {
    pub(super) fn read_versioned(&mut self, fields: &mut Fields<'_>) {
        self.read_names(fields);
        let words = fields.words("type", Separator::CommaOrSpace);
        if words.as_ref().is_some_and(Vec::is_empty) {
            fields.fault("type", fields.line("type"), "must name a type of problem".into());
        }
        self.read_kind(&words.unwrap_or_default(), fields);
        if self.format == Some(PackageFormat::Draft2023) {
            self.read_draft_validation(fields);
        }
        self.validator_scores = self.kind.scoring;
        self.show_groups = self.kind.scoring;
        self.read_versioned_credits(fields);
        self.read_versioned_limits(fields);
        self.keywords = fields.words("keywords", Separator::CommaOrSpace).unwrap_or_default();
        self.languages = fields
            .words("languages", Separator::CommaOrSpace)
            .filter(|languages| !languages.iter().any(|language| language == "all"));
        self.allow_file_writing = fields.boolean("allow_file_writing").unwrap_or(false);
        self.read_constants(fields);
        self.read_embargo(fields);
        fields.text("version");
        self.require("name", !self.names.is_empty(), fields);
        let has_uuid = fields.text("uuid").is_some_and(|uuid| !uuid.is_empty());
        self.require("uuid", has_uuid, fields);
        if self.format == Some(PackageFormat::Draft2023) {
            // What the draft had besides.
            for key in ["author", "source_url", "validator_flags", "scoring"] {
                fields.value(key);
            }
        }
    }

    /// What is now said by `type`.
    fn read_draft_validation(&mut self, fields: &mut Fields<'_>) {
        for word in fields.words("validation", Separator::Space).unwrap_or_default() {
            match word.as_str() {
                "interactive" => self.kind.interactive = true,
                "multipass" | "multi-pass" => {
                    self.kind.passes = self.kind.passes.max(DEFAULT_PASSES);
                }
                // Its own validators decide where there are some, and may say scores where there are scores.
                "default" | "custom" | "score" => {}
                _ => {
                    let message = format!("{word:?} has no meaning here; ignored");
                    fields.warn("validation", fields.line("validation"), message);
                }
            }
        }
    }

    /// The draft did not ask for all that 2025-09 does.
    fn require(&self, key: &str, is_there: bool, fields: &mut Fields<'_>) {
        if !is_there && self.format == Some(PackageFormat::V2025) {
            fields.fault(key, fields.line(key), "is missing".into());
        }
    }

    /// A date, or a date and a time in UTC. Packages are public only as problems of a contest, so no more is done with it.
    fn read_embargo(&mut self, fields: &mut Fields<'_>) {
        let Some(text) = fields.text("embargo_until") else { return };
        let (date, time) = text.split_once('T').unwrap_or((text, "00:00:00Z"));
        let shaped = |text: &str, shape: &str| {
            text.len() == shape.len()
                && text.bytes().zip(shape.bytes()).all(|(byte, shape)| match shape {
                    b'0' => byte.is_ascii_digit(),
                    other => byte == other,
                })
        };
        if !shaped(date, "0000-00-00") || !shaped(time, "00:00:00Z") {
            let message = format!("must be YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ, not {text:?}");
            fields.fault("embargo_until", fields.line("embargo_until"), message);
        }
    }
}
