//! Every runtime starts under every memory limit that a problem may state, and what it says when it is
//! refused memory is understood.

use crate::stand::{PackageFolder, Witness, workbench};
use executor::{JudgeJob, SourceText, StopRule, judge, read_sources};
use judge_types::Verdict;
use languages::Languages;
use libtest_mimic::{Failed, Trial};
use problems::Constants;
use sandbox::Level;
use std::{fs, path::Path};

/// The smallest that the package format lets a problem state, in MiB, and some that are larger than it
/// but smaller than many a runtime.
const LIMITS_MIB: [u64; 4] = [1, 8, 64, 256];

/// Languages whose runtimes divide their memory up when they start, in ways that depend on the limit.
const TRIED_WITH_ALL: [&str; 5] = ["csharp", "go", "java", "javascript", "pypy3"];

/// Programs that want far more memory at once than any machine has, and do not look whether they got it.
const GREEDY: [(&str, &str, &str); 6] = [
    ("cpp17", "a.cpp", "#include <vector>\nint main() { return std::vector<char>(1ul << 46)[5]; }"),
    ("rust", "a.rs", "fn main() { println!(\"{}\", vec![1u8; 1 << 46][3]); }"),
    ("go", "a.go", "package main\nfunc main() { n := 1 << 45; println(make([]byte, n)[3]) }"),
    ("python3", "a.py", "print(bytearray(1 << 46)[3])"),
    ("pypy3", "a.py", "print(bytearray(1 << 46)[3])"),
    ("pascal", "a.pas", "var p: pointer; begin getmem(p, int64(1) shl 46); end."),
];

/// One for each language, and for each greedy program.
pub(crate) fn trials() -> Vec<Trial> {
    let languages = Languages::load(None).unwrap();
    let hello = |language: &languages::Language| {
        let id = language.id.clone();
        Trial::test(format!("executor::small_memory::{id}"), move || says_hello(&id))
    };
    let greedy = |(language, name, text): (&'static str, &'static str, &'static str)| {
        let is_understood = move || {
            let sources = vec![SourceText { name: name.to_owned(), content: text.into() }];
            expect(language, sources, &[64], Verdict::MemoryLimitExceeded)
        };
        Trial::test(format!("executor::small_memory::refused::{language}"), is_understood)
    };
    languages.iter().map(hello).chain(GREEDY.map(greedy)).collect()
}

fn says_hello(language: &str) -> Result<(), Failed> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs").join(language);
    let files: Vec<_> =
        fs::read_dir(folder.join("hello")).unwrap().map(|entry| entry.unwrap().path()).collect();
    let tried = if TRIED_WITH_ALL.contains(&language) { &LIMITS_MIB[..] } else { &LIMITS_MIB[..1] };
    expect(language, read_sources(&files, &Constants::default()).unwrap(), tried, Verdict::Accepted)
}

/// Judges a program under each of these limits, in MiB.
fn expect(
    language: &str,
    sources: Vec<SourceText>,
    limits: &[u64],
    verdict: Verdict,
) -> Result<(), Failed> {
    let place = tempfile::tempdir().unwrap();
    let bench = workbench(place.path(), Some(Level::Full));
    let package = PackageFolder::greeting();
    let mut package = package.open();
    package.limits.time_ms = 10_000;
    for mebibytes in limits {
        package.limits.memory_bytes = mebibytes << 20;
        let job = JudgeJob {
            bench: &bench,
            package: &package,
            language: bench.languages.get(language).unwrap(),
            sources: sources.clone(),
            limits: package.limits.clone(),
            stop: StopRule::AtFirstFailure,
            entry_point: None,
            overtime: std::time::Duration::ZERO,
            compiled: None,
        };
        let judged = judge(&job, &mut Witness::new()).map_err(|error| error.to_string())?;
        if judged.verdict != verdict {
            let what = format!("{language} under {mebibytes} MiB: {}", judged.verdict);
            return Err(format!("{what}\n{:#?}", (judged.compile, judged.runs)).into());
        }
    }
    Ok(())
}
