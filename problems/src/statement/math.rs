//! LaTeX math to MathML.

use pulldown_latex::{Parser, RenderConfig, Storage, config::DisplayMode, push_mathml};

/// Larger formulas are shown as their source: the parser calls itself for each argument of a
/// command, and nobody may choose how deep.
const MAX_BYTES: usize = 20_000;
const MAX_COMMANDS: usize = 200;
const MAX_GROUPS: usize = 400;

/// Commands that define others. The parser knows them, but not how often they may be used.
const DEFINITIONS: [&str; 9] = [
    "\\def",
    "\\gdef",
    "\\edef",
    "\\xdef",
    "\\let",
    "\\futurelet",
    "\\newcommand",
    "\\renewcommand",
    "\\providecommand",
];

/// The formula as a `<math>` element, unless it is not understood.
pub(super) fn to_mathml(tex: &str, display: bool) -> Option<String> {
    let is_large = tex.len() > MAX_BYTES
        || tex.matches('\\').count() > MAX_COMMANDS
        || tex.matches('{').count() > MAX_GROUPS;
    if is_large || DEFINITIONS.iter().any(|definition| tex.contains(definition)) {
        return None;
    }
    let storage = Storage::new();
    let events: Result<Vec<_>, _> = Parser::new(tex, &storage).collect();
    let events = events.ok()?;
    let config = RenderConfig {
        display_mode: if display { DisplayMode::Block } else { DisplayMode::Inline },
        ..RenderConfig::default()
    };
    let mut mathml = String::new();
    let events = events.into_iter().map(Ok::<_, std::convert::Infallible>);
    push_mathml(&mut mathml, events, config).ok()?;
    // The writer spells the ampersand out of the space that its own parser made.
    Some(mathml.replace("&amp;nbsp;", "\u{a0}"))
}

/// The source of a formula as HTML.
pub(super) fn source(tex: &str, display: bool) -> String {
    let mark = if display { "$$" } else { "$" };
    format!("<code>{mark}{}{mark}</code>", escape(tex))
}

/// The text with everything that means something in HTML spelled out.
pub(super) fn escape(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            _ => html.push(c),
        }
    }
    html
}

/// Text of HTML with its characters instead of their names.
pub(super) fn unescaped(html: &str) -> String {
    const ENTITIES: [(&str, &str); 6] = [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&nbsp;", "\u{a0}"),
        ("&amp;", "&"),
    ];
    ENTITIES.into_iter().fold(html.to_owned(), |text, (name, c)| text.replace(name, c))
}

#[cfg(test)]
mod tests {
    use super::to_mathml;

    #[test]
    fn a_space_in_a_formula_is_a_space() {
        for tex in ["a\\ b", "a~b"] {
            let mathml = to_mathml(tex, false).expect("it is understood");
            assert!(mathml.contains('\u{a0}') && !mathml.contains("nbsp"), "{mathml}");
        }
    }
}
