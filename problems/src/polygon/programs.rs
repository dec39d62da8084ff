//! The checker, the interactor, the validators, and what is put beside submissions.

use super::{Context, names, numbered};
use crate::{
    CompareFlags,
    fault::{Fault, Findings},
    test_case::{InputFlags, ValidationCase, ValidationKind},
    validator::{Protocol, ValidatorProgram, is_header},
    xml::Element,
};
use std::{collections::BTreeMap, path::PathBuf};

/// What nearly every program includes.
const TESTLIB: &str = "testlib.h";

/// The program that looks at outputs. One of Polygon's own (`std::wcmp.cpp`) lies in the package like any other.
pub(super) fn checker(context: Context<'_>, findings: &mut Findings) -> Option<ValidatorProgram> {
    let Some(checker) = only(context, "checker") else {
        let fault = context.problem.attribute_fault("assets.checker", "is missing".into());
        findings.fault(fault);
        return None;
    };
    if let Some(kind) = checker.attribute("type").filter(|kind| *kind != "testlib") {
        let message = format!("only checkers of type testlib are run, not {kind:?}");
        findings.fault(checker.attribute_fault("type", message));
        return None;
    }
    // Older packages name the source only as what stands beside problem.xml.
    let copy = checker.child("copy").filter(|copy| context.file(*copy, "path").is_ok());
    let source = checker.child("source");
    let source = source.filter(|source| copy.is_none() || context.file(*source, "path").is_ok());
    let Some(source) = source.or(copy) else {
        let own = checker.attribute("name").map(|name| format!(" of {name}")).unwrap_or_default();
        findings.fault(checker.attribute_fault("source", format!("the source{own} is missing")));
        return None;
    };
    program(context, source, findings)
}

/// The program that talks with submissions, where there is one.
pub(super) fn interactor(
    context: Context<'_>,
    findings: &mut Findings,
) -> Option<ValidatorProgram> {
    with_source(context, only(context, "interactor")?, findings)
}

/// The programs that check inputs.
pub(super) fn validators(context: Context<'_>, findings: &mut Findings) -> Vec<ValidatorProgram> {
    let all = context.problem.below(&["assets", "validators", "validator"]);
    all.into_iter().filter_map(|validator| with_source(context, validator, findings)).collect()
}

/// Whether the package's checkers take the arguments `--testset` and `--group`: newer versions of testlib have a class for
/// that, older ones refuse every argument more.
pub(super) fn checkers_are_told_groups(context: Context<'_>) -> bool {
    let path = format!("files/{TESTLIB}");
    let text = context.tree.files.get(&path).and_then(|file| file.text(&path).ok());
    text.is_some_and(|text| text.contains("class Checker"))
}

fn only<'a>(context: Context<'a>, name: &'static str) -> Option<Element<'a>> {
    context.problem.below(&["assets", name]).into_iter().next()
}

fn with_source(
    context: Context<'_>,
    element: Element<'_>,
    findings: &mut Findings,
) -> Option<ValidatorProgram> {
    let Some(source) = element.child("source") else {
        findings.fault(element.attribute_fault("source", "is missing".into()));
        return None;
    };
    program(context, source, findings)
}

/// A program of the source that `source` names and all headers beside it.
fn program(
    context: Context<'_>,
    source: Element<'_>,
    findings: &mut Findings,
) -> Option<ValidatorProgram> {
    let path = findings.keep(context.file(source, "path"))?;
    let head = findings.keep(context.tree.files.get(path)?.head(path))?;
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    let mut files = vec![context.root.join(path)];
    let mut has_testlib = false;
    for (rest, _) in context.tree.below("files/") {
        if !rest.contains('/') && is_header(rest) {
            has_testlib |= rest == TESTLIB;
            files.push(context.root.join("files").join(rest));
        }
    }
    let includes_testlib = head.windows(TESTLIB.len()).any(|window| window == TESTLIB.as_bytes());
    if includes_testlib && !has_testlib {
        let message = format!("is missing, and {path} includes it");
        findings.fault_once(Fault::new(format!("files/{TESTLIB}"), message));
    }
    Some(ValidatorProgram { name: name.to_owned(), files, protocol: Protocol::Testlib })
}

