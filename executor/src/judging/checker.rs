//! Deciding whether an output is right: the default comparison, or the package's own validators.

use super::{
    Workbench,
    answer::{self, Allowed, Checked},
    bench::host,
    jury_program::JuryProgram,
    program::usage_of,
    seen::Seen,
};
use judge_types::{JudgingError, JudgingErrorKind, Limits, Verdict};
use problems::{
    CompareFlags, Comparison, Package, PackageFormat, Protocol, SaidScores, TestCase, Validation,
};
use sandbox::Input;
use std::{fs::File, io::Seek, path::Path};

/// Checks the outputs of one judgement.
pub(crate) struct Checker<'a> {
    pub(super) validators: Vec<JuryProgram<'a>>,
    pub(super) allowed: Allowed,
    cpu_ms: u64,
}

/// What an output is the answer to.
pub(super) struct Question<'a> {
    pub(super) case: &'a TestCase,
    pub(super) ordinal: u32,
    /// The input: the test case's own, or that of a later pass.
    pub(super) input: CaseInput<'a>,
}

/// Where a run's input lies.
pub(super) enum CaseInput<'a> {
    /// In the package.
    Package(&'a Path),
    /// In a file without a name, which the validator made.
    Made(File),
}

impl CaseInput<'_> {
    /// The input, to be read from its beginning.
    pub(super) fn open(&self) -> Result<File, JudgingError> {
        match self {
            Self::Package(path) => File::open(path).map_err(|e| host("open", path.display(), &e)),
            Self::Made(file) => rewound(file),
        }
    }
}

/// The file once more, from its beginning.
pub(super) fn rewound(file: &File) -> Result<File, JudgingError> {
    let mut again = file.try_clone().map_err(|e| host("duplicate", "a descriptor", &e))?;
    // The descriptors share one place in the file, and the one before may have read on.
    again.rewind().map_err(|e| host("rewind", "a program's output", &e))?;
    Ok(again)
}

impl<'a> Checker<'a> {
    /// Compiles the package's validators, or takes the ones compiled before, for outputs of the submission `seen`.
    pub(super) fn open(
        bench: &'a Workbench,
        package: &'a Package,
        limits: &'a Limits,
        seen: &Seen<'_>,
    ) -> Result<Self, JudgingError> {
        let open = |program| JuryProgram::open(bench, package, "output validator", program, limits);
        let (mut validators, scores): (Vec<_>, _) = match &package.validation {
            Validation::Default(_) => (Vec::new(), SaidScores::Never),
            Validation::Custom { validators, scores, .. } => {
                (validators.iter().map(open).collect::<Result<_, _>>()?, *scores)
            }
        };
        if package.format == PackageFormat::V2025 {
            validators.iter_mut().try_for_each(|validator| seen.show_to(validator))?;
        }
        let allowed = Allowed { scores, passes: package.kind.is_multi_pass() };
        Ok(Self { validators, allowed, cpu_ms: 0 })
    }

    /// CPU time that validators have used, in milliseconds.
    pub(crate) fn cpu_ms(&self) -> u64 {
        self.cpu_ms
    }

    /// Notes what a validator used that was not run by [`Self::check`].
    pub(super) fn add_cpu_ms(&mut self, cpu_ms: u64) {
        self.cpu_ms += cpu_ms;
    }

    /// Checks what the submission wrote for one test case. All validators must accept it.
    pub(super) fn check(
        &mut self,
        question: &Question<'_>,
        output: &File,
    ) -> Result<Checked, JudgingError> {
        let case = question.case;
        if self.validators.is_empty() {
            return compare(&case.answer, rewound(output)?, &case.compare_flags);
        }
        let mut found: Option<Checked> = None;
        for validator in self.validators.iter_mut().filter(|validator| is_for(validator, case)) {
            let (answer, cpu_ms) = check_with(validator, question, output, &self.allowed)?;
            self.cpu_ms += cpu_ms;
            let checked = match found.take() {
                Some(before) => answer.after(before),
                None => answer,
            };
            let is_accepted = checked.verdict.is_accepted();
            found = Some(checked);
            if !is_accepted {
                break;
            }
        }
        found.ok_or_else(|| {
            let name = case.validator.as_deref().unwrap_or_default();
            let message =
                format!("no output validator is called {name:?}, as test case {} asks", case.name);
            JudgingError::new(JudgingErrorKind::Package, message)
        })
    }
}

/// Whether the validator is to check outputs for the test case: all are, unless one is named.
fn is_for(validator: &JuryProgram<'_>, case: &TestCase) -> bool {
    case.validator.as_ref().is_none_or(|name| problems::is_called(&validator.name, name))
}

/// The default output validator.
fn compare(answer: &Path, output: File, flags: &CompareFlags) -> Result<Checked, JudgingError> {
    let file = File::open(answer).map_err(|e| host("open", answer.display(), &e))?;
    let comparison = problems::compare(file, output, flags)
        .map_err(|e| host("compare the output with", answer.display(), &e))?;
    Ok(match comparison {
        Comparison::Same => Checked::new(Verdict::Accepted),
        Comparison::Different(difference) => Checked {
            judge_message: Some(difference.to_string()),
            ..Checked::new(Verdict::WrongAnswer)
        },
    })
}

/// Runs one validator; returns its answer and the CPU time that it took, in milliseconds.
///
/// ICPC problem package format (legacy and 2025-09), section "Output Validators": arguments are the input, the answer, a
/// feedback folder and the flags; standard input is the team's output. A checker of testlib gets the output as a file.
pub(super) fn check_with(
    validator: &mut JuryProgram<'_>,
    question: &Question<'_>,
    output: &File,
    allowed: &Allowed,
) -> Result<(Checked, u64), JudgingError> {
    let feedback = validator.make_feedback(question.ordinal)?;
    let mut arguments = vec![input_path(validator, &question.input)?];
    let answer = validator.path_in_box(&question.case.answer, "answer")?;
    let stdin = if validator.protocol == Protocol::Testlib {
        arguments.extend([validator.copy_in(&mut rewound(output)?, "output")?, answer]);
        Input::Null
    } else {
        arguments.extend([answer, validator.feedback_in_box(&feedback)]);
        Input::File(rewound(output)?)
    };
    arguments.extend(question.case.validator_flags.iter().cloned());
    let ran = validator.run(&arguments, stdin)?;
    let checked = answer::read(validator, &ran.ended, &feedback, &question.case.name, allowed)?;
    Ok((checked, usage_of(&ran.ended.outcome).cpu_ms))
}

/// Where a program of the jury finds the input.
pub(super) fn input_path(
    program: &JuryProgram<'_>,
    input: &CaseInput<'_>,
) -> Result<String, JudgingError> {
    match input {
        CaseInput::Package(path) => program.path_in_box(path, "input"),
        CaseInput::Made(file) => program.copy_in(&mut rewound(file)?, "input"),
    }
}
