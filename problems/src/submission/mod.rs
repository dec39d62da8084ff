//! `submissions/`: the jury's programs and what each should come to.
//!
//! ICPC problem package format (legacy and 2025-09), section "Example Submissions".

mod expectation;
mod expected;
mod folders;
mod glob;
mod rules;
mod tags;
mod wanted;

pub use expectation::{Expectation, JudgedCase, Tested, TimeBound};
pub use expected::{Expected, Judged};

use crate::{
    fault::{Fault, Findings},
    kind::PackageFormat,
    test_data::TestData,
    tree::{Tree, TreeFile},
};
use rules::Rules;
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// One of the jury's own programs.
#[derive(Debug, Clone, PartialEq)]
pub struct JurySubmission {
    /// The path below `submissions/`: `wrong_answer/off-by-one.py`, or a folder.
    pub name: String,
    /// Its source files, in byte order.
    pub files: Vec<PathBuf>,
    /// The format's code for its language, where the package says it.
    pub language: Option<String>,
    /// The file that it starts at, where the package says it.
    pub entry_point: Option<String>,
    /// What it should come to.
    pub expected: Expected,
}

/// Reads `submissions/`: each file or folder of `submissions/<expected>/` is one program.
pub(crate) fn read(
    tree: &Tree,
    root: &Path,
    format: PackageFormat,
    data: &TestData,
    findings: &mut Findings,
) -> Vec<JurySubmission> {
    let rules = Rules::read(tree, format, data, findings);
    let mut programs: BTreeMap<&str, Vec<(&str, &TreeFile)>> = BTreeMap::new();
    let mut unknown = Vec::new();
    for (path, file) in tree.below("submissions/") {
        let Some((folder, rest)) = path.split_once('/') else {
            if path != rules::NAME {
                let message = "stands in no folder that says what it should come to; ignored";
                findings.warn(Fault::new(format!("submissions/{path}"), message));
            }
            continue;
        };
        let program = rest.split('/').next().unwrap_or(rest);
        let name = &path[..folder.len() + 1 + program.len()];
        if folders::expected(folder, format).is_none() && !rules.match_any(name) {
            if unknown.last() != Some(&folder) {
                unknown.push(folder);
            }
            continue;
        }
        programs.entry(name).or_default().push((path, file));
    }
    for folder in unknown {
        let message = "is not a folder of submissions that the format knows; ignored";
        findings.warn(Fault::new(format!("submissions/{folder}"), message));
    }
    let programs = programs.into_iter();
    programs.filter_map(|(name, files)| program(name, &files, root, &rules, findings)).collect()
}

fn program(
    name: &str,
    files: &[(&str, &TreeFile)],
    root: &Path,
    rules: &Rules,
    findings: &mut Findings,
) -> Option<JurySubmission> {
    let folder = name.split('/').next().unwrap_or(name);
    let mut expected = folders::expected(folder, rules.format).unwrap_or_default();
    let (language, entry_point) = rules.apply(name, folder, &mut expected);
    let mut sources = Vec::new();
    for (path, file) in files {
        let place = format!("submissions/{path}");
        let Some(head) = findings.keep(file.head(&place)) else { continue };
        if is_binary(path, &head) {
            findings.warn(Fault::new(place, "is not a source file; ignored"));
            continue;
        }
        tags::read(&head, &place, folder, &mut expected, findings);
        sources.push(root.join(place));
    }
    let name = name.to_owned();
    (!sources.is_empty()).then_some(JurySubmission {
        name,
        files: sources,
        language,
        entry_point,
        expected,
    })
}

/// Whether a source says in a comment what it should come to, as DOMjudge's do.
pub(crate) fn has_tag(source: &[u8]) -> bool {
    tags::are_in(source)
}

/// What a submission in a folder that the legacy format knows should come to.
pub(crate) fn expected_in(folder: &str) -> Option<Expected> {
    folders::expected(folder, PackageFormat::Legacy)
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
