//! What is shown of the samples, and of what is shared like them.

use super::{Context, cases::beside};
use crate::{
    fault::{Fault, Findings},
    interaction::is_part_of_talk,
    kind::PackageFormat,
    test_case::{Sample, Shown, TestCase},
};
use std::path::Path;

/// The samples in the order of their names: those that are test cases, and talks that are only shown.
pub(super) fn read(
    context: Context<'_>,
    cases: &[TestCase],
    findings: &mut Findings,
) -> Vec<Sample> {
    let kind = context.metadata.kind;
    let mut samples = Vec::new();
    for case in cases.iter().filter(|case| case.is_sample) {
        samples.extend(shown(context, case, findings));
    }
    for (rest, _) in context.tree.below("data/sample/") {
        let Some(stem) = rest.strip_suffix(".interaction") else { continue };
        let name = format!("sample/{stem}");
        let path = format!("data/sample/{rest}");
        if !kind.interactive && !kind.is_multi_pass() {
            let message = "is for interactive and multi-pass problems only; ignored";
            findings.warn(Fault::new(path, message));
        } else if !samples.iter().any(|sample| sample.name == name) {
            let shown = Shown::Interaction(context.root.join(path));
            let (arguments, files) = (Vec::new(), Vec::new());
            samples.push(Sample { name, shown, downloads: [None, None], arguments, files });
        }
    }
    samples.sort_by(|a, b| a.name.cmp(&b.name));
    for sample in &samples {
        if let Shown::Interaction(path) = &sample.shown {
            check_interaction(context, path, findings);
        }
    }
    samples
}

/// Warns of the first line of a talk that nobody says: it is not shown.
fn check_interaction(context: Context<'_>, path: &Path, findings: &mut Findings) {
    let name = path.strip_prefix(context.root).unwrap_or(path).to_string_lossy().into_owned();
    let Some(text) = context.tree.files.get(&name).and_then(|file| file.text(&name).ok()) else {
        return;
    };
    if let Some((line, _)) = (1..).zip(text.lines()).find(|(_, line)| !is_part_of_talk(line)) {
        let message = "begins neither with < nor with >, nor is it ---; not shown";
        findings.warn(Fault::new(name, message).at(line));
    }
}

/// How hidden test cases are shown to those who failed on them, where the package allows that.
pub(super) fn shared_after_failing(
    context: Context<'_>,
    cases: &[TestCase],
    findings: &mut Findings,
) -> Vec<Sample> {
    let shared = cases.iter().filter(|case| case.full_feedback && !case.is_sample);
    shared.filter_map(|case| shown(context, case, findings)).collect()
}

fn shown(context: Context<'_>, case: &TestCase, findings: &mut Findings) -> Option<Sample> {
    let kind = context.metadata.kind;
    let stem = format!("data/{}", case.name);
    let file = |extension: &str| beside(context, &stem, extension);
    let one_of = |extensions: &[&str], findings: &mut Findings| {
        let mut there = extensions.iter().filter(|extension| file(extension).is_some());
        let first = there.next();
        if let (Some(first), Some(other)) = (first, there.next()) {
            let message = format!("stands beside .{first}; only one of them can be shown");
            findings.fault(Fault::new(format!("{stem}.{other}"), message));
        }
        first.and_then(|extension| file(extension))
    };
    let sample = |shown, downloads| {
        let (arguments, files) = (case.arguments.clone(), case.files.clone());
        Some(Sample { name: case.name.clone(), shown, downloads, arguments, files })
    };
    let talk = file("interaction").filter(|_| kind.interactive || kind.is_multi_pass());
    if context.format == PackageFormat::Legacy {
        return match talk {
            Some(talk) => sample(Shown::Interaction(talk), [None, None]),
            None if kind.interactive => {
                let message = "a sample of an interactive problem is shown only as .interaction";
                findings.warn(Fault::new(format!("{stem}.in"), message));
                None
            }
            None => {
                let [input, output] = [case.input.clone(), case.answer.clone()];
                let downloads = [Some(input.clone()), Some(output.clone())];
                sample(Shown::Pair { input, output }, downloads)
            }
        };
    }
    let input = one_of(&["in.statement", "interaction"], findings);
    let output = one_of(&["out", "ans.statement", "interaction"], findings);
    let in_download = file("in.download");
    let ans_download = one_of(&["out", "ans.download"], findings);
    let downloads = [
        in_download.or_else(|| input.is_none().then(|| case.input.clone())),
        ans_download.or_else(|| output.is_none().then(|| case.answer.clone())),
    ];
    let shown = match talk {
        Some(talk) => Shown::Interaction(talk),
        None => Shown::Pair {
            input: input.unwrap_or_else(|| case.input.clone()),
            output: output.unwrap_or_else(|| case.answer.clone()),
        },
    };
    sample(shown, downloads)
}
