//! Whether the package's own validators do what they should.
//!
//! ICPC problem package format (2025-09), sections "Input Validators", "Validation Test Data" and "Validation of Shared
//! Test Case Files".

use super::VerifyEvent;
use crate::judging::{InputQuestion, InputValidator, OutputChecker, Workbench, validate_input};
use judge_types::{JudgingError, Limits};
use problems::{
    Package, Shown, TestCase, Validation, ValidationCase, ValidationKind, ValidatorProgram,
};
use serde::Serialize;
use std::path::Path;

/// One thing that was asked of a validator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ValidatorCheck {
    /// The validator's name.
    pub validator: String,
    /// What was asked: `accepts the inputs`, `refuses invalid outputs`.
    pub question: &'static str,
    /// How many test cases it was asked about.
    pub cases: usize,
    /// What was not as it should be, each with its test case.
    pub failures: Vec<String>,
    /// Why it could not be asked.
    pub error: Option<JudgingError>,
}

impl ValidatorCheck {
    /// Whether all is as it should be.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.failures.is_empty() && self.error.is_none()
    }

    /// Nothing is found yet.
    fn new<T>(validator: &str, question: &'static str, cases: &[T]) -> Self {
        Self {
            validator: validator.to_owned(),
            question,
            cases: cases.len(),
            failures: Vec::new(),
            error: None,
        }
    }

    fn note(&mut self, failure: String) {
        if self.failures.len() < SHOWN_FAILURES {
            self.failures.push(failure);
        }
    }
}

/// A failure that is shown stands for all like it.
const SHOWN_FAILURES: usize = 20;

/// Asks all validators. Each is opened once, for all that it is asked; there is one box at a time.
pub(super) fn check(
    bench: &Workbench,
    package: &Package,
    limits: &Limits,
    progress: &mut dyn FnMut(VerifyEvent<'_>),
) -> Vec<ValidatorCheck> {
    let mut checks = Vec::new();
    let of_preparation = limits.for_preparation();
    let invalid: Vec<&ValidationCase> = of_kind(package, ValidationKind::InvalidInput).collect();
    let mut refuses = ValidatorCheck::new("input validators", "refuse invalid inputs", &invalid);
    let mut left = invalid;
    for validator in &package.input_validators {
        progress(VerifyEvent::Validating { validator: &validator.name });
        let inputs = good_inputs(package);
        let mut accepts = ValidatorCheck::new(&validator.name, "accepts the inputs", &inputs);
        match validate_input(bench, package, validator, &of_preparation) {
            Ok(mut asked) => {
                accepts.error = accepts_inputs(&mut accepts, &mut asked, validator, &inputs).err();
                refuses.error = refuses
                    .error
                    .take()
                    .or_else(|| retain_accepted(&mut left, &mut asked, validator).err());
            }
            Err(error) => {
                refuses.error.get_or_insert_with(|| error.clone());
                accepts.error = Some(error);
            }
        }
        checks.push(accepts);
    }
    if refuses.cases > 0 {
        if refuses.error.is_none() {
            for case in left {
                refuses.note(format!("{}: is refused by none", case.name));
            }
        }
        checks.push(refuses);
    }
    if !package.kind.interactive && !package.kind.is_multi_pass() {
        progress(VerifyEvent::Validating { validator: "output validator" });
        checks.extend(outputs(bench, package, limits));
    }
    checks
}

/// Inputs that must be good: all but those that are there to be refused.
fn good_inputs(package: &Package) -> Vec<InputQuestion<'_>> {
    let judged = package.test_cases.iter().map(|case| InputQuestion {
        name: &case.name,
        input: &case.input,
        flags: &case.input_flags,
        arguments: &case.arguments,
        files: &case.files,
    });
    let tried = package.validation_cases.iter();
    let tried = tried.filter(|case| case.kind != ValidationKind::InvalidInput).map(tried_input);
    judged.chain(tried).collect()
}

fn tried_input(case: &ValidationCase) -> InputQuestion<'_> {
    InputQuestion {
        name: &case.name,
        input: &case.input,
        flags: &case.input_flags,
        arguments: &case.arguments,
        files: &case.files,
    }
}

