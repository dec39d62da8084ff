//! One test case: the submission is run, once or in several passes, and what it makes is judged.

use super::{
    answer::{Checked, SaidScore},
    bench::host,
    checker::{CaseInput, Checker, Question, check_with},
    interaction::{self, Found},
    judge::JudgeJob,
    jury_program::JuryProgram,
    limits,
    printed::{Passes, Printed, shown_of},
    program::{Ended, HowToRun, Program, Role, usage_of},
    seen::Seen,
    verdict::{ProgramEnd, verdict_of},
};
use judge_types::{JudgingError, RunUsage, Verdict};
use problems::TestCase;
use sandbox::{Ending, Input};
use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io::{self, Read, Seek},
};

/// What a test case came to. It may pass from one build to another: a field that is added needs a default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct CaseResult {
    pub(super) verdict: Verdict,
    /// The worst of its passes.
    pub(super) usage: RunUsage,
    /// The times of all its passes together.
    pub(super) in_all: RunUsage,
    /// How the program ended, in words; empty for an ordinary end.
    pub(super) ending: String,
    pub(super) judge_message: Option<String>,
    pub(super) team_message: Option<String>,
    pub(super) transcript: Option<String>,
    /// What it printed, where it is not accepted.
    #[serde(default)]
    pub(super) printed: Option<Printed>,
    /// What the validator says that it is worth.
    pub(super) said: Option<SaidScore>,
}

impl CaseResult {
    /// Where no program of the contestant was run.
    pub(super) fn of_nothing_run(checked: Checked) -> Self {
        Self {
            verdict: checked.verdict,
            usage: RunUsage::default(),
            in_all: RunUsage::default(),
            ending: String::new(),
            judge_message: checked.judge_message,
            team_message: checked.team_message,
            transcript: None,
            printed: None,
            said: checked.said,
        }
    }
}

/// What judges test cases with a compiled submission.
pub(super) struct CaseRunner<'a> {
    pub(super) job: &'a JudgeJob<'a>,
    pub(super) program: Program<'a>,
    pub(super) checker: Checker<'a>,
    /// The program that talks with the submission and is no validator.
    pub(super) interactor: Option<JuryProgram<'a>>,
}

/// What one pass came to.
struct Pass {
    decided: Option<Verdict>,
    ending: String,
    usage: RunUsage,
    transcript: Option<String>,
    /// The beginning of what it wrote, where it talked with nobody.
    output: Option<String>,
    /// The end of what it wrote to standard error.
    errors: String,
    checked: Checked,
}

impl<'a> CaseRunner<'a> {
    /// Opens the programs of the jury around a submission that is compiled.
    pub(super) fn open(
        job: &'a JudgeJob<'a>,
        mut program: Program<'a>,
    ) -> Result<Self, JudgingError> {
        program.keep_fresh(job.package)?;
        let open = |interactor| {
            JuryProgram::open(job.bench, job.package, "interactor", interactor, &job.limits)
        };
        let interactor = job.package.interactor.as_ref().map(open).transpose()?;
        let seen = Seen::Compiled(&program);
        let checker = Checker::open(job.bench, job.package, &job.limits, &seen)?;
        Ok(Self { job, program, checker, interactor })
    }

    pub(super) fn run(
        &mut self,
        case: &TestCase,
        ordinal: u32,
    ) -> Result<CaseResult, JudgingError> {
        let passes = self.job.package.kind.passes.get();
        let mut input = CaseInput::Package(&case.input);
        let mut usage = RunUsage::default();
        let mut in_all = RunUsage::default();
        let mut transcript = Passes::new(limits::TRANSCRIPT_BYTES);
        let mut output = Passes::new(limits::OUTPUT_SHOWN_BYTES);
        let mut number = 1;
        loop {
            let question = Question { case, ordinal, input };
            let pass = self.pass(&question)?;
            usage = usage.max(pass.usage);
            in_all.cpu_ms += pass.usage.cpu_ms;
            in_all.wall_ms += pass.usage.wall_ms;
            transcript.add(pass.transcript);
            output.add(pass.output);
            let next = pass.checked.next_pass;
            let verdict = pass.decided.unwrap_or(pass.checked.verdict);
            if let Some(next) = next.filter(|_| verdict.is_accepted()) {
                if number == passes {
                    let message =
                        format!("asks for more than {passes} passes on test case {}", case.name);
                    return Err(self.validator_error(&message));
                }
                number += 1;
                input = CaseInput::Made(self.kept(next)?);
                continue;
            }
            let output = output.text.unwrap_or_default();
            let printed = || Printed { output, errors: pass.errors };
            return Ok(CaseResult {
                verdict,
                usage,
                in_all,
                ending: pass.ending,
                judge_message: pass.checked.judge_message,
                team_message: pass.checked.team_message,
                transcript: transcript.text,
                printed: (!verdict.is_accepted()).then(printed),
                said: pass.checked.said,
            });
        }
    }

    fn pass(&mut self, question: &Question<'_>) -> Result<Pass, JudgingError> {
        let named = match &self.job.package.input_file {
            Some(name) => Some((name.as_str(), question.input.open()?)),
            None => None,
        };
        self.program.freshen(question.case, named)?;
        if self.job.package.kind.interactive { self.talk(question) } else { self.ask(question) }
    }

