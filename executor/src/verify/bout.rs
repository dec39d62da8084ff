//! Judging the jury's submissions, several at once if wanted.

use super::{
    TimeBounds, VerifyEvent, VerifyOptions, VerifyRow, results::Results, time_bounds::is_over,
};
use crate::judging::{
    Interrupted, JudgeJob, Judged, ProgressSink, SourceText, StopRule, Workbench, are_answers,
    judge, read_sources,
};
use judge_types::{CompileResult, JudgingError, JudgingErrorKind, Limits, RunResult};
use languages::Language;
use problems::{JurySubmission, Package, TimeBound};
use std::{
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, Sender},
    },
    thread,
    time::Duration,
};

/// What verifying one package has at hand.
pub(super) struct Bout<'a> {
    pub(super) bench: &'a Workbench,
    pub(super) package: &'a Package,
    pub(super) options: &'a VerifyOptions,
    pub(super) results: Option<Results>,
}

/// What judging one jury submission came to, and in which language.
pub(super) struct Attempt {
    pub(super) language: Option<String>,
    pub(super) result: Result<Judged, Interrupted>,
}

/// What submissions are judged for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To see what they come to.
    Verdict,
    /// To see how long they take: over once one is too slow where it must be in time.
    Timing,
}

/// Sent by the threads that judge to the one that reports.
enum Note {
    Started(usize),
    Compiled(usize, CompileResult),
    Ran(usize, RunResult, u32),
    Finished(usize, Attempt),
}

