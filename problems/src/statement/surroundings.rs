//! What a statement may refer to: the files beside it and the samples.

use crate::{ArchiveCaps, Constants, names, tree};
use std::path::{Path, PathBuf};

/// What a statement may show or link to.
const ASSET_EXTENSIONS: [&str; 8] = ["png", "jpg", "jpeg", "gif", "svg", "webp", "pdf", "eps"];

/// What stands around a statement.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// What the statement's file is called in warnings.
    pub name: &'a str,
    /// The code of the language that it is written in, for headings that it does not spell out.
    pub language: &'a str,
    /// Where its images and other files lie.
    pub assets: &'a Assets,
    /// What the addresses of its images and other files begin with; the percent-encoded name follows.
    pub asset_prefix: &'a str,
    /// How many samples there are to be placed.
    pub samples: usize,
    /// Values that the text may name: `{{name}}` in Markdown, `\constant{name}` in LaTeX.
    pub constants: &'a Constants,
}

/// Where the files lie that a statement may show.
#[derive(Debug, Clone, Default)]
pub struct Assets {
    folders: Vec<PathBuf>,
    /// One of the folders, whose own folders are not the statement's.
    flat: Option<PathBuf>,
}

impl Assets {
    /// The files in `folders` and below them; the first folder that has a name is asked for it.
    #[must_use]
    pub fn in_folders(folders: Vec<PathBuf>) -> Self {
        Self { folders, flat: None }
    }

    /// The same, where `flat` gives no right to what lies below it.
    pub(super) fn with_flat(folders: Vec<PathBuf>, flat: &Path) -> Self {
        Self { folders, flat: Some(flat.to_owned()) }
    }

    /// The image or PDF called `name`, relative to a folder of the statement.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<PathBuf> {
        is_asset(name).then(|| self.file(name)).flatten()
    }

    /// The text of another LaTeX file, whose extension may be left out.
    pub(super) fn latex(&self, name: &str) -> Option<String> {
        let name = name.strip_prefix("./").unwrap_or(name);
        let name = if name.ends_with(".tex") { name.to_owned() } else { format!("{name}.tex") };
        tree::read_text(&self.file(&name)?, &name, tree::MAX_TEXT_BYTES).ok()
    }

    /// The texts of an input and an answer beside the statement, `name.in` and `name.ans`. Some name them from the folder
    /// that holds the package.
    pub(super) fn sample(&self, name: &str) -> Option<(String, String)> {
        let beside = ["problem_statement/", "statement/"];
        let name =
            beside.iter().find_map(|folder| Some(name.rsplit_once(folder)?.1)).unwrap_or(name);
        let read = |extension| {
            let name = format!("{name}.{extension}");
            tree::read_text(&self.file(&name)?, &name, tree::MAX_TEXT_BYTES).ok()
        };
        Some((read("in")?, read("ans")?))
    }

    fn file(&self, name: &str) -> Option<PathBuf> {
        names::check_path(name, &ArchiveCaps::default()).ok()?;
        let may_hold =
            |folder: &&PathBuf| self.flat.as_ref() != Some(folder) || !name.contains('/');
        let places = self.folders.iter().filter(may_hold).map(|folder| folder.join(name));
        places.into_iter().find(|path| path.is_file())
    }
}

/// Whether a file of this name may be shown by a statement.
pub(crate) fn is_asset(name: &str) -> bool {
    let extension = Path::new(name).extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|e| ASSET_EXTENSIONS.contains(&e.to_ascii_lowercase().as_str()))
}
