//! The problem's text: found in the package, shown as HTML.

mod conversion;
mod elements;
mod find;
mod formula;
mod headings;
mod highlight;
mod latex;
mod markdown;
mod math;
mod pieces;
pub mod polygon;
mod sanitise;
mod surroundings;
mod width;

pub(crate) use headings::Heading;
pub use pieces::{Piece, pieces};
pub(crate) use surroundings::is_asset;
pub use surroundings::{Assets, Surroundings};

pub(crate) use find::{check_length, check_text, find, solutions, titles};

use crate::{Fault, Lang, Package, PackageFormat, tree};
use conversion::Conversion;
use std::{
    borrow::Cow,
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// One text of the problem in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The language it is written in.
    pub language: Lang,
    /// How it is written.
    pub format: Format,
    /// The file.
    pub path: PathBuf,
}

/// How a statement is written; the order is that of preference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Format {
    /// Markdown with tables and `$math$`.
    Markdown,
    /// LaTeX as problem packages use it.
    Latex,
    /// HTML; what could do harm is taken out.
    Html,
    /// PDF, for the browser to show.
    Pdf,
}

/// A statement ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// The language it is written in, which need not be the one asked for.
    pub language: Lang,
    /// The problem's title in this language, as plain text.
    pub title: String,
    /// The text without its title and without the samples, whose places [`pieces`] finds; sanitised.
    /// Empty for a PDF.
    pub html: String,
    /// The file to show instead, where the statement is a PDF.
    pub pdf: Option<PathBuf>,
    /// The images and other files of the statement that the text shows or links to, by the names
    /// that [`asset`] takes.
    pub files: Vec<String>,
    /// What of the text was not understood, or is missing.
    pub warnings: Vec<Fault>,
}

/// A text as HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Converted {
    /// The title that the text gives itself.
    pub title: Option<String>,
    /// The text without its title and without the samples, whose places [`pieces`] finds; sanitised.
    pub html: String,
    /// The images and other files that the text shows or links to, by their names in [`Assets::find`].
    pub files: Vec<String>,
    /// What of the text was not understood, or is missing.
    pub warnings: Vec<Fault>,
}

/// The longest text that constants may make of one, in bytes.
const MAX_WITH_CONSTANTS: usize = 1 << 20;

/// Makes HTML of a text, which stands in `surroundings`. A PDF has none.
#[must_use]
pub fn convert(text: &str, format: Format, surroundings: Surroundings<'_>) -> Converted {
    let conversion = Conversion::new(text, surroundings);
    let (title, html) = match format {
        Format::Markdown => {
            let text = surroundings
                .constants
                .apply_to_text(text, MAX_WITH_CONSTANTS)
                .unwrap_or(Cow::Borrowed(text));
            (markdown::title(&text), markdown::to_html(&text, &conversion))
        }
        Format::Latex => (latex::title(text), latex::to_html(text, &conversion)),
        Format::Html => (None, text.to_owned()),
        Format::Pdf => (None, String::new()),
    };
    finish(title, &html, conversion)
}

fn finish(title: Option<String>, html: &str, conversion: Conversion<'_>) -> Converted {
    let surroundings = conversion.surroundings;
    let (html, files) = sanitise::sanitise(html, surroundings.assets, surroundings.asset_prefix);
    Converted { title, html, files, warnings: conversion.into_warnings() }
}

/// Shows the statement in `language`, or else in English, or else in any language.
///
/// Images and other files of the statement become links to `asset_prefix` followed by a name that [`asset`] takes,
/// percent-encoded.
///
/// # Errors
/// The file cannot be read, or is not UTF-8.
pub fn render(package: &Package, language: &str, asset_prefix: &str) -> Result<Rendered, Fault> {
    let statement = choose(&package.statements, language)
        .ok_or_else(|| Fault::new("problem_statement", "there is no statement"))?;
    render_file(package, statement, &assets(package), asset_prefix)
}

/// Shows the jury the description of how the problem is solved, as [`render`] shows statements. Its own
/// files come before the statement's of the same name.
///
/// # Errors
/// There is none, the file cannot be read, or is not UTF-8.
pub fn render_solution(
    package: &Package,
    language: &str,
    asset_prefix: &str,
) -> Result<Rendered, Fault> {
    let solution = choose(&package.solutions, language)
        .ok_or_else(|| Fault::new("solution", "there is no description of the solution"))?;
    render_file(package, solution, &solution_assets(package), asset_prefix)
}

