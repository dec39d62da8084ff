//! The core: from a program and a package to a verdict.

use super::{
    Workbench,
    answers::{Answers, Runner, are_answers},
    case::CaseRunner,
    checker::Checker,
    grader::Grader,
    program::{Program, lay_out},
    seen::Seen,
    sharing::{Compiled, Left, Turn},
    sources::{JuryReader, SourceText},
    static_validation::Submitted,
    walk::Walk,
};
use judge_types::{
    CompileResult, Conclusion, GroupResult, GroupResults, JudgingError, Limits, RunResult,
    RunUsage, Score, Verdict,
};
use languages::{Language, Layout, Toolchain};
use problems::Package;
use serde::{Deserialize, Serialize};
use std::{path::Path, time::Duration};

/// What to judge, with what, and under which limits.
pub struct JudgeJob<'a> {
    /// Where to judge.
    pub bench: &'a Workbench,
    /// The problem.
    pub package: &'a Package,
    /// The language of the submission.
    pub language: &'a Language,
    /// The submission.
    pub sources: Vec<SourceText>,
    /// The limits, which may differ from the package's.
    pub limits: Limits,
    /// When to stop.
    pub stop: StopRule,
    /// The file or class that the submission starts at, where that is not to be guessed.
    pub entry_point: Option<String>,
    /// For how long a run that is over its time limit goes on, to see how slow it is; the verdict is the same.
    pub overtime: Duration,
    /// The submission, where it was compiled before.
    pub compiled: Option<Compiled>,
}

/// Whether the remaining test cases are run once the verdict is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum StopRule {
    /// The first test case that fails is the last one.
    #[default]
    AtFirstFailure,
    /// All test cases are run; the first that fails decides.
    AfterAll,
}

/// What judging came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// The score, in a problem that gives scores.
    pub score: Option<Score>,
    /// What each group came to, in the package's order; empty where the submission does not compile.
    pub groups: Vec<GroupResult>,
    /// Whether contestants are shown what the groups came to.
    pub shows_groups: bool,
    /// What the compiler said.
    pub compile: CompileResult,
    /// The test cases that were run, in order.
    pub runs: Vec<RunResult>,
    /// The worst of all runs.
    pub usage: RunUsage,
    /// CPU time of everything that ran in a box: compilers, runs, validators; in milliseconds.
    pub total_cpu_ms: u64,
}

impl Judged {
    /// What is known before any run: the submission has not been accepted anywhere.
    fn new(job: &JudgeJob<'_>, compile: CompileResult) -> Self {
        Self {
            verdict: Verdict::CompileError,
            score: (job.package.kind.scoring && job.package.scores_of_rejected)
                .then(Score::default),
            groups: Vec::new(),
            shows_groups: job.package.show_groups,
            total_cpu_ms: compile.usage.cpu_ms,
            compile,
            runs: Vec::new(),
            usage: RunUsage::default(),
        }
    }

    /// What is kept of it. Groups are of interest where there are scores, or more than the samples and the rest.
    #[must_use]
    pub fn conclusion(&self) -> Conclusion {
        let has_scores = self.groups.iter().any(|group| group.score.is_some());
        let is_worth_it = has_scores || self.groups.len() > 3;
        let groups = is_worth_it.then(|| GroupResults {
            shown_to_team: self.shows_groups,
            groups: self.groups.clone(),
        });
        Conclusion { verdict: self.verdict, usage: self.usage, score: self.score, groups }
    }
}

/// Judging ended without a verdict.
#[derive(Debug, thiserror::Error)]
pub enum Interrupted {
    /// The sink asked to stop.
    #[error("stopped")]
    Stopped,
    /// Another function goes on with what this one has done.
    #[error("handed over")]
    HandedOver,
    /// The judge failed.
    #[error(transparent)]
    Failed(#[from] JudgingError),
}

/// Where progress goes as it is made. Each step may end the judging.
pub trait ProgressSink {
    /// The compiler is done.
    ///
    /// # Errors
    /// [`Interrupted`] ends the judging.
    fn compiled(&mut self, result: &CompileResult) -> Result<(), Interrupted>;

    /// One of `total` test cases is judged.
    ///
    /// # Errors
    /// [`Interrupted`] ends the judging.
    fn ran(&mut self, result: &RunResult, total: u32) -> Result<(), Interrupted>;

    /// Whose the next test case is, the first of those `left`.
    ///
    /// # Errors
    /// [`Interrupted`] ends the judging.
    fn turn(&mut self, _left: &Left<'_>) -> Result<Turn, Interrupted> {
        Ok(Turn::Own)
    }

    /// What a test case came to that was the caller's by [`Turn::Judge`] or [`Turn::Own`]; `decides` says that none after it
    /// matters.
    ///
    /// # Errors
    /// [`Interrupted`] ends the judging.
    fn judged(&mut self, _ordinal: u32, _result: &str, _decides: bool) -> Result<(), Interrupted> {
        Ok(())
    }

