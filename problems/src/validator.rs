//! `output_validators/` and `input_validators/`: programs that check outputs and inputs.

use crate::{fault::Findings, submission::is_binary, tree::Tree};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// A program that decides whether an output is right, by its exit code: 42 or 43.
///
/// ICPC problem package format (legacy), section "Output Validators".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValidatorProgram {
    /// The file's or folder's name.
    pub name: String,
    /// Its files, in byte order: sources, headers and, where it is a folder, maybe the scripts `build` and `run`.
    pub files: Vec<PathBuf>,
}

/// The format's name for the folder, and the one that newer packages use.
const FOLDERS: [&str; 2] = ["output_validators/", "output_validator/"];

/// Finds the output validators: each folder is one, each source file beside them another.
pub(crate) fn read(tree: &Tree, root: &Path, findings: &mut Findings) -> Vec<ValidatorProgram> {
    let mut programs: BTreeMap<&str, Vec<PathBuf>> = BTreeMap::new();
    let mut headers = Vec::new();
    for folder in FOLDERS {
        for (rest, file) in tree.below(folder) {
            let place = format!("{folder}{rest}");
            let Some(head) = findings.keep(file.head(&place)) else { continue };
            let path = root.join(&place);
            match rest.split_once('/') {
                Some((name, _)) if !is_binary(rest, &head) => {
                    programs.entry(name).or_default().push(path);
                }
                None if is_header(rest) => headers.push(path),
                None if !is_binary(rest, &head) && !is_text(rest) => {
                    programs.entry(rest).or_default().push(path);
                }
                _ => {}
            }
        }
    }
    let programs = programs.into_iter().map(|(name, mut files)| {
        let is_loose = files.len() == 1 && files[0].ends_with(name);
        if is_loose {
            files.extend(headers.iter().cloned());
        }
        ValidatorProgram { name: name.to_owned(), files }
    });
    programs.collect()
}

/// What a loose source file may include but no program can be made of.
fn is_header(name: &str) -> bool {
    matches!(name.rsplit_once('.'), Some((_, "h" | "hh" | "hpp" | "hxx")))
}

fn is_text(name: &str) -> bool {
    matches!(name.rsplit_once('.'), None | Some((_, "md" | "txt" | "yaml")))
}
