//! `data/`: the test cases and the groups they stand in.

mod cases;
mod config;
mod configs;
mod grading;
mod samples;
mod validation;

pub(crate) use config::read_scores;

use crate::{
    CompareFlags, domjudge,
    fault::{Fault, Findings},
    groups::{Grading, Member, OnReject, TestGroup},
    kind::PackageFormat,
    metadata::Metadata,
    test_case::{Sample, TestCase, ValidationCase},
    tree::Tree,
    validator::ValidatorProgram,
};
use configs::Configs;
use std::{collections::BTreeMap, path::Path};

/// All that `data/` holds.
#[derive(Debug, Default)]
pub(crate) struct TestData {
    pub(crate) groups: Vec<TestGroup>,
    pub(crate) cases: Vec<TestCase>,
    pub(crate) samples: Vec<Sample>,
    pub(crate) shared_after_failing: Vec<Sample>,
    pub(crate) validation_cases: Vec<ValidationCase>,
    /// What the arguments of all test cases take, in bytes.
    argument_bytes: usize,
}

/// What the arguments of all test cases may take together, in bytes: each has those of its group for itself.
const MAX_ARGUMENT_BYTES: usize = 64 << 20;

impl TestData {
    /// Adds a test case, unless the arguments have become too many.
    fn add(&mut self, case: TestCase, findings: &mut Findings) -> Option<Member> {
        self.argument_bytes = self.argument_bytes.saturating_add(case.argument_bytes());
        if self.argument_bytes > MAX_ARGUMENT_BYTES {
            let most = MAX_ARGUMENT_BYTES >> 20;
            let message =
                format!("the arguments of all test cases are longer than {most} MiB together");
            findings.fault_once(Fault::new("data", message));
            return None;
        }
        self.cases.push(case);
        Some(Member::Case(self.cases.len() - 1))
    }
}

/// What reading the test data needs to know of the rest of the package.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) tree: &'a Tree,
    pub(crate) root: &'a Path,
    pub(crate) format: PackageFormat,
    pub(crate) metadata: &'a Metadata,
    /// How its groups are described.
    pub(crate) dialect: Dialect,
    /// The package's own output validators; where there are none, arguments must be ones that the default validator knows.
    pub(crate) output_validators: &'a [ValidatorProgram],
    pub(crate) input_validators: &'a [ValidatorProgram],
}

/// How groups are described.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// By `testdata.yaml` with the keys of the legacy format; each folder is a group.
    Legacy,
    /// The same as DOMjudge has it for problems that give scores: nothing about scores is inherited, `accept_score` is what all
    /// test cases of a group are worth together, and folders without a `testdata.yaml` count for nothing.
    Domjudge,
    /// By `test_group.yaml`, or `testdata.yaml` with the key `scoring`, as drafts had it.
    Versioned,
}

impl Dialect {
    /// That of a package: packages that name a draft were written for tools that went by the legacy format's groups, so
    /// the keys decide.
    pub(crate) fn of(format: PackageFormat, scoring: bool, tree: &Tree) -> Self {
        const LEGACY_KEYS: [&str; 4] = ["on_reject:", "grader_flags:", "accept_score:", "range:"];
        let mut files = tree.below("data/").filter(|(path, _)| path.ends_with("testdata.yaml"));
        let mut has_legacy_keys = || {
            files.any(|(path, file)| {
                let text = file.text(path).unwrap_or_default();
                text.lines().any(|line| LEGACY_KEYS.iter().any(|key| line.starts_with(key)))
            })
        };
        if format == PackageFormat::Legacy && scoring && domjudge::is_made_for_it(tree) {
            Self::Domjudge
        } else if format == PackageFormat::Legacy || (format.is_new_icpc() && has_legacy_keys()) {
            Self::Legacy
        } else {
            Self::Versioned
        }
    }
}

/// Reads all test data. Groups and test cases come in the order of judging: samples first, then by their names.
///
/// ICPC problem package format (legacy and 2025-09), section "Test Data".
pub(crate) fn read(context: Context<'_>, findings: &mut Findings) -> TestData {
    let configs = Configs::read(context, findings);
    let mut data = TestData::default();
    let folders = Folder::of(context, &configs, findings);
    add_group(&mut data, context, &configs, &folders, "", findings);
    let has_static =
        |group: &TestGroup| group.static_validation.is_some() && group.name.starts_with("secret");
    if data.cases.iter().all(|case| case.is_sample) && !data.groups.iter().any(has_static) {
        findings.fault(Fault::new("data/secret", "holds no test case (a .in and a .ans file)"));
    }
    grading::check(&mut data.groups, context, &configs, findings);
    data.samples = samples::read(context, &data.cases, findings);
    data.shared_after_failing = samples::shared_after_failing(context, &data.cases, findings);
    data.validation_cases = validation::read(context, &configs, findings);
    data
}

/// The test cases of one group, before they are read.
#[derive(Default)]
struct Folder {
    /// By their names within the group: the paths without extensions.
    cases: BTreeMap<String, String>,
    groups: BTreeMap<String, Folder>,
}

