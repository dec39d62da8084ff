//! Folders that hold nothing but inputs and answers.
//!
//! Which belong together is told from their names: `1.in` and `1.out`, `input1.txt` and `output1.txt`, `input/1` and
//! `output/1`, `1` and `1.a`.

use crate::{
    ArchiveCaps, Converted,
    fault::{Fault, Faults, Findings},
    package::short_name_of,
    tree::{Tree, TreeFile},
    written::{WrittenPackage, slug},
};
use std::{cmp::Ordering, collections::BTreeSet, path::Path};

/// How inputs and the answers to them end.
const EXTENSIONS: [(&str, &[&str]); 4] = [
    (".in", &[".out", ".ans", ".a", ".answer"]),
    (".inp", &[".out"]),
    (".input", &[".output", ".answer"]),
    ("", &[".a", ".ans", ".out"]),
];

/// Words for inputs, and those that take their place in the name of the answer.
const WORDS: [(&str, &[&str]); 2] = [("input", &["output", "answer"]), ("in", &["out", "ans"])];

/// What a statement may be called, before its extension.
const STATEMENTS: [&str; 3] = ["statement", "problem", "description"];

/// Makes a package of the inputs and answers in `folder`, as the new folder `into`: those with `sample` or `example` in
/// their names are samples, the rest is secret.
///
/// # Errors
/// There is no input with an answer, or an input has none or several.
pub fn import_plain(folder: &Path, into: &Path, caps: &ArchiveCaps) -> Result<Converted, Faults> {
    let mut findings = Findings::default();
    let tree = Tree::scan(folder, caps, &mut findings)?;
    findings.check()?;
    let title = short_name_of(folder);
    let mut written = WrittenPackage::default();
    written.head.names.insert("en".into(), title.clone());
    let mut used = BTreeSet::new();
    let cases = cases(&tree, &mut used, &mut findings);
    for (kind, is_sample) in [("sample", true), ("secret", false)] {
        let of_kind: Vec<_> = cases.iter().filter(|case| case.is_sample() == is_sample).collect();
        let width = of_kind.len().to_string().len();
        for (number, case) in (1..).zip(of_kind) {
            let stem = format!("data/{kind}/{number:0width$}{}", case.label());
            written.copy(format!("{stem}.in"), &tree.files[case.input].source);
            written.copy(format!("{stem}.ans"), &tree.files[case.answer].source);
        }
    }
    if !cases.iter().any(|case| !case.is_sample()) {
        let message = "holds no input with an answer (1.in and 1.out, input1.txt and output1.txt, \
                       input/1 and output/1) but samples";
        findings.fault_once(Fault::new(&title, message));
    }
    let mut has_statement = false;
    for (path, file) in tree.files.iter().filter(|(path, _)| !used.contains(path.as_str())) {
        match statement(path) {
            Some(extension) if !has_statement => {
                has_statement = true;
                written.copy(format!("statement/problem.en.{extension}"), &file.source);
            }
            _ => findings.warn(Fault::new(path, "is no input and no answer; left out")),
        }
    }
    if !has_statement {
        findings.warn(Fault::new(&title, "holds no statement (statement.md, for example)"));
        written.add("statement/problem.en.md", "This problem has no statement yet.\n");
    }
    let warnings = findings.into_warnings()?;
    Ok(Converted { package: written.write(into)?, warnings })
}

struct Case<'a> {
    input: &'a str,
    answer: &'a str,
}

impl Case<'_> {
    fn is_sample(&self) -> bool {
        let name = self.input.to_ascii_lowercase();
        name.contains("sample") || name.contains("example")
    }

    /// What the file's name says besides its number.
    fn label(&self) -> String {
        let name = self.input.rsplit('/').next().unwrap_or(self.input);
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let label = slug(stem.trim_start_matches(|c: char| !c.is_ascii_alphabetic()));
        let word = label.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-');
        if ["", "input", "in", "test", "sample", "example"].contains(&word) {
            return String::new();
        }
        format!("-{label}")
    }
}