/// What is odd about the package's statements and solutions, each in its own file.
pub(crate) fn warnings(package: &Package) -> Vec<Fault> {
    let mut warnings = Vec::new();
    let solutions = solution_assets(package);
    let statements = assets(package);
    let all = package.statements.iter().map(|statement| (statement, &statements));
    let all = all.chain(package.solutions.iter().map(|solution| (solution, &solutions)));
    for (statement, assets) in all {
        if let Ok(rendered) = render_file(package, statement, assets, "") {
            warnings.extend(rendered.warnings);
        }
    }
    warnings
}

fn render_file(
    package: &Package,
    statement: &Statement,
    assets: &Assets,
    asset_prefix: &str,
) -> Result<Rendered, Fault> {
    let title = package.titles.get(&statement.language).map_or(package.title(), String::as_str);
    let mut rendered = Rendered {
        language: statement.language.clone(),
        title: title.to_owned(),
        html: String::new(),
        pdf: None,
        files: Vec::new(),
        warnings: Vec::new(),
    };
    if statement.format == Format::Pdf {
        rendered.pdf = Some(statement.path.clone());
        return Ok(rendered);
    }
    let name = statement.path.strip_prefix(&package.root).unwrap_or(&statement.path);
    let name = name.display().to_string();
    let text = tree::read_text(&statement.path, &name, tree::MAX_TEXT_BYTES)?;
    let samples = package.samples.len();
    let constants = &package.constants;
    let language = &statement.language;
    let surroundings =
        Surroundings { name: &name, language, assets, asset_prefix, samples, constants };
    let converted = match (package.format, statement.format) {
        (PackageFormat::Polygon, Format::Html) => polygon::from_html(&text, surroundings),
        (PackageFormat::Polygon, Format::Latex) => polygon_latex(&text, statement, surroundings),
        (_, format) => convert(&text, format, surroundings),
    };
    rendered.html = converted.html;
    rendered.files = converted.files;
    rendered.warnings = converted.warnings;
    Ok(rendered)
}

/// Polygon's LaTeX: its parts, where they stand in a file of their own beside it, or else the whole.
fn polygon_latex(text: &str, statement: &Statement, surroundings: Surroundings<'_>) -> Converted {
    let properties = statement.path.with_file_name("problem-properties.json");
    let json = tree::read_text(&properties, surroundings.name, find::MAX_BYTES);
    let parts = json.and_then(|json| polygon::from_properties(&json, surroundings));
    parts.unwrap_or_else(|_| convert(text, Format::Latex, surroundings))
}

/// The statement to show to someone who prefers `language`.
fn choose<'a>(statements: &'a [Statement], language: &str) -> Option<&'a Statement> {
    let primary = |language: &str| language.split('-').next().unwrap_or_default().to_lowercase();
    let rank = |statement: &Statement| {
        let own = &statement.language;
        let distance = match () {
            () if own.eq_ignore_ascii_case(language) => 0,
            () if primary(own) == primary(language) => 1,
            () if primary(own) == "en" => 2,
            () => 3,
        };
        (distance, statement.format)
    };
    statements.iter().min_by_key(|statement| rank(statement))
}

/// The file of an image or PDF that stands beside a statement, by its name relative to the
/// statement's folder. Nothing else in the package can be named this way.
#[must_use]
pub fn asset(package: &Package, name: &str) -> Option<PathBuf> {
    assets(package).find(name)
}

/// The file of an image or PDF that a description of the solution shows, by the name that [`render_solution`] gives it.
#[must_use]
pub fn solution_asset(package: &Package, name: &str) -> Option<PathBuf> {
    solution_assets(package).find(name)
}

fn solution_assets(package: &Package) -> Assets {
    Assets::in_folders(vec![package.root.join("solution"), package.root.join("statement")])
}

/// The folders of the statements. The package's own gives no right to what lies below it.
fn assets(package: &Package) -> Assets {
    let parents = package.statements.iter().filter_map(|statement| statement.path.parent());
    let folders: BTreeSet<&Path> = parents.collect();
    Assets::with_flat(folders.into_iter().map(Path::to_owned).collect(), &package.root)
}
