//! `assets/solutions`: the jury's programs and what each should come to.

use super::{Context, names};
use crate::{
    fault::{Fault, Findings},
    submission::{Expected, JurySubmission, expected_in},
    xml::Element,
};
use judge_types::Verdict;

/// Polygon's tags, and the folder of the ICPC problem package format (legacy) that means the same.
///
/// `do-not-run` means nothing else, and what is said of memory and time together has no folder.
const TAGS: [(&str, &str); 9] = [
    ("main", "accepted"),
    ("accepted", "accepted"),
    ("wrong-answer", "wrong_answer"),
    ("presentation-error", "wrong_answer"),
    ("time-limit-exceeded", "time_limit_exceeded"),
    ("time-limit-exceeded-or-accepted", "slow_accepted"),
    ("memory-limit-exceeded", "memory_limit_exceeded"),
    ("rejected", "rejected"),
    ("failed", "rejected"),
];

const TIME_OR_MEMORY: &str = "time-limit-exceeded-or-memory-limit-exceeded";
const DO_NOT_RUN: &str = "do-not-run";

/// Reads all solutions but those that are not to be run.
pub(super) fn read(context: Context<'_>, findings: &mut Findings) -> Vec<JurySubmission> {
    let solutions = context.problem.below(&["assets", "solutions", "solution"]);
    let mut submissions: Vec<_> = solutions
        .into_iter()
        .filter_map(|solution| findings.keep(read_one(context, solution)).flatten())
        .collect();
    submissions.sort_by(|a, b| a.name.cmp(&b.name));
    submissions
}

fn read_one(context: Context<'_>, solution: Element<'_>) -> Result<Option<JurySubmission>, Fault> {
    let tag = solution.needed("tag")?;
    if tag == DO_NOT_RUN {
        return Ok(None);
    }
    let expected = expected(tag).ok_or_else(|| {
        let known: Vec<_> = TAGS.iter().map(|(tag, _)| *tag).collect();
        let message =
            format!("{tag:?} is not one of {}, {TIME_OR_MEMORY}, {DO_NOT_RUN}", known.join(", "));
        solution.attribute_fault("tag", message)
    })?;
    let source = solution
        .child("source")
        .ok_or_else(|| solution.attribute_fault("source", "is missing".into()))?;
    let path = context.file(source, "path")?;
    let language = source.attribute("type").and_then(names::programming);
    let below = path.strip_prefix("solutions/").unwrap_or(path);
    Ok(Some(JurySubmission {
        name: format!("{tag}/{below}"),
        files: vec![context.root.join(path)],
        language: language.map(str::to_owned),
        entry_point: None,
        expected,
    }))
}

fn expected(tag: &str) -> Option<Expected> {
    if tag == TIME_OR_MEMORY {
        let verdicts = [Verdict::TimeLimitExceeded, Verdict::MemoryLimitExceeded];
        return Some(Expected::one_of(&verdicts));
    }
    let (_, folder) = TAGS.iter().find(|(known, _)| *known == tag)?;
    expected_in(folder)
}