/// The tests of the checker and of the validators.
pub(super) fn validation_cases(
    context: Context<'_>,
    findings: &mut Findings,
) -> Vec<ValidationCase> {
    let mut cases = Vec::new();
    for testset in context.problem.below(&["assets", "checker", "testset"]) {
        add_cases(context, testset, &mut cases, findings, |verdict| match verdict {
            "ok" => Some(Some(ValidationKind::ValidOutput)),
            "wrong-answer" | "presentation-error" => Some(Some(ValidationKind::InvalidOutput)),
            // A checker that is meant to fail, or to give a part of the points, does neither accept nor refuse.
            "crashed" | "points" | "partially" | "fail" => Some(None),
            _ => None,
        });
    }
    for testset in context.problem.below(&["assets", "validators", "validator", "testset"]) {
        add_cases(context, testset, &mut cases, findings, |verdict| match verdict {
            "invalid" => Some(Some(ValidationKind::InvalidInput)),
            "valid" => Some(None),
            _ => None,
        });
    }
    cases
}

/// Adds what a program's own tests must come to. `kind_of` knows the verdicts: `None` is none, `Some(None)` one that no
/// case can be made of.
fn add_cases(
    context: Context<'_>,
    testset: Element<'_>,
    cases: &mut Vec<ValidationCase>,
    findings: &mut Findings,
    kind_of: impl Fn(&str) -> Option<Option<ValidationKind>>,
) {
    for (number, test) in (1..).zip(testset.below(&["tests", "test"])) {
        let Some(verdict) = findings.keep(test.needed("verdict")) else { continue };
        let Some(kind) = kind_of(verdict) else {
            let message = format!("{verdict:?} is no verdict of a test of this program");
            findings.fault(test.attribute_fault("verdict", message));
            continue;
        };
        let Some(kind) = kind else { continue };
        let mut file = |key| numbered_file(context, testset, key, number, findings);
        let Some((input_path, input)) = file("input-path-pattern") else { continue };
        let answer_and_output = if kind == ValidationKind::InvalidInput {
            None
        } else {
            let (answer, output) = (file("answer-path-pattern"), file("output-path-pattern"));
            let (Some((_, answer)), Some((_, output))) = (answer, output) else { continue };
            Some((answer, output))
        };
        cases.push(ValidationCase {
            name: input_path,
            kind,
            input,
            answer_and_output,
            arguments: Vec::new(),
            files: Vec::new(),
            input_flags: InputFlags::default(),
            validator_flags: Vec::new(),
            compare_flags: CompareFlags::default(),
        });
    }
}

/// The file with this number by the pattern in `key`: its path within the package and where it lies.
fn numbered_file(
    context: Context<'_>,
    testset: Element<'_>,
    key: &'static str,
    number: usize,
    findings: &mut Findings,
) -> Option<(String, PathBuf)> {
    let Some(pattern) = testset.child(key) else {
        findings.fault_once(testset.attribute_fault(key, "is missing".into()));
        return None;
    };
    let path = match numbered(pattern.text().trim(), number) {
        Ok(path) => path,
        Err(message) => {
            findings.fault_once(pattern.fault(message));
            return None;
        }
    };
    if !context.tree.files.contains_key(&path) {
        findings.fault_once(pattern.fault(format!("there is no file {path:?} in the package")));
        return None;
    }
    let place = context.root.join(&path);
    Some((path, place))
}

/// The resources that are compiled with solutions.
pub(super) fn include(context: Context<'_>) -> BTreeMap<String, Vec<PathBuf>> {
    let mut include: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for resource in context.problem.below(&["files", "resources", "file"]) {
        let assets = resource.below(&["assets", "asset"]);
        let is_for_solutions = assets.iter().any(|asset| {
            asset.attribute("name").is_some_and(|name| name.eq_ignore_ascii_case("solution"))
        });
        let Some(path) = resource.attribute("path") else { continue };
        if !is_for_solutions || !context.tree.files.contains_key(path) {
            continue;
        }
        let types = resource.attribute("for-types").or(resource.attribute("type"));
        let types = types.unwrap_or_default().split([',', ';', ' ']);
        let mut languages: Vec<_> = types.filter_map(names::programming).collect();
        languages.dedup();
        if languages.is_empty() {
            languages.push("default");
        }
        for language in languages {
            include.entry(language.to_owned()).or_default().push(context.root.join(path));
        }
    }
    include
}
