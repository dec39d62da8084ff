//! A problem package that has been read and found good.

use crate::{
    CompareFlags, Lang,
    caps::ArchiveCaps,
    fault::{Fault, Faults, Findings},
    groups::TestGroup,
    kind::{PackageFormat, ProblemType},
    metadata::{self, Constants, Credits, Objective, Timing},
    polygon,
    statement::{self, Statement},
    submission::JurySubmission,
    test_case::{Sample, TestCase, ValidationCase},
    tree::Tree,
    validator::ValidatorProgram,
};
use judge_types::{Limits, PackageHash};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// A problem package, whatever format it came in.
///
/// Every path begins with [`Package::root`] and can be opened as it is.
#[derive(Debug, Clone)]
pub struct Package {
    /// The package's folder.
    pub root: PathBuf,
    /// The format that it is written in.
    pub format: PackageFormat,
    /// The content of the package: the same for a folder and for an archive of it.
    pub hash: PackageHash,
    /// The name by which the problem is referred to, for example in a URL.
    pub short_name: String,
    /// The problem's title in each language that has one.
    pub titles: BTreeMap<Lang, String>,
    /// How submissions are run and what they get.
    pub kind: ProblemType,
    /// The limits for submissions.
    pub limits: Limits,
    /// Whether the package states a time limit. Otherwise [`Limits::time_ms`] is a default.
    pub time_limit_stated: bool,
    /// How a time limit that is not stated follows from the jury's submissions.
    pub timing: Timing,
    /// Who decides whether an output is right.
    pub validation: Validation,
    /// Who talks with the submission, where that is not the output validator (Polygon).
    pub interactor: Option<ValidatorProgram>,
    /// The programs that check the inputs of the test data.
    pub input_validators: Vec<ValidatorProgram>,
    /// The program that looks at submissions' sources (2025-09).
    pub static_validator: Option<ValidatorProgram>,
    /// The program that finds the results of groups with [`crate::Grading::Custom`] (legacy).
    pub grader: Option<ValidatorProgram>,
    /// The test data groups, each before those in it; the first one holds all test data.
    pub groups: Vec<TestGroup>,
    /// The test cases in the order of judging.
    pub test_cases: Vec<TestCase>,
    /// What contestants are shown of the samples.
    pub samples: Vec<Sample>,
    /// What contestants are shown of those other test cases that have [`TestCase::full_feedback`], once they failed on them.
    pub shared_after_failing: Vec<Sample>,
    /// Tests of the package's own validators.
    pub validation_cases: Vec<ValidationCase>,
    /// Which scores are the better ones.
    pub objective: Objective,
    /// Whether contestants are shown what each group came to.
    pub show_groups: bool,
    /// Whether a submission that is not accepted has a score, too (not in the legacy format, section "Problem Types").
    pub scores_of_rejected: bool,
    /// Whether a submission may write files in its folder (2025-09).
    pub allow_file_writing: bool,
    /// The file that a submission reads its input from, where that is not standard input (Polygon, `input-file`).
    pub input_file: Option<String>,
    /// The file that a submission writes its output to, where that is not standard output (Polygon, `output-file`).
    pub output_file: Option<String>,
    /// Whether points that a checker of testlib says are percent of what the test case is worth (Polygon,
    /// `treat-points-from-checker-as-percent`).
    pub points_are_percent: bool,
    /// Values that programs and statements name.
    pub constants: Constants,
    /// The problem's text, in each language and form.
    pub statements: Vec<Statement>,
    /// How the problem is meant to be solved, in each language and form: for the jury alone.
    pub solutions: Vec<Statement>,
    /// The jury's own programs.
    pub submissions: Vec<JurySubmission>,
    /// Files that contestants may download.
    pub attachments: Vec<PathBuf>,
    /// Files to be put beside every submission in a language, by one of the format's names for the language, or else its
    /// id; `default` is for all languages that are not named.
    pub include: BTreeMap<String, Vec<PathBuf>>,
    /// The only languages to submit in, if the package names any.
    pub languages: Option<Vec<String>>,
    /// Who made the problem and how it may be used.
    pub credits: Credits,
    /// What the problem is about.
    pub keywords: Vec<String>,
    /// What is odd about the package but does no harm.
    pub warnings: Vec<Fault>,
}

/// Who decides whether an output is right.
#[derive(Debug, Clone, PartialEq)]
pub enum Validation {
    /// [`crate::compare`].
    Default(CompareFlags),
    /// The package's own programs; each must accept.
    Custom {
        /// The programs.
        validators: Vec<ValidatorProgram>,
        /// Arguments for each of them; a test case's group may add more ([`TestCase::validator_flags`]).
        flags: Vec<String>,
        /// When they may say a score.
        scores: SaidScores,
    },
}

