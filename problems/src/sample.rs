//! `data/sample/`: what contestants see of the samples.
//!
//! ICPC problem package format 2025-09, section "Sample data", and legacy, section "Interactive problems".

use crate::{
    fault::{Fault, Findings},
    tree::Tree,
};
use std::path::{Path, PathBuf};

/// A sample as contestants see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The path below `data/` without its extension: `sample/1`.
    pub name: String,
    /// What is shown.
    pub content: SampleContent,
}

/// What is shown of a sample.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SampleContent {
    /// What goes into a program and what comes out of it.
    Files {
        /// The file with the input: `.in.statement` or `.in`.
        input: PathBuf,
        /// The file with the output: `.ans.statement`, `.out` or `.ans`.
        answer: PathBuf,
    },
    /// What a program and the judge say to each other (`.interaction`): see [`exchanges`].
    Interaction(PathBuf),
}

/// Who says something in an interaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// What the program reads: lines that begin with `<`.
    Judge,
    /// What the program writes: lines that begin with `>`.
    Submission,
}

/// A part of an interaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exchange {
    /// Lines in a row of one speaker, without their marks, each ended by `\n`.
    Lines(Speaker, String),
    /// A line of dashes: the next pass of the program begins.
    NextPass,
}

/// Finds the samples, in byte order of their names.
pub(crate) fn read(tree: &Tree, root: &Path, findings: &mut Findings) -> Vec<Sample> {
    const FOLDER: &str = "data/sample/";
    let mut samples = Vec::new();
    for (rest, file) in tree.below(FOLDER) {
        let path = format!("{FOLDER}{rest}");
        let has = |extension: &str, stem: &str| {
            let path = format!("{stem}.{extension}");
            tree.files.contains_key(&path).then(|| root.join(path))
        };
        let (stem, content) = match path.rsplit_once('.') {
            Some((stem, "interaction")) => {
                if let Some(text) = findings.keep(file.text(&path)) {
                    warn_of_other_lines(&path, &text, findings);
                }
                (stem, SampleContent::Interaction(root.join(&path)))
            }
            Some((stem, "in")) if has("interaction", stem).is_none() => {
                let input = has("in.statement", stem).unwrap_or_else(|| root.join(&path));
                let answers = ["ans.statement", "out", "ans"];
                // Without an answer, it is no test case either.
                let Some(answer) = answers.iter().find_map(|answer| has(answer, stem)) else {
                    continue;
                };
                (stem, SampleContent::Files { input, answer })
            }
            _ => continue,
        };
        let name = stem.strip_prefix("data/").unwrap_or(stem).to_owned();
        samples.push(Sample { name, content });
    }
    samples.sort_by(|a, b| a.name.cmp(&b.name));
    samples
}

fn warn_of_other_lines(path: &str, text: &str, findings: &mut Findings) {
    for (line, number) in text.lines().zip(1..) {
        if !line.is_empty() && speaker(line).is_none() && !is_next_pass(line) {
            let message = "a line begins with neither < nor >; it is not shown";
            findings.warn(Fault::new(path, message).at(number));
            return;
        }
    }
}

fn speaker(line: &str) -> Option<(Speaker, &str)> {
    let judge = line.strip_prefix('<').map(|said| (Speaker::Judge, said));
    judge.or_else(|| line.strip_prefix('>').map(|said| (Speaker::Submission, said)))
}

fn is_next_pass(line: &str) -> bool {
    line.trim_end() == "---"
}

/// What is said in an interaction, in its order. Lines without a mark are left out.
#[must_use]
pub fn exchanges(text: &str) -> Vec<Exchange> {
    let mut exchanges: Vec<Exchange> = Vec::new();
    for line in text.lines() {
        if is_next_pass(line) {
            exchanges.push(Exchange::NextPass);
        } else if let Some((speaker, said)) = speaker(line) {
            match exchanges.last_mut() {
                Some(Exchange::Lines(last, lines)) if *last == speaker => {
                    lines.push_str(said);
                    lines.push('\n');
                }
                _ => exchanges.push(Exchange::Lines(speaker, format!("{said}\n"))),
            }
        }
    }
    exchanges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_one_speaker_belong_together() {
        let lines = |speaker, text: &str| Exchange::Lines(speaker, text.to_owned());
        assert_eq!(
            exchanges("<3\n>? 1\n> ? 2\r\nnoise\n\n---\n<ok\n"),
            [
                lines(Speaker::Judge, "3\n"),
                lines(Speaker::Submission, "? 1\n ? 2\n"),
                Exchange::NextPass,
                lines(Speaker::Judge, "ok\n"),
            ]
        );
        assert_eq!(exchanges(""), []);
    }
}
