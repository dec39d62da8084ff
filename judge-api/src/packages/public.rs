//! What of a package contestants may see: text in the database, files as blobs.

use super::samples::{self, Sample};
use super::set_aside::{PackageFile, SetAside};
use problems::statement::{self, Format};
use problems::{Faults, Objective, Package};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::PathBuf;
use utoipa::ToSchema;

/// What is shown of a sample's file, in bytes.
const SHOWN: usize = 8 << 10;

/// All that contestants may see of a problem besides its title and limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublicProblem {
    /// The text in each language that it is written in.
    pub statements: Vec<PublicStatement>,
    /// The samples, in the order of judging.
    pub samples: Vec<Sample>,
    /// Everything to download: attachments, images, PDFs, samples too long to show.
    pub files: Vec<PackageFile>,
    /// The only languages to submit in, by id or by the package format's name, where not all are allowed.
    pub languages: Option<Vec<String>>,
    /// Whether the package states the time limit; otherwise it is a default.
    pub time_limit_stated: bool,
    /// Whether, in a problem that gives scores, the lower ones are the better ones.
    #[serde(default)]
    pub lower_scores_are_better: bool,
    /// Who wrote the problem.
    pub author: Option<String>,
    /// Where it was used first.
    pub source: Option<String>,
    /// How it may be used.
    pub license: Option<String>,
}

/// The problem's text in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublicStatement {
    /// The language's code: `en`, `pt-br`.
    pub language: String,
    /// The title in this language.
    pub title: String,
    /// Sanitised HTML, without title and samples; empty where there is only a PDF. Samples stand where it has
    /// `<div class="next-sample"></div>`, those that are left where it has `<div class="remaining-samples"></div>`,
    /// and all others behind it.
    pub html: String,
    /// The file that is the statement as PDF.
    pub pdf: Option<String>,
}

/// Collects what contestants may see: statements, samples and attachments, and nothing else.
pub(super) fn publish(package: &Package) -> Result<(PublicProblem, SetAside), Faults> {
    let mut files = SetAside::default();
    let statements = statements(package, &mut files)?;
    let samples = package.samples.iter().map(|sample| samples::describe(sample, SHOWN, &mut files));
    let samples = samples.collect::<Result<_, _>>()?;
    let attachments = package.root.join("attachments");
    for path in &package.attachments {
        let name = path.strip_prefix(&attachments).unwrap_or(path);
        files.add(format!("attachments/{}", name.display()), path.clone())?;
    }
    let problem = PublicProblem {
        statements,
        samples,
        files: files.files().to_vec(),
        languages: package.languages.clone(),
        time_limit_stated: package.time_limit_stated,
        lower_scores_are_better: package.objective == Objective::Min,
        author: package.credits.author.clone(),
        source: package.credits.source.clone(),
        license: package.credits.license.clone(),
    };
    Ok((problem, files))
}

fn statements(package: &Package, files: &mut SetAside) -> Result<Vec<PublicStatement>, Faults> {
    let prefix = format!("/api/v1/problems/{}/files/statement/", package.short_name);
    let languages: BTreeSet<&String> =
        package.statements.iter().map(|statement| &statement.language).collect();
    let mut statements = Vec::new();
    for language in languages {
        let rendered = statement::render(package, language, &prefix)?;
        for name in &rendered.files {
            if let Some(path) = statement::asset(package, name) {
                files.add(format!("statement/{name}"), path)?;
            }
        }
        let mut pdf = None;
        if let Some(path) = pdf_in(&package.statements, language) {
            let name = format!("statement/{language}.pdf");
            files.add(name.clone(), path)?;
            pdf = Some(name);
        }
        statements.push(PublicStatement {
            language: rendered.language,
            title: rendered.title,
            html: rendered.html,
            pdf,
        });
    }
    Ok(statements)
}

/// The text in this language that is a PDF.
pub(super) fn pdf_in(texts: &[problems::Statement], language: &str) -> Option<PathBuf> {
    let pdf = texts.iter().find(|text| text.language == language && text.format == Format::Pdf);
    pdf.map(|text| text.path.clone())
}