fn accepts_inputs(
    check: &mut ValidatorCheck,
    asked: &mut InputValidator<'_>,
    validator: &ValidatorProgram,
    inputs: &[InputQuestion<'_>],
) -> Result<(), JudgingError> {
    for input in inputs {
        if let Some(said) = asked.accepts(input, &validator.name)? {
            check.note(format!("{}: is refused{said}", input.name));
        }
    }
    Ok(())
}

/// Leaves those invalid inputs that the validator accepts, too: each must be refused by one at least.
fn retain_accepted(
    left: &mut Vec<&ValidationCase>,
    asked: &mut InputValidator<'_>,
    validator: &ValidatorProgram,
) -> Result<(), JudgingError> {
    let mut accepted = Vec::new();
    for &case in left.iter() {
        if asked.accepts(&tried_input(case), &validator.name)?.is_none() {
            accepted.push(case);
        }
    }
    *left = accepted;
    Ok(())
}

/// Outputs that must be accepted or refused: those that are there for it, and those that contestants are shown.
fn outputs(bench: &Workbench, package: &Package, limits: &Limits) -> Vec<ValidatorCheck> {
    let name = match &package.validation {
        Validation::Default(_) => "default validator".to_owned(),
        Validation::Custom { validators, .. } => validators
            .iter()
            .map(|validator| validator.name.as_str())
            .collect::<Vec<_>>()
            .join(", "),
    };
    let shown: Vec<(TestCase, &Path)> = package
        .samples
        .iter()
        .filter_map(|sample| {
            let case = package.test_cases.iter().find(|case| case.name == sample.name)?;
            let Shown::Pair { output, .. } = &sample.shown else { return None };
            let is_checked = output.extension().is_some_and(|e| e == "ans" || e == "out");
            is_checked.then(|| (case.clone(), output.as_path()))
        })
        .collect();
    let tried = |kind| -> Vec<(TestCase, &Path)> {
        of_kind(package, kind)
            .filter_map(|case| {
                Some((as_test_case(case)?, case.answer_and_output.as_ref()?.1.as_path()))
            })
            .collect()
    };
    let questions = [
        ("accepts what is shown", shown, true),
        ("accepts valid outputs", tried(ValidationKind::ValidOutput), true),
        ("refuses invalid outputs", tried(ValidationKind::InvalidOutput), false),
    ];
    if questions.iter().all(|(_, cases, _)| cases.is_empty()) {
        return Vec::new();
    }
    let mut checker = OutputChecker::open(bench, package, limits);
    questions
        .into_iter()
        .filter(|(_, cases, _)| !cases.is_empty())
        .map(|(question, cases, wanted)| {
            let mut check = ValidatorCheck::new(&name, question, &cases);
            check.error = match &mut checker {
                Ok(checker) => judges_outputs(&mut check, checker, &cases, wanted).err(),
                Err(error) => Some(error.clone()),
            };
            check
        })
        .collect()
}

fn judges_outputs(
    check: &mut ValidatorCheck,
    checker: &mut OutputChecker<'_>,
    cases: &[(TestCase, &Path)],
    wanted: bool,
) -> Result<(), JudgingError> {
    for (case, output) in cases {
        let is_accepted = checker.accepts(case, output)?;
        if is_accepted != wanted {
            let found = if is_accepted { "accepted" } else { "refused" };
            check.note(format!("{}: is {found}", case.name));
        }
    }
    Ok(())
}

fn of_kind(package: &Package, kind: ValidationKind) -> impl Iterator<Item = &ValidationCase> {
    package.validation_cases.iter().filter(move |case| case.kind == kind)
}

/// The test case as which an output for it is checked.
fn as_test_case(case: &ValidationCase) -> Option<TestCase> {
    let (answer, _) = case.answer_and_output.clone()?;
    Some(TestCase {
        name: case.name.clone(),
        is_sample: false,
        group: 0,
        input: case.input.clone(),
        answer,
        description: None,
        hint: None,
        image: None,
        arguments: case.arguments.clone(),
        files: case.files.clone(),
        input_flags: case.input_flags.clone(),
        validator_flags: case.validator_flags.clone(),
        compare_flags: case.compare_flags,
        validator: None,
        points: None,
        full_feedback: false,
    })
}
