//! Elements of HTML found by their names and classes, in a text that need not be good HTML.

use std::ops::Range;

/// The longest opening tag, in bytes: the end of one that has none must not be looked for through all that follows.
const MAX_TAG: usize = 2_000;

/// Where an element stands.
#[derive(Debug, PartialEq)]
pub(super) struct Element {
    /// With its tags.
    pub(super) whole: Range<usize>,
    /// Between its tags.
    pub(super) content: Range<usize>,
}

/// The first element `tag` of this class; both are given in small letters, and may stand in any.
pub(super) fn find(html: &str, tag: &str, class: &str) -> Option<Element> {
    find_from(&html.to_ascii_lowercase(), tag, class, 0)
}

/// The HTML with what `replacement` makes of the content in the place of each such element. Those that have no end, and what
/// comes after the first of them, stay.
pub(super) fn replaced(
    html: &str,
    tag: &str,
    class: &str,
    replacement: impl Fn(&str) -> String,
) -> String {
    let lower = html.to_ascii_lowercase();
    let mut text = String::with_capacity(html.len());
    let mut start = 0;
    while let Some(Element { whole, content }) = find_from(&lower, tag, class, start) {
        text.push_str(&html[start..whole.start]);
        text.push_str(&replacement(&html[content]));
        start = whole.end;
    }
    text.push_str(&html[start..]);
    text
}

/// What stands in the first element `tag` of any class, or all after its tag where it has no end.
pub(super) fn inside<'a>(html: &'a str, tag: &str) -> Option<&'a str> {
    let lower = html.to_ascii_lowercase();
    let (at, opening) = opening_tags(&lower, tag, 0).next()?;
    let start = at + opening.len();
    let end = lower[start..].find(&format!("</{tag}")).map_or(html.len(), |end| start + end);
    Some(&html[start..end])
}

fn find_from(lower: &str, tag: &str, class: &str, from: usize) -> Option<Element> {
    let (start, opening) =
        opening_tags(lower, tag, from).find(|(_, opening)| has_class(opening, class))?;
    let closing = format!("</{tag}");
    let mut depth = 0_usize;
    for (at, _) in lower[start..].match_indices('<') {
        let at = start + at;
        let rest = &lower[at..];
        if is_tag(rest, &format!("<{tag}")) {
            depth += 1;
        } else if is_tag(rest, &closing) {
            depth -= 1;
            if depth == 0 {
                let end = rest.find('>').map_or(lower.len(), |end| at + end + 1);
                return Some(Element { whole: start..end, content: start + opening.len()..at });
            }
        }
    }
    None
}

/// The opening tags of these elements, with their places.
fn opening_tags<'a>(
    lower: &'a str,
    tag: &str,
    from: usize,
) -> impl Iterator<Item = (usize, &'a str)> {
    let opening = format!("<{tag}");
    lower[from..].match_indices('<').filter_map(move |(at, _)| {
        let rest = &lower[from + at..];
        let end = || rest.bytes().take(MAX_TAG).position(|byte| byte == b'>');
        let end = is_tag(rest, &opening).then(end)??;
        Some((from + at, &rest[..=end]))
    })
}

fn is_tag(rest: &str, start: &str) -> bool {
    rest.strip_prefix(start)
        .is_some_and(|after| !after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-'))
}

fn has_class(opening: &str, class: &str) -> bool {
    let Some((_, value)) = opening.split_once("class=") else { return false };
    let value = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => value[1..].split(quote).next().unwrap_or_default(),
        _ => value.split([' ', '>']).next().unwrap_or_default(),
    };
    value.split_ascii_whitespace().any(|word| word == class)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_found_in_any_letters_and_with_what_is_in_them() {
        let html = "İ<DIVAN class=a></DIVAN><DIV CLASS='b a'>x<div>y</div></DIV >z";
        let found = find(html, "div", "a").unwrap();
        assert_eq!(&html[found.whole], "<DIV CLASS='b a'>x<div>y</div></DIV >");
        assert_eq!(&html[found.content], "x<div>y</div>");
        for class in ["a b", "c"] {
            assert_eq!(find(html, "div", class), None);
        }
        assert_eq!(find("<div class=\"a\"><div></div>", "div", "a"), None);
        assert_eq!(
            replaced("1<b class=a>2</b>3<B class=a>4</B>5", "b", "a", |text| format!("[{text}]")),
            "1[2]3[4]5"
        );
    }

    #[test]
    fn what_is_in_a_body_is_found_without_an_end() {
        assert_eq!(inside("<HTML><BODY lang=en>x</BODY></HTML>", "body"), Some("x"));
        assert_eq!(inside("<body>x", "body"), Some("x"));
        assert_eq!(inside("x", "body"), None);
    }
}