impl Folder {
    /// All of `data/`: in the legacy format each folder is a group, in the newer ones only those that say so.
    fn of(context: Context<'_>, configs: &Configs, findings: &mut Findings) -> Self {
        let mut data = Self::default();
        for (name, _) in context.tree.below("data/") {
            if name.ends_with(".in") && !name.contains('/') {
                let message = "stands in neither data/sample nor data/secret; ignored";
                findings.warn(Fault::new(format!("data/{name}"), message));
            }
        }
        for top in ["sample", "secret"] {
            let folder = format!("data/{top}/");
            for (rest, _) in context.tree.below(&folder) {
                // What a submission finds in its folder is no test data, whatever it is called.
                if rest.split('/').rev().skip(1).any(|part| part.ends_with(".files")) {
                    continue;
                }
                match rest.rsplit_once('.') {
                    Some((stem, "in")) => {
                        let path = format!("{folder}{stem}");
                        let (group, name) = split(context.dialect, configs, top, stem);
                        let mut place = data.groups.entry(top.to_owned()).or_default();
                        for part in group {
                            place = place.groups.entry(part.to_owned()).or_default();
                        }
                        place.cases.insert(name.to_owned(), path);
                    }
                    Some((stem, "ans"))
                        if !context.tree.files.contains_key(&format!("{folder}{stem}.in")) =>
                    {
                        let path = format!("{folder}{rest}");
                        findings.warn(Fault::new(path, "has no input beside it; ignored"));
                    }
                    _ => {}
                }
            }
        }
        if context.dialect == Dialect::Versioned {
            data.add_without_cases(context, configs, findings);
        }
        data
    }

    /// Adds the groups of which no input tells, and finds what may not stand beside each other.
    ///
    /// ICPC problem package format (2025-09), section "Test Data Groups".
    fn add_without_cases(
        &mut self,
        context: Context<'_>,
        configs: &Configs,
        findings: &mut Findings,
    ) {
        for (name, config) in configs.groups() {
            let (top, group) = name.split_once('/').unwrap_or((name, ""));
            let is_there = self.groups.get(top).is_some_and(|top| top.groups.contains_key(group));
            if config.static_validation.is_some() {
                let top = self.groups.entry(top.to_owned()).or_default();
                if !group.is_empty() {
                    top.groups.entry(group.to_owned()).or_default();
                }
            } else if !is_there && context.format == PackageFormat::V2025 {
                let message = "is a group that holds no test case and no static validation";
                findings.fault(Fault::new(format!("data/{name}"), message));
            }
        }
        if let Some(secret) = self.groups.get("secret")
            && let Some(case) = secret.cases.values().next()
            && let Some(group) = secret.groups.keys().next()
            && context.format == PackageFormat::V2025
        {
            let message = format!(
                "stands beside groups ({group}); data/secret holds test cases or groups, not both"
            );
            findings.fault(Fault::new(format!("{case}.in"), message));
        }
    }
}

/// The folders below `sample` or `secret` that are groups, and the test case's name within them.
fn split<'a>(
    dialect: Dialect,
    configs: &Configs,
    top: &str,
    stem: &'a str,
) -> (Vec<&'a str>, &'a str) {
    if dialect != Dialect::Versioned {
        let mut parts: Vec<_> = stem.split('/').collect();
        let name = parts.pop().unwrap_or(stem);
        return (parts, name);
    }
    match stem.split_once('/') {
        Some((group, name)) if top == "secret" && configs.has(&format!("data/{top}/{group}")) => {
            (vec![group], name)
        }
        _ => (Vec::new(), stem),
    }
}

/// Adds the group `name` and all that is in it; returns its index.
fn add_group(
    data: &mut TestData,
    context: Context<'_>,
    configs: &Configs,
    folder: &Folder,
    name: &str,
    findings: &mut Findings,
) -> usize {
    let config = configs.of_group(name);
    let index = data.groups.len();
    data.groups.push(TestGroup {
        name: name.to_owned(),
        members: Vec::new(),
        grading: Grading::pass_fail(),
        on_reject: OnReject::Break,
        requires: Vec::new(),
        static_validation: config.static_validation.clone(),
    });
    // Both are sorted; where a test case and a group have one name, the test case goes first.
    let mut members: Vec<(&str, Option<&str>)> =
        folder.cases.iter().map(|(name, path)| (name.as_str(), Some(path.as_str()))).collect();
    members.extend(folder.groups.keys().map(|name| (name.as_str(), None)));
    members.sort_by(|a, b| a.0.cmp(b.0));
    for (member, case) in members {
        let added = match case {
            Some(stem) => {
                let case = cases::read(context, &config, stem, index, findings);
                case.and_then(|case| data.add(case, findings))
            }
            None => {
                let inner =
                    if name.is_empty() { member.to_owned() } else { format!("{name}/{member}") };
                let folder = &folder.groups[member];
                Some(Member::Group(add_group(data, context, configs, folder, &inner, findings)))
            }
        };
        data.groups[index].members.extend(added);
    }
    index
}

/// The arguments of an output validator, and what they mean to the default one.
fn validator_flags(
    context: Context<'_>,
    own: Option<&config::Flags>,
    findings: &mut Findings,
) -> (Vec<String>, CompareFlags) {
    let mut all = context.metadata.validator_flags.clone();
    all.extend(own.into_iter().flat_map(|own| own.words.iter().cloned()));
    if !context.output_validators.is_empty() {
        return (all, CompareFlags::default());
    }
    if context.format == PackageFormat::V2025
        && let Some(own) = own
        && let Some(twice) = CompareFlags::repeated_tolerance(&all)
    {
        findings.fault_once(own.fault(format!("{twice} is given twice")));
    }
    let compare = CompareFlags::parse(&all);
    let compare = compare.unwrap_or_else(|error| {
        // Those of problem.yaml have been looked at.
        if let Some(own) = own {
            findings.fault_once(own.fault(error.to_string()));
        }
        CompareFlags::default()
    });
    (all, compare)
}
