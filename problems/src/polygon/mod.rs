//! Full packages of Polygon: `problem.xml` and the files that it names.
//!
//! No specification of the format is published; this follows the packages that Polygon writes. Inputs that a validator
//! must accept besides the test cases are not read, the model has no place for them.

mod groups;
mod line_ends;
mod names;
mod programs;
mod scores;
mod solutions;
mod statements;
mod tests;

pub(crate) use line_ends::warning_of_line_ends;

use crate::{
    Package, SaidScores,
    fault::{Fault, Faults, Findings},
    kind::{PackageFormat, ProblemType},
    metadata::{Constants, Credits, Objective, Timing},
    package::Validation,
    tree::Tree,
    xml::{self, Element},
};
use judge_types::{Limits, PackageHash};
use std::path::Path;

/// The file that says all.
pub(crate) const FILE: &str = "problem.xml";

/// A thousand hours, in milliseconds, and a pebibyte: beyond any real limit, and safe to multiply.
const MOST_MS: u64 = 3_600_000_000;
const MOST_BYTES: u64 = 1 << 50;

/// What the parts of the reader need to know of the package.
#[derive(Clone, Copy)]
struct Context<'a> {
    /// The element `problem`.
    problem: Element<'a>,
    tree: &'a Tree,
    root: &'a Path,
}

/// Makes a package of what stands in `tree`, with paths below `root`.
///
/// # Errors
/// Everything that is wrong with it.
pub(crate) fn read(
    tree: &Tree,
    root: &Path,
    hash: PackageHash,
    folder_name: &str,
    mut findings: Findings,
) -> Result<Package, Faults> {
    let file = tree.files.get(FILE).ok_or_else(|| Fault::new(FILE, "is missing"))?;
    let text = file.text(FILE)?;
    let document = xml::parse(FILE, &text)?;
    let problem = Element::root(FILE, &document);
    if problem.name() != "problem" {
        let message = format!("the outermost element is {:?}, not \"problem\"", problem.name());
        return Err(Fault::new(FILE, message).into());
    }
    let context = Context { problem, tree, root };
    let mut limits = Limits::default();
    let mut test_data = tests::Tests::default();
    if let Some(testset) = tests::testset(problem, &mut findings) {
        let time = testset.child_number("time-limit", 1..=MOST_MS);
        limits.time_ms = findings.keep(time).unwrap_or(limits.time_ms);
        let memory = testset.child_number("memory-limit", 1..=MOST_BYTES);
        limits.memory_bytes = findings.keep(memory).unwrap_or(limits.memory_bytes);
        test_data = tests::read(context, testset, &mut findings);
    }
    let [input_file, output_file] = named_files(problem, &mut findings);
    let interactor = programs::interactor(context, &mut findings);
    let kind = ProblemType {
        scoring: test_data.is_scoring,
        interactive: interactor.is_some(),
        ..ProblemType::default()
    };
    let checker = programs::checker(context, &mut findings);
    let statements = statements::find(context, &mut findings);
    let properties = statements::properties(context, &statements, &mut findings);
    let titles = statements::titles(context, &properties, &mut findings);
    statements::show_samples(context, &properties, &mut test_data.samples, &mut findings);
    let submissions = solutions::read(context, &mut findings);
    let input_validators = programs::validators(context, &mut findings);
    let validation_cases = programs::validation_cases(context, &mut findings);
    let short_name = problem.attribute("short-name").unwrap_or(folder_name).to_owned();
    let keywords = problem.below(&["tags", "tag"]);
    let keywords = keywords.iter().filter_map(|tag| tag.attribute("value")).map(str::to_owned);
    let keywords = keywords.collect();
    let points_are_percent = points_are_percent(problem, &mut findings);
    let warnings = findings.into_warnings()?;
    Ok(Package {
        root: root.to_owned(),
        format: PackageFormat::Polygon,
        hash,
        short_name,
        titles,
        kind,
        limits,
        time_limit_stated: true,
        timing: Timing::default(),
        validation: Validation::Custom {
            validators: checker.into_iter().collect(),
            flags: Vec::new(),
            scores: if kind.scoring { SaidScores::OfAccepted } else { SaidScores::Never },
        },
        interactor,
        input_validators,
        static_validator: None,
        grader: None,
        groups: test_data.groups,
        test_cases: test_data.cases,
        samples: test_data.samples,
        shared_after_failing: Vec::new(),
        validation_cases,
        objective: Objective::Max,
        show_groups: test_data.shows_groups,
        scores_of_rejected: true,
        points_are_percent,
        input_file,
        output_file,
        allow_file_writing: false,
        constants: Constants::default(),
        statements,
        solutions: Vec::new(),
        submissions,
        attachments: Vec::new(),
        include: programs::include(context),
        languages: None,
        credits: Credits::default(),
        keywords,
        warnings,
    })
}

