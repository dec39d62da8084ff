//! Every runtime starts under every memory limit that a problem may state.

use crate::stand::{PackageFolder, Witness, workbench};
use executor::{JudgeJob, StopRule, judge, read_sources};
use judge_types::Verdict;
use languages::Languages;
use libtest_mimic::{Failed, Trial};
use sandbox::Level;
use std::{fs, path::Path};

/// The smallest that the package format lets a problem state, in MiB, and some that are larger than it
/// but smaller than many a runtime.
const LIMITS_MIB: [u64; 4] = [1, 8, 64, 256];

/// Languages whose runtimes divide their memory up when they start, in ways that depend on the limit.
const TRIED_WITH_ALL: [&str; 5] = ["csharp", "go", "java", "javascript", "pypy3"];

/// One for each language.
pub(crate) fn trials() -> Vec<Trial> {
    let languages = Languages::load(None).unwrap();
    let trial = |language: &languages::Language| {
        let id = language.id.clone();
        Trial::test(format!("executor::small_memory::{id}"), move || says_hello(&id))
    };
    languages.iter().map(trial).collect()
}

fn says_hello(language: &str) -> Result<(), Failed> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs").join(language);
    let files: Vec<_> =
        fs::read_dir(folder.join("hello")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let sources = read_sources(&files).unwrap();
    let place = tempfile::tempdir().unwrap();
    let bench = workbench(place.path(), Some(Level::Full));
    let package = PackageFolder::greeting();
    let mut package = package.open();
    package.limits.time_ms = 10_000;
    let tried = if TRIED_WITH_ALL.contains(&language) { &LIMITS_MIB[..] } else { &LIMITS_MIB[..1] };
    for mebibytes in tried {
        package.limits.memory_bytes = mebibytes << 20;
        let job = JudgeJob {
            bench: &bench,
            package: &package,
            language: bench.languages.get(language).unwrap(),
            sources: sources.clone(),
            limits: package.limits.clone(),
            stop: StopRule::AtFirstFailure,
        };
        let judged = judge(&job, &mut Witness::new()).map_err(|error| error.to_string())?;
        if judged.verdict != Verdict::Accepted {
            let what = format!("{language} under {mebibytes} MiB: {}", judged.verdict);
            return Err(format!("{what}\n{:#?}", (judged.compile, judged.runs)).into());
        }
    }
    Ok(())
}
