//! One problem of the file.

use super::statement;
use crate::{
    adapter::Foreign,
    fault::Findings,
    written::{WrittenPackage, mebibytes, quoted, time_limit},
    xml::{self, Element},
};
use std::path::Path;

/// The languages of solutions and special judges, and how their files end.
const EXTENSIONS: [(&str, &str); 16] = [
    ("c", "c"),
    ("c++", "cpp"),
    ("c/c++", "cpp"),
    ("g++", "cpp"),
    ("pascal", "pas"),
    ("java", "java"),
    ("python", "py"),
    ("python3", "py"),
    ("ruby", "rb"),
    ("bash", "sh"),
    ("php", "php"),
    ("perl", "pl"),
    ("c#", "cs"),
    ("javascript", "js"),
    ("go", "go"),
    ("lua", "lua"),
];

/// Elements of code that other judges put around submissions.
const AROUND: [&str; 3] = ["prepend", "append", "template"];

/// Reads the element `item`.
pub(super) fn read(item: Element<'_>, findings: &mut Findings) -> WrittenPackage {
    let mut written = WrittenPackage::default();
    let text = |name| item.child(name).map(|child| child.text()).unwrap_or_default();
    let title = text("title").trim().to_owned();
    if title.is_empty() {
        findings.fault(item.attribute_fault("title", "is missing".into()));
    }
    let language = statement::write(item, &title, &mut written, findings);
    written.head.names.insert(language.to_owned(), title);
    limits(item, &mut written, findings);
    let source = text("source").trim().to_owned();
    if !source.is_empty() {
        written.head.values.push(("source", quoted(&source)));
    }
    cases(item, ["sample_input", "sample_output"], "sample", &mut written, findings);
    if item.child("test_input").is_some() {
        cases(item, ["test_input", "test_output"], "secret", &mut written, findings);
    } else if has_sample(item) {
        let message = "there is none; the samples are all that submissions are tried on".to_owned();
        findings.warn(item.attribute_fault("test_input", message));
        cases(item, ["sample_input", "sample_output"], "secret", &mut written, findings);
    } else {
        findings.fault(item.attribute_fault("test_input", "there is none, nor a sample".into()));
    }
    solutions(item, &mut written, findings);
    special_judge(item, &mut written, findings);
    for name in AROUND {
        for element in item.all(name).filter(|element| !element.text().trim().is_empty()) {
            findings.warn(element.fault("code around submissions cannot be said; left out"));
        }
    }
    written
}

fn limits(item: Element<'_>, written: &mut WrittenPackage, findings: &mut Findings) {
    const UNITS_OF_TIME: [(&str, f64); 2] = [("s", 1e3), ("ms", 1.0)];
    const UNITS_OF_MEMORY: [(&str, f64); 3] = [("mb", 1_048_576.0), ("kb", 1_024.0), ("b", 1.0)];
    let mut limit = |name: &'static str, units: &[(&str, f64)], most: f64| {
        let element = item.child(name)?;
        let unit = element.attribute("unit").unwrap_or(units[0].0).to_ascii_lowercase();
        let Some((_, factor)) = units.iter().find(|(known, _)| *known == unit) else {
            let known: Vec<_> = units.iter().map(|(known, _)| *known).collect();
            let message = format!("must be {}, not {unit:?}", known.join(" or "));
            findings.fault(element.attribute_fault("unit", message));
            return None;
        };
        let number = xml::number(element.text().trim(), 0.001..=most / factor);
        let number = number.map_err(|message| element.fault(message));
        findings.keep(number).map(|number| number * factor)
    };
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "ranges are checked"
    )]
    let whole = |number: f64| number.round().max(1.0) as u64;
    if let Some(ms) = limit("time_limit", &UNITS_OF_TIME, 3.6e9) {
        written.head.limits.extend(time_limit(whole(ms)));
    }
    if let Some(bytes) = limit("memory_limit", &UNITS_OF_MEMORY, 1e15) {
        written.head.limits.push(("memory", mebibytes(whole(bytes))));
    }
}

/// Adds the test cases of one kind: inputs and answers alternate, or all of one come before all of the other.
fn cases(
    item: Element<'_>,
    [input_name, output_name]: [&'static str; 2],
    kind: &str,
    written: &mut WrittenPackage,
    findings: &mut Findings,
) {
    let [inputs, outputs] =
        [input_name, output_name].map(|name| item.all(name).collect::<Vec<_>>());
    if inputs.len() != outputs.len() {
        let message = format!("there are {}, but {} {output_name}", inputs.len(), outputs.len());
        findings.fault(item.attribute_fault(input_name, message));
    }
    let width = inputs.len().to_string().len();
    for (number, (input, output)) in (1..).zip(inputs.iter().zip(&outputs)) {
        if input_name == "sample_input" && is_blank(*input, *output) {
            continue;
        }
        let stem = format!("data/{kind}/{number:0width$}");
        written.add(format!("{stem}.in"), input.text());
        written.add(format!("{stem}.ans"), output.text());
    }
}

/// A sample that is left blank is how a form without one is exported.
fn is_blank(input: Element<'_>, output: Element<'_>) -> bool {
    input.text().trim().is_empty() && output.text().trim().is_empty()
}

fn has_sample(item: Element<'_>) -> bool {
    let outputs = item.all("sample_output");
    item.all("sample_input").zip(outputs).any(|(input, output)| !is_blank(input, output))
}

/// The file extension for the language that `element` names.
fn extension(element: Element<'_>) -> Option<&'static str> {
    let language = element.attribute("language")?.to_ascii_lowercase();
    EXTENSIONS.iter().find(|(name, _)| *name == language).map(|(_, extension)| *extension)
}

fn solutions(item: Element<'_>, written: &mut WrittenPackage, findings: &mut Findings) {
    for (number, solution) in (1..).zip(item.all("solution")) {
        let text = solution.text();
        if text.trim().is_empty() {
            continue;
        }
        let Some(extension) = extension(solution) else {
            let language = solution.attribute("language").unwrap_or_default();
            let message = format!("solutions in {language:?} are not known; left out");
            findings.warn(solution.attribute_fault("language", message));
            continue;
        };
        // Java wants a class to have its file's name, and these judges want it to be Main.
        let name = if extension == "java" {
            format!("submissions/accepted/solution-{number}/Main.java")
        } else {
            format!("submissions/accepted/solution-{number}.{extension}")
        };
        written.add(name, text);
    }
}

fn special_judge(item: Element<'_>, written: &mut WrittenPackage, findings: &mut Findings) {
    for name in ["tpj", "interactor"] {
        if let Some(element) = item.child(name).filter(|e| !e.text().trim().is_empty()) {
            findings.fault(element.fault("programs that need testlib cannot be read"));
        }
    }
    let Some(judge) = item.child("spj").filter(|judge| !judge.text().trim().is_empty()) else {
        return;
    };
    let file = format!("special_judge.{}", extension(judge).unwrap_or_default());
    match Foreign::SpecialJudge.adapter(Path::new(&file)) {
        Some((name, source)) => {
            written.add(format!("output_validator/special_judge/{name}"), source);
            written.add(format!("output_validator/special_judge/{file}"), judge.text());
        }
        None => {
            let message = "a special judge must be written in C or C++".to_owned();
            findings.fault(judge.attribute_fault("language", message));
        }
    }
}
