//! The jury's programs that check inputs, outputs and sources, talk with submissions, and grade.

use crate::{fault::Findings, submission::is_binary, tree::Tree};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// A program of the package that decides something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidatorProgram {
    /// The file's or folder's name.
    pub name: String,
    /// Its files, in byte order: sources, headers and, where it is a folder, maybe the scripts `build` and `run`.
    pub files: Vec<PathBuf>,
    /// How it is started and what its exit codes mean.
    pub protocol: Protocol,
}

/// How a program is told what to check, and how it answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Protocol {
    /// ICPC problem package format, sections "Output Validators" and "Input Validators": exit code 42 accepts, 43 refuses.
    #[default]
    Icpc,
    /// Polygon's testlib: a checker gets the input's, the output's and the answer's name and ends with 0 if it is content.
    Testlib,
    /// DOMjudge's checktestdata: a description of inputs that a program of this name checks; it ends with 0 if content.
    Checktestdata,
}

impl ValidatorProgram {
    /// Whether its folder says how it is built and run (ICPC problem package format, section "Programs").
    #[must_use]
    pub fn has_scripts(&self) -> bool {
        self.files.iter().any(|file| {
            let folder = file.parent().and_then(Path::file_name);
            let name = file.file_name().and_then(|name| name.to_str());
            matches!(name, Some("build" | "run"))
                && folder.is_some_and(|folder| folder == self.name.as_str())
        })
    }
}

/// Whether a package means the program by `name`: the name of its file or folder, or that without the extension (ICPC problem
/// package format, legacy, section "Programs").
#[must_use]
pub fn is_called(program: &str, name: &str) -> bool {
    name == program || program.split_once('.').is_some_and(|(stem, _)| name == stem)
}

/// The programs in some of the package's folders: each folder in them is one, each source file beside them another.
pub(crate) fn read(
    tree: &Tree,
    root: &Path,
    folders: &[&str],
    findings: &mut Findings,
) -> Vec<ValidatorProgram> {
    let mut programs: BTreeMap<&str, Vec<PathBuf>> = BTreeMap::new();
    let mut headers = Vec::new();
    for folder in folders {
        for (rest, path) in sources(tree, root, folder, findings) {
            match rest.split_once('/') {
                Some((name, _)) => programs.entry(name).or_default().push(path),
                None if is_header(rest) => headers.push(path),
                None if !is_text(rest) => programs.entry(rest).or_default().push(path),
                None => {}
            }
        }
    }
    let programs = programs.into_iter().map(|(name, mut files)| {
        let is_loose = files.len() == 1 && files[0].ends_with(name);
        let protocol = match name.rsplit_once('.') {
            Some((_, "ctd")) => Protocol::Checktestdata,
            _ => Protocol::Icpc,
        };
        if is_loose {
            files.extend(headers.iter().cloned());
        }
        ValidatorProgram { name: name.to_owned(), files, protocol }
    });
    programs.collect()
}

/// The one program of `folder`, which ends in `/`: as [`read`] finds it, or all that is in the folder where that is several sources
/// or has the scripts `build` and `run`.
///
/// ICPC problem package format (2025-09), sections "Output Validator" and "Static Validator".
pub(crate) fn read_single(
    tree: &Tree,
    root: &Path,
    folder: &str,
    findings: &mut Findings,
) -> Vec<ValidatorProgram> {
    let loose = || tree.below(folder).map(|(rest, _)| rest).filter(|rest| !rest.contains('/'));
    let has_scripts = loose().any(|name| matches!(name, "build" | "run"));
    let programs = read(tree, root, &[folder], findings);
    let has_loose = programs.iter().any(|program| loose().any(|name| name == program.name));
    let is_one = has_scripts || (has_loose && programs.len() > 1);
    if !is_one {
        return programs;
    }
    let files = sources(tree, root, folder, findings).into_iter().map(|(_, path)| path).collect();
    let name = folder.trim_end_matches('/').to_owned();
    vec![ValidatorProgram { name, files, protocol: Protocol::Icpc }]
}

/// The files of a folder, which ends in `/`, that are no binaries: the rest of the path, and where each lies.
fn sources<'a>(
    tree: &'a Tree,
    root: &Path,
    folder: &'a str,
    findings: &mut Findings,
) -> Vec<(&'a str, PathBuf)> {
    let mut sources = Vec::new();
    for (rest, file) in tree.below(folder) {
        let place = format!("{folder}{rest}");
        let head = findings.keep(file.head(&place));
        if head.is_some_and(|head| !is_binary(rest, &head)) {
            sources.push((rest, root.join(place)));
        }
    }
    sources
}

/// What a loose source file may include but no program can be made of.
pub(crate) fn is_header(name: &str) -> bool {
    matches!(name.rsplit_once('.'), Some((_, "h" | "hh" | "hpp" | "hxx")))
}

fn is_text(name: &str) -> bool {
    matches!(name.rsplit_once('.'), None | Some((_, "md" | "txt" | "yaml")))
}
