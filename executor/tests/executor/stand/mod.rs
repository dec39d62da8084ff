//! What the tests share: a place to judge in, small packages, a judge with a database and a queue.

mod broker;
mod judge;
mod package;
mod queue;

pub(crate) use judge::{Judge, function_process};
pub(crate) use package::PackageFolder;
use queue::Relayed;

use executor::{
    Interrupted, JudgeJob, Judged, Meter, ProgressSink, SourceText, StopRule, VerifyOptions,
    VerifyReport, Workbench, judge, verify,
};
use judge_types::{CompileResult, JudgingError, Limits, RunResult};
use languages::{Languages, Search};
use problems::Package;
use sandbox::{Helper, Level};
use std::path::Path;

/// What verifying the package comes to.
pub(crate) fn verified(package: &PackageFolder, options: &VerifyOptions) -> VerifyReport {
    let place = tempfile::tempdir().unwrap();
    verify(package.path(), &workbench(place.path(), None), options, &mut |_| {}).unwrap()
}

/// A place to judge in, below `folder`, with the languages of its folder `languages` besides the built-in ones.
pub(crate) fn workbench(folder: &Path, level: Option<Level>) -> Workbench {
    let make = |name: &str| {
        let path = folder.join(name);
        std::fs::create_dir_all(&path).unwrap();
        path
    };
    Workbench {
        languages: Languages::load(Some(&make("languages"))).unwrap(),
        search: Search::from_environment(),
        level,
        helper: Helper::CurrentExe,
        scratch: make("scratch"),
        cache: make("cache"),
        meter: Meter::default(),
    }
}

/// Keeps what it is told; stops the judging after some runs.
pub(crate) struct Witness {
    pub(crate) compiled: Vec<CompileResult>,
    pub(crate) runs: Vec<RunResult>,
    pub(crate) stop_after: usize,
}

impl Witness {
    pub(crate) fn new() -> Self {
        Self { compiled: Vec::new(), runs: Vec::new(), stop_after: usize::MAX }
    }
}

impl ProgressSink for Witness {
    fn compiled(&mut self, result: &CompileResult) -> Result<(), Interrupted> {
        self.compiled.push(result.clone());
        if self.stop_after == 0 { Err(Interrupted::Stopped) } else { Ok(()) }
    }

    fn ran(&mut self, result: &RunResult, _total: u32) -> Result<(), Interrupted> {
        self.runs.push(result.clone());
        if self.runs.len() >= self.stop_after { Err(Interrupted::Stopped) } else { Ok(()) }
    }
}

/// One program with one file.
pub(crate) fn source(name: &str, content: &str) -> Vec<SourceText> {
    vec![SourceText { name: name.into(), content: content.into() }]
}

/// Judges a shell script, which must come to a verdict.
pub(crate) fn bash(package: &PackageFolder, code: &str) -> Judged {
    judged(package, "bash", source("a.sh", code)).unwrap_or_else(|error| panic!("{error}"))
}

/// Judges a program with a package in a place of its own.
pub(crate) fn judged(
    package: &PackageFolder,
    language: &str,
    sources: Vec<SourceText>,
) -> Result<Judged, JudgingError> {
    judged_with(package, language, sources, StopRule::AtFirstFailure, |_| {})
}

/// The same with other limits and another rule.
pub(crate) fn judged_with(
    package: &PackageFolder,
    language: &str,
    sources: Vec<SourceText>,
    stop: StopRule,
    change: impl FnOnce(&mut Limits),
) -> Result<Judged, JudgingError> {
    let place = tempfile::tempdir().unwrap();
    let bench = workbench(place.path(), None);
    let package: Package = package.open();
    let mut limits = package.limits.clone();
    change(&mut limits);
    let language = bench.languages.get(language).unwrap();
    let job = JudgeJob {
        bench: &bench,
        package: &package,
        language,
        sources,
        limits,
        stop,
        entry_point: None,
        overtime: std::time::Duration::ZERO,
        compiled: None,
    };
    judge(&job, &mut Witness::new()).map_err(|interrupted| match interrupted {
        Interrupted::Failed(error) => error,
        Interrupted::Stopped | Interrupted::HandedOver => unreachable!("nobody stops it"),
    })
}
