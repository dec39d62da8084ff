//! Judging the jury's submissions, several at once if wanted.

use super::{VerifyEvent, VerifyOptions, VerifyRow};
use crate::judging::{
    Interrupted, JudgeJob, Judged, ProgressSink, SourceText, SourcesError, Workbench, judge,
    read_sources,
};
use judge_types::{CompileResult, JudgingError, JudgingErrorKind, Limits, RunResult};
use languages::{Language, Source};
use problems::{JurySubmission, Package};
use std::{
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, Sender},
    },
    thread,
};

/// What verifying one package has at hand.
pub(super) struct Bout<'a> {
    pub(super) bench: &'a Workbench,
    pub(super) package: &'a Package,
    pub(super) options: &'a VerifyOptions,
}

/// What judging one jury submission came to, and in which language.
pub(super) struct Attempt {
    pub(super) language: Option<String>,
    pub(super) result: Result<Judged, JudgingError>,
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
    ) -> Vec<VerifyRow> {
        let mut rows = Vec::with_capacity(submissions.len());
        let mut add = |row: VerifyRow, progress: &mut dyn FnMut(VerifyEvent<'_>)| {
            progress(VerifyEvent::Finished { row: &row });
            rows.push(row);
        };
        let mut left = submissions.to_vec();
        for (name, attempt) in timed {
            if let Some(at) = left.iter().position(|submission| submission.name == name) {
                add(VerifyRow::new(left.remove(at), attempt), progress);
            }
        }
        for (submission, attempt) in self.attempts(&left, limits, progress) {
            add(VerifyRow::new(submission, attempt), progress);
        }
        rows.sort_by(|a, b| a.submission.cmp(&b.submission));
        rows
    }

    /// Judges the submissions, several at once where the options say so.
    pub(super) fn attempts<'s>(
        &self,
        submissions: &[&'s JurySubmission],
        limits: &Limits,
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
                        let attempt = self.attempt(submission, index, limits, &notes);
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
        index: usize,
        limits: &Limits,
        notes: &Sender<Note>,
    ) -> Attempt {
        let unreadable =
            |e: SourcesError| JudgingError::new(JudgingErrorKind::Package, e.to_string());
        let sources = match read_sources(&submission.files) {
            Ok(sources) => sources,
            Err(error) => return Attempt { language: None, result: Err(unreadable(error)) },
        };
        let borrowed: Vec<_> =
            sources.iter().map(|s| Source { name: &s.name, content: &s.content }).collect();
        let Some(language) = self.bench.languages.guess(&borrowed) else {
            let message = "in no language that this judge knows";
            let error = JudgingError::new(JudgingErrorKind::ToolchainMissing, message);
            return Attempt { language: None, result: Err(error) };
        };
        let result = self.judged(language, sources, index, limits, notes);
        Attempt { language: Some(language.id.clone()), result }
    }

    fn judged(
        &self,
        language: &Language,
        sources: Vec<SourceText>,
        index: usize,
        limits: &Limits,
        notes: &Sender<Note>,
    ) -> Result<Judged, JudgingError> {
        let job = JudgeJob {
            bench: self.bench,
            package: self.package,
            language,
            sources,
            limits: limits.clone(),
            stop: self.options.stop,
        };
        judge(&job, &mut Reporter { index, notes }).map_err(|interrupted| match interrupted {
            Interrupted::Failed(error) => error,
            Interrupted::Stopped => JudgingError::new(JudgingErrorKind::Host, "stopped"),
        })
    }
}

/// Passes progress on to the thread that reports.
struct Reporter<'a> {
    index: usize,
    notes: &'a Sender<Note>,
}

impl ProgressSink for Reporter<'_> {
    fn compiled(&mut self, result: &CompileResult) -> Result<(), Interrupted> {
        let sent = self.notes.send(Note::Compiled(self.index, result.clone()));
        sent.map_err(|_| Interrupted::Stopped)
    }

    fn ran(&mut self, result: &RunResult, total: u32) -> Result<(), Interrupted> {
        let sent = self.notes.send(Note::Ran(self.index, result.clone(), total));
        sent.map_err(|_| Interrupted::Stopped)
    }
}
