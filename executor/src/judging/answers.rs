//! Submissions that consist of answers instead of a program.
//!
//! ICPC problem package format (2025-09), section "Type", `submit-answer`. It leaves open how the files are named: here a
//! file answers the test case whose name it has, with `.out`, `.ans`, `.txt` or nothing after it.

use super::{
    answer::Checked,
    bench::host,
    case::{CaseResult, CaseRunner},
    checker::{CaseInput, Checker, Question},
    judge::JudgeJob,
    program::Program,
    seen::Seen,
    sources::SourceText,
};
use judge_types::{JudgingError, Verdict};
use problems::{Package, TestCase};
use std::io::{Seek, Write};

/// What judges test cases: a program that is run, or answers that are there.
pub(super) enum Runner<'a> {
    Program(Box<CaseRunner<'a>>),
    Answers(Answers<'a>),
}

impl<'a> Runner<'a> {
    pub(super) fn job(&self) -> &'a JudgeJob<'a> {
        match self {
            Self::Program(cases) => cases.job,
            Self::Answers(answers) => answers.job,
        }
    }

    /// The compiled submission, where it is a program.
    pub(super) fn program(&self) -> Option<&Program<'a>> {
        match self {
            Self::Program(cases) => Some(&cases.program),
            Self::Answers(_) => None,
        }
    }

    /// The submission as the jury's programs see it.
    pub(super) fn seen(&self) -> Seen<'_> {
        match self {
            Self::Program(cases) => Seen::Compiled(&cases.program),
            Self::Answers(answers) => Seen::Files(&answers.job.sources),
        }
    }

    pub(super) fn run(
        &mut self,
        case: &TestCase,
        ordinal: u32,
    ) -> Result<CaseResult, JudgingError> {
        match self {
            Self::Program(cases) => cases.run(case, ordinal),
            Self::Answers(answers) => answers.run(case, ordinal),
        }
    }

    /// CPU time that validators have used, in milliseconds.
    pub(super) fn validators_cpu_ms(&self) -> u64 {
        match self {
            Self::Program(cases) => cases.checker.cpu_ms(),
            Self::Answers(answers) => answers.checker.cpu_ms(),
        }
    }
}

/// The answers of one submission.
pub(super) struct Answers<'a> {
    pub(super) job: &'a JudgeJob<'a>,
    pub(super) checker: Checker<'a>,
}

impl Answers<'_> {
    fn run(&mut self, case: &TestCase, ordinal: u32) -> Result<CaseResult, JudgingError> {
        let found = self.job.sources.iter().find(|source| answers(&source.name, case));
        let checked = match found {
            None => Checked {
                team_message: Some("There is no answer to this test case.".to_owned()),
                ..Checked::new(Verdict::WrongAnswer)
            },
            Some(source) => self.check(case, ordinal, &source.content)?,
        };
        Ok(CaseResult::of_nothing_run(checked))
    }

    fn check(
        &mut self,
        case: &TestCase,
        ordinal: u32,
        answer: &[u8],
    ) -> Result<Checked, JudgingError> {
        let mut file = self.job.bench.scratch_file(answer.len() as u64)?;
        let written = file.write_all(answer).and_then(|()| file.rewind());
        written.map_err(|e| host("write", "an answer", &e))?;
        let question = Question { case, ordinal, input: CaseInput::Package(&case.input) };
        self.checker.check(&question, &file)
    }
}

/// Whether the files answer test cases. The jury may have the program instead that makes the answers.
pub(crate) fn are_answers(package: &Package, sources: &[SourceText]) -> bool {
    sources.iter().any(|source| package.test_cases.iter().any(|case| answers(&source.name, case)))
}

/// Whether a file of this name answers the test case.
fn answers(file: &str, case: &TestCase) -> bool {
    let stem = [".out", ".ans", ".txt"].iter().find_map(|end| file.strip_suffix(end));
    let stem = stem.unwrap_or(file);
    let (_, below) = case.name.split_once('/').unwrap_or(("", &case.name));
    let base = case.name.rsplit('/').next().unwrap_or(&case.name);
    stem == base || stem == below || stem == case.name
}
