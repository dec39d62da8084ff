//! Asking a package's validators about its own data, without a submission.

use super::{
    answer::verdict_of_code,
    bench::{Workbench, host},
    checker::{CaseInput, Checker, Question},
    jury_program::JuryProgram,
    program::failed,
    seen::Seen,
    sources::JuryReader,
};
use judge_types::{JudgingError, JudgingErrorKind, Limits, Verdict};
use problems::{
    CaseFile, Checktestdata, InputFlags, Package, Protocol, TestCase, ValidatorProgram,
    checktestdata::{self, CheckError},
};
use sandbox::{Ending, Input};
use std::{fs::File, io::BufReader, path::Path};

/// An input validator, ready to be asked.
pub(crate) enum InputValidator<'a> {
    /// A program, in a box of its own.
    Program(Box<JuryProgram<'a>>),
    /// A description of inputs.
    Description(Checktestdata),
}

/// Compiles an input validator.
pub(crate) fn validate_input<'a>(
    bench: &'a Workbench,
    package: &'a Package,
    validator: &ValidatorProgram,
    limits: &'a Limits,
) -> Result<InputValidator<'a>, JudgingError> {
    if validator.protocol != Protocol::Checktestdata {
        let program = JuryProgram::open(bench, package, "input validator", validator, limits)?;
        return Ok(InputValidator::Program(Box::new(program)));
    }
    let broken = |why: String| JudgingError::new(JudgingErrorKind::Package, why);
    let file = validator.files.first().ok_or_else(|| broken("has no file".to_owned()))?;
    let text = JuryReader::new(&package.constants).read(file)?;
    let text = String::from_utf8_lossy(&text);
    let parsed = Checktestdata::parse(&validator.name, &text);
    parsed.map(InputValidator::Description).map_err(|fault| broken(fault.to_string()))
}

/// What an input validator is asked about.
pub(crate) struct InputQuestion<'a> {
    /// The test case's name.
    pub(crate) name: &'a str,
    pub(crate) input: &'a Path,
    pub(crate) flags: &'a InputFlags,
    /// Those of the submission.
    pub(crate) arguments: &'a [String],
    /// What it finds in its folder besides its own files.
    pub(crate) files: &'a [CaseFile],
}

impl InputValidator<'_> {
    /// `None` if it accepts the input, otherwise how it ended and what it said.
    ///
    /// ICPC problem package format, section "Input Validators": exit code 42 accepts, any other refuses.
    pub(crate) fn accepts(
        &mut self,
        question: &InputQuestion<'_>,
        validator: &str,
    ) -> Result<Option<String>, JudgingError> {
        let input = question.input;
        let file = File::open(input).map_err(|e| host("open", input.display(), &e))?;
        match self {
            Self::Program(program) => {
                let arguments = question.flags.of(validator).iter().chain(question.arguments);
                let arguments: Vec<String> = arguments.cloned().collect();
                put_files(program, question)?;
                let said = ask(program, file, &arguments)?;
                for file in question.files {
                    program.program.work().remove(&file.name).map_err(failed)?;
                }
                Ok(said)
            }
            Self::Description(description) => {
                let limits = checktestdata::Limits::default();
                match description.check(&mut BufReader::new(file), &limits) {
                    Ok(()) => Ok(None),
                    Err(CheckError::Read(error)) => Err(host("read", input.display(), &error)),
                    Err(refused) => Ok(Some(format!(": {refused}"))),
                }
            }
        }
    }
}

/// ICPC problem package format (2025-09), section "Working directory".
fn put_files(program: &JuryProgram<'_>, question: &InputQuestion<'_>) -> Result<(), JudgingError> {
    for file in question.files {
        if program.program.layout.names.contains(&file.name) {
            let message =
                format!("has a file {:?} of its own, as {} has", file.name, question.name);
            return Err(program.error(&message));
        }
        program.program.put_copy(file)?;
    }
    Ok(())
}

fn ask(
    program: &mut JuryProgram<'_>,
    input: File,
    arguments: &[String],
) -> Result<Option<String>, JudgingError> {
    let ran = program.run(arguments, Input::File(input))?;
    let ending = &ran.ended.outcome.ending;
    if verdict_of_code(program.protocol, ending) == Some(Verdict::Accepted) {
        return Ok(None);
    }
    let ended = match ending {
        Ending::Exited { code: 43 } => String::new(),
        ending => format!(" ({ending})"),
    };
    let said = ran.ended.stderr.trim().lines().next().unwrap_or_default();
    Ok(Some(if said.is_empty() { ended } else { format!("{ended}: {said}") }))
}

/// A package's output validators, ready to be asked about outputs one after another.
pub(crate) struct OutputChecker<'a> {
    checker: Checker<'a>,
    /// How many outputs have been checked: each has a feedback folder of its own.
    asked: u32,
}

impl<'a> OutputChecker<'a> {
    /// Compiles the package's output validators, or takes the ones compiled before.
    pub(crate) fn open(
        bench: &'a Workbench,
        package: &'a Package,
        limits: &'a Limits,
    ) -> Result<Self, JudgingError> {
        Ok(Self { checker: Checker::open(bench, package, limits, &Seen::Files(&[]))?, asked: 0 })
    }

    /// Whether the validators accept the file `output` for the test case.
    pub(crate) fn accepts(&mut self, case: &TestCase, output: &Path) -> Result<bool, JudgingError> {
        let file = File::open(output).map_err(|e| host("open", output.display(), &e))?;
        self.asked += 1;
        let input = CaseInput::Package(&case.input);
        let question = Question { case, ordinal: self.asked, input };
        Ok(self.checker.check(&question, &file)?.verdict.is_accepted())
    }
}
