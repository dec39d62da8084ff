//! Placeholders in command templates.

use std::collections::BTreeMap;

/// Where a box has the folders that programs write to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders {
    /// Where a program's files lie, and where it runs.
    pub work: String,
    /// Where it may leave what the next run does not find.
    pub temporary: String,
}

impl Folders {
    /// The folder in the work folder for what a compiler makes; no source file can be named so.
    pub const OUT: &str = ".out";
}

/// As in a box with a file system of its own.
impl Default for Folders {
    fn default() -> Self {
        Self { work: "/work".to_owned(), temporary: "/tmp".to_owned() }
    }
}

/// Placeholders that exist in every language, besides the names of its commands.
const BUILT_IN: [&str; 7] =
    ["sources", "main", "main_class", "out", "memory_mib", "work", "temporary"];

/// Whether `name` means something in every language.
pub(crate) fn is_reserved(name: &str) -> bool {
    BUILT_IN.contains(&name)
}

/// What the placeholders stand for.
pub(crate) struct Values<'a> {
    pub(crate) commands: &'a BTreeMap<String, String>,
    pub(crate) sources: &'a [String],
    pub(crate) main: &'a str,
    pub(crate) main_class: &'a str,
    pub(crate) memory_mib: u64,
    pub(crate) folders: &'a Folders,
}

/// The argument vector that `template` stands for. An argument that is `{sources}` becomes one argument for each.
pub(crate) fn expand(template: &[String], values: &Values<'_>) -> Vec<String> {
    let mut argv = Vec::with_capacity(template.len() + values.sources.len());
    for argument in template {
        if argument == "{sources}" {
            argv.extend_from_slice(values.sources);
        } else {
            argv.push(expand_text(argument, values));
        }
    }
    argv
}

/// `text` with its placeholders replaced; braces around anything else stay as they are.
pub(crate) fn expand_text(text: &str, values: &Values<'_>) -> String {
    let mut expanded = String::with_capacity(text.len());
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => expanded.push_str(text),
            Piece::Placeholder("sources") => expanded.push_str(&values.sources.join(" ")),
            Piece::Placeholder("main") => expanded.push_str(values.main),
            Piece::Placeholder("main_class") => expanded.push_str(values.main_class),
            Piece::Placeholder("out") => {
                expanded.push_str(&format!("{}/{}", values.folders.work, Folders::OUT));
            }
            Piece::Placeholder("work") => expanded.push_str(&values.folders.work),
            Piece::Placeholder("temporary") => expanded.push_str(&values.folders.temporary),
            Piece::Placeholder("memory_mib") => expanded.push_str(&values.memory_mib.to_string()),
            Piece::Placeholder(name) => {
                expanded.push_str(values.commands.get(name).map_or("", String::as_str));
            }
        }
    }
    expanded
}

/// Whether every placeholder in `text` is built in or `known`; else what is wrong.
pub(crate) fn check(text: &str, known: impl Fn(&str) -> bool) -> Result<(), String> {
    for piece in pieces(text) {
        if let Piece::Placeholder(name) = piece
            && !is_reserved(name)
            && !known(name)
        {
            return Err(format!(
                "{{{name}}} is neither a command of this language nor one of {{{}}}",
                BUILT_IN.join("}, {")
            ));
        }
    }
    Ok(())
}

enum Piece<'a> {
    Text(&'a str),
    Placeholder(&'a str),
}

/// Splits at `{name}`, where a name is lower-case letters and `_`.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some((name, after)) = rest.strip_prefix('{').and_then(|r| r.split_once('}'))
            && !name.is_empty()
            && name.bytes().all(|c| c.is_ascii_lowercase() || c == b'_')
        {
            rest = after;
            return Some(Piece::Placeholder(name));
        }
        let from_second = rest.char_indices().nth(1).map_or(rest.len(), |(at, _)| at);
        let end = rest[from_second..].find('{').map_or(rest.len(), |at| from_second + at);
        let (piece, after) = rest.split_at(end);
        rest = after;
        Some(Piece::Text(piece))
    })
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use super::*;

    fn values<'a>(commands: &'a BTreeMap<String, String>, sources: &'a [String]) -> Values<'a> {
        static FOLDERS: LazyLock<Folders> = LazyLock::new(Folders::default);
        let folders = &FOLDERS;
        Values { commands, sources, main: "a.c", main_class: "A", memory_mib: 256, folders }
    }

    #[test]
    fn placeholders_are_replaced_and_other_braces_kept() {
        let commands = BTreeMap::from([("cc".to_owned(), "/usr/bin/gcc".to_owned())]);
        let sources = ["a.c".to_owned(), "b.c".to_owned()];
        let template = [
            "{cc}",
            "-o{out}/p",
            "{sources}",
            "-m{memory_mib}",
            "${X} {} {",
            "{main_class}:{work}",
            "{temporary}",
        ]
        .map(str::to_owned);
        assert_eq!(
            expand(&template, &values(&commands, &sources)),
            [
                "/usr/bin/gcc",
                "-o/work/.out/p",
                "a.c",
                "b.c",
                "-m256",
                "${X} {} {",
                "A:/work",
                "/tmp"
            ]
        );
    }

    #[test]
    fn an_unknown_placeholder_is_named() {
        let error = check("{compilre} {sources}", |name| name == "compiler").unwrap_err();
        assert!(error.starts_with("{compilre} is neither"), "{error}");
    }
}
