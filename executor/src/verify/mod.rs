//! Verifying a package: its jury submissions judged by the very code that judges contestants'.

mod report;
mod time_limit;

pub use report::{TimeLimitSource, VerifyReport, VerifyRow};

use crate::judging::{
    Interrupted, JudgeJob, Judged, ProgressSink, SourcesError, StopRule, Workbench, judge,
    read_sources,
};
use judge_types::{CompileResult, JudgingError, JudgingErrorKind, Limits, RunResult};
use languages::{Language, Source};
use problems::{ArchiveCaps, Faults, JurySubmission, Package};
use std::{
    io,
    path::Path,
    sync::{
        atomic::{AtomicUsize, Ordering},
        mpsc::{self, Sender},
    },
    thread,
};

/// How to verify.
#[derive(Debug, Clone)]
pub struct VerifyOptions {
    /// When to stop running test cases of one submission.
    pub stop: StopRule,
    /// A time limit to use instead of the package's, in milliseconds.
    pub time_limit_ms: Option<u64>,
    /// Only the submissions whose name (`accepted/x.cpp`) contains one of these; empty for all.
    pub only: Vec<String>,
    /// How many submissions to judge at once. More than one makes measured times less exact.
    pub parallel: usize,
}

impl Default for VerifyOptions {
    fn default() -> Self {
        Self { stop: StopRule::default(), time_limit_ms: None, only: Vec::new(), parallel: 1 }
    }
}

/// Something that happened while verifying.
#[derive(Debug)]
pub enum VerifyEvent<'a> {
    /// The package is read and found good.
    Opened {
        /// The package.
        package: &'a Package,
        /// How many submissions will be judged.
        submissions: usize,
    },
    /// The package states no time limit; its accepted submissions are being timed.
    Timing {
        /// How many submissions are timed.
        submissions: usize,
    },
    /// The time limit is known.
    TimeLimit {
        /// The limit, in milliseconds.
        time_ms: u64,
        /// Where it comes from.
        source: TimeLimitSource,
    },
    /// A submission's turn has come.
    Started {
        /// Its name.
        submission: &'a str,
    },
    /// A submission is compiled.
    Compiled {
        /// Its name.
        submission: &'a str,
        /// What the compiler said.
        result: &'a CompileResult,
    },
    /// A test case is judged.
    Ran {
        /// The submission's name.
        submission: &'a str,
        /// The run.
        result: &'a RunResult,
        /// How many test cases there are.
        total: u32,
    },
    /// A submission is judged under the final limits.
    Finished {
        /// What it came to.
        row: &'a VerifyRow,
    },
}

/// The package could not be verified at all.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The package is broken.
    #[error("the package has faults:\n{0}")]
    Package(Faults),
    /// There is no room for a copy of it.
    #[error("create a folder in {path}: {source}")]
    Scratch {
        /// Where.
        path: String,
        /// Why not.
        source: io::Error,
    },
}

/// Judges every jury submission of the package at `path`, a folder or a zip.
///
/// A package that states no time limit gets one from its accepted submissions (ICPC problem package
/// format, legacy, section "Problem Timing"): they are first run under a generous limit.
///
/// # Errors
/// [`VerifyError`] where the package itself is refused. A submission that cannot be judged is a row of the report.
pub fn verify(
    path: &Path,
    bench: &Workbench,
    options: &VerifyOptions,
    progress: &mut dyn FnMut(VerifyEvent<'_>),
) -> Result<VerifyReport, VerifyError> {
    let scratch = tempfile::tempdir_in(&bench.scratch).map_err(|source| VerifyError::Scratch {
        path: bench.scratch.display().to_string(),
        source,
    })?;
    let into = scratch.path().join("package");
    let caps = ArchiveCaps::default();
    let package = if path.is_dir() {
        problems::import_folder(path, &into, &caps)
    } else {
        problems::import_zip(path, &into, &caps)
    }
    .map_err(VerifyError::Package)?;
    let wanted = |submission: &&JurySubmission| {
        options.only.is_empty() || options.only.iter().any(|part| submission.name.contains(part))
    };
    let submissions: Vec<_> = package.submissions.iter().filter(wanted).collect();
    progress(VerifyEvent::Opened { package: &package, submissions: submissions.len() });
    let bout = Bout { bench, package: &package, options };
    let (limits, source, timed) = bout.time_limit(&submissions, progress);
    progress(VerifyEvent::TimeLimit { time_ms: limits.time_ms, source });
    let rows = bout.judge_all(&submissions, &limits, timed, progress);
    Ok(VerifyReport::new(&package, limits, source, rows))
}

/// What verifying one package has at hand.
struct Bout<'a> {
    bench: &'a Workbench,
    package: &'a Package,
    options: &'a VerifyOptions,
}

/// What judging one jury submission came to, and in which language.
struct Attempt {
    language: Option<String>,
    result: Result<Judged, JudgingError>,
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
    fn judge_all(
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
    fn attempts<'s>(
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
        sources: Vec<crate::SourceText>,
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
