//! How each group is graded.

use super::{
    Context, Dialect,
    config::{GroupConfig, MaxScore},
    configs::Configs,
};
use crate::{
    fault::{Fault, Findings},
    groups::{
        Aggregation, CaseScores, GraderFlags, Grading, Member, OnReject, TestGroup, VerdictMode,
    },
    kind::PackageFormat,
};

/// Fills in how the groups are graded, and finds what contradicts itself.
pub(super) fn check(
    groups: &mut [TestGroup],
    context: Context<'_>,
    configs: &Configs,
    findings: &mut Findings,
) {
    // A group's most may follow from that of those in it, which come after it.
    for index in (0..groups.len()).rev() {
        let config = configs.of_group(&groups[index].name);
        let has_groups = inner_groups(groups, &groups[index]).next().is_some();
        let (grading, on_reject) = match context.dialect {
            Dialect::Versioned => versioned(groups, index, context, &config, findings),
            Dialect::Domjudge => {
                let is_group = configs.has(&format!("data/{}", groups[index].name));
                domjudge(&groups[index], has_groups, is_group, &config, findings)
            }
            Dialect::Legacy => legacy(context, &config, findings),
        };
        groups[index].grading = grading;
        groups[index].on_reject = on_reject;
        groups[index].requires = requires(groups, index, &config, findings);
    }
    if context.format == PackageFormat::V2025 {
        check_required(groups, configs, findings);
    }
}

fn legacy(
    context: Context<'_>,
    config: &GroupConfig,
    findings: &mut Findings,
) -> (Grading, OnReject) {
    let scores = config.scores.unwrap_or_default();
    let grading = if config.custom_grading == Some(true) {
        if !context.metadata.kind.scoring
            && let Some(file) = &config.file
        {
            let message = "custom grading is for problems of type scoring only";
            findings.fault(Fault::new(file, message).of_field("grading"));
        }
        let arguments = config.grader_flags.as_ref().map(|flags| flags.words.clone());
        Grading::Custom { arguments: arguments.unwrap_or_default(), scores }
    } else {
        Grading::Default { flags: grader_flags(config, findings), scores }
    };
    (grading, config.on_reject.unwrap_or_default())
}

/// What DOMjudge makes of a group, if the folder is one to it: test cases are all or nothing, groups are aggregated.
fn domjudge(
    group: &TestGroup,
    has_groups: bool,
    is_group: bool,
    config: &GroupConfig,
    findings: &mut Findings,
) -> (Grading, OnReject) {
    let flags = grader_flags(config, findings);
    let grading = if has_groups || group.name.is_empty() {
        let flags = GraderFlags { verdict: VerdictMode::FirstError, ..flags };
        Grading::Default { flags, scores: CaseScores::default() }
    } else if is_group {
        let accept = config.scores.map_or(0.0, |scores| scores.accept);
        Grading::AllOrSaid { accept, score: flags.score }
    } else {
        Grading::Nothing
    };
    (grading, config.on_reject.unwrap_or_default())
}

fn grader_flags(config: &GroupConfig, findings: &mut Findings) -> GraderFlags {
    let Some(words) = &config.grader_flags else { return GraderFlags::default() };
    let (flags, unknown) = GraderFlags::parse(&words.words);
    for word in unknown {
        let word: String = word.chars().take(40).collect();
        let known = GraderFlags::KNOWN;
        let message = format!("{word:?} is not a flag of the default grader ({known}); ignored");
        findings.warn_once(words.fault(message));
    }
    flags
}

fn versioned(
    groups: &[TestGroup],
    index: usize,
    context: Context<'_>,
    config: &GroupConfig,
    findings: &mut Findings,
) -> (Grading, OnReject) {
    let group = &groups[index];
    let mut fault = |key: &str, message: String| {
        let file = config.file.clone().unwrap_or_else(|| format!("data/{}", group.name));
        findings.fault(Fault::new(file, message).of_field(key));
    };
    let is_scoring = context.metadata.kind.scoring;
    if !is_scoring || matches!(group.name.as_str(), "" | "sample") {
        for (key, is_there) in [
            ("max_score", config.max_score.is_some()),
            ("score_aggregation", config.aggregation.is_some()),
            ("require_pass", config.require_pass.is_some()),
        ] {
            if is_there && !config.is_draft {
                fault(key, "is for groups of secret data of scoring problems only".into());
            }
        }
        if !config.is_draft {
            let aggregation = is_scoring.then_some(Aggregation::PassFail);
            check_static(group, aggregation, None, &mut fault);
        }
        return match is_scoring {
            // Everything is run, whatever the samples came to.
            true if group.name.is_empty() => (Grading::OfSecret, OnReject::Continue),
            true => (Grading::pass_fail(), OnReject::Continue),
            false => (Grading::pass_fail(), OnReject::Break),
        };
    }
    let is_secret = group.name == "secret";
    let default = match (is_secret, config.is_draft) {
        (true, _) => Aggregation::Sum,
        (false, true) => Aggregation::Min,
        (false, false) => Aggregation::PassFail,
    };
    let aggregation = config.aggregation.unwrap_or(default);
    let max_score = match config.max_score {
        Some(MaxScore::Bounded(most)) => Some(most),
        Some(MaxScore::Unbounded) => None,
        None if config.is_draft => Some(draft_most(groups, group, aggregation, config.case_score)),
        None => is_secret.then_some(100.0),
    };
    if aggregation == Aggregation::PassFail && max_score.is_none() {
        let message = "must be a number: the group's score is all of it or nothing".to_owned();
        fault("max_score", message);
    }
    if is_secret {
        check_secret(groups, group, aggregation, max_score, &mut fault);
    }
    if !config.is_draft {
        check_static(group, Some(aggregation), max_score, &mut fault);
    }
    let on_reject = match aggregation {
        Aggregation::Sum => OnReject::Continue,
        // A group that adds up is worth something where a part of it failed, and the next may be worth less.
        Aggregation::Min
            if inner_groups(groups, group).any(|inner| aggregates_by(inner, Aggregation::Sum)) =>
        {
            OnReject::Continue
        }
        // Nothing that comes after can make up for it.
        Aggregation::PassFail | Aggregation::Min => OnReject::Break,
    };
    (Grading::Aggregate { aggregation, max_score }, on_reject)
}