/// The names of the files that submissions read and write, where they are not the standard streams.
fn named_files(problem: Element<'_>, findings: &mut Findings) -> [Option<String>; 2] {
    let Some(judging) = problem.child("judging") else { return [None, None] };
    match judging.attribute_number("run-count", 1..=1_u64) {
        Ok(_) => {}
        Err(fault) => {
            let message = format!("{}: submissions are run once on each test", fault.message);
            findings.fault(Fault { message, ..fault });
        }
    }
    ["input-file", "output-file"].map(|key| {
        let name = judging.attribute(key)?;
        if matches!(name, "stdin" | "stdout") {
            return None;
        }
        if name.contains(['/', '\\']) || name.starts_with('.') || name.chars().any(char::is_control)
        {
            let message = format!("must be the name of a file in no folder, not {name:?}");
            findings.fault(judging.attribute_fault(key, message));
            return None;
        }
        Some(name.to_owned())
    })
}

/// Whether a checker's points are percent of a test's.
fn points_are_percent(problem: Element<'_>, findings: &mut Findings) -> bool {
    let judging = problem.child("judging");
    let said = judging.map(|judging| judging.truth("treat-points-from-checker-as-percent"));
    said.and_then(|said| findings.keep(said)).unwrap_or_default()
}

impl<'a> Context<'a> {
    /// The path in an attribute of an element, of a file that may be missing.
    ///
    /// # Errors
    /// There is none, or it leaves the package.
    fn path(&self, element: Element<'a>, attribute: &str) -> Result<&'a str, Fault> {
        let path = element.needed(attribute)?;
        if !self.tree.files.contains_key(path)
            && let Err(message) = crate::names::check_path(path, &crate::ArchiveCaps::default())
        {
            return Err(element.attribute_fault(attribute, format!("{message}: {path:?}")));
        }
        Ok(path)
    }

    /// The path in an attribute of an element, of a file that is there.
    ///
    /// # Errors
    /// There is none, it leaves the package, or leads to no file.
    fn file(&self, element: Element<'a>, attribute: &str) -> Result<&'a str, Fault> {
        let path = self.path(element, attribute)?;
        if !self.tree.files.contains_key(path) {
            let message = format!("there is no file {path:?} in the package");
            return Err(element.attribute_fault(attribute, message));
        }
        Ok(path)
    }
}

/// The path of the file with this number by a pattern such as `tests/%02d.a`.
///
/// # Errors
/// What is wrong with the pattern, in words.
fn numbered(pattern: &str, number: usize) -> Result<String, String> {
    let wrong = || format!("must hold one %d, %02d or %03d, not {pattern:?}");
    let (before, rest) = pattern.split_once('%').ok_or_else(wrong)?;
    let (width, after) = rest.split_once('d').ok_or_else(wrong)?;
    let digits = match width.strip_prefix('0') {
        None if width.is_empty() => 0,
        Some(width) if width.len() == 1 => width.parse().map_err(|_| wrong())?,
        _ => return Err(wrong()),
    };
    if after.contains('%') {
        return Err(wrong());
    }
    Ok(format!("{before}{number:0digits$}{after}"))
}

#[cfg(test)]
mod unit_tests {
    use super::numbered;

    #[test]
    fn patterns_number_files() {
        assert_eq!(numbered("tests/%02d.a", 7).as_deref(), Ok("tests/07.a"));
        assert_eq!(numbered("%03d", 1234).as_deref(), Ok("1234"));
        assert_eq!(numbered("t/%d.in", 7).as_deref(), Ok("t/7.in"));
        for bad in ["tests/1", "%s", "%02d/%02d", "%2d", "%0999999999d", "%0"] {
            assert!(numbered(bad, 1).is_err(), "{bad}");
        }
    }
}
