//! Statements of Polygon's packages, beside their LaTeX, which [`super::convert`] takes as it is.
//!
//! Polygon documents neither form: both are read as its packages have them, in
//! `statements/<language>/problem-properties.json` and `statements/.html/<language>/problem.html`.

use super::{
    Converted, Format, Surroundings,
    conversion::{Conversion, REMAINING_SAMPLES},
    convert, elements, finish,
    math::unescaped,
};
use crate::Fault;
use serde::Deserialize;

/// The parts of `problem-properties.json` that are shown, each in LaTeX.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Properties {
    name: Option<String>,
    legend: Option<String>,
    input: Option<String>,
    output: Option<String>,
    interaction: Option<String>,
    scoring: Option<String>,
    notes: Option<String>,
}

/// The statement whose parts stand in a `problem-properties.json`.
///
/// # Errors
/// The text is no JSON of that form.
pub fn from_properties(json: &str, surroundings: Surroundings<'_>) -> Result<Converted, Fault> {
    let properties: Properties = serde_json::from_str(json).map_err(|error| {
        let fault = Fault::new(surroundings.name, format!("is not what Polygon writes: {error}"));
        fault.at(u32::try_from(error.line()).unwrap_or(u32::MAX))
    })?;
    let sections = [
        ("", properties.legend),
        ("\\InputFile", properties.input),
        ("\\OutputFile", properties.output),
        ("\\Interaction", properties.interaction),
        ("\\Scoring", properties.scoring),
        ("\\begin{example}\\end{example}", Some(String::new())),
        ("\\Note", properties.notes),
    ];
    let mut source = String::new();
    for (heading, text) in sections {
        let Some(text) = text else { continue };
        if heading.starts_with("\\begin") || !text.trim().is_empty() {
            source.push_str(&format!("{heading}\n\n{text}\n\n"));
        }
    }
    let mut converted = convert(&source, Format::Latex, surroundings);
    converted.title = properties.name.filter(|name| !name.trim().is_empty());
    // Its lines are not the file's.
    converted.warnings.iter_mut().for_each(|warning| warning.line = None);
    Ok(converted)
}

/// The statement in a `problem.html`, which goes without its style sheet: the pages have one for it.
#[must_use]
pub fn from_html(html: &str, surroundings: Surroundings<'_>) -> Converted {
    let conversion = Conversion::new(html, surroundings);
    let mut body = elements::inside(html, "body").unwrap_or(html).to_owned();
    let mut title = None;
    if let Some(header) = elements::find(&body, "div", "header") {
        title = title_in(&body[header.content]);
        // Title and limits are told elsewhere on the page.
        body.replace_range(header.whole, "");
    }
    if surroundings.samples > 0
        && let Some(samples) = elements::find(&body, "div", "sample-tests")
    {
        conversion.remaining_samples();
        body.replace_range(samples.whole, REMAINING_SAMPLES);
    }
    // They only look like headings.
    let heading = |text: &str| format!("<h2>{text}</h2>");
    let body = elements::replaced(&body, "div", "section-title", heading);
    finish(title, &with_formulas(&body, &conversion), conversion)
}

fn title_in(header: &str) -> Option<String> {
    let title = elements::find(header, "div", "title")?;
    Some(unescaped(header[title.content].trim())).filter(|title| !title.is_empty())
}

/// The HTML with MathML in place of `$$$formulas$$$`; twice as many signs for one on its own line.
fn with_formulas(html: &str, conversion: &Conversion<'_>) -> String {
    const MARK: &str = "$$$";
    let mut shown = String::new();
    let mut rest = html;
    while let Some((before, after)) = rest.split_once(MARK) {
        shown.push_str(before);
        let (inner, display) =
            after.strip_prefix(MARK).map_or((after, false), |inner| (inner, true));
        let end = if display { "$$$$$$" } else { MARK };
        let Some((formula, after)) = inner.split_once(end) else {
            shown.push_str(MARK);
            shown.push_str(after);
            return shown;
        };
        shown.push_str(&conversion.math(&unescaped(formula), display));
        rest = after;
    }
    shown + rest
}