/// What a static validation may be worth in a group; `aggregation` is `None` where there are no scores.
///
/// ICPC problem package format (2025-09), section "Static Validation Test Cases".
fn check_static(
    group: &TestGroup,
    aggregation: Option<Aggregation>,
    max_score: Option<f64>,
    fault: &mut impl FnMut(&str, String),
) {
    let Some(test) = &group.static_validation else { return };
    let passes_or_fails = matches!(aggregation, None | Some(Aggregation::PassFail));
    let message = match (test.max_score, passes_or_fails) {
        (Some(_), true) => "must be pass-fail: nothing here has a score of its own".to_owned(),
        (None, false) => "must be a number: the group is not pass-fail".to_owned(),
        (Some(most), false) if max_score.is_some_and(|of_group| most > of_group) => {
            format!("is {most}, more than the group can get")
        }
        _ => return,
    };
    fault("static_validation_score", message);
}

/// Finds groups that others depend on and that have no one verdict (2025-09, section "Group Dependencies").
fn check_required(groups: &[TestGroup], configs: &Configs, findings: &mut Findings) {
    for group in groups {
        let Some(names) = configs.of_group(&group.name).require_pass else { continue };
        for required in group.requires.iter().map(|&required| &groups[required]) {
            if !aggregates_by(required, Aggregation::PassFail) {
                let name = &required.name;
                findings.fault(names.fault(format!("{name:?} is not pass-fail")));
            }
        }
    }
}

/// Rules that `secret` and its groups keep together (2025-09, section "Scoring Problems").
fn check_secret(
    groups: &[TestGroup],
    secret: &TestGroup,
    aggregation: Aggregation,
    max_score: Option<f64>,
    fault: &mut impl FnMut(&str, String),
) {
    for group in inner_groups(groups, secret) {
        let Grading::Aggregate { aggregation: inner, max_score: most } = group.grading else {
            continue;
        };
        if aggregation == Aggregation::PassFail && inner != Aggregation::PassFail {
            let message = format!("is pass-fail, but that of {} is not", group.name);
            fault("score_aggregation", message);
        }
        if max_score.is_some() && most.is_none() {
            let message = format!("is a number, but {} has no max_score", group.name);
            fault("max_score", message);
        }
    }
}

fn aggregates_by(group: &TestGroup, wanted: Aggregation) -> bool {
    matches!(group.grading, Grading::Aggregate { aggregation, .. } if aggregation == wanted)
}

fn inner_groups<'a>(
    groups: &'a [TestGroup],
    group: &'a TestGroup,
) -> impl Iterator<Item = &'a TestGroup> {
    group.members.iter().filter_map(|member| match member {
        Member::Group(index) => Some(&groups[*index]),
        Member::Case(_) => None,
    })
}

/// The most that a group can get by the draft: each test case is worth `score`, 1 where nothing is said.
fn draft_most(
    groups: &[TestGroup],
    group: &TestGroup,
    aggregation: Aggregation,
    case_score: Option<f64>,
) -> f64 {
    let worth = group.members.iter().map(|member| match member {
        Member::Case(_) => case_score.unwrap_or(1.0),
        Member::Group(index) => groups[*index].grading.max_score().unwrap_or(0.0),
    });
    match aggregation {
        Aggregation::Sum => worth.sum(),
        Aggregation::PassFail | Aggregation::Min => worth.fold(f64::INFINITY, f64::min),
    }
}

/// The groups that `require_pass` names.
fn requires(
    groups: &[TestGroup],
    index: usize,
    config: &GroupConfig,
    findings: &mut Findings,
) -> Vec<usize> {
    let Some(names) = &config.require_pass else { return Vec::new() };
    let mut required = Vec::new();
    for name in &names.words {
        let group = &groups[index];
        // A name is a path below data/; authors write it as it stands beside the group, too.
        let found = groups.iter().position(|other| {
            other.name == *name || (!name.contains('/') && other.name == format!("secret/{name}"))
        });
        match found {
            Some(found) if found < index && !is_within(&group.name, &groups[found].name) => {
                required.push(found);
            }
            Some(_) => findings.fault(names.fault(format!("{name:?} does not come earlier"))),
            None => findings.fault(names.fault(format!("{name:?} is no group of test data"))),
        }
    }
    required
}

fn is_within(group: &str, outer: &str) -> bool {
    outer.is_empty() || group.strip_prefix(outer).is_some_and(|rest| rest.starts_with('/'))
}
