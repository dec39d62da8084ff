//! `problem.yaml` of the legacy version, and what DOMjudge adds to it.
//!
//! ICPC problem package format (legacy), section "Problem Metadata".

use super::{DEFAULT_PASSES, Metadata, Objective};
use crate::{
    fields::{Fields, Separator},
    groups::OnReject,
    test_data,
};

impl Metadata {
    pub(super) fn read_legacy(&mut self, fields: &mut Fields<'_>) {
        self.read_names(fields);
        let words = fields.words("type", Separator::CommaOrSpace).unwrap_or_default();
        self.read_kind(&words, fields);
        self.read_validation(fields);
        self.read_legacy_credits(fields);
        fields.within("limits", |limits| self.read_legacy_limits(limits));
        fields.within("grading", |grading| self.read_grading(grading));
        self.keywords = fields.words("keywords", Separator::CommaOrSpace).unwrap_or_default();
        self.languages = fields
            .words("languages", Separator::CommaOrSpace)
            .filter(|languages| !languages.iter().any(|language| language == "all"));
        // Known, and without meaning here.
        for key in ["uuid", "libraries"] {
            fields.value(key);
        }
    }

    fn read_validation(&mut self, fields: &mut Fields<'_>) {
        let words = fields.words("validation", Separator::Space).unwrap_or_default();
        let line = fields.line("validation");
        match words.first().map(String::as_str) {
            // DOMjudge has packages say it by their type alone.
            None => self.custom_validation = self.kind.interactive || self.kind.is_multi_pass(),
            Some("default") => {
                if let Some(word) = words.get(1) {
                    let message = format!("{word:?} after default has no meaning");
                    fields.fault("validation", line, message);
                }
            }
            Some("custom") => {
                self.custom_validation = true;
                for word in &words[1..] {
                    match word.as_str() {
                        "score" if self.kind.scoring => self.validator_scores = true,
                        "score" => {
                            let message = "a validator can say a score only if type is scoring";
                            fields.fault("validation", line, message.into());
                        }
                        "interactive" => self.kind.interactive = true,
                        "multi-pass" => self.kind.passes = self.kind.passes.max(DEFAULT_PASSES),
                        _ => {
                            let message = format!("{word:?} after custom has no meaning");
                            fields.fault("validation", line, message);
                        }
                    }
                }
            }
            Some(other) => {
                let message = format!("must be default or custom, not {other:?}");
                fields.fault("validation", line, message);
            }
        }
        if !self.custom_validation && (self.kind.interactive || self.kind.is_multi_pass()) {
            let message = format!("must be custom for a problem that is {}", self.kind);
            fields.fault("validation", line, message);
        }
        self.validator_flags =
            fields.words("validator_flags", Separator::Space).unwrap_or_default();
        self.validator_flags_line = fields.line("validator_flags");
    }

    fn read_grading(&mut self, fields: &mut Fields<'_>) {
        if let Some(objective) =
            fields.choice("objective", &[("max", Objective::Max), ("min", Objective::Min)])
        {
            self.objective = objective;
            if !self.kind.scoring {
                let message = "is for problems of type scoring only; ignored".to_owned();
                fields.warn("objective", fields.line("objective"), message);
            }
        }
        self.show_groups = fields.boolean("show_test_data_groups").unwrap_or(false);
        // Older packages say here what `data/testdata.yaml` says now.
        let words = [
            ("break", OnReject::Break),
            ("continue", OnReject::Continue),
            ("first_error", OnReject::Break),
            ("worst_error", OnReject::Continue),
            ("grade", OnReject::Continue),
        ];
        if let Some(on_reject) = fields.choice("on_reject", &words) {
            self.on_reject = on_reject;
        }
        test_data::read_scores(fields, &mut self.scores);
        fields.value("custom_scoring");
    }
}
