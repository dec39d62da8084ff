//! All languages of a judge.

use crate::{Language, LanguageError, Source};
use include_dir::{Dir, include_dir};
use std::{collections::BTreeMap, fs, path::Path};

static DEFINITIONS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/definitions");

/// The languages of a judge, by id.
#[derive(Debug, Clone)]
pub struct Languages(BTreeMap<String, Language>);

impl Languages {
    /// The built-in languages, and those of `extra` (a folder of `*.toml` files), which add or override.
    ///
    /// # Errors
    /// [`LanguageError`] for the first file that cannot be read or is no definition.
    pub fn load(extra: Option<&Path>) -> Result<Self, LanguageError> {
        let mut languages = BTreeMap::new();
        let mut add = |file: &str, text: &str| {
            let language = Language::parse(file, text)?;
            languages.insert(language.id.clone(), language);
            Ok(())
        };
        for file in DEFINITIONS.files() {
            let text = file.contents_utf8().expect("definitions are part of this build");
            add(&file.path().to_string_lossy(), text)?;
        }
        if let Some(folder) = extra {
            for (name, text) in read_folder(folder)? {
                add(&name, &text)?;
            }
        }
        Ok(Self(languages))
    }

    /// The language with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Language> {
        self.0.get(id)
    }

    /// Every language, in the order of ids.
    pub fn iter(&self) -> impl Iterator<Item = &Language> {
        self.0.values()
    }

    /// The language of a file with this extension (without the dot) when nothing else is known:
    /// the preferred one, or the first by id. For `cpp` that is C++20, for `py` CPython.
    #[must_use]
    pub fn for_extension(&self, extension: &str) -> Option<&Language> {
        let owners = || self.iter().filter(|l| l.extensions.iter().any(|e| e == extension));
        owners().find(|language| language.preferred).or_else(|| owners().next())
    }

    /// The language of a program of one or more files. The first file with a known extension decides;
    /// a `#!` line, or else one of its signs, chooses among the languages that share the extension; none is chosen where that
    /// line names an interpreter that is none of theirs (Python 2).
    /// Where no file has a known one, a `#!` line decides.
    #[must_use]
    pub fn guess(&self, files: &[Source<'_>]) -> Option<&Language> {
        let known =
            files.iter().find_map(|file| Some((file, self.for_extension(extension(file.name)?)?)));
        let Some((file, default)) = known else {
            return files.iter().find_map(|file| {
                self.iter().find(|language| names_interpreter(file.content, language))
            });
        };
        let shared = |language: &&Language| {
            extension(file.name).is_some_and(|e| language.extensions.iter().any(|own| own == e))
        };
        let by_shebang =
            self.iter().filter(shared).find(|language| names_interpreter(file.content, language));
        let by_sign =
            || self.iter().filter(shared).find(|language| bears_sign(file.content, language));
        let are_interpreted = || self.iter().filter(shared).any(|one| !one.shebangs.is_empty());
        if file.content.starts_with(b"#!") && are_interpreted() {
            return by_shebang;
        }
        Some(by_shebang.or_else(by_sign).unwrap_or(default))
    }
}

/// What follows the last dot of a file's name.
pub(crate) fn extension(name: &str) -> Option<&str> {
    name.rsplit_once('.').map(|(_, extension)| extension)
}

/// Whether the first line is `#!` and one of the language's interpreters.
fn names_interpreter(content: &[u8], language: &Language) -> bool {
    let line = content.split(|&c| c == b'\n').next().unwrap_or_default();
    let Some(line) = std::str::from_utf8(line).ok().and_then(|line| line.strip_prefix("#!")) else {
        return false;
    };
    let mut words = line.split_whitespace().map(|word| word.rsplit('/').next().unwrap_or(word));
    let interpreter = words.find(|word| *word != "env" && !word.starts_with('-'));
    // Its version may follow the name.
    let is = |name: &str, own: &str| {
        name.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    interpreter.is_some_and(|name| language.shebangs.iter().any(|own| is(name, own)))
}

/// Whether the source holds a text that tells the language from others with its extension.
fn bears_sign(content: &[u8], language: &Language) -> bool {
    let holds = |sign: &String| content.windows(sign.len()).any(|text| text == sign.as_bytes());
    language.signs.iter().any(holds)
}

/// The `*.toml` files of `folder`, by name.
fn read_folder(folder: &Path) -> Result<BTreeMap<String, String>, LanguageError> {
    let error = |path: &Path, e: std::io::Error| LanguageError {
        file: path.display().to_string(),
        line: None,
        field: None,
        message: format!("cannot be read: {e}"),
    };
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(|e| error(folder, e))? {
        let path = entry.map_err(|e| error(folder, e))?.path();
        if path.extension().is_some_and(|extension| extension == "toml")
            && let Some(name) = path.file_name()
        {
            let text = fs::read_to_string(&path).map_err(|e| error(&path, e))?;
            files.insert(name.to_string_lossy().into_owned(), text);
        }
    }
    Ok(files)
}
