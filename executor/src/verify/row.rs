//! What one jury submission came to.

use super::bout::Attempt;
use crate::judging::{Interrupted, Judged, best_score};
use judge_types::{GroupResult, JudgingError, JudgingErrorKind, RunResult, Score, Verdict};
use problems::{JudgedCase, JurySubmission, Package, TestGroup, Tested};
use serde::Serialize;

/// One jury submission.
#[derive(Debug, Clone, Serialize)]
pub struct VerifyRow {
    /// Its name, for example `wrong_answer/off-by-one.py`.
    pub submission: String,
    /// The id of its language, where that is known.
    pub language: Option<String>,
    /// The verdicts that the jury means.
    pub expected: Vec<Verdict>,
    /// What the jury means, in words: `AC`, `WA or TLE`, `score 30`.
    pub meant: String,
    /// What it came to.
    pub verdict: Option<Verdict>,
    /// Its score, in a problem that gives scores.
    pub score: Option<Score>,
    /// What the groups came to, in a problem that gives scores.
    pub groups: Vec<GroupResult>,
    /// Why it could not be judged.
    pub error: Option<JudgingError>,
    /// Whether it is not what the jury means.
    pub mismatch: bool,
    /// What is not what the jury means, in words.
    pub contradictions: Vec<String>,
    /// The test case that decided against it: its name, how the program ended, what the validator said.
    pub failed: Option<String>,
    /// The test case that took most CPU time.
    pub slowest_test: Option<String>,
    /// The most CPU time of a run, in milliseconds.
    pub max_cpu_ms: u64,
    /// The most wall time of a run, in milliseconds.
    pub max_wall_ms: u64,
    /// The most memory of a run, in bytes.
    pub max_memory_bytes: u64,
    /// What the compiler printed, where it refused the program.
    pub compile_output: Option<String>,
}

impl VerifyRow {
    pub(super) fn new(package: &Package, submission: &JurySubmission, attempt: Attempt) -> Self {
        let mut row = Self {
            submission: submission.name.clone(),
            language: attempt.language,
            expected: submission.expected.verdicts(),
            meant: submission.expected.to_string(),
            verdict: None,
            score: None,
            groups: Vec::new(),
            error: None,
            mismatch: false,
            contradictions: Vec::new(),
            failed: None,
            slowest_test: None,
            max_cpu_ms: 0,
            max_wall_ms: 0,
            max_memory_bytes: 0,
            compile_output: None,
        };
        let judged = match attempt.result {
            Ok(judged) => judged,
            Err(interrupted) => return Self { error: Some(error_of(interrupted)), ..row },
        };
        row.contradictions = contradictions(package, submission, &judged);
        row.mismatch = !row.contradictions.is_empty();
        row.verdict = Some(judged.verdict);
        row.score = judged.score;
        if judged.score.is_some() {
            row.groups = judged.groups;
        }
        let failed = judged.runs.iter().find(|run| !run.verdict.is_accepted());
        row.failed = failed.map(|run| {
            let said = run.judge_message.as_deref().unwrap_or_default();
            let errors = run.error_output.as_deref().unwrap_or_default().trim();
            let parts = [run.test_case.as_str(), &run.ending, said, errors];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(": ")
        });
        let slowest = judged.runs.iter().max_by_key(|run| run.usage.cpu_ms);
        row.slowest_test = slowest.map(|run| run.test_case.clone());
        row.max_cpu_ms = judged.usage.cpu_ms;
        row.max_wall_ms = judged.usage.wall_ms;
        row.max_memory_bytes = judged.usage.memory_bytes;
        row.compile_output = (!judged.compile.success).then_some(judged.compile.output);
        row
    }
}

fn error_of(interrupted: Interrupted) -> JudgingError {
    match interrupted {
        Interrupted::Failed(error) => error,
        Interrupted::Stopped | Interrupted::HandedOver => {
            JudgingError::new(JudgingErrorKind::Host, "stopped")
        }
    }
}

/// What is not what the jury means, in words.
fn contradictions(package: &Package, submission: &JurySubmission, judged: &Judged) -> Vec<String> {
    let cases = judged.runs.iter().filter_map(|run| {
        Some(JudgedCase {
            case: tested(package, run)?,
            name: &run.test_case,
            verdict: run.verdict,
            message: run.judge_message.as_deref().unwrap_or_default(),
        })
    });
    let mut group_scores: Vec<_> =
        judged.groups.iter().map(|group| group.score.map(Score::get)).collect();
    let mut found = out_of_range(package, &group_scores);
    group_scores.resize(package.groups.len(), None);
    found.extend(submission.expected.contradictions(&problems::Judged {
        verdict: judged.verdict,
        score: judged.score.map(Score::get),
        best_score: best_score(package),
        cases: cases.collect(),
        group_scores,
    }));
    found
}

/// The groups that come to less or more than their `range` says (legacy).
fn out_of_range(package: &Package, scores: &[Option<f64>]) -> Vec<String> {
    let groups = package.groups.iter().zip(scores);
    let wrong = groups.filter_map(|(group, score)| {
        let (least, most) = group.grading.range()?;
        let score = score.filter(|score| !(least..=most).contains(score))?;
        let name = if group.name.is_empty() { "data" } else { &group.name };
        Some(format!("{name} comes to {score}, and its range is {least} to {most}"))
    });
    wrong.collect()
}

/// What of the package was tested by the run.
pub(super) fn tested(package: &Package, run: &RunResult) -> Option<Tested> {
    let case = package.test_cases.iter().position(|case| case.name == run.test_case);
    let is_validated = |group: &TestGroup| {
        group.static_validation.is_some() && group.static_validation_name() == run.test_case
    };
    let source = || package.groups.iter().position(is_validated);
    case.map(Tested::Data).or_else(|| source().map(Tested::Source))
}
