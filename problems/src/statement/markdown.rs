//! Markdown statements.

use super::{
    conversion::{Conversion, footnote_list, footnote_reference},
    math::escape,
    sanitise,
    width::Width,
};
use pulldown_cmark::{
    CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, TextMergeStream, html,
};
use std::collections::HashMap;

/// Where the format has the samples placed (ICPC problem package format 2025-09, section "Markdown
/// environment and supported features").
const NEXT_SAMPLE: &str = "{{nextsample}}";
const REMAINING_SAMPLES: &str = "{{remainingsamples}}";

fn parser(text: &str) -> impl Iterator<Item = Event<'_>> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_MATH
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH;
    TextMergeStream::new(Parser::new_ext(text, options))
}

/// The text as HTML, not yet sanitised, without a title at its start.
pub(super) fn to_html(text: &str, conversion: &Conversion<'_>) -> String {
    let (body, mut definitions) = without_definitions(body(text));
    let mut order = HashMap::new();
    let mut labels = Vec::new();
    let mut html = render(body, conversion, &mut order, &mut labels);
    let mut notes: Vec<String> = Vec::new();
    // A note may refer to another one, which is then the last.
    while let Some(label) = labels.get(notes.len()) {
        let definition = definitions.remove(label).unwrap_or_default();
        let note = render(definition, conversion, &mut order, &mut labels);
        let note = note.trim();
        let only = note.strip_prefix("<p>").and_then(|note| note.strip_suffix("</p>"));
        let note = only.filter(|only| !only.contains("<p>")).unwrap_or(note);
        notes.push(note.to_owned());
    }
    html.push_str(&footnote_list(&notes));
    html
}

/// The text's events, and those of each footnote by its label.
fn without_definitions<'a>(
    events: impl Iterator<Item = Event<'a>>,
) -> (Vec<Event<'a>>, HashMap<String, Vec<Event<'a>>>) {
    let (mut text, mut definitions) = (Vec::new(), HashMap::new());
    let mut open: Vec<(String, Vec<Event<'a>>)> = Vec::new();
    for event in events {
        match event {
            Event::Start(Tag::FootnoteDefinition(label)) => {
                open.push((label.into_string(), Vec::new()));
            }
            Event::End(TagEnd::FootnoteDefinition) => definitions.extend(open.pop()),
            event => open.last_mut().map_or(&mut text, |(_, note)| note).push(event),
        }
    }
    (text, definitions)
}

/// Events as HTML. Footnotes are numbered in the `order` of the first reference to each.
fn render<'a>(
    events: Vec<Event<'a>>,
    conversion: &Conversion<'_>,
    order: &mut HashMap<String, usize>,
    labels: &mut Vec<String>,
) -> String {
    let mut rendered: Vec<Event<'a>> = Vec::with_capacity(events.len());
    let mut events = events.into_iter().peekable();
    while let Some(event) = events.next() {
        rendered.push(match event {
            Event::InlineMath(tex) => Event::InlineHtml(conversion.math(&tex, false).into()),
            Event::DisplayMath(tex) => Event::Html(conversion.math(&tex, true).into()),
            Event::FootnoteReference(label) => {
                let known = order.get(&*label).copied();
                let number = known.unwrap_or_else(|| {
                    labels.push(label.to_string());
                    order.insert(label.into_string(), labels.len());
                    labels.len()
                });
                Event::InlineHtml(footnote_reference(number, known.is_none()).into())
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                let end = |event: &Event<'_>| matches!(event, Event::End(TagEnd::CodeBlock));
                let code = plain(&mut events, end);
                Event::Html(conversion.code_block(&code, language(&kind)).into())
            }
            Event::Start(Tag::Image { dest_url, title, .. }) => {
                let end = |event: &Event<'_>| matches!(event, Event::End(TagEnd::Image));
                let alt = plain(&mut events, end);
                let mut width = None;
                if let Some(Event::Text(text)) = events.peek_mut()
                    && let Some((found, length)) = attributes(text)
                {
                    width = found;
                    *text = CowStr::from(text[length..].to_owned());
                }
                Event::InlineHtml(image(&dest_url, &alt, &title, width, conversion).into())
            }
            Event::Text(text) if text.contains("{{") => {
                Event::InlineHtml(with_samples(&text, escape, conversion).into())
            }
            Event::Html(html) if html.contains("{{") => {
                Event::Html(with_samples(&html, str::to_owned, conversion).into())
            }
            Event::InlineHtml(html) if html.contains("{{") => {
                Event::InlineHtml(with_samples(&html, str::to_owned, conversion).into())
            }
            other => other,
        });
    }
    let mut html = String::new();
    html::push_html(&mut html, rendered.into_iter());
    html
}

