//! Which files a program has, what they are called in the box, and where it starts.

use crate::{Entry, Language, java, set::extension};

/// One source file.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Its path within the program, without leading or doubled slashes.
    pub name: &'a str,
    /// Its bytes.
    pub content: &'a [u8],
}

/// A program's files as the commands of its language name them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// The name in the work folder of each file given, in the order given.
    pub names: Vec<String>,
    /// The ones that are named to the compiler.
    pub sources: Vec<String>,
    /// The one where the program starts.
    pub main: String,
    /// The class where the program starts, for the languages that need to know.
    pub main_class: String,
}

impl Layout {
    /// Has the program start at this file, or class, instead.
    pub fn start_at(&mut self, entry_point: &str) {
        if self.names.iter().any(|name| name == entry_point) {
            entry_point.clone_into(&mut self.main);
        } else {
            entry_point.clone_into(&mut self.main_class);
        }
    }
}

impl Language {
    /// Lays out a program made of `files`.
    #[must_use]
    pub fn lay_out(&self, files: &[Source<'_>]) -> Layout {
        let is_source = |name: &str| {
            extension(name).is_some_and(|e| self.extensions.iter().any(|own| own == e))
        };
        let owned = files.iter().any(|file| is_source(file.name));
        // A program whose files have unusual names is still a program: all its files are sources then.
        let is_source = |name: &str| !owned || is_source(name);
        let (names, main_class) = match self.entry {
            Entry::MainFile => (files.iter().map(|file| file.name.to_owned()).collect(), None),
            Entry::JavaClass => java::name_files(files),
        };
        let sources: Vec<String> = names.iter().filter(|n| is_source(n)).cloned().collect();
        let main = main_file(files, is_source)
            .and_then(|index| names.get(index).cloned())
            .unwrap_or_default();
        Layout { names, sources, main, main_class: main_class.unwrap_or_default() }
    }
}

/// The index of the file where the program starts.
fn main_file(files: &[Source<'_>], is_source: impl Fn(&str) -> bool) -> Option<usize> {
    let candidates = || files.iter().enumerate().filter(|(_, file)| is_source(file.name));
    let stem = |name: &str| {
        let base = name.rsplit('/').next().unwrap_or(name);
        base.split('.').next().unwrap_or(base).to_ascii_lowercase()
    };
    let named = candidates().find(|(_, f)| matches!(stem(f.name).as_str(), "main" | "__main__"));
    let says_so = || candidates().find(|(_, file)| contains(file.content, b"__main__"));
    let found = named.or_else(says_so).or_else(|| candidates().next());
    found.map(|(index, _)| index)
}

fn contains(text: &[u8], wanted: &[u8]) -> bool {
    text.windows(wanted.len()).any(|window| window == wanted)
}
