//! `data/`: the test cases and the groups they stand in.
//!
//! ICPC problem package format (legacy), section "Test Data".

use crate::{
    CompareFlags,
    fault::{Fault, Findings},
    fields::{Fields, Separator},
    tree::Tree,
    yaml,
};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// One input and the answer to it.
#[derive(Debug, Clone, PartialEq)]
pub struct TestCase {
    /// The path below `data/` without its extension: `secret/02-large`.
    pub name: String,
    /// Whether contestants may see its data.
    pub is_sample: bool,
    /// The input file.
    pub input: PathBuf,
    /// The answer file.
    pub answer: PathBuf,
    /// What the test case is about (`.desc`), for the jury.
    pub description: Option<PathBuf>,
    /// A hint for those who fail on it (`.hint`).
    pub hint: Option<PathBuf>,
    /// A picture of it (`.png`, `.jpg`, `.jpeg` or `.svg`).
    pub image: Option<PathBuf>,
    /// All arguments for a custom output validator: the problem's, then its group's.
    pub validator_flags: Vec<String>,
    /// The same arguments as the default output validator understands them.
    pub compare_flags: CompareFlags,
}

const IMAGES: [&str; 4] = ["png", "jpg", "jpeg", "svg"];

/// Folders beside `sample` and `secret` that hold no test cases to judge with.
const IGNORED_FOLDERS: [&str; 6] = [
    "bad",
    "invalid_input",
    "invalid_inputs",
    "invalid_answers",
    "invalid_outputs",
    "valid_outputs",
];

/// Reads all test cases in the order of judging: samples, then secret ones, each in byte order.
///
/// `problem_flags` are `validator_flags` of `problem.yaml`; `default_validation` says whether
/// the groups' flags must be ones that the default validator knows.
pub(crate) fn read(
    tree: &Tree,
    root: &Path,
    problem_flags: &[String],
    default_validation: bool,
    findings: &mut Findings,
) -> Vec<TestCase> {
    let groups = Groups::read(tree, problem_flags, default_validation, findings);
    let mut cases = Vec::new();
    for folder in ["data/sample/", "data/secret/"] {
        for (rest, _) in tree.below(folder) {
            let path = format!("{folder}{rest}");
            match path.rsplit_once('.') {
                Some((stem, "in")) => {
                    if let Some(case) = test_case(tree, root, stem, &groups, findings) {
                        cases.push(case);
                    }
                }
                Some((stem, "ans")) if !tree.files.contains_key(&format!("{stem}.in")) => {
                    findings.warn(Fault::new(&path, "has no input beside it; ignored"));
                }
                _ => {}
            }
        }
    }
    if !cases.iter().any(|case| !case.is_sample) {
        findings.fault(Fault::new("data/secret", "holds no test case (a .in and a .ans file)"));
    }
    warn_of_other_folders(tree, findings);
    cases
}

fn test_case(
    tree: &Tree,
    root: &Path,
    stem: &str,
    groups: &Groups,
    findings: &mut Findings,
) -> Option<TestCase> {
    let beside = |extension: &str| {
        let path = format!("{stem}.{extension}");
        tree.files.contains_key(&path).then(|| root.join(path))
    };
    let Some(answer) = beside("ans") else {
        findings.fault(Fault::new(format!("{stem}.in"), "has no answer beside it (.ans)"));
        return None;
    };
    let group = groups.of(stem);
    let name = stem.strip_prefix("data/").unwrap_or(stem);
    Some(TestCase {
        name: name.to_owned(),
        is_sample: name.starts_with("sample/"),
        input: root.join(format!("{stem}.in")),
        answer,
        description: beside("desc"),
        hint: beside("hint"),
        image: IMAGES.iter().find_map(|extension| beside(extension)),
        validator_flags: group.validator_flags.clone(),
        compare_flags: group.compare_flags,
    })
}

fn warn_of_other_folders(tree: &Tree, findings: &mut Findings) {
    let mut others: Vec<&str> = tree
        .below("data/")
        .filter_map(|(path, _)| path.split_once('/').map(|(folder, _)| folder))
        .filter(|folder| !matches!(*folder, "sample" | "secret"))
        .filter(|folder| !IGNORED_FOLDERS.contains(folder) && !folder.starts_with("invalid_"))
        .collect();
    others.dedup();
    for folder in others {
        findings
            .warn(Fault::new(format!("data/{folder}"), "is neither sample nor secret; ignored"));
    }
}

/// What the test cases of one folder share.
#[derive(Debug, Clone, Default)]
struct Group {
    validator_flags: Vec<String>,
    compare_flags: CompareFlags,
}

/// The folders below `data/` that have a `testdata.yaml`, and the problem itself as `""`.
struct Groups(BTreeMap<String, Group>);

impl Groups {
    fn read(
        tree: &Tree,
        problem_flags: &[String],
        default_validation: bool,
        findings: &mut Findings,
    ) -> Self {
        let problem = Group {
            validator_flags: problem_flags.to_vec(),
            compare_flags: CompareFlags::parse(problem_flags).unwrap_or_default(),
        };
        let mut groups = Self(BTreeMap::from([(String::new(), problem)]));
        for (rest, file) in tree.below("data/") {
            let path = format!("data/{rest}");
            let Some(folder) = path.strip_suffix("/testdata.yaml") else { continue };
            let Some(text) = findings.keep(file.text(&path)) else { continue };
            let Some(entries) = findings.keep(yaml::parse(&path, &text)) else { continue };
            let mut fields = Fields::new(&path, &entries, findings);
            let own_flags = fields.words("output_validator_flags", Separator::Space);
            let line = fields.line("output_validator_flags");
            // Known; they rule scoring and input validation, which happen elsewhere.
            for key in [
                "on_reject",
                "grading",
                "grader_flags",
                "input_validator_flags",
                "accept_score",
                "reject_score",
                "range",
                "run_samples",
            ] {
                fields.value(key);
            }
            if let Some(own_flags) = own_flags {
                let all: Vec<_> = problem_flags.iter().chain(&own_flags).cloned().collect();
                let compare_flags = match CompareFlags::parse(&all) {
                    Ok(flags) => flags,
                    Err(error) => {
                        if default_validation {
                            fields.fault("output_validator_flags", line, error.to_string());
                        }
                        CompareFlags::default()
                    }
                };
                let group = Group { validator_flags: all, compare_flags };
                groups.0.insert(folder.to_owned(), group);
            }
            fields.finish();
        }
        groups
    }

    /// The group of a test case: the nearest folder around it that says something.
    fn of(&self, stem: &str) -> &Group {
        let mut folder = stem;
        while let Some((parent, _)) = folder.rsplit_once('/') {
            if let Some(group) = self.0.get(parent) {
                return group;
            }
            folder = parent;
        }
        &self.0[""]
    }
}
