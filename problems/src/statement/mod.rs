//! The problem's text: found in the package, shown as HTML.

mod find;
mod latex;
mod markdown;
mod math;
mod sanitise;

pub(crate) use find::{check_length, find, titles};

use crate::{ArchiveCaps, Fault, Lang, Package, names, tree};
use std::{
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
    /// The text without its title and without the samples; sanitised. Empty for a PDF.
    pub html: String,
    /// The file to show instead, where the statement is a PDF.
    pub pdf: Option<PathBuf>,
    /// The images and other files of the statement that the text shows or links to, by the names
    /// that [`asset`] takes.
    pub files: Vec<String>,
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
    let title = package.titles.get(&statement.language).map_or(package.title(), String::as_str);
    let mut rendered = Rendered {
        language: statement.language.clone(),
        title: title.to_owned(),
        html: String::new(),
        pdf: None,
        files: Vec::new(),
    };
    if statement.format == Format::Pdf {
        rendered.pdf = Some(statement.path.clone());
        return Ok(rendered);
    }
    let name = statement.path.strip_prefix(&package.root).unwrap_or(&statement.path);
    let text = tree::read_text(&statement.path, &name.display().to_string(), tree::MAX_TEXT_BYTES)?;
    let assets = Assets::of(package);
    let html = match statement.format {
        Format::Markdown => markdown::to_html(&text),
        Format::Latex => latex::to_html(&text, &|name| assets.find(name).is_some()),
        Format::Html | Format::Pdf => text,
    };
    (rendered.html, rendered.files) = sanitise::sanitise(&html, assets, asset_prefix);
    Ok(rendered)
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
    Assets::of(package).find(name)
}

/// Where the files lie that statements may show.
#[derive(Debug, Clone)]
struct Assets {
    root: PathBuf,
    folders: BTreeSet<PathBuf>,
}

impl Assets {
    fn of(package: &Package) -> Self {
        let parents = package.statements.iter().filter_map(|statement| statement.path.parent());
        Self { root: package.root.clone(), folders: parents.map(Path::to_owned).collect() }
    }

    fn find(&self, name: &str) -> Option<PathBuf> {
        names::check_path(name, &ArchiveCaps::default()).ok()?;
        if !is_asset(name) {
            return None;
        }
        // A statement in the package's own folder gives no right to what lies below it.
        let may_hold = |folder: &&PathBuf| **folder != self.root || !name.contains('/');
        let places = self.folders.iter().filter(may_hold).map(|folder| folder.join(name));
        places.into_iter().find(|path| path.is_file())
    }
}

/// Whether a file of this name may be shown by a statement.
pub(crate) fn is_asset(name: &str) -> bool {
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|e| ASSET_EXTENSIONS.contains(&e.to_ascii_lowercase().as_str()))
}

/// What a statement may show or link to.
const ASSET_EXTENSIONS: [&str; 8] = ["png", "jpg", "jpeg", "gif", "svg", "webp", "pdf", "eps"];
