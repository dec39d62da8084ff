//! Statements of Polygon's packages, beside their LaTeX, which [`super::convert`] takes as it is.
//!
//! Polygon documents neither form: both are read as its packages have them, in
//! `statements/<language>/problem-properties.json` and `statements/.html/<language>/problem.html`.

use super::{
    Converted, Format, Surroundings,
    conversion::{Conversion, REMAINING_SAMPLES},
    convert, finish,
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
    let mut body = inside(html, "<body", "</body>").unwrap_or(html).to_owned();
    let header = division(&body, "header").map(|(start, end)| body[start..end].to_owned());
    let title =
        header.as_deref().and_then(|header| inside(header, "<div class=\"title\"", "</div>"));
    let title = title.map(|title| unescaped(title.trim())).filter(|title| !title.is_empty());
    // Title and limits are told elsewhere on the page.
    if let Some((start, end)) = division(&body, "header") {
        body.replace_range(start..end, "");
    }
    if surroundings.samples > 0
        && let Some((start, end)) = division(&body, "sample-tests")
    {
        conversion.remaining_samples();
        body.replace_range(start..end, REMAINING_SAMPLES);
    }
    let html = with_formulas(&with_headings(&body), &conversion);
    finish(title, &html, conversion)
}

/// What stands between the end of the first tag that begins with `open`, and `close`.
fn inside<'a>(html: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let (_, after) = html.split_once(open)?;
    let (_, content) = after.split_once('>')?;
    Some(content.split_once(close).map_or(content, |(content, _)| content))
}

/// From where to where the first `<div class="…">` of this class reaches.
fn division(html: &str, class: &str) -> Option<(usize, usize)> {
    let start = html.find(&format!("<div class=\"{class}\""))?;
    let mut depth = 0_usize;
    for (at, _) in html[start..].match_indices('<') {
        let tag = &html[start + at..];
        if tag.starts_with("<div") {
            depth += 1;
        } else if tag.starts_with("</div>") {
            depth -= 1;
            if depth == 0 {
                return Some((start, start + at + "</div>".len()));
            }
        }
    }
    None
}

/// The HTML with headings in place of the divisions that only look like some.
fn with_headings(html: &str) -> String {
    const OPEN: &str = "<div class=\"section-title\">";
    let mut pieces = html.split(OPEN);
    let mut headed = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.split_once("</div>") {
            Some((heading, rest)) => headed.push_str(&format!("<h2>{heading}</h2>{rest}")),
            None => headed.push_str(piece),
        }
    }
    headed
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
