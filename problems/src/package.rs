//! A problem package that has been read and found good.

use crate::{
    CompareFlags, Lang,
    caps::ArchiveCaps,
    domjudge,
    fault::{Fault, Faults, Findings},
    metadata::{self, Credits, Metadata, Timing},
    sample::{self, Sample},
    statement::{self, Statement},
    submission::{self, JurySubmission},
    test_data::{self, TestCase},
    tree::Tree,
    validator::{self, ValidatorProgram},
};
use judge_types::{Limits, PackageHash};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// A problem package in the ICPC problem package format (legacy), pass-fail.
///
/// Every path begins with [`Package::root`] and can be opened as it is.
#[derive(Debug, Clone)]
pub struct Package {
    /// The package's folder.
    pub root: PathBuf,
    /// The content of the package: the same for a folder and for an archive of it.
    pub hash: PackageHash,
    /// The name by which the problem is referred to, for example in a URL.
    pub short_name: String,
    /// The problem's title in each language that has one.
    pub titles: BTreeMap<Lang, String>,
    /// The limits for submissions.
    pub limits: Limits,
    /// Whether the package states a time limit. Otherwise [`Limits::time_ms`] is a default.
    pub time_limit_stated: bool,
    /// How a time limit that is not stated follows from the jury's submissions.
    pub timing: Timing,
    /// Who decides whether an output is right.
    pub validation: Validation,
    /// Samples, then secret test cases, each in byte order of their names: the order of judging.
    pub test_cases: Vec<TestCase>,
    /// The problem's text, in each language and form.
    pub statements: Vec<Statement>,
    /// How the problem is meant to be solved, in each language and form: for the jury alone.
    pub solutions: Vec<Statement>,
    /// What contestants see of the samples, in byte order of their names.
    pub samples: Vec<Sample>,
    /// The jury's own programs.
    pub submissions: Vec<JurySubmission>,
    /// Files that contestants may download.
    pub attachments: Vec<PathBuf>,
    /// Files to be put beside every submission in a language, by the language's id; `default`
    /// is for all languages that are not named.
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
    },
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
        Ok(Self::read(&tree, dir, hash, &short_name_of(dir), findings)?.with_statement_warnings())
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

    /// The package with what is odd about its statements among the warnings. Its files must lie in place.
    pub(crate) fn with_statement_warnings(mut self) -> Self {
        let warnings = statement::warnings(&self);
        self.warnings = Findings::merged(std::mem::take(&mut self.warnings), warnings);
        self
    }

    /// The title to show where the reader's language is not known: the English one if there is one.
    #[must_use]
    pub fn title(&self) -> &str {
        let title = self.titles.get("en").or_else(|| self.titles.values().next());
        title.map_or(&self.short_name, String::as_str)
    }

    /// Makes a package of what stands in `tree`, with paths below `root`.
    pub(crate) fn read(
        tree: &Tree,
        root: &Path,
        hash: PackageHash,
        folder_name: &str,
        mut findings: Findings,
    ) -> Result<Self, Faults> {
        let metadata = read_metadata(tree, &mut findings);
        if !metadata.is_legacy {
            findings.check()?;
        }
        let domjudge = domjudge::read(tree, &mut findings);
        let short_name = domjudge.short_name.unwrap_or_else(|| folder_name.to_owned());
        let stated_time_ms = domjudge.time_limit_ms.or(metadata.stated_time_ms);
        let mut limits = metadata.limits.clone();
        limits.time_ms = stated_time_ms.unwrap_or(Limits::DEFAULT_TIME_MS);
        let validators = validator::read(tree, root, &mut findings);
        let validation = validation(&metadata, validators, &mut findings);
        let is_default = matches!(validation, Validation::Default(_));
        let test_cases =
            test_data::read(tree, root, &metadata.validator_flags, is_default, &mut findings);
        let statements = statement::find(tree, root, &mut findings);
        let solutions = statement::solutions(tree, root, &mut findings);
        let samples = sample::read(tree, root, &mut findings);
        let titles = statement::titles(tree, &statements, root, &metadata.names, &mut findings);
        let submissions = submission::read(tree, root, &mut findings);
        let attachments = tree.below("attachments/");
        let attachments =
            attachments.map(|(path, _)| root.join("attachments").join(path)).collect();
        let warnings = findings.into_warnings()?;
        Ok(Self {
            root: root.to_owned(),
            hash,
            titles,
            short_name,
            limits,
            time_limit_stated: stated_time_ms.is_some(),
            timing: metadata.timing,
            validation,
            test_cases,
            statements,
            solutions,
            samples,
            submissions,
            attachments,
            include: include(tree, root),
            languages: metadata.languages,
            credits: metadata.credits,
            keywords: metadata.keywords,
            warnings,
        })
    }
}

/// A folder's own name, even where the path is `.`
pub(crate) fn short_name_of(dir: &Path) -> String {
    let real = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    real.file_name()
        .map_or_else(|| "problem".to_owned(), |name| name.to_string_lossy().into_owned())
}

fn read_metadata(tree: &Tree, findings: &mut Findings) -> Metadata {
    let Some(file) = tree.files.get(metadata::FILE) else {
        findings.fault(Fault::new(metadata::FILE, "is missing"));
        return Metadata { is_legacy: true, ..Metadata::default() };
    };
    let text = findings.keep(file.text(metadata::FILE)).unwrap_or_default();
    Metadata::read(&text, findings)
}

fn validation(
    metadata: &Metadata,
    validators: Vec<ValidatorProgram>,
    findings: &mut Findings,
) -> Validation {
    if metadata.custom_validation {
        if validators.is_empty() {
            let message = "validation is custom, but there is no program here";
            findings.fault(Fault::new("output_validators", message));
        }
        return Validation::Custom { validators, flags: metadata.validator_flags.clone() };
    }
    if !validators.is_empty() {
        let message = "validation is not custom, so these programs are not used";
        findings.warn(Fault::new("output_validators", message));
    }
    let flags = CompareFlags::parse(&metadata.validator_flags).map_err(|error| {
        Fault::new(metadata::FILE, error.to_string())
            .at(metadata.validator_flags_line)
            .of_field("validator_flags")
    });
    Validation::Default(findings.keep(flags).unwrap_or_default())
}

fn include(tree: &Tree, root: &Path) -> BTreeMap<String, Vec<PathBuf>> {
    let mut include: BTreeMap<String, Vec<PathBuf>> = BTreeMap::new();
    for (path, _) in tree.below("include/") {
        if let Some((language, _)) = path.split_once('/') {
            include.entry(language.to_owned()).or_default().push(root.join("include").join(path));
        }
    }
    include
}