    /// The submission reads its input and writes its output.
    fn ask(&mut self, question: &Question<'_>) -> Result<Pass, JudgingError> {
        let package = self.job.package;
        let stdin = match package.input_file {
            Some(_) => Input::Null,
            None => Input::File(question.input.open()?),
        };
        let how = how(self.job, question.case);
        let mut ran = self.program.run(how, stdin)?;
        let (mut decided, ending) = self.end_of(&ran.ended);
        if let Some(name) = package.output_file.as_deref().filter(|_| decided.is_none()) {
            match self.written(name)? {
                Some(output) => ran.stdout = output,
                // It left something that is no file, or more than it may.
                None => decided = Some(Verdict::OutputLimitExceeded),
            }
        }
        let output = Some(shown_of(&ran.stdout)?);
        let checked = match decided {
            Some(verdict) => Checked::new(verdict),
            None => self.checker.check(question, &ran.stdout)?,
        };
        let usage = usage_of(&ran.ended.outcome);
        let errors = ran.ended.stderr;
        Ok(Pass { decided, ending, usage, transcript: None, output, errors, checked })
    }

    /// The submission talks with a program of the jury.
    fn talk(&mut self, question: &Question<'_>) -> Result<Pass, JudgingError> {
        let jury = match &mut self.interactor {
            Some(interactor) => interactor,
            None => self.checker.validators.first_mut().ok_or_else(no_validator)?,
        };
        let mut how = how(self.job, question.case);
        how.limits.wall += limits::PARTNER_STARTS;
        let bench = self.job.bench;
        let mut talked = interaction::talk(
            bench,
            &mut self.program,
            how,
            jury,
            question,
            &self.checker.allowed,
        )?;
        self.checker.add_cpu_ms(talked.jury_cpu_ms);
        let (own, mut ending) = self.end_of(&talked.submission);
        let decided = interaction::decides(&talked, own)?;
        if decided == Some(Verdict::OutputLimitExceeded) {
            ending = Ending::OutputExceeded.to_string();
        }
        let mut checked = match (decided, talked.found) {
            (None, Found::Answer(checked)) => {
                // What the submission did after it was found wrong is no reason.
                ending.clear();
                checked
            }
            (Some(verdict), Found::Answer(checked)) => {
                Checked { judge_message: checked.judge_message, ..Checked::new(verdict) }
            }
            (verdict, Found::Failure(error)) => Checked::new(verdict.ok_or(error)?),
        };
        // An interactor writes down what a checker then looks at.
        if self.interactor.is_some() && checked.verdict.is_accepted() {
            let log = match talked.log.take() {
                Some(log) => log,
                None => bench.scratch_file(0)?,
            };
            if let Some(validator) = self.checker.validators.first_mut() {
                let (answer, cpu_ms) =
                    check_with(validator, question, &log, &self.checker.allowed)?;
                self.checker.add_cpu_ms(cpu_ms);
                checked = answer;
            }
        }
        let usage = usage_of(&talked.submission.outcome);
        let (transcript, errors) = (Some(talked.transcript), talked.submission.stderr);
        Ok(Pass { decided, ending, usage, transcript, output: None, errors, checked })
    }

    /// The verdict that the program's end decides, and the end in words.
    fn end_of(&self, ended: &Ended) -> (Option<Verdict>, String) {
        let limits = limits::of_run(&self.job.limits, self.job.language);
        let out_of_memory = &self.job.language.run.out_of_memory;
        let decided = verdict_of(&ProgramEnd {
            ending: &ended.outcome.ending,
            usage: ended.outcome.usage,
            cpu_limit: limits.cpu,
            memory_limit_bytes: limits.memory_bytes,
            said_out_of_memory: out_of_memory.iter().any(|text| ended.stderr.contains(text)),
        });
        match &ended.outcome.ending {
            Ending::Exited { code: 0 } => (decided, String::new()),
            other => (decided, other.to_string()),
        }
    }

    /// What the submission wrote into the file that the problem names, which is empty where it wrote none; `None` where that
    /// is no file, or longer than an output may be.
    fn written(&self, name: &str) -> Result<Option<File>, JudgingError> {
        let most = self.job.limits.output_bytes;
        match self.program.work().open(name) {
            Ok(Some(output)) => self.copied(output, most),
            Ok(None) => self.job.bench.scratch_file(0).map(Some),
            Err(_) => Ok(None),
        }
    }

    /// A copy of what the validator wrote for another pass, which it can change no more.
    fn kept(&self, next: File) -> Result<File, JudgingError> {
        let most = self.job.limits.validation_output_bytes;
        self.copied(next, most)?.ok_or_else(|| {
            self.validator_error(&format!("wrote more than {most} bytes into nextpass.in"))
        })
    }

    /// A copy of a file in a box; `None` where it has more than `most` bytes.
    fn copied(&self, from: File, most: u64) -> Result<Option<File>, JudgingError> {
        let mut copy = self.job.bench.scratch_file(most)?;
        let failed = |e: io::Error| host("copy", "a file of a box", &e);
        let bytes = io::copy(&mut from.take(most + 1), &mut copy).map_err(failed)?;
        copy.rewind().map_err(failed)?;
        Ok((bytes <= most).then_some(copy))
    }

    fn validator_error(&self, message: &str) -> JudgingError {
        self.checker
            .validators
            .first()
            .map_or_else(no_validator, |validator| validator.error(message))
    }
}

/// How the submission is run for a test case.
fn how<'b>(job: &JudgeJob<'_>, case: &'b TestCase) -> HowToRun<'b> {
    HowToRun {
        role: if job.package.allow_file_writing || job.package.output_file.is_some() {
            Role::WritingContestant
        } else {
            Role::Contestant
        },
        arguments: &case.arguments,
        limits: limits::with_overtime(limits::of_run(&job.limits, job.language), job.overtime),
        memory_bytes: job.limits.memory_bytes,
        folder: "",
    }
}

fn no_validator() -> JudgingError {
    let message = "the package has no validator that could talk with submissions";
    JudgingError::new(judge_types::JudgingErrorKind::Package, message)
}
