//! The way through the test data groups of a package.

use super::{
    answers::Runner,
    bench::host,
    case::CaseResult,
    grader::Grader,
    grading::{self, Graded, MemberResult},
    judge::{Interrupted, JudgeJob, ProgressSink, StopRule},
    limits::{self, Waiting},
    plan::Plan,
    printed::{Printed, text},
    sharing::{self, Left, Turn},
    static_validation::{self, Submitted},
    worth,
};
use judge_types::{GroupResult, JudgingError, JudgingErrorKind, RunResult, Score, Verdict};
use problems::{
    Grading, Member, Note, OnReject, Package, PackageFormat, StaticValidation, TestCase, TestGroup,
};
use std::{fs::File, io::Read, thread, time::Duration};

/// Judges all test data in the order of the package.
pub(super) struct Walk<'a, 's> {
    pub(super) job: &'a JudgeJob<'a>,
    pub(super) runner: Runner<'a>,
    pub(super) submitted: Submitted<'a>,
    pub(super) grader: Grader<'a>,
    pub(super) sink: &'s mut dyn ProgressSink,
    plan: Plan,
    pub(super) runs: Vec<RunResult>,
    /// By index of the group; `None` for those that were not judged.
    graded: Vec<Option<Graded>>,
    waiting: Waiting,
    /// How much more is kept of what the submission prints, in bytes.
    printed_left: usize,
    /// CPU time of what ran for nobody's account, in milliseconds.
    pub(super) other_cpu_ms: u64,
}

/// How often is asked what became of a test case that somebody else judges.
const ASK_EVERY: Duration = Duration::from_millis(50);

impl<'a, 's> Walk<'a, 's> {
    pub(super) fn new(
        runner: Runner<'a>,
        submitted: Submitted<'a>,
        grader: Grader<'a>,
        sink: &'s mut dyn ProgressSink,
    ) -> Self {
        let job = runner.job();
        let plan = Plan::of(job.package);
        let graded = vec![None; job.package.groups.len()];
        Self {
            job,
            runner,
            submitted,
            grader,
            sink,
            plan,
            runs: Vec::new(),
            graded,
            waiting: Waiting::default(),
            printed_left: limits::PRINTED_BYTES,
            other_cpu_ms: 0,
        }
    }

    /// Judges everything; returns what all test data came to.
    pub(super) fn all(&mut self) -> Result<Graded, Interrupted> {
        self.group(0)
    }

    fn group(&mut self, index: usize) -> Result<Graded, Interrupted> {
        let package = self.job.package;
        let group = &package.groups[index];
        if let Some(verdict) = self.failed_requirement(group) {
            return Ok(Graded { verdict, score: 0.0 });
        }
        let mut results = Vec::with_capacity(group.members.len());
        let mut is_over = false;
        if let Some(test) = &group.static_validation {
            let graded = self.static_validation(index, test)?;
            is_over = self.ends(group, graded);
            results.push(MemberResult { graded, has_said: false });
        }
        for member in &group.members {
            if is_over && self.job.stop == StopRule::AtFirstFailure {
                break;
            }
            let (result, counts) = match *member {
                Member::Case(case) => (self.case(group, case)?, true),
                Member::Group(inner) => {
                    let graded = self.group(inner)?;
                    let result = MemberResult { graded, has_said: false };
                    (result, group.counts(&package.groups[inner]))
                }
            };
            // What is run beyond the end is only for those who want to see it.
            if counts && !is_over {
                is_over = self.ends(group, result.graded);
                results.push(result);
            }
        }
        let graded = match (grading::grade(group, &results), &group.grading) {
            (Some(graded), _) => graded,
            (None, Grading::Custom { arguments, .. }) => self.grader.grade(arguments, &results)?,
            (None, _) => Graded { verdict: Verdict::Accepted, score: 0.0 },
        };
        if package.format == PackageFormat::V2025 {
            grading::require_within_most(group, graded).map_err(|wrong| broken(&wrong))?;
        }
        self.graded[index] = Some(graded);
        Ok(graded)
    }

    fn ends(&self, group: &TestGroup, graded: Graded) -> bool {
        group.on_reject == OnReject::Break && !graded.verdict.is_accepted()
    }

    /// The verdict of a group that had to be accepted before this one, and was not.
    fn failed_requirement(&self, group: &TestGroup) -> Option<Verdict> {
        group.requires.iter().find_map(|&required| match self.graded[required] {
            Some(graded) if graded.verdict.is_accepted() => None,
            Some(graded) => Some(graded.verdict),
            None => self
                .failed_requirement(&self.job.package.groups[required])
                .or(Some(Verdict::WrongAnswer)),
        })
    }

    fn case(&mut self, group: &TestGroup, index: usize) -> Result<MemberResult, Interrupted> {
        let package = self.job.package;
        let case = &package.test_cases[index];
        let ordinal = self.plan.of_case(index);
        let mut result = self.result_of(case, ordinal)?;
        // In the order of judging, whoever has run them.
        if self.waiting.is_too_long_after(&result.in_all) && result.verdict.is_accepted() {
            result.verdict = Verdict::TimeLimitExceeded;
            "waited too long in all test cases together".clone_into(&mut result.ending);
            result.said = None;
        }
        result.verdict = worth::verdict_of_part(package, group, case, result.verdict, result.said);
        if !result.verdict.is_accepted()
            && let Some(hint) = hint(package, case)?
        {
            let said = result.team_message.take();
            result.team_message =
                Some([said, Some(hint)].into_iter().flatten().collect::<Vec<_>>().join("\n"));
        }
        let has_said = result.said.is_some();
        let score = worth::case_score(package, group, case, result.verdict, result.said)
            .map_err(|wrong| broken(&format!("the validator {wrong} (test case {})", case.name)))?;
        let graded = Graded { verdict: result.verdict, score };
        self.ran(&case.name, case.is_sample, ordinal, result, graded)?;
        Ok(MemberResult { graded, has_said })
    }

