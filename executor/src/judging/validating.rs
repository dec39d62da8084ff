//! Asking a package's validators about its own data, without a submission.

use super::{
    answer::verdict_of_code,
    bench::{Workbench, host},
    checker::{CaseInput, Checker, Question},
    jury_program::JuryProgram,
};
use judge_types::{JudgingError, Limits, Verdict};
use problems::{Package, TestCase, ValidatorProgram};
use sandbox::{Ending, Input};
use std::{fs::File, path::Path};

/// An input validator, ready to be asked.
pub(crate) struct InputValidator<'a>(JuryProgram<'a>);

/// Compiles an input validator.
pub(crate) fn validate_input<'a>(
    bench: &'a Workbench,
    package: &'a Package,
    validator: &ValidatorProgram,
    limits: &'a Limits,
) -> Result<InputValidator<'a>, JudgingError> {
    JuryProgram::open(bench, package, "input validator", validator, limits).map(InputValidator)
}

impl InputValidator<'_> {
    /// `None` if it accepts the input, otherwise how it ended and what it said.
    ///
    /// ICPC problem package format, section "Input Validators": exit code 42 accepts, any other refuses.
    pub(crate) fn accepts(
        &mut self,
        input: &Path,
        arguments: &[String],
    ) -> Result<Option<String>, JudgingError> {
        let file = File::open(input).map_err(|e| host("open", input.display(), &e))?;
        let ran = self.0.run(arguments, Input::File(file))?;
        let ending = &ran.outcome.ending;
        if verdict_of_code(self.0.protocol, ending) == Some(Verdict::Accepted) {
            return Ok(None);
        }
        let ended = match ending {
            Ending::Exited { code: 43 } => String::new(),
            ending => format!(" ({ending})"),
        };
        let said = ran.stderr.trim().lines().next().unwrap_or_default();
        Ok(Some(if said.is_empty() { ended } else { format!("{ended}: {said}") }))
    }
}

/// What the package's output validators make of `output`.
pub(crate) fn check_output(
    bench: &Workbench,
    package: &Package,
    limits: &Limits,
    case: &TestCase,
    output: &Path,
) -> Result<Verdict, JudgingError> {
    let file = File::open(output).map_err(|e| host("open", output.display(), &e))?;
    let mut checker = Checker::open(bench, package, limits)?;
    let question = Question { case, ordinal: 1, input: CaseInput::Package(&case.input) };
    checker.check(&question, &file).map(|checked| checked.verdict)
}