impl Bout<'_> {
    /// Judges the submissions and makes their rows; the ones in `timed` were judged before.
    pub(super) fn judge_all(
        &self,
        submissions: &[&JurySubmission],
        limits: &Limits,
        timed: Vec<(String, Attempt)>,
        progress: &mut dyn FnMut(VerifyEvent<'_>),
    ) -> (Vec<VerifyRow>, TimeBounds) {
        let mut rows = Vec::with_capacity(submissions.len());
        let mut bounds = TimeBounds::default();
        let mut add = |submission: &JurySubmission,
                       attempt: Attempt,
                       progress: &mut dyn FnMut(VerifyEvent<'_>)| {
            if let Ok(judged) = &attempt.result {
                bounds.add(self.package, submission, judged, limits.time_ms);
            }
            let row = VerifyRow::new(self.package, submission, attempt);
            progress(VerifyEvent::Finished { row: &row });
            rows.push(row);
        };
        let mut left = submissions.to_vec();
        for (name, attempt) in timed {
            if let Some(at) = left.iter().position(|submission| submission.name == name) {
                add(left.remove(at), attempt, progress);
            }
        }
        for (submission, attempt) in self.attempts(&left, limits, Purpose::Verdict, progress) {
            add(submission, attempt, progress);
        }
        rows.sort_by(|a, b| a.submission.cmp(&b.submission));
        (rows, bounds)
    }

    /// Judges the submissions, several at once where the options say so.
    pub(super) fn attempts<'s>(
        &self,
        submissions: &[&'s JurySubmission],
        limits: &Limits,
        purpose: Purpose,
        progress: &mut dyn FnMut(VerifyEvent<'_>),
    ) -> Vec<(&'s JurySubmission, Attempt)> {
        let next = AtomicUsize::new(0);
        let (notes, noted) = mpsc::channel();
        let mut attempts = Vec::with_capacity(submissions.len());
        thread::scope(|scope| {
            for _ in 0..self.options.parallel.clamp(1, submissions.len().max(1)) {
                let (next, notes) = (&next, notes.clone());
                scope.spawn(move || {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(submission) = submissions.get(index) else { return };
                        // Only a report that nobody waits for any more is lost.
                        let _ = notes.send(Note::Started(index));
                        let ends = |run: &RunResult| {
                            purpose == Purpose::Timing
                                && is_over(self.package, submission, run, limits.time_ms)
                        };
                        let mut reporter = Reporter { index, notes: &notes, ends: &ends };
                        let attempt = self.attempt(submission, limits, &mut reporter);
                        let _ = notes.send(Note::Finished(index, attempt));
                    }
                });
            }
            drop(notes);
            for note in noted {
                let name = |index: usize| submissions[index].name.as_str();
                match note {
                    Note::Started(index) => {
                        progress(VerifyEvent::Started { submission: name(index) });
                    }
                    Note::Compiled(index, result) => {
                        progress(VerifyEvent::Compiled {
                            submission: name(index),
                            result: &result,
                        });
                    }
                    Note::Ran(index, result, total) => {
                        progress(VerifyEvent::Ran {
                            submission: name(index),
                            result: &result,
                            total,
                        });
                    }
                    Note::Finished(index, attempt) => attempts.push((submissions[index], attempt)),
                }
            }
        });
        attempts
    }

    fn attempt(
        &self,
        submission: &JurySubmission,
        limits: &Limits,
        reporter: &mut Reporter<'_>,
    ) -> Attempt {
        let sources = match read_sources(&submission.files, &self.package.constants) {
            Ok(sources) => sources,
            Err(error) => {
                return Attempt { language: None, result: Err(JudgingError::from(error).into()) };
            }
        };
        let Some(language) = self.language(submission, &sources) else {
            let message = "in no language that this judge knows";
            let error = JudgingError::new(JudgingErrorKind::ToolchainMissing, message);
            return Attempt { language: None, result: Err(error.into()) };
        };
        let stop = if submission.expected.needs_all_cases(self.package) {
            StopRule::AfterAll
        } else {
            self.options.stop
        };
        let job = JudgeJob {
            bench: self.bench,
            package: self.package,
            language,
            sources,
            limits: limits.clone(),
            stop,
            entry_point: submission.entry_point.clone(),
            overtime: self.overtime(submission, limits),
            compiled: None,
        };
        Attempt { language: Some(language.id.clone()), result: self.judged(&job, reporter) }
    }

    /// What the job comes to, or came to before.
    fn judged(
        &self,
        job: &JudgeJob<'_>,
        reporter: &mut Reporter<'_>,
    ) -> Result<Judged, Interrupted> {
        if let Some(judged) = self.results.as_ref().and_then(|results| results.get(job)) {
            return Ok(judged);
        }
        let judged = judge(job, reporter)?;
        if let Some(results) = &self.results {
            results.put(job, &judged);
        }
        Ok(judged)
    }

    /// Whether the submission is in a language that this judge knows, as far as it can be read.
    pub(super) fn has_language(&self, submission: &JurySubmission) -> bool {
        let sources = read_sources(&submission.files, &self.package.constants);
        sources.map_or(true, |sources| self.language(submission, &sources).is_some())
    }

    fn language(&self, submission: &JurySubmission, sources: &[SourceText]) -> Option<&Language> {
        // Answers are in no language.
        let answers = self.package.kind.submit_answer && are_answers(self.package, sources);
        let any = || self.bench.languages.iter().next().filter(|_| answers);
        let named = submission.language.as_deref().and_then(|code| self.language_of(code));
        let guessed = || self.bench.languages.guess(&SourceText::borrow_all(sources));
        named.or_else(any).or_else(guessed)
    }

    /// The language that the package format calls `code`.
    fn language_of(&self, code: &str) -> Option<&Language> {
        let named = |language: &&Language| language.icpc_names.iter().any(|name| name == code);
        let languages = || self.bench.languages.iter().filter(named);
        languages().find(|language| language.preferred).or_else(|| languages().next())
    }

    /// Submissions that must be too slow run on, to see whether they are so by the package's margin.
    fn overtime(&self, submission: &JurySubmission, limits: &Limits) -> Duration {
        if submission.expected.bounds(TimeBound::Upper).is_empty() {
            return Duration::ZERO;
        }
        let margin = (self.package.timing.safety_margin - 1.0).clamp(0.0, MOST_MARGIN);
        Duration::from_millis(limits.time_ms).mul_f64(margin)
    }
}

/// Nobody waits longer to see that a submission is too slow.
const MOST_MARGIN: f64 = 9.0;

/// Passes progress on to the thread that reports.
struct Reporter<'a> {
    index: usize,
    notes: &'a Sender<Note>,
    /// Whether nothing is wanted after this run.
    ends: &'a dyn Fn(&RunResult) -> bool,
}

impl ProgressSink for Reporter<'_> {
    fn compiled(&mut self, result: &CompileResult) -> Result<(), Interrupted> {
        let sent = self.notes.send(Note::Compiled(self.index, result.clone()));
        sent.map_err(|_| Interrupted::Stopped)
    }

    fn ran(&mut self, result: &RunResult, total: u32) -> Result<(), Interrupted> {
        let sent = self.notes.send(Note::Ran(self.index, result.clone(), total));
        sent.map_err(|_| Interrupted::Stopped)?;
        if (self.ends)(result) { Err(Interrupted::Stopped) } else { Ok(()) }
    }
}
