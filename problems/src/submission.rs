//! `submissions/`: the jury's programs and what each should come to.
//!
//! ICPC problem package format (legacy), section "Example Submissions".

use crate::{
    fault::{Fault, Findings},
    tree::{Tree, TreeFile},
};
use judge_types::Verdict;
use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

/// One of the jury's own programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JurySubmission {
    /// The path below `submissions/`: `wrong_answer/off-by-one.py`, or a folder.
    pub name: String,
    /// Its source files, in byte order.
    pub files: Vec<PathBuf>,
    /// What it should come to.
    pub expected: Expected,
}

/// Which verdicts agree with the jury's intention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    verdicts: Vec<Verdict>,
    rules_time_limit: bool,
}

impl Expected {
    fn one_of(verdicts: &[Verdict]) -> Self {
        Self { verdicts: verdicts.to_vec(), rules_time_limit: false }
    }

    /// What the name of a folder below `submissions/` means, or `None` for a name without a meaning.
    fn of_folder(folder: &str) -> Option<Self> {
        use Verdict::{
            Accepted, CompileError, MemoryLimitExceeded, OutputLimitExceeded, RunTimeError,
            TimeLimitExceeded, WrongAnswer,
        };
        Some(match folder {
            "accepted" => Self { verdicts: vec![Accepted], rules_time_limit: true },
            "slow_accepted" => Self::one_of(&[Accepted, TimeLimitExceeded]),
            "partially_accepted" => Self::one_of(&[Accepted]),
            "wrong_answer" => Self::one_of(&[WrongAnswer]),
            "time_limit_exceeded" => Self::one_of(&[TimeLimitExceeded]),
            // The format knows no verdicts of their own for memory and output.
            "run_time_error" => {
                Self::one_of(&[RunTimeError, MemoryLimitExceeded, OutputLimitExceeded])
            }
            "memory_limit_exceeded" => Self::one_of(&[MemoryLimitExceeded]),
            "output_limit_exceeded" => Self::one_of(&[OutputLimitExceeded]),
            "compile_error" | "compiler_error" => Self::one_of(&[CompileError]),
            "rejected" => Self {
                verdicts: Verdict::all().filter(|verdict| !verdict.is_accepted()).collect(),
                rules_time_limit: false,
            },
            "mixed" => Self { verdicts: Verdict::all().collect(), rules_time_limit: false },
            _ => return None,
        })
    }

    /// Whether a judgement that came to `verdict` agrees with the jury.
    #[must_use]
    pub fn allows(&self, verdict: Verdict) -> bool {
        self.verdicts.contains(&verdict)
    }

    /// The verdicts that agree with the jury, the most expected first.
    #[must_use]
    pub fn verdicts(&self) -> &[Verdict] {
        &self.verdicts
    }

    /// Whether the time limit must leave room for it, where the package states none.
    #[must_use]
    pub fn rules_time_limit(&self) -> bool {
        self.rules_time_limit
    }
}

/// `AC`, or `RTE or MLE or OLE`.
impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.verdicts.len() == Verdict::all().count() {
            return f.pad("any");
        }
        let codes: Vec<_> = self.verdicts.iter().map(|verdict| verdict.code()).collect();
        f.pad(&codes.join(" or "))
    }
}

/// Reads `submissions/`: each file or folder of `submissions/<expected>/` is one program.
pub(crate) fn read(tree: &Tree, root: &Path, findings: &mut Findings) -> Vec<JurySubmission> {
    let mut programs: BTreeMap<&str, Vec<(&str, &TreeFile)>> = BTreeMap::new();
    let mut unknown = Vec::new();
    for (path, file) in tree.below("submissions/") {
        let Some((folder, rest)) = path.split_once('/') else {
            if path != "submissions.yaml" {
                let message = "stands in no folder that says what it should come to; ignored";
                findings.warn(Fault::new(format!("submissions/{path}"), message));
            }
            continue;
        };
        if Expected::of_folder(folder).is_none() {
            if unknown.last() != Some(&folder) {
                unknown.push(folder);
            }
            continue;
        }
        let program = rest.split('/').next().unwrap_or(rest);
        let name = &path[..folder.len() + 1 + program.len()];
        programs.entry(name).or_default().push((path, file));
    }
    for folder in unknown {
        let message = "is not a folder of submissions that the format knows; ignored";
        findings.warn(Fault::new(format!("submissions/{folder}"), message));
    }
    programs.into_iter().filter_map(|(name, files)| program(name, &files, root, findings)).collect()
}

fn program(
    name: &str,
    files: &[(&str, &TreeFile)],
    root: &Path,
    findings: &mut Findings,
) -> Option<JurySubmission> {
    let folder = name.split('/').next().unwrap_or(name);
    let mut expected = Expected::of_folder(folder)?;
    let mut sources = Vec::new();
    for (path, file) in files {
        let place = format!("submissions/{path}");
        let Some(head) = findings.keep(file.head(&place)) else { continue };
        if is_binary(path, &head) {
            findings.warn(Fault::new(place, "is not a source file; ignored"));
            continue;
        }
        match tagged(&head) {
            None => {}
            Some(Ok(verdicts)) => expected = Expected { verdicts, rules_time_limit: false },
            Some(Err(word)) => {
                let message = format!("@EXPECTED_RESULTS@: {word:?} is not a result");
                findings.fault(Fault::new(&place, message));
            }
        }
        sources.push(root.join(place));
    }
    let name = name.to_owned();
    (!sources.is_empty()).then_some(JurySubmission { name, files: sources, expected })
}

/// Whether a file beside sources is what a compiler or an editor left there.
pub(crate) fn is_binary(path: &str, head: &[u8]) -> bool {
    const EXTENSIONS: [&str; 14] = [
        "bin", "exe", "out", "o", "obj", "a", "so", "class", "jar", "pyc", "hi", "cmi", "cmx",
        "swp",
    ];
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    EXTENSIONS.contains(&extension) || path.ends_with('~') || head.contains(&0)
}

/// The results that a comment in the source allows: `@EXPECTED_RESULTS@: WRONG-ANSWER, TIMELIMIT`.
fn tagged(source: &[u8]) -> Option<Result<Vec<Verdict>, String>> {
    const TAG: &[u8] = b"@EXPECTED_RESULTS@:";
    let start = source.windows(TAG.len()).position(|window| window == TAG)? + TAG.len();
    let line = source[start..].split(|&byte| byte == b'\n').next()?;
    let line = String::from_utf8_lossy(line);
    let words = line.trim().trim_end_matches("*/").trim_end_matches("-->");
    Some(words.split(',').map(|word| result(word.trim())).collect())
}

fn result(word: &str) -> Result<Verdict, String> {
    use Verdict::{
        Accepted, CompileError, MemoryLimitExceeded, OutputLimitExceeded, RunTimeError,
        TimeLimitExceeded, WrongAnswer,
    };
    let plain: String = word.to_ascii_lowercase().replace(['-', '_', ' '], "");
    Ok(match plain.as_str() {
        "correct" | "accepted" | "ac" => Accepted,
        "wronganswer" | "nooutput" | "wa" => WrongAnswer,
        "timelimit" | "timelimitexceeded" | "tle" => TimeLimitExceeded,
        "runerror" | "runtimeerror" | "rte" => RunTimeError,
        "compilererror" | "compileerror" | "ce" => CompileError,
        "memorylimit" | "memorylimitexceeded" | "mle" => MemoryLimitExceeded,
        "outputlimit" | "outputlimitexceeded" | "ole" => OutputLimitExceeded,
        _ => return Err(word.chars().take(40).collect()),
    })
}
