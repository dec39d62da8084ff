//! LaTeX math to MathML.

use pulldown_latex::{Parser, RenderConfig, Storage, config::DisplayMode, push_mathml};

/// Larger formulas are shown as their source: the parser calls itself for each argument of a
/// command, and nobody may choose how deep.
const MAX_BYTES: usize = 20_000;
const MAX_COMMANDS: usize = 200;
const MAX_GROUPS: usize = 400;

/// The formula as a `<math>` element; where it is not understood, its source.
pub(super) fn to_mathml(tex: &str, display: bool) -> String {
    let source = || {
        let mark = if display { "$$" } else { "$" };
        format!("<code>{mark}{}{mark}</code>", escape(tex))
    };
    let is_large = tex.len() > MAX_BYTES
        || tex.matches('\\').count() > MAX_COMMANDS
        || tex.matches('{').count() > MAX_GROUPS;
    if is_large {
        return source();
    }
    let storage = Storage::new();
    let events: Result<Vec<_>, _> = Parser::new(tex, &storage).collect();
    let Ok(events) = events else { return source() };
    let config = RenderConfig {
        display_mode: if display { DisplayMode::Block } else { DisplayMode::Inline },
        ..RenderConfig::default()
    };
    let mut mathml = String::new();
    let events = events.into_iter().map(Ok::<_, std::convert::Infallible>);
    match push_mathml(&mut mathml, events, config) {
        // The writer spells the ampersand out of the space that its own parser made.
        Ok(()) => mathml.replace("&amp;nbsp;", "\u{a0}"),
        Err(_) => source(),
    }
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

#[cfg(test)]
mod tests {
    use super::to_mathml;

    #[test]
    fn a_space_in_a_formula_is_a_space() {
        for tex in ["a\\ b", "a~b"] {
            let mathml = to_mathml(tex, false);
            assert!(mathml.contains('\u{a0}') && !mathml.contains("nbsp"), "{mathml}");
        }
    }
}
