//! What of a package contestants may see: text in the database, files as blobs.

use super::samples::{self, Sample};
use problems::statement::{self, Format};
use problems::{Fault, Faults, Objective, Package};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use store::DatabaseError;
use utoipa::ToSchema;

/// All that contestants may see of a problem besides its title and limits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublicProblem {
    /// The text in each language that it is written in.
    pub statements: Vec<PublicStatement>,
    /// The samples, in the order of judging.
    pub samples: Vec<Sample>,
    /// Everything to download: attachments, images, PDFs, samples too long to show.
    pub files: Vec<PublicFile>,
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

/// A file to download, at `/api/v1/problems/{problem}/files/{name}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublicFile {
    /// The name, with its folder: `attachments/tool.py`.
    pub name: String,
    /// The content's size, in bytes.
    pub bytes: u64,
    /// The content's SHA-256, in hexadecimal digits.
    pub sha256: String,
}

impl PublicFile {
    /// Where the content is stored.
    pub(crate) fn blob_key(&self) -> String {
        format!("public/{}", self.sha256)
    }
}

/// What becomes public, with the files to store for it.
pub(super) struct Published {
    problem: PublicProblem,
    paths: Vec<PathBuf>,
}

impl Published {
    /// Each file with its place in the package's folder.
    pub(super) fn files(&self) -> impl Iterator<Item = (&PublicFile, &Path)> {
        self.problem.files.iter().zip(self.paths.iter().map(PathBuf::as_path))
    }

    pub(super) fn to_json(&self) -> Result<String, DatabaseError> {
        serde_json::to_string(&self.problem).map_err(|error| DatabaseError::Corrupt {
            what: "public content",
            detail: error.to_string(),
        })
    }

    pub(super) fn add_sample(&mut self, sample: Sample) {
        self.problem.samples.push(sample);
    }

    pub(super) fn add(&mut self, name: String, path: PathBuf) -> Result<(), Faults> {
        if self.problem.files.iter().any(|file| file.name == name) {
            return Ok(());
        }
        let (bytes, sha256) = digest(&path).map_err(|error| unreadable(&path, &error))?;
        self.problem.files.push(PublicFile { name, bytes, sha256 });
        self.paths.push(path);
        Ok(())
    }
}

/// Collects what contestants may see: statements, samples and attachments, and nothing else.
pub(super) fn publish(package: &Package) -> Result<Published, Faults> {
    let problem = PublicProblem {
        statements: Vec::new(),
        samples: Vec::new(),
        files: Vec::new(),
        languages: package.languages.clone(),
        time_limit_stated: package.time_limit_stated,
        lower_scores_are_better: package.objective == Objective::Min,
        author: package.credits.author.clone(),
        source: package.credits.source.clone(),
        license: package.credits.license.clone(),
    };
    let mut published = Published { problem, paths: Vec::new() };
    statements(package, &mut published)?;
    for sample in &package.samples {
        samples::publish(sample, &mut published)?;
    }
    let attachments = package.root.join("attachments");
    for path in &package.attachments {
        let name = path.strip_prefix(&attachments).unwrap_or(path);
        published.add(format!("attachments/{}", name.display()), path.clone())?;
    }
    Ok(published)
}

fn statements(package: &Package, published: &mut Published) -> Result<(), Faults> {
    let prefix = format!("/api/v1/problems/{}/files/statement/", package.short_name);
    let languages: BTreeSet<&String> =
        package.statements.iter().map(|statement| &statement.language).collect();
    for language in languages {
        let rendered = statement::render(package, language, &prefix)?;
        for name in &rendered.files {
            if let Some(path) = statement::asset(package, name) {
                published.add(format!("statement/{name}"), path)?;
            }
        }
        let is_pdf = |statement: &&problems::Statement| {
            statement.language == *language && statement.format == Format::Pdf
        };
        let mut pdf = None;
        if let Some(statement) = package.statements.iter().find(is_pdf) {
            let name = format!("statement/{language}.pdf");
            published.add(name.clone(), statement.path.clone())?;
            pdf = Some(name);
        }
        published.problem.statements.push(PublicStatement {
            language: rendered.language,
            title: rendered.title,
            html: rendered.html,
            pdf,
        });
    }
    Ok(())
}

fn digest(path: &Path) -> io::Result<(u64, String)> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let bytes = io::copy(&mut file, &mut HashWriter(&mut hash))?;
    Ok((bytes, hex::encode(hash.finalize())))
}

struct HashWriter<'a>(&'a mut Sha256);

impl io::Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

pub(super) fn unreadable(path: &Path, error: &io::Error) -> Faults {
    let file = path.display().to_string();
    Fault { file, line: None, field: None, message: format!("cannot be read: {error}") }.into()
}
