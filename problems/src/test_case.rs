//! Test cases, and what is shown of those that contestants may see.

use crate::{CompareFlags, validator::is_called};
use std::path::PathBuf;

/// One input and the answer to it.
#[derive(Debug, Clone, PartialEq)]
pub struct TestCase {
    /// The path below `data/` without its extension: `secret/02-large`.
    pub name: String,
    /// Whether contestants may see its data.
    pub is_sample: bool,
    /// The index of its group in [`crate::Package::groups`].
    pub group: usize,
    /// The input file.
    pub input: PathBuf,
    /// The answer file.
    pub answer: PathBuf,
    /// What the test case is about, for the jury.
    pub description: Option<Note>,
    /// A hint for those who fail on it.
    pub hint: Option<Note>,
    /// A picture of it (`.png`, `.jpg`, `.jpeg` or `.svg`).
    pub image: Option<PathBuf>,
    /// Arguments for the submission (2025-09).
    pub arguments: Vec<String>,
    /// Files that the submission finds in its folder (2025-09, `.files`).
    pub files: Vec<CaseFile>,
    /// Arguments for the input validators.
    pub input_flags: InputFlags,
    /// All arguments for a custom output validator: the problem's, then its group's or its own.
    pub validator_flags: Vec<String>,
    /// The same arguments as the default output validator understands them.
    pub compare_flags: CompareFlags,
    /// The only output validator that checks it (legacy, `output_validator_flags.name`).
    pub validator: Option<String>,
    /// What it is worth, where that is not the group's matter (Polygon).
    pub points: Option<f64>,
    /// Whether who fails on it may see its data and what was said of the output.
    pub full_feedback: bool,
}

impl TestCase {
    /// What the arguments for all programs take, in bytes.
    pub(crate) fn argument_bytes(&self) -> usize {
        bytes_of(&self.arguments) + bytes_of(&self.validator_flags) + self.input_flags.bytes()
    }
}

fn bytes_of(words: &[String]) -> usize {
    words.iter().map(|word| word.len() + size_of::<String>()).sum()
}

/// A text about a test case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The file that holds it (legacy, `.desc` and `.hint`).
    File(PathBuf),
    /// The text itself (2025-09, in the test case's `.yaml`).
    Text(String),
}

/// A file for a submission to find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFile {
    /// Its path in the submission's folder.
    pub name: String,
    /// Its content.
    pub source: PathBuf,
}

/// What contestants are shown of one sample.
///
/// ICPC problem package format (2025-09), sections "Displaying Test Cases" and "Downloading Test Cases"; (legacy),
/// section "Interactive Problems".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// The test case's name, or what it would be for one that is only shown.
    pub name: String,
    /// What stands in the statement.
    pub shown: Shown,
    /// What can be downloaded as the input and as the answer.
    pub downloads: [Option<PathBuf>; 2],
    /// Arguments that a submission gets.
    pub arguments: Vec<String>,
    /// Files that a submission finds in its folder.
    pub files: Vec<CaseFile>,
}

/// How a sample is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// As an input and the output for it.
    Pair {
        /// The input.
        input: PathBuf,
        /// The output.
        output: PathBuf,
    },
    /// As a talk: lines that begin with `<` come from the jury, those with `>` from the submission; `---` parts passes.
    Interaction(PathBuf),
}

/// A test of the package's own validators, which no submission sees.
///
/// ICPC problem package format (2025-09), section "Validation Test Data".
#[derive(Debug, Clone, PartialEq)]
pub struct ValidationCase {
    /// The path below `data/` without its extension: `invalid_output/off-by-one`.
    pub name: String,
    /// What must come of it.
    pub kind: ValidationKind,
    /// The input.
    pub input: PathBuf,
    /// The answer and the output to validate, where it is a test of output validators.
    pub answer_and_output: Option<(PathBuf, PathBuf)>,
    /// Arguments that a submission would get.
    pub arguments: Vec<String>,
    /// Files that a submission would find.
    pub files: Vec<CaseFile>,
    /// Arguments for the input validators.
    pub input_flags: InputFlags,
    /// Arguments for the output validator.
    pub validator_flags: Vec<String>,
    /// The same arguments as the default output validator understands them.
    pub compare_flags: CompareFlags,
}

/// What must come of a [`ValidationCase`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValidationKind {
    /// At least one input validator refuses the input.
    InvalidInput,
    /// The output validator refuses the output.
    InvalidOutput,
    /// The output validator accepts the output.
    ValidOutput,
}

/// Arguments for input validators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InputFlags {
    /// The same for each.
    All(Vec<String>),
    /// For each that is named; the others get none.
    Named(Vec<(String, Vec<String>)>),
}

impl Default for InputFlags {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

impl InputFlags {
    fn bytes(&self) -> usize {
        match self {
            Self::All(flags) => bytes_of(flags),
            Self::Named(named) => {
                named.iter().map(|(name, flags)| name.len() + bytes_of(flags)).sum()
            }
        }
    }

    /// The arguments for the validator `name`.
    #[must_use]
    pub fn of(&self, name: &str) -> &[String] {
        match self {
            Self::All(flags) => flags,
            Self::Named(named) => {
                let own = named.iter().find(|(other, _)| is_called(name, other));
                own.map_or(&[], |(_, flags)| flags)
            }
        }
    }
}
