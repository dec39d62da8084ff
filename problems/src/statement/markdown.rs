//! Markdown statements.

use super::math;
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

fn parser(text: &str) -> impl Iterator<Item = Event<'_>> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_MATH
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH;
    Parser::new_ext(text, options)
}

/// The text as HTML, not yet sanitised, without a title at its start.
pub(super) fn to_html(text: &str) -> String {
    // Where the samples would be printed: here they stand beside the text.
    let text = text.replace("{{nextsample}}", "").replace("{{remainingsamples}}", "");
    let mut html = String::new();
    let events = body(&text).map(|event| match event {
        Event::InlineMath(tex) => Event::InlineHtml(math::to_mathml(&tex, false).into()),
        Event::DisplayMath(tex) => Event::Html(math::to_mathml(&tex, true).into()),
        other => other,
    });
    html::push_html(&mut html, events);
    html
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
    let mut title = String::new();
    for event in events {
        match event {
            Event::End(TagEnd::Heading(_)) => break,
            Event::Text(text) | Event::Code(text) | Event::InlineMath(text) => {
                title.push_str(&text)
            }
            Event::SoftBreak | Event::HardBreak => title.push(' '),
            _ => {}
        }
    }
    let title = title.trim().to_owned();
    let is_section = ["input", "output", "interaction", "task"]
        .iter()
        .any(|section| title.eq_ignore_ascii_case(section));
    (!is_section && !title.is_empty()).then_some(title)
}
