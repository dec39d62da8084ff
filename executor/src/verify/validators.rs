//! Whether the package's own validators do what they should.
//!
//! ICPC problem package format (2025-09), sections "Input Validators", "Validation Test Data" and "Validation of Shared
//! Test Case Files".

use super::VerifyEvent;
use crate::judging::{Workbench, check_output, validate_input};
use judge_types::{JudgingError, Limits, Verdict};
use problems::{
    InputFlags, Package, Shown, TestCase, Validation, ValidationCase, ValidationKind,
    ValidatorProgram,
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
}

/// A failure that is shown stands for all like it.
const SHOWN_FAILURES: usize = 20;

/// Asks all validators.
pub(super) fn check(
    bench: &Workbench,
    package: &Package,
    limits: &Limits,
    progress: &mut dyn FnMut(VerifyEvent<'_>),
) -> Vec<ValidatorCheck> {
    let mut checks = Vec::new();
    for validator in &package.input_validators {
        progress(VerifyEvent::Validating { validator: &validator.name });
        checks.push(accepts_inputs(bench, package, validator, limits));
    }
    if let Some(check) = invalid_inputs(bench, package, limits) {
        checks.push(check);
    }
    if !package.kind.interactive && !package.kind.is_multi_pass() {
        progress(VerifyEvent::Validating { validator: "output validator" });
        checks.extend(outputs(bench, package, limits));
    }
    checks
}

/// Inputs that must be good: all but those that are there to be refused.
fn good_inputs(package: &Package) -> Vec<(&str, &Path, &InputFlags, &[String])> {
    let judged = package.test_cases.iter().map(|case| {
        (case.name.as_str(), case.input.as_path(), &case.input_flags, case.arguments.as_slice())
    });
    let tried = package.validation_cases.iter();
    let tried = tried.filter(|case| case.kind != ValidationKind::InvalidInput).map(|case| {
        (case.name.as_str(), case.input.as_path(), &case.input_flags, <&[String]>::default())
    });
    judged.chain(tried).collect()
}

fn accepts_inputs(
    bench: &Workbench,
    package: &Package,
    validator: &ValidatorProgram,
    limits: &Limits,
) -> ValidatorCheck {
    let inputs = good_inputs(package);
    let mut check = ValidatorCheck {
        validator: validator.name.clone(),
        question: "accepts the inputs",
        cases: inputs.len(),
        failures: Vec::new(),
        error: None,
    };
    let mut asked = match validate_input(bench, package, validator, limits) {
        Ok(asked) => asked,
        Err(error) => return ValidatorCheck { error: Some(error), ..check },
    };
    for (name, input, flags, arguments) in inputs {
        let all: Vec<String> = flags.of(&validator.name).iter().chain(arguments).cloned().collect();
        match asked.accepts(input, &all) {
            Ok(None) => {}
            Ok(Some(said)) => note(&mut check, format!("{name}: is refused{said}")),
            Err(error) => return ValidatorCheck { error: Some(error), ..check },
        }
    }
    check
}

/// Each invalid input must be refused by one validator at least.
fn invalid_inputs(bench: &Workbench, package: &Package, limits: &Limits) -> Option<ValidatorCheck> {
    let invalid: Vec<&ValidationCase> = of_kind(package, ValidationKind::InvalidInput).collect();
    if invalid.is_empty() {
        return None;
    }
    let mut check = ValidatorCheck {
        validator: "input validators".to_owned(),
        question: "refuse invalid inputs",
        cases: invalid.len(),
        failures: Vec::new(),
        error: None,
    };
    let mut left = invalid;
    for validator in &package.input_validators {
        let asked = validate_input(bench, package, validator, limits);
        let mut asked = match asked {
            Ok(asked) => asked,
            Err(error) => return Some(ValidatorCheck { error: Some(error), ..check }),
        };
        let mut accepted = Vec::new();
        for case in left {
            match asked.accepts(&case.input, case.input_flags.of(&validator.name)) {
                Ok(None) => accepted.push(case),
                Ok(Some(_)) => {}
                Err(error) => return Some(ValidatorCheck { error: Some(error), ..check }),
            }
        }
        left = accepted;
    }
    for case in left {
        note(&mut check, format!("{}: is refused by none", case.name));
    }
    Some(check)
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
    [
        ("accepts what is shown", shown, true),
        ("accepts valid outputs", tried(ValidationKind::ValidOutput), true),
        ("refuses invalid outputs", tried(ValidationKind::InvalidOutput), false),
    ]
    .into_iter()
    .filter(|(_, cases, _)| !cases.is_empty())
    .map(|(question, cases, wanted)| {
        let mut check = ValidatorCheck {
            validator: name.clone(),
            question,
            cases: cases.len(),
            failures: Vec::new(),
            error: None,
        };
        for (case, output) in cases {
            match check_output(bench, package, limits, &case, output) {
                Ok(verdict) if verdict.is_accepted() == wanted => {}
                Ok(Verdict::Accepted) => note(&mut check, format!("{}: is accepted", case.name)),
                Ok(_) => note(&mut check, format!("{}: is refused", case.name)),
                Err(error) => return ValidatorCheck { error: Some(error), ..check },
            }
        }
        check
    })
    .collect()
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
        arguments: Vec::new(),
        files: Vec::new(),
        input_flags: case.input_flags.clone(),
        validator_flags: case.validator_flags.clone(),
        compare_flags: case.compare_flags,
        validator: None,
        points: None,
        full_feedback: false,
    })
}

fn note(check: &mut ValidatorCheck, failure: String) {
    if check.failures.len() < SHOWN_FAILURES {
        check.failures.push(failure);
    }
}
