//! LaTeX math to MathML.

use pulldown_latex::{
    Parser, RenderConfig, Storage,
    config::DisplayMode,
    event::{Content, Event},
    push_mathml,
};

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
    // The parser does not know the star, which puts what follows above and below the operator.
    let tex = tex.replace("\\operatorname*", "\\mathop");
    let events: Result<Vec<_>, _> = Parser::new(&tex, &storage).collect();
    let mut events = events.ok()?;
    let texts: Vec<_> = events.iter().map(plain).collect();
    for (event, text) in events.iter_mut().zip(&texts) {
        match (text, &event) {
            (Some(text), Event::Content(Content::Function(_))) => {
                *event = Event::Content(Content::Function(text));
            }
            (Some(text), _) => *event = Event::Content(Content::Text(text)),
            (None, _) => {}
        }
    }
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

/// A text or an operator's name without its commands, where it has some: the parser hands them on as they are, and the writer
/// operators' names even with what means something in HTML.
fn plain(event: &Event<'_>) -> Option<String> {
    match event {
        Event::Content(Content::Function(name))
            if name.contains(['\\', '{', '}', '~', '&', '<', '>']) =>
        {
            Some(escape(&without_commands(name)))
        }
        Event::Content(Content::Text(text)) if text.contains('\\') => Some(without_escapes(text)),
        _ => None,
    }
}

/// `\mathrm{arg\,max}` as it looks.
fn without_commands(name: &str) -> String {
    const SPACES: [&str; 5] = ["\\,", "\\;", "\\:", "\\ ", "~"];
    const NOTHING: [&str; 8] =
        ["\\!", "\\mathrm", "\\mathit", "\\textrm", "\\text", "\\rm", "{", "}"];
    let spaced = SPACES.iter().fold(name.to_owned(), |name, space| name.replace(space, "\u{2009}"));
    NOTHING.iter().fold(spaced, |name, command| name.replace(command, ""))
}

/// `5\%` as it looks.
fn without_escapes(text: &str) -> String {
    const ESCAPED: [&str; 7] = ["%", "_", "&", "#", "$", "{", "}"];
    let plain = |text: String, sign: &&str| text.replace(&format!("\\{sign}"), sign);
    ESCAPED.iter().fold(text.to_owned(), plain)
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
    fn operators_have_names_and_limits() {
        for (tex, expected) in [
            (r"\operatorname*{argmax}_x", "<munder><mi>argmax</mi>"),
            (r"\operatorname{arg\,max} x", "<mi>arg\u{2009}max</mi>"),
            (r"\operatorname{\mathrm{lcm}}", "<mi>lcm</mi>"),
            (r"\operatorname{a<b&c} + d", "<mi>a&lt;b&amp;c</mi>"),
            (r"\text{a<b&c} + d", "a&lt;b&amp;c</mtext>"),
            (r"\text{5\% \& more}", "<mtext>5% &amp; more</mtext>"),
        ] {
            let mathml = to_mathml(tex, true).expect("it is understood");
            assert!(mathml.contains(expected), "{tex}: {mathml}");
        }
    }

    #[test]
    fn a_space_in_a_formula_is_a_space() {
        for tex in ["a\\ b", "a~b"] {
            let mathml = to_mathml(tex, false).expect("it is understood");
            assert!(mathml.contains('\u{a0}') && !mathml.contains("nbsp"), "{mathml}");
        }
    }
}
