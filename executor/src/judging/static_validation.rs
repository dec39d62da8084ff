//! A test of the submission's source.
//!
//! ICPC problem package format (2025-09), section "Static Validator".

use super::{
    answer::{self, Allowed, Checked},
    judge::JudgeJob,
    jury_program::JuryProgram,
    program::usage_of,
    seen::Seen,
};
use judge_types::{JudgingError, JudgingErrorKind};
use languages::{Language, Layout};
use problems::{SaidScores, StaticValidation};
use sandbox::Input;

/// What a static validator is told of a submission.
pub(super) struct Submitted<'a> {
    pub(super) language: &'a Language,
    pub(super) layout: &'a Layout,
}

/// Runs the package's static validator for one group; returns its answer and its CPU time in milliseconds.
pub(super) fn validate(
    job: &JudgeJob<'_>,
    submitted: &Submitted<'_>,
    seen: &Seen<'_>,
    test: &StaticValidation,
    ordinal: u32,
) -> Result<(Checked, u64), JudgingError> {
    let package = job.package;
    let Some(program) = &package.static_validator else {
        let message = "the package has no static validator, but a static validation";
        return Err(JudgingError::new(JudgingErrorKind::Package, message));
    };
    let mut validator =
        JuryProgram::open(job.bench, package, "static validator", program, &job.limits)?;
    let feedback = validator.make_feedback(ordinal)?;
    seen.show_to(&mut validator)?;
    let language = submitted.language.icpc_names.first().unwrap_or(&submitted.language.id);
    let layout = submitted.layout;
    let entry =
        if layout.main_class.is_empty() { layout.main.clone() } else { layout.main_class.clone() };
    let mut arguments = vec![language.clone(), entry, validator.feedback_in_box(&feedback)];
    arguments.extend(test.arguments.iter().cloned());
    let ran = validator.run(&arguments, Input::Null)?;
    let scores = if package.kind.scoring { SaidScores::OfAccepted } else { SaidScores::Never };
    let allowed = Allowed { scores, passes: false };
    let checked = answer::read(&validator, &ran.ended, &feedback, "of its source", &allowed)?;
    Ok((checked, usage_of(&ran.ended.outcome).cpu_ms))
}
