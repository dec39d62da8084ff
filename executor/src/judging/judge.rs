//! The core: from a program and a package to a verdict.

use super::{
    Workbench,
    bench::host,
    checker::Checker,
    limits::{self, Waiting},
    program::{Program, Ran, Role, SourceText, lay_out, usage_of},
    verdict::{ProgramEnd, overall, verdict_of},
};
use judge_types::{CompileResult, JudgingError, Limits, RunResult, RunUsage, Verdict};
use languages::Language;
use problems::{Package, TestCase};
use sandbox::{Ending, Input};
use std::fs::File;

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// What the compiler said.
    pub compile: CompileResult,
    /// The test cases that were run, in order.
    pub runs: Vec<RunResult>,
    /// The worst of all runs.
    pub usage: RunUsage,
    /// CPU time of everything that ran in a box: compilers, runs, validators; in milliseconds.
    pub total_cpu_ms: u64,
}

/// Judging ended without a verdict.
#[derive(Debug, thiserror::Error)]
pub enum Interrupted {
    /// The sink asked to stop.
    #[error("stopped")]
    Stopped,
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
}

/// Compiles the submission once and runs the package's test cases in order.
///
/// # Errors
/// [`Interrupted::Failed`] where the judge itself failed, which is never a verdict;
/// [`Interrupted::Stopped`] where `sink` said so.
pub fn judge(job: &JudgeJob<'_>, sink: &mut dyn ProgressSink) -> Result<Judged, Interrupted> {
    let toolchain = job.bench.toolchain(job.language)?;
    let sources = with_included(job)?;
    let layout = lay_out(&toolchain, &sources);
    let mut program = Program::open(job.bench, toolchain, layout, Vec::new())?;
    let compile = program.compile(&sources, &job.limits)?;
    sink.compiled(&compile)?;
    let mut judged = Judged {
        verdict: Verdict::CompileError,
        total_cpu_ms: compile.usage.cpu_ms,
        compile,
        runs: Vec::new(),
        usage: RunUsage::default(),
    };
    if !judged.compile.success {
        return Ok(judged);
    }
    let mut checker = Checker::open(job.bench, job.package, &job.limits)?;
    let cases = &job.package.test_cases;
    let total = u32::try_from(cases.len()).unwrap_or(u32::MAX);
    let mut waiting = Waiting::default();
    for (case, ordinal) in cases.iter().zip(1..) {
        let result = run_case(job, &mut program, &mut checker, &mut waiting, case, ordinal)?;
        sink.ran(&result, total)?;
        judged.usage = judged.usage.max(result.usage);
        judged.total_cpu_ms += result.usage.cpu_ms;
        let failed = !result.verdict.is_accepted();
        judged.runs.push(result);
        if failed && job.stop == StopRule::AtFirstFailure {
            break;
        }
    }
    judged.total_cpu_ms += checker.cpu_ms();
    judged.verdict = overall(judged.runs.iter().map(|run| run.verdict));
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
    for path in include.get(folder).into_iter().flatten() {
        let content = std::fs::read(path).map_err(|e| host("read", path.display(), &e))?;
        let below = job.package.root.join("include").join(folder);
        let name = path.strip_prefix(&below).unwrap_or(path).to_string_lossy().into_owned();
        sources.retain(|source| source.name != name);
        sources.push(SourceText { name, content });
    }
    Ok(sources)
}

fn run_case(
    job: &JudgeJob<'_>,
    program: &mut Program<'_>,
    checker: &mut Checker<'_>,
    waiting: &mut Waiting,
    case: &TestCase,
    ordinal: u32,
) -> Result<RunResult, JudgingError> {
    let input = File::open(&case.input).map_err(|e| host("open", case.input.display(), &e))?;
    let limits = limits::of_run(&job.limits, job.language);
    let (cpu_limit, memory_limit_bytes) = (limits.cpu, limits.memory_bytes);
    let stdin = Input::File(input);
    let ran = program.run(Role::Contestant, stdin, limits, job.limits.memory_bytes)?;
    let usage = usage_of(&ran.outcome);
    let out_of_memory = &job.language.run.out_of_memory;
    let decided = verdict_of(&ProgramEnd {
        ending: &ran.outcome.ending,
        usage: ran.outcome.usage,
        cpu_limit,
        memory_limit_bytes,
        said_out_of_memory: out_of_memory.iter().any(|text| ran.stderr.contains(text)),
    });
    let waited_too_long = waiting.is_too_long_after(&ran.outcome.usage);
    let (decided, ending) = match &ran.outcome.ending {
        _ if decided.is_none() && waited_too_long => {
            let ending = "waited too long in all test cases together".to_owned();
            (Some(Verdict::TimeLimitExceeded), ending)
        }
        Ending::Exited { code: 0 } => (decided, String::new()),
        other => (decided, other.to_string()),
    };
    let (verdict, judge_message, team_message) = match decided {
        Some(verdict) => (verdict, said(&ran), None),
        None => {
            let checked = checker.check(case, ordinal, ran.stdout)?;
            (checked.verdict, checked.judge_message, checked.team_message)
        }
    };
    Ok(RunResult {
        ordinal,
        test_case: case.name.clone(),
        is_sample: case.is_sample,
        verdict,
        usage,
        ending,
        judge_message,
        team_message,
    })
}

/// The end of what a failed program wrote to standard error: it tells the jury more than the exit code.
fn said(ran: &Ran) -> Option<String> {
    let text = ran.stderr.trim();
    (!text.is_empty()).then(|| format!("standard error ends with:\n{text}"))
}
