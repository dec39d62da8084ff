//! A problem package that has been read and found good.

use crate::{
    CompareFlags, Lang,
    caps::ArchiveCaps,
    domjudge,
    fault::{Fault, Faults, Findings},
    groups::{Grading, TestGroup},
    kind::{PackageFormat, ProblemType},
    metadata::{self, Constants, Credits, Metadata, Objective, Timing},
    polygon,
    statement::{self, Statement},
    submission::{self, JurySubmission},
    test_case::{Sample, TestCase, ValidationCase},
    test_data,
    tree::Tree,
    validator::{self, ValidatorProgram},
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
    /// Tests of the package's own validators.
    pub validation_cases: Vec<ValidationCase>,
    /// Which scores are the better ones.
    pub objective: Objective,
    /// Whether contestants are shown what each group came to.
    pub show_groups: bool,
    /// Whether a submission may write files in its folder (2025-09).
    pub allow_file_writing: bool,
    /// The file that a submission reads its input from, where that is not standard input (Polygon, `input-file`).
    pub input_file: Option<String>,
    /// The file that a submission writes its output to, where that is not standard output (Polygon, `output-file`).
    pub output_file: Option<String>,
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
        /// Whether they may say a score.
        scores: bool,
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
        if !tree.files.contains_key(metadata::FILE) && tree.files.contains_key(polygon::FILE) {
            return polygon::read(tree, root, hash, folder_name, findings);
        }
        let metadata = read_metadata(tree, &mut findings);
        let Some(format) = metadata.format else {
            findings.check()?;
            return Err(Fault::new(metadata::FILE, "is of a version that is not known").into());
        };
        let domjudge = domjudge::read(tree, &mut findings);
        let short_name = domjudge.short_name.unwrap_or_else(|| folder_name.to_owned());
        let stated_time_ms = domjudge.time_limit_ms.or(metadata.stated_time_ms);
        let mut limits = metadata.limits.clone();
        limits.time_ms = stated_time_ms.unwrap_or(Limits::DEFAULT_TIME_MS);
        let mut programs = |folders: &[&str]| validator::read(tree, root, folders, &mut findings);
        let output_validators = programs(&["output_validators/", "output_validator/"]);
        let input_validators = programs(&["input_validators/", "input_format_validators/"]);
        let static_validators = programs(&["static_validator/"]);
        let graders = programs(&["graders/"]);
        let validation = validation(&metadata, format, output_validators, &mut findings);
        let context = test_data::Context {
            tree,
            root,
            format,
            dialect: test_data::Dialect::of(format, metadata.kind.scoring, tree),
            metadata: &metadata,
            default_validation: matches!(validation, Validation::Default(_)),
        };
        let data = test_data::read(context, &mut findings);
        let static_validator = only_one("static_validator", static_validators, &mut findings);
        let grader = only_one("graders", graders, &mut findings);
        need_programs(&data.groups, static_validator.is_some(), grader.is_some(), &mut findings);
        let statements = statement::find(tree, root, format, &mut findings);
        let solutions = statement::solutions(tree, root, &mut findings);
        let titles = statement::titles(tree, &statements, root, &metadata.names, &mut findings);
        let submissions = submission::read(tree, root, format, &data, &mut findings);
        let attachments = tree.below("attachments/");
        let attachments =
            attachments.map(|(path, _)| root.join("attachments").join(path)).collect();
        let warnings = findings.into_warnings()?;
        Ok(Self {
            root: root.to_owned(),
            format,
            hash,
            titles,
            short_name,
            kind: metadata.kind,
            limits,
            time_limit_stated: stated_time_ms.is_some(),
            timing: metadata.timing,
            validation,
            interactor: None,
            input_validators,
            static_validator,
            grader,
            groups: data.groups,
            test_cases: data.cases,
            samples: data.samples,
            validation_cases: data.validation_cases,
            objective: metadata.objective,
            show_groups: metadata.show_groups,
            input_file: None,
            output_file: None,
            allow_file_writing: metadata.allow_file_writing,
            constants: metadata.constants,
            statements,
            solutions,
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

fn read_metadata(tree: &Tree, findings: &mut Findings) -> Metadata {
    let Some(file) = tree.files.get(metadata::FILE) else {
        findings.fault(Fault::new(metadata::FILE, "is missing"));
        return Metadata { format: Some(PackageFormat::Legacy), ..Metadata::default() };
    };
    let text = findings.keep(file.text(metadata::FILE)).unwrap_or_default();
    Metadata::read(&text, findings)
}

/// In the legacy format `problem.yaml` says whether its own validators decide, in the newer ones their being there does.
fn validation(
    metadata: &Metadata,
    format: PackageFormat,
    validators: Vec<ValidatorProgram>,
    findings: &mut Findings,
) -> Validation {
    let is_custom = match format {
        PackageFormat::Legacy => metadata.custom_validation,
        _ => !validators.is_empty(),
    };
    if is_custom {
        if validators.is_empty() {
            let message = "validation is custom, but there is no program here";
            findings.fault(Fault::new("output_validators", message));
        }
        if validators.len() > 1 && (metadata.kind.interactive || metadata.kind.is_multi_pass()) {
            let message =
                format!("holds several programs; a problem that is {} has one", metadata.kind);
            findings.fault(Fault::new("output_validators", message));
        }
        let flags = metadata.validator_flags.clone();
        return Validation::Custom { validators, flags, scores: metadata.validator_scores };
    }
    if !validators.is_empty() {
        let message = "validation is not custom, so these programs are not used";
        findings.warn(Fault::new("output_validators", message));
    }
    if metadata.kind.interactive || metadata.kind.is_multi_pass() {
        let message = format!("a problem that is {} needs a program here", metadata.kind);
        findings.fault_once(Fault::new("output_validator", message));
    }
    let flags = CompareFlags::parse(&metadata.validator_flags).map_err(|error| {
        Fault::new(metadata::FILE, error.to_string())
            .at(metadata.validator_flags_line)
            .of_field("validator_flags")
    });
    Validation::Default(findings.keep(flags).unwrap_or_default())
}

fn only_one(
    folder: &str,
    programs: Vec<ValidatorProgram>,
    findings: &mut Findings,
) -> Option<ValidatorProgram> {
    if let Some(second) = programs.get(1) {
        let message = format!("is one more program than the one there may be in {folder}");
        findings.fault(Fault::new(format!("{folder}/{}", second.name), message));
    }
    programs.into_iter().next()
}

/// Finds groups that count on a program that is not there.
fn need_programs(
    groups: &[TestGroup],
    has_static_validator: bool,
    has_grader: bool,
    findings: &mut Findings,
) {
    if !has_static_validator
        && let Some(group) = groups.iter().find(|group| group.static_validation.is_some())
    {
        let message = format!("holds no program, but {} has a static validation", group.name);
        findings.fault(Fault::new("static_validator", message));
    }
    let is_custom = |group: &&TestGroup| matches!(group.grading, Grading::Custom { .. });
    if !has_grader && let Some(group) = groups.iter().find(is_custom) {
        let name = if group.name.is_empty() { "data" } else { &group.name };
        let message = format!("holds no program, but the grading of {name} is custom");
        findings.fault(Fault::new("graders", message));
    }
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