/// When output validators may say a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SaidScores {
    /// Never.
    Never,
    /// Of outputs that they accept; what they say of others is an error.
    OfAccepted,
    /// Of outputs that they accept; what they say of others is ignored (legacy, where packages often do).
    IgnoredOfOthers,
    /// Of all outputs (DOMjudge).
    Always,
}

impl Validation {
    /// The package's own programs.
    #[must_use]
    pub fn programs(&self) -> &[ValidatorProgram] {
        match self {
            Self::Default(_) => &[],
            Self::Custom { validators, .. } => validators,
        }
    }
}

impl Package {
    /// Reads and checks the package in the folder `dir`, whose name is the problem's short name.
    ///
    /// Reads every file once, for the hash.
    ///
    /// # Errors
    /// Everything that is wrong with the package.
    pub fn open(dir: &Path) -> Result<Self, Faults> {
        let mut findings = Findings::default();
        let tree = Tree::scan(dir, &ArchiveCaps::default(), &mut findings)?;
        let hash = tree.hash()?;
        statement::check_text(&tree, &mut findings);
        Ok(Self::read(&tree, dir, hash, &short_name_of(dir), findings)?.with_content_warnings())
    }

    /// Reads a package that [`crate::import_zip`], [`crate::import_folder`] or [`crate::unpack`]
    /// made, and whose hash is known from then: opens nothing but the small files.
    ///
    /// # Errors
    /// Everything that is wrong with the package.
    pub fn open_installed(dir: &Path, hash: PackageHash, short_name: &str) -> Result<Self, Faults> {
        let mut findings = Findings::default();
        let tree = Tree::scan(dir, &ArchiveCaps::default(), &mut findings)?;
        Self::read(&tree, dir, hash, short_name, findings)
    }

    /// Whether an executor that can give one program so much memory can honour the limits. One that is not stated asks for no
    /// more than is there.
    ///
    /// ICPC problem package format (2025-09), section "Defaults and System Limits".
    ///
    /// # Errors
    /// The limit that cannot be honoured.
    pub fn check_memory(&self, memory_bytes: u64) -> Result<(), Faults> {
        let defaults = Limits::default();
        let file =
            if self.format == PackageFormat::Polygon { polygon::FILE } else { metadata::FILE };
        let mut findings = Findings::default();
        for (field, asked, default) in [
            ("limits.memory", self.limits.memory_bytes, defaults.memory_bytes),
            (
                "limits.compilation_memory",
                self.limits.compilation_memory_bytes,
                defaults.compilation_memory_bytes,
            ),
            (
                "limits.validation_memory",
                self.limits.validation_memory_bytes,
                defaults.validation_memory_bytes,
            ),
        ] {
            if asked != default && asked > memory_bytes {
                let (asked, most) = (asked >> 20, memory_bytes >> 20);
                let message =
                    format!("asks for {asked} MiB, but no executor has more than {most} MiB");
                findings.fault(Fault::new(file, message).of_field(field));
            }
        }
        findings.check()
    }

    /// The content of what judging looks at: it stays the same where only statements, jury submissions, input validators or
    /// generators change.
    ///
    /// # Errors
    /// The package's folder cannot be read.
    pub fn judging_hash(&self) -> Result<PackageHash, Faults> {
        let mut findings = Findings::default();
        let mut tree = Tree::scan(&self.root, &ArchiveCaps::default(), &mut findings)?;
        tree.files.retain(|path, _| {
            let folder = path.split('/').next().unwrap_or(path);
            !NO_PART_OF_JUDGING.contains(&folder)
        });
        tree.hash()
    }

    /// The package with what is odd about its statements and inputs among the warnings. Its files must lie in place.
    pub(crate) fn with_content_warnings(mut self) -> Self {
        let mut warnings = statement::warnings(&self);
        warnings.extend(polygon::warning_of_line_ends(&self));
        self.warnings = Findings::merged(std::mem::take(&mut self.warnings), warnings);
        self
    }

    /// The title to show where the reader's language is not known: the English one if there is one.
    #[must_use]
    pub fn title(&self) -> &str {
        let title = self.titles.get("en").or_else(|| self.titles.values().next());
        title.map_or(&self.short_name, String::as_str)
    }
}

/// What a package has besides that which judging a submission looks at.
const NO_PART_OF_JUDGING: [&str; 14] = [
    "submissions",
    "solutions",
    "problem_statement",
    "statement",
    "statements",
    "statement-sections",
    "attachments",
    "solution",
    "input_validators",
    "input_format_validators",
    "input_visualizer",
    "output_visualizer",
    "generators",
    "documents",
];

/// A folder's own name, even where the path is `.`
pub(crate) fn short_name_of(dir: &Path) -> String {
    let real = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    real.file_name()
        .map_or_else(|| "problem".to_owned(), |name| name.to_string_lossy().into_owned())
}