/// The text of all events up to the one that is the `end`.
fn plain<'a>(
    events: &mut impl Iterator<Item = Event<'a>>,
    end: impl Fn(&Event<'_>) -> bool,
) -> String {
    let mut text = String::new();
    for event in events.by_ref().take_while(|event| !end(event)) {
        match event {
            Event::Text(piece) | Event::Code(piece) | Event::InlineMath(piece) => {
                text.push_str(&piece);
            }
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    text
}

/// The first word after the fence.
fn language<'a>(kind: &'a CodeBlockKind<'_>) -> &'a str {
    let CodeBlockKind::Fenced(info) = kind else { return "" };
    info.split([' ', ',', '{', '}'])
        .find(|word| !word.is_empty())
        .unwrap_or("")
        .trim_start_matches('.')
}

/// `{width=50% .class}` at the start of the text after an image: the width, and how long it is.
fn attributes(text: &str) -> Option<(Option<Width>, usize)> {
    let (inner, _) = text.strip_prefix('{')?.split_once('}')?;
    let is_attribute = |word: &str| {
        word.starts_with(['.', '#']) || word.split_once('=').is_some_and(|(key, _)| !key.is_empty())
    };
    if inner.trim().is_empty() || !inner.split_whitespace().all(is_attribute) {
        return None;
    }
    let width = inner.split_whitespace().find_map(|word| word.strip_prefix("width="));
    Some((width.and_then(Width::parse), inner.len() + 2))
}

fn image(
    address: &str,
    alt: &str,
    title: &str,
    width: Option<Width>,
    conversion: &Conversion<'_>,
) -> String {
    if sanitise::named(conversion.surroundings.assets, address).is_none() {
        conversion.warn_of_missing(address);
    }
    let width = width.map(Width::attribute).unwrap_or_default();
    let title =
        if title.is_empty() { String::new() } else { format!(" title=\"{}\"", escape(title)) };
    format!("<img src=\"{}\" alt=\"{}\"{title}{width}>", escape(address), escape(alt))
}

/// Text with the places of samples; all else as `written` makes HTML of it.
fn with_samples(
    text: &str,
    written: impl Fn(&str) -> String,
    conversion: &Conversion<'_>,
) -> String {
    let mut html = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("{{") {
        html.push_str(&written(&rest[..at]));
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix(NEXT_SAMPLE) {
            html.push_str(conversion.next_sample(NEXT_SAMPLE));
            rest = after;
        } else if let Some(after) = rest.strip_prefix(REMAINING_SAMPLES) {
            html.push_str(conversion.remaining_samples());
            rest = after;
        } else {
            html.push_str("{{");
            rest = &rest[2..];
        }
    }
    html + &written(rest)
}

/// All events but those of a title.
fn body(text: &str) -> impl Iterator<Item = Event<'_>> {
    let mut events = parser(text).peekable();
    if matches!(events.peek(), Some(Event::Start(Tag::Heading { level: HeadingLevel::H1, .. })))
        && title(text).is_some()
    {
        for event in events.by_ref() {
            if matches!(event, Event::End(TagEnd::Heading(_))) {
                break;
            }
        }
    }
    events
}

/// The title: a heading of the first level that begins the text, unless it is the name of a section.
pub(super) fn title(text: &str) -> Option<String> {
    let mut events = parser(text);
    let Some(Event::Start(Tag::Heading { level: HeadingLevel::H1, .. })) = events.next() else {
        return None;
    };
    let title = plain(&mut events, |event| matches!(event, Event::End(TagEnd::Heading(_))));
    let title = title.trim().to_owned();
    let is_section = ["input", "output", "interaction", "task"]
        .iter()
        .any(|section| title.eq_ignore_ascii_case(section));
    (!is_section && !title.is_empty()).then_some(title)
}
