//! Reading a package of the ICPC formats: its parts, and what contradicts itself between them.

use crate::{
    CompareFlags, Lang, Package, SaidScores, Validation, domjudge,
    fault::{Fault, Faults, Findings},
    groups::{Grading, TestGroup},
    kind::PackageFormat,
    metadata::{self, Metadata},
    polygon, statement,
    submission::{self, JurySubmission},
    test_data::{self, Dialect},
    tree::Tree,
    validator::{self, ValidatorProgram},
};
use judge_types::{Limits, PackageHash};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

impl Package {
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
        let mut metadata = read_metadata(tree, &mut findings);
        let Some(format) = metadata.format else {
            findings.check()?;
            return Err(Fault::new(metadata::FILE, "is of a version that is not known").into());
        };
        let tree = &tree.of_format(format, &mut findings);
        let domjudge = domjudge::read(tree, format, &mut findings);
        if metadata.names.is_empty() {
            metadata.names.extend(domjudge.name.map(|name| (Lang::new(), name)));
        }
        let short_name = domjudge.short_name.unwrap_or_else(|| folder_name.to_owned());
        let stated_time_ms = metadata.stated_time_ms.or(domjudge.time_limit.map(|(ms, _)| ms));
        if let (Some(own), Some((other, file))) = (metadata.stated_time_ms, domjudge.time_limit)
            && own != other
        {
            let message = format!(
                "the time limit is {other} ms here, and {own} ms in problem.yaml, which counts"
            );
            findings.warn(Fault::new(file, message));
        }
        let mut limits = metadata.limits.clone();
        limits.time_ms = stated_time_ms.unwrap_or(Limits::DEFAULT_TIME_MS);
        let programs = Programs::read(tree, root, format, &mut findings);
        let dialect = Dialect::of(format, metadata.kind.scoring, tree);
        let validation = validation(&metadata, dialect, programs.output_validators, &mut findings);
        let context = test_data::Context {
            tree,
            root,
            format,
            dialect,
            metadata: &metadata,
            output_validators: validation.programs(),
            input_validators: &programs.input_validators,
        };
        let data = test_data::read(context, &mut findings);
        let Programs { input_validators, static_validator, grader, .. } = programs;
        if metadata.kind.submit_answer && static_validator.is_some() {
            let message = "is for submissions that are programs; here they are answers";
            findings.fault(Fault::new("static_validator", message));
        }
        need_programs(&data.groups, static_validator.is_some(), grader.is_some(), &mut findings);
        let statements = statement::find(tree, root, format, &mut findings);
        let solutions = statement::solutions(tree, root, &mut findings);
        let titles = statement::titles(tree, &statements, root, &metadata.names, &mut findings);
        let submissions = submission::read(tree, root, format, &data, &mut findings);
        warn_of_missing(&input_validators, &submissions, &mut findings);
        if !metadata.kind.scoring {
            warn_of_scoring(grader.is_some(), &submissions, &mut findings);
        }
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
            shared_after_failing: data.shared_after_failing,
            validation_cases: data.validation_cases,
            objective: metadata.objective,
            show_groups: metadata.show_groups,
            scores_of_rejected: format != PackageFormat::Legacy || dialect == Dialect::Domjudge,
            points_are_percent: false,
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

/// The jury's programs that decide something.
struct Programs {
    output_validators: Vec<ValidatorProgram>,
    input_validators: Vec<ValidatorProgram>,
    static_validator: Option<ValidatorProgram>,
    grader: Option<ValidatorProgram>,
}

impl Programs {
    fn read(tree: &Tree, root: &Path, format: PackageFormat, findings: &mut Findings) -> Self {
        let mut single = |folder| validator::read_single(tree, root, folder, findings);
        let static_validators = single("static_validator/");
        let mut output_validators = match format {
            PackageFormat::V2025 => single("output_validator/"),
            _ => Vec::new(),
        };
        let mut programs = |folders: &[&str]| validator::read(tree, root, folders, findings);
        if output_validators.is_empty() {
            output_validators = programs(&["output_validators/", "output_validator/"]);
        }
        let input_validators = programs(&["input_validators/", "input_format_validators/"]);
        let graders = programs(&["graders/"]);
        Self {
            output_validators,
            input_validators,
            static_validator: only_one("static_validator", static_validators, findings),
            grader: only_one("graders", graders, findings),
        }
    }
}

fn read_metadata(tree: &Tree, findings: &mut Findings) -> Metadata {
    let Some(file) = tree.files.get(metadata::FILE) else {
        if tree.files.contains_key(domjudge::INI) {
            findings.warn(Fault::new(metadata::FILE, "is missing; all of it has its default"));
            return Metadata::read("", findings);
        }
        findings.fault(Fault::new(metadata::FILE, "is missing"));
        return Metadata { format: Some(PackageFormat::Legacy), ..Metadata::default() };
    };
    let text = findings.keep(file.configuration(metadata::FILE)).unwrap_or_default();
    Metadata::read(&text, findings)
}

/// In the legacy format `problem.yaml` says whether its own validators decide, in the newer ones their being there does.
fn validation(
    metadata: &Metadata,
    dialect: Dialect,
    validators: Vec<ValidatorProgram>,
    findings: &mut Findings,
) -> Validation {
    let format = metadata.format.unwrap_or(PackageFormat::Legacy);
    let is_custom = match format {
        PackageFormat::Legacy => metadata.custom_validation,
        _ => !validators.is_empty(),
    };
    if is_custom {
        if validators.is_empty() {
            let message = "validation is custom, but there is no program here";
            findings.fault(Fault::new("output_validators", message));
        }
        if validators.len() > 1 && format == PackageFormat::V2025 {
            let message = "holds several programs; in version 2025-09 there is one";
            findings.fault(Fault::new("output_validator", message));
        } else if validators.len() > 1
            && (metadata.kind.interactive || metadata.kind.is_multi_pass())
        {
            let message =
                format!("holds several programs; a problem that is {} has one", metadata.kind);
            findings.fault(Fault::new("output_validators", message));
        }
        let scores = match dialect {
            Dialect::Domjudge => SaidScores::Always,
            _ if !metadata.validator_scores => SaidScores::Never,
            _ if format == PackageFormat::Legacy => SaidScores::IgnoredOfOthers,
            _ => SaidScores::OfAccepted,
        };
        let flags = metadata.validator_flags.clone();
        return Validation::Custom { validators, flags, scores };
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

/// What a package should have besides what it is judged with.
///
/// ICPC problem package format (2025-09), sections "Problem Package Structure Overview" and "Example Submissions".
fn warn_of_missing(
    input_validators: &[ValidatorProgram],
    submissions: &[JurySubmission],
    findings: &mut Findings,
) {
    if input_validators.is_empty() {
        findings.warn(Fault::new("input_validators", "holds no program, and must hold one"));
    }
    if !submissions.iter().any(|submission| submission.name.starts_with("accepted/")) {
        let message = "holds no submission, and must hold one";
        findings.warn(Fault::new("submissions/accepted", message));
    }
}

/// What has a meaning only in problems that give scores.
fn warn_of_scoring(has_grader: bool, submissions: &[JurySubmission], findings: &mut Findings) {
    let message = "is for problems of type scoring only";
    if has_grader {
        findings.warn(Fault::new("graders", message));
    }
    if submissions.iter().any(|submission| submission.name.starts_with("partially_accepted/")) {
        findings.warn(Fault::new("submissions/partially_accepted", message));
    }
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