/// All inputs with their answers, by their names, in which numbers count as numbers.
fn cases<'a>(
    tree: &'a Tree,
    used: &mut BTreeSet<&'a str>,
    findings: &mut Findings,
) -> Vec<Case<'a>> {
    let mut cases: Vec<Case<'a>> = Vec::new();
    let mut taken = BTreeSet::new();
    for input in tree.files.keys() {
        let answers: BTreeSet<&'a str> = answers(input)
            .iter()
            .filter_map(|answer| tree.files.get_key_value(answer))
            .map(|(answer, _): (&'a String, &'a TreeFile)| answer.as_str())
            .collect();
        let mut answers = answers.into_iter();
        match (answers.next(), answers.next()) {
            (Some(answer), None) => {
                if !taken.insert(answer) {
                    let message = format!("{answer} is the answer to another input, too");
                    findings.fault(Fault::new(input, message));
                }
                used.extend([input.as_str(), answer]);
                cases.push(Case { input, answer });
            }
            (Some(one), Some(other)) => {
                let message = format!("has more than one answer: {one} and {other}");
                findings.fault(Fault::new(input, message));
            }
            (None, _) if is_surely_input(input) => {
                findings.fault(Fault::new(input, "has no answer beside it"));
            }
            _ => {}
        }
    }
    cases.sort_by(|a, b| natural(a.input, b.input));
    cases
}

/// Every path that the answer to `input` may have.
fn answers(input: &str) -> Vec<String> {
    let mut answers = Vec::new();
    let mut extended = |path: &str, changed: bool| {
        if changed {
            answers.push(path.to_owned());
        }
        for (own, others) in EXTENSIONS {
            let Some(stem) = path.strip_suffix(own) else { continue };
            let name = path.rsplit('/').next().unwrap_or(path);
            if own.is_empty() && name.contains('.') {
                continue;
            }
            answers.extend(others.iter().map(|other| format!("{stem}{other}")));
        }
    };
    extended(input, false);
    let parts: Vec<_> = input.split('/').collect();
    for (word, others) in &WORDS {
        for other in *others {
            let with = |part: &&str| renamed(part, word, other);
            let all: Vec<_> =
                parts.iter().map(|part| with(part).unwrap_or((*part).to_owned())).collect();
            for (place, one) in parts.iter().enumerate() {
                let Some(one) = with(one) else { continue };
                let mut parts: Vec<_> = parts.iter().map(|part| (*part).to_owned()).collect();
                parts[place] = one;
                extended(&parts.join("/"), true);
            }
            extended(&all.join("/"), true);
        }
    }
    answers.retain(|answer| answer != input);
    answers
}

/// The name with a word for inputs at its start replaced, unless letters follow it.
fn renamed(name: &str, word: &str, other: &str) -> Option<String> {
    let rest = name.strip_prefix(word)?.trim_start_matches('s');
    let goes_on = rest.starts_with(|c: char| c.is_alphabetic());
    let plural = &name[word.len()..name.len() - rest.len()];
    (!goes_on).then(|| format!("{other}{plural}{rest}"))
}

/// Whether a file of this name can be nothing but an input.
fn is_surely_input(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    EXTENSIONS.iter().any(|(own, _)| !own.is_empty() && name.ends_with(own))
        || renamed(name, "input", "").is_some()
}

/// The extension of a statement.
fn statement(path: &str) -> Option<&str> {
    let (stem, extension) = path.rsplit_once('.')?;
    let is_known = STATEMENTS.contains(&stem) && ["md", "tex", "pdf", "html"].contains(&extension);
    is_known.then_some(extension)
}

/// The order of names in which `2` comes before `10`.
fn natural(a: &str, b: &str) -> Ordering {
    // Words with the number behind each; a longer number is a greater one.
    let key = |mut text: &str| {
        let mut key = Vec::new();
        while !text.is_empty() {
            let (word, rest) = text.split_at(text.find(char::is_numeric).unwrap_or(text.len()));
            let end = rest.find(|c: char| !c.is_numeric()).unwrap_or(rest.len());
            let digits = rest[..end].trim_start_matches('0');
            key.push((word.to_owned(), digits.len(), digits.to_owned()));
            text = &rest[end..];
        }
        key
    };
    key(a).cmp(&key(b)).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_count_as_numbers() {
        let mut names = ["10.in", "a2", "2.in", "a10", "1.in", "02.in"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["1.in", "02.in", "2.in", "10.in", "a2", "a10"]);
    }
}