    /// What the test case comes to, whoever judges it. Meanwhile others may be judged here.
    fn result_of(&mut self, case: &TestCase, ordinal: u32) -> Result<CaseResult, Interrupted> {
        loop {
            let ordinals = self.plan.cases_from(ordinal);
            let left = Left { ordinals, program: self.runner.program() };
            match self.sink.turn(&left)? {
                Turn::Own => {
                    let result = self.runner.run(case, ordinal)?;
                    self.sink.judged(ordinal, &sharing::to_text(&result)?, false)?;
                    return Ok(result);
                }
                Turn::Judged(text) => return Ok(sharing::from_text(&text)?),
                Turn::Wait => thread::sleep(ASK_EVERY),
                Turn::Judge(other) => {
                    let index = self.plan.case_of(other).ok_or_else(|| sharing::unknown(other))?;
                    let result = match self.runner.run(&self.job.package.test_cases[index], other) {
                        Ok(result) => result,
                        Err(error) if other == ordinal => return Err(error.into()),
                        // In the order of judging it may never be come to.
                        Err(error) => {
                            tracing::warn!(%error, ordinal = other, "a test case fails that is not wanted yet");
                            self.sink.failed_ahead()?;
                            continue;
                        }
                    };
                    let decides = sharing::ends_all(self.job, &self.plan, index, &result);
                    self.sink.judged(other, &sharing::to_text(&result)?, decides)?;
                }
            }
        }
    }

    fn static_validation(
        &mut self,
        index: usize,
        test: &StaticValidation,
    ) -> Result<Graded, Interrupted> {
        let group = &self.job.package.groups[index];
        let ordinal = self.plan.of_static_validation(index);
        let job = self.job;
        let (checked, cpu_ms) =
            static_validation::validate(job, &self.submitted, &self.runner.seen(), test, ordinal)?;
        self.other_cpu_ms += cpu_ms;
        let aggregation = match group.grading {
            Grading::Aggregate { aggregation, .. } => aggregation,
            _ => problems::Aggregation::PassFail,
        };
        let score =
            worth::aggregate_score(test.max_score, aggregation, checked.verdict, checked.said)
                .map_err(|wrong| broken(&format!("the static validator {wrong}")))?;
        let graded = Graded { verdict: checked.verdict, score };
        let result = CaseResult::of_nothing_run(checked);
        self.ran(&group.static_validation_name(), false, ordinal, result, graded)?;
        Ok(graded)
    }

    /// Notes a run and tells who watches.
    fn ran(
        &mut self,
        name: &str,
        is_sample: bool,
        ordinal: u32,
        result: CaseResult,
        graded: Graded,
    ) -> Result<(), Interrupted> {
        let printed = result.printed.filter(|printed| printed.len() <= self.printed_left);
        self.printed_left -= printed.as_ref().map_or(0, Printed::len);
        let (output, errors) = printed.map(|printed| (printed.output, printed.errors)).unzip();
        let run = RunResult {
            ordinal,
            test_case: name.to_owned(),
            is_sample,
            verdict: result.verdict,
            score: self.score(graded.score)?,
            usage: result.usage,
            ending: result.ending,
            judge_message: result.judge_message,
            team_message: result.team_message,
            transcript: result.transcript,
            output: output.filter(|output| !output.is_empty()),
            error_output: errors.filter(|errors| !errors.trim().is_empty()),
        };
        self.sink.ran(&run, self.plan.total)?;
        self.runs.push(run);
        Ok(())
    }

    /// A score, in a problem that gives scores.
    pub(super) fn score(&self, score: f64) -> Result<Option<Score>, JudgingError> {
        let scoring = self.job.package.kind.scoring;
        let score = scoring.then(|| Score::new(score)).transpose();
        score.map_err(|error| broken(&format!("the scores come to {error}")))
    }

    /// What the groups came to, in the order of judging.
    pub(super) fn groups(&self) -> Result<Vec<GroupResult>, JudgingError> {
        let groups = self.job.package.groups.iter().zip(&self.graded);
        groups
            .map(|(group, graded)| {
                Ok(GroupResult {
                    name: group.name.clone(),
                    verdict: graded.map(|graded| graded.verdict),
                    score: match graded {
                        Some(graded) => self.score(graded.score)?,
                        None => self.score(0.0)?,
                    },
                    max_score: group.grading.max_score().and_then(|most| Score::new(most).ok()),
                })
            })
            .collect()
    }
}

/// What the package has to say to those who fail on the test case: in the legacy format to all of them, in the newer ones
/// where they may see what they failed on.
///
/// ICPC problem package format (legacy), section "Annotations"; (2025-09), section "Test Case Configuration".
fn hint(package: &Package, case: &TestCase) -> Result<Option<String>, JudgingError> {
    if package.format.is_new_icpc() && !case.full_feedback {
        return Ok(None);
    }
    let hint = match &case.hint {
        None => return Ok(None),
        Some(Note::Text(hint)) => hint.clone(),
        Some(Note::File(path)) => {
            let mut hint = Vec::new();
            let read =
                File::open(path).and_then(|file| file.take(HINT_BYTES).read_to_end(&mut hint));
            read.map_err(|e| host("read", path.display(), &e))?;
            text(&hint)
        }
    };
    let hint = hint.trim();
    Ok((!hint.is_empty()).then(|| format!("Hint: {hint}")))
}

/// The longest hint, in bytes.
const HINT_BYTES: u64 = 4 << 10;

fn broken(message: &str) -> JudgingError {
    JudgingError::new(JudgingErrorKind::Package, message)
}