    /// One of [`Turn::Judge`] that is not wanted yet could not be judged. It is to be asked for in its order, if at all.
    ///
    /// # Errors
    /// [`Interrupted`] ends the judging.
    fn failed_ahead(&mut self) -> Result<(), Interrupted> {
        Ok(())
    }
}

/// Compiles the submission once and runs the package's test cases in order.
///
/// # Errors
/// [`Interrupted::Failed`] where the judge itself failed, which is never a verdict;
/// [`Interrupted::Stopped`] where `sink` said so.
pub fn judge(job: &JudgeJob<'_>, sink: &mut dyn ProgressSink) -> Result<Judged, Interrupted> {
    if job.package.kind.submit_answer && are_answers(job.package, &job.sources) {
        return judge_answers(job, sink);
    }
    let prepared = prepare(job)?;
    let (program, compile) = prepared.compile(job)?;
    sink.compiled(&compile)?;
    if !compile.success {
        return Ok(Judged::new(job, compile));
    }
    let cases = CaseRunner::open(job, program)?;
    let submitted = Submitted { language: job.language, layout: &prepared.layout };
    judge_all(job, Runner::Program(Box::new(cases)), submitted, compile, sink)
}

/// A submission as it is compiled.
pub(super) struct Prepared {
    toolchain: Toolchain,
    layout: Layout,
    sources: Vec<SourceText>,
}

pub(super) fn prepare(job: &JudgeJob<'_>) -> Result<Prepared, JudgingError> {
    let toolchain = job.bench.toolchain(job.language)?;
    let sources = with_included(job)?;
    let mut layout = lay_out(&toolchain, &sources);
    if let Some(entry_point) = &job.entry_point {
        layout.start_at(entry_point);
    }
    Ok(Prepared { toolchain, layout, sources })
}

impl Prepared {
    /// Compiles it, unless that was done before.
    pub(super) fn compile<'a>(
        &self,
        job: &JudgeJob<'a>,
    ) -> Result<(Program<'a>, CompileResult), JudgingError> {
        let (toolchain, layout) = (self.toolchain.clone(), self.layout.clone());
        let mut program = Program::open(job.bench, toolchain, layout, Vec::new())?;
        let compile = match &job.compiled {
            Some(compiled) => {
                program.restore_from(&compiled.folder)?;
                compiled.result.clone()
            }
            None => program.compile(&self.sources, &job.limits)?,
        };
        Ok((program, compile))
    }
}

/// Judges answers, which nobody has to compile.
fn judge_answers(job: &JudgeJob<'_>, sink: &mut dyn ProgressSink) -> Result<Judged, Interrupted> {
    let compile =
        CompileResult { success: true, output: String::new(), usage: RunUsage::default() };
    sink.compiled(&compile)?;
    let checker = Checker::open(job.bench, job.package, &job.limits, &Seen::Files(&job.sources))?;
    let layout = job.language.lay_out(&[]);
    let submitted = Submitted { language: job.language, layout: &layout };
    judge_all(job, Runner::Answers(Answers { job, checker }), submitted, compile, sink)
}

fn judge_all<'a>(
    job: &'a JudgeJob<'a>,
    runner: Runner<'a>,
    submitted: Submitted<'a>,
    compile: CompileResult,
    sink: &mut dyn ProgressSink,
) -> Result<Judged, Interrupted> {
    let grader = Grader::new(job.bench, job.package, &job.limits);
    let mut walk = Walk::new(runner, submitted, grader, sink);
    let graded = walk.all()?;
    let mut judged = Judged::new(job, compile);
    judged.verdict = graded.verdict;
    let has_score = graded.verdict.is_accepted() || job.package.scores_of_rejected;
    judged.score = walk.score(graded.score)?.filter(|_| has_score);
    judged.groups = walk.groups()?;
    judged.usage = walk.runs.iter().fold(RunUsage::default(), |worst, run| worst.max(run.usage));
    let runs_cpu_ms: u64 = walk.runs.iter().map(|run| run.usage.cpu_ms).sum();
    judged.total_cpu_ms += runs_cpu_ms + walk.runner.validators_cpu_ms() + walk.other_cpu_ms;
    judged.runs = walk.runs;
    Ok(judged)
}

/// The submission's sources and the files that the package adds to programs of its language.
///
/// ICPC problem package format (legacy), section "Included Code": a file of the package
/// takes the place of a file of the submission with the same name.
fn with_included(job: &JudgeJob<'_>) -> Result<Vec<SourceText>, JudgingError> {
    let include = &job.package.include;
    let folder = job
        .language
        .icpc_names
        .iter()
        .chain([&job.language.id])
        .find(|name| include.contains_key(*name));
    let folder = folder.map_or("default", String::as_str);
    let mut sources = job.sources.clone();
    let mut reader = JuryReader::new(&job.package.constants);
    for path in include.get(folder).into_iter().flatten() {
        let content = reader.read(path)?;
        let below = job.package.root.join("include").join(folder);
        // Polygon keeps them with the jury's programs, and puts them beside submissions without their folder.
        let base = || path.file_name().map(Path::new).unwrap_or(path);
        let name =
            path.strip_prefix(&below).unwrap_or_else(|_| base()).to_string_lossy().into_owned();
        sources.retain(|source| source.name != name);
        sources.push(SourceText { name, content });
    }
    Ok(sources)
}
