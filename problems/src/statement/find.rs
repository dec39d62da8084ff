//! Which statements a package has, and what they call the problem.

use super::{Format, Statement, latex, markdown};
use crate::{Fault, Lang, fault::Findings, kind::PackageFormat, metadata, tree::Tree};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The language of a statement that does not name its own.
const DEFAULT_LANGUAGE: &str = "en";

/// The longest statement that is not a PDF, in bytes; it bounds what showing it costs.
pub(super) const MAX_BYTES: u64 = 256 << 10;

/// The format's name for the folder, the one that newer packages use, and the package itself.
const FOLDERS: [&str; 3] = ["problem_statement/", "statement/", ""];

/// Where the description of the solution lies (ICPC problem package format 2025-09, section "Solution
/// description").
const SOLUTION_FOLDER: &str = "solution/";

/// Finds `problem.<language>.<format>` and `problem.<format>`, the preferred ones first.
pub(crate) fn find(
    tree: &Tree,
    root: &Path,
    package: PackageFormat,
    findings: &mut Findings,
) -> Vec<Statement> {
    let mut faults = Vec::new();
    let statements = find_named("problem", &FOLDERS, tree, root, &mut faults);
    if statements.is_empty() && faults.is_empty() {
        let message =
            "holds no statement (problem.en.tex, problem.en.md or problem.en.pdf, for example)";
        let fault = Fault::new("problem_statement", message);
        // Contests that hand out their statements on paper have packages without.
        if package == PackageFormat::Legacy {
            findings.warn(fault);
        } else {
            findings.fault(fault);
        }
    }
    faults.into_iter().for_each(|fault| findings.fault(fault));
    statements
}

/// # Errors
/// A statement of this format may not be as long.
pub(crate) fn check_length(path: &str, format: Format, bytes: u64) -> Result<(), Fault> {
    if format != Format::Pdf && bytes > MAX_BYTES {
        return Err(Fault::new(path, format!("is longer than {MAX_BYTES} bytes")));
    }
    Ok(())
}

/// Finds `solution.<language>.<format>` and `solution.<format>`, the preferred ones first.
pub(crate) fn solutions(tree: &Tree, root: &Path, findings: &mut Findings) -> Vec<Statement> {
    let mut faults = Vec::new();
    let solutions = find_named("solution", &[SOLUTION_FOLDER], tree, root, &mut faults);
    faults.into_iter().for_each(|fault| findings.fault(fault));
    solutions
}

/// Finds statements and solutions that are no text, whether or not their titles are looked for.
pub(crate) fn check_text(tree: &Tree, findings: &mut Findings) {
    let places = FOLDERS.map(|folder| (folder, "problem"));
    for (folder, name) in places.into_iter().chain([(SOLUTION_FOLDER, "solution")]) {
        for (rest, file) in tree.below(folder).filter(|(rest, _)| !rest.contains('/')) {
            if parse_name(rest, name).is_some_and(|(_, format)| format != Format::Pdf) {
                let text = file.text(&format!("{folder}{rest}"));
                text.map_or_else(|fault| findings.fault_once(fault), drop);
            }
        }
    }
}

fn find_named(
    name: &str,
    folders: &[&str],
    tree: &Tree,
    root: &Path,
    faults: &mut Vec<Fault>,
) -> Vec<Statement> {
    let mut statements = Vec::new();
    for folder in folders {
        for (rest, file) in tree.below(folder).filter(|(rest, _)| !rest.contains('/')) {
            let Some((language, format)) = parse_name(rest, name) else { continue };
            let path = format!("{folder}{rest}");
            if let Err(fault) = check_length(&path, format, file.bytes) {
                faults.push(fault);
                continue;
            }
            let path = root.join(path);
            statements.push(Statement { language, format, path });
        }
    }
    statements.sort_by(|a, b| (&a.language, a.format).cmp(&(&b.language, b.format)));
    statements
}

fn parse_name(file: &str, name: &str) -> Option<(Lang, Format)> {
    let (stem, extension) = file.strip_prefix(name)?.rsplit_once('.')?;
    let format = match extension {
        "md" => Format::Markdown,
        "tex" => Format::Latex,
        "html" => Format::Html,
        "pdf" => Format::Pdf,
        _ => return None,
    };
    let language = match stem.strip_prefix('.') {
        None if stem.is_empty() => DEFAULT_LANGUAGE,
        Some(language) if is_language(language) => language,
        _ => return None,
    };
    Some((language.to_owned(), format))
}

fn is_language(code: &str) -> bool {
    (2..=12).contains(&code.len()) && code.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
}

/// The problem's titles: from `problem.yaml`, or else from the statements.
///
/// A name without a language is the English one, or that of the only language there is.
pub(crate) fn titles(
    tree: &Tree,
    statements: &[Statement],
    root: &Path,
    names: &BTreeMap<Lang, String>,
    findings: &mut Findings,
) -> BTreeMap<Lang, String> {
    let is_english = |statement: &&Statement| statement.language == DEFAULT_LANGUAGE;
    let main = statements.iter().find(is_english).or(statements.first());
    let main_language = main.map_or(DEFAULT_LANGUAGE, |statement| &statement.language);
    let mut titles: BTreeMap<Lang, String> = BTreeMap::new();
    for (language, name) in names {
        let language = if language.is_empty() { main_language } else { language };
        titles.insert(language.to_owned(), name.clone());
    }
    for statement in statements {
        if titles.contains_key(&statement.language) {
            continue;
        }
        let title = title_in(tree, root, statement, findings);
        let title = title.or_else(|| names.get("").cloned());
        titles.extend(title.map(|title| (statement.language.clone(), title)));
    }
    if names.is_empty() {
        let message = "is missing; the statement's title or the short name stands in for it";
        findings.warn(Fault::new(metadata::FILE, message).of_field("name"));
    } else if !names.contains_key("") {
        warn_of_other_languages(statements, names, findings);
    }
    titles
}

/// ICPC problem package format (2025-09), section "Problem Metadata", `name`: its languages are those of the statements.
fn warn_of_other_languages(
    statements: &[Statement],
    names: &BTreeMap<Lang, String>,
    findings: &mut Findings,
) {
    let mut warn = |message: String| {
        findings.warn(Fault::new(metadata::FILE, message).of_field("name"));
    };
    let has_statement = |language: &Lang| statements.iter().any(|s| s.language == *language);
    for language in names.keys().filter(|language| !has_statement(language)) {
        warn(format!("is given in {language}, in which there is no statement"));
    }
    let mut unnamed: Vec<_> = statements.iter().map(|s| &s.language).collect();
    unnamed.retain(|language| !names.contains_key(*language));
    unnamed.dedup();
    for language in unnamed {
        warn(format!("is missing in {language}, in which there is a statement"));
    }
}

fn title_in(
    tree: &Tree,
    root: &Path,
    statement: &Statement,
    findings: &mut Findings,
) -> Option<String> {
    let path = relative(&statement.path, root)?;
    let title_of = match statement.format {
        Format::Markdown => markdown::title,
        Format::Latex => latex::title,
        Format::Html | Format::Pdf => return None,
    };
    let text = tree.files.get(&path)?.text(&path);
    let text = text.map_err(|fault| findings.fault_once(fault)).ok()?;
    title_of(&text).filter(|title| !title.is_empty())
}

fn relative(path: &Path, root: &Path) -> Option<String> {
    let below: PathBuf = path.strip_prefix(root).ok()?.to_owned();
    below.to_str().map(str::to_owned)
}
