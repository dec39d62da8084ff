//! Each language, each kind of program: `programs/<language>/<case>/`, the case says what it comes to.

use crate::stand::{PackageFolder, Witness, workbench};
use executor::{JudgeJob, StopRule, judge, read_sources};
use judge_types::Verdict;
use languages::{Languages, Search, Toolchain};
use libtest_mimic::{Failed, Trial};
use problems::Constants;
use sandbox::Level;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What each language must show, and what it comes to.
const CASES: [(&str, Verdict); 5] = [
    ("hello", Verdict::Accepted),
    ("several_files", Verdict::Accepted),
    ("compile_error", Verdict::CompileError),
    ("crash", Verdict::RunTimeError),
    ("memory", Verdict::MemoryLimitExceeded),
];

/// What is tried at the other levels: how a program is compiled differs in nothing else.
const CASES_BELOW_FULL: [&str; 3] = ["hello", "crash", "memory"];

/// One for each language and level: a machine without the toolchain fails it.
///
/// Root runs programs at the weaker levels as a user of their own, to whom root's home is closed. So these levels
/// are tried with the toolchains of the system, and not for a language that has only one in root's home.
pub(crate) fn trials() -> Vec<Trial> {
    let languages = Languages::load(None).unwrap();
    let system = system_search();
    let mut trials = Vec::new();
    for language in languages.iter() {
        for level in [Level::Full, Level::UserNamespace, Level::Minimal] {
            let id = language.id.clone();
            let name = format!("executor::language_table::{id} {level}");
            let closed = level != Level::Full
                && Toolchain::find_in(language, &system).is_err()
                && Toolchain::find_in(language, &Search::from_environment()).is_ok();
            if !closed {
                trials.push(Trial::test(name, move || all_cases(&id, level)));
            }
        }
    }
    trials
}

fn system_search() -> Search {
    Search::new("/usr/local/bin:/usr/bin:/bin".into(), None)
}

fn all_cases(language: &str, level: Level) -> Result<(), Failed> {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs").join(language);
    let tried = |case: &str| level == Level::Full || CASES_BELOW_FULL.contains(&case);
    for (case, expected) in CASES.into_iter().filter(|(case, _)| tried(case)) {
        let got = verdict(language, &files(&programs.join(case)), level)
            .map_err(|error| format!("{language}/{case}: {error}"))?;
        if got.0 != expected {
            return Err(
                format!("{language}/{case}: {} instead of {expected}\n{}", got.0, got.1).into()
            );
        }
    }
    Ok(())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap_or_else(|e| panic!("{}: {e}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

/// The verdict, and what was said on the way.
fn verdict(language: &str, files: &[PathBuf], level: Level) -> Result<(Verdict, String), String> {
    let place = tempfile::tempdir().unwrap();
    let mut bench = workbench(place.path(), Some(level));
    if level != Level::Full {
        bench.search = system_search();
    }
    let package = PackageFolder::greeting();
    let mut package = package.open();
    // Virtual machines start slowly on a busy machine.
    package.limits.time_ms = 10_000;
    let job = JudgeJob {
        bench: &bench,
        package: &package,
        language: bench.languages.get(language).unwrap(),
        sources: read_sources(files, &Constants::default()).unwrap(),
        limits: package.limits.clone(),
        stop: StopRule::AtFirstFailure,
        entry_point: None,
        overtime: std::time::Duration::ZERO,
        compiled: None,
    };
    let mut witness = Witness::new();
    let judged = judge(&job, &mut witness).map_err(|error| error.to_string())?;
    Ok((judged.verdict, format!("{:#?}", (judged.compile, judged.runs))))
}
