//! What of a package only some may see. It is set aside like what is public, but apart from it.

use super::public::pdf_in;
use super::samples::{self, Sample};
use super::set_aside::{PackageFile, SetAside};
use problems::statement;
use problems::{Faults, Package};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// All that only some may see of a problem.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct GuardedContent {
    /// How the problem is solved: for the jury.
    pub(crate) solutions: Solutions,
    /// Hidden test cases that are shown to those who failed on them.
    pub(crate) after_failing: AfterFailing,
}

/// How a problem is meant to be solved (ICPC problem package format 2025-09, section "Solution description").
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Solutions {
    /// The text in each language that it is written in.
    pub(crate) solutions: Vec<Solution>,
    /// Its images and PDFs.
    pub(crate) files: Vec<PackageFile>,
}

/// A description of the solution in one language.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Solution {
    /// The language's code: `en`, `pt-br`.
    pub(crate) language: String,
    /// Sanitised HTML; empty where there is only a PDF.
    pub(crate) html: String,
    /// The file that is the text as PDF.
    pub(crate) pdf: Option<String>,
}

/// Hidden test cases that are shown to those who failed on them (ICPC problem package format 2025-09, section "Samples and
/// full feedback").
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AfterFailing {
    /// The test cases, shown as samples are.
    pub(crate) cases: Vec<Sample>,
    /// What of them is too long to be shown whole.
    pub(crate) files: Vec<PackageFile>,
}

impl AfterFailing {
    /// Leaves those test cases alone whose name is one of these, and their files.
    pub(crate) fn retain(&mut self, is_kept: impl Fn(&str) -> bool) {
        self.cases.retain(|case| is_kept(&case.name));
        let cases = &self.cases;
        self.files
            .retain(|file| cases.iter().flat_map(Sample::downloads).any(|name| *name == file.name));
    }

    /// What is shown of the test case of this name.
    pub(crate) fn of(&self, test_case: &str) -> Option<&Sample> {
        self.cases.iter().find(|case| case.name == test_case)
    }
}

/// What is shown of a test case's file, in bytes: a problem may have many of them.
const SHOWN: usize = 2 << 10;

/// Collects what only some may see.
pub(super) fn set_aside(package: &Package) -> Result<(GuardedContent, Vec<SetAside>), Faults> {
    let (mut of_solutions, mut of_cases) = (SetAside::default(), SetAside::default());
    let solutions = solutions(package, &mut of_solutions)?;
    let shared = package.shared_after_failing.iter();
    let cases = shared.map(|case| samples::describe(case, SHOWN, &mut of_cases));
    let cases = cases.collect::<Result<_, _>>()?;
    let content = GuardedContent {
        solutions: Solutions { solutions, files: of_solutions.files().to_vec() },
        after_failing: AfterFailing { cases, files: of_cases.files().to_vec() },
    };
    Ok((content, vec![of_solutions, of_cases]))
}

fn solutions(package: &Package, files: &mut SetAside) -> Result<Vec<Solution>, Faults> {
    let prefix = format!("/api/v1/problems/{}/solutions/files/images/", package.short_name);
    let languages: BTreeSet<&String> =
        package.solutions.iter().map(|solution| &solution.language).collect();
    let mut solutions = Vec::new();
    for language in languages {
        let rendered = statement::render_solution(package, language, &prefix)?;
        for name in &rendered.files {
            if let Some(path) = statement::solution_asset(package, name) {
                files.add(format!("images/{name}"), path)?;
            }
        }
        let mut pdf = None;
        if let Some(path) = pdf_in(&package.solutions, language) {
            let name = format!("solution.{language}.pdf");
            files.add(name.clone(), path)?;
            pdf = Some(name);
        }
        solutions.push(Solution { language: rendered.language, html: rendered.html, pdf });
    }
    Ok(solutions)
}
