//! The statement, which comes in parts of HTML, and its images.

use crate::{fault::Findings, statement::Heading, written::WrittenPackage, xml::Element};
use aho_corasick::{AhoCorasick, MatchKind};
use base64::{Engine, prelude::BASE64_STANDARD};

/// The parts, and the headings that they get.
const PARTS: [(&str, Option<Heading>); 4] = [
    ("description", None),
    ("input", Some(Heading::Input)),
    ("output", Some(Heading::Output)),
    ("hint", Some(Heading::Hint)),
];

/// How images begin, and how their files end.
const IMAGES: [(&[u8], &str); 4] =
    [(b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpg"), (b"GIF8", "gif"), (b"RIFF", "webp")];

/// Adds the statement; returns the language that it is written in.
pub(super) fn write(
    item: Element<'_>,
    title: &str,
    written: &mut WrittenPackage,
    findings: &mut Findings,
) -> &'static str {
    let images = images(item, written, findings);
    let parts = PARTS.map(|(name, heading)| {
        (heading, item.child(name).map(|part| part.text()).unwrap_or_default())
    });
    let all = parts.iter().map(|(_, html)| html.as_str());
    let language = language_of(&all.chain([title]).collect::<String>());
    let mut text = String::new();
    for (heading, html) in parts.iter().filter(|(_, html)| !html.trim().is_empty()) {
        if let Some(heading) = heading {
            text += &format!("## {}\n\n", heading.text(language));
        }
        text += &html_block(html);
    }
    let text = with_names(&text, &images);
    written.add(format!("statement/problem.{language}.md"), text);
    language
}

/// The text with the files' names where the images' stand; the longest one that stands at a place counts.
fn with_names(text: &str, images: &[(String, String)]) -> String {
    let Ok(sources) = AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(images.iter().map(|(source, _)| source))
    else {
        return text.to_owned();
    };
    let files: Vec<_> = images.iter().map(|(_, file)| file).collect();
    sources.replace_all(text, &files)
}

/// HTML as a block of Markdown, which a blank line would end (CommonMark, section 4.6).
fn html_block(html: &str) -> String {
    let lines = html.trim().lines().map(|line| if line.trim().is_empty() { "&#32;" } else { line });
    format!("<div>\n{}\n</div>\n\n", lines.collect::<Vec<_>>().join("\n"))
}

/// Adds the images; returns what they are called in the text, and their files' names.
fn images(
    item: Element<'_>,
    written: &mut WrittenPackage,
    findings: &mut Findings,
) -> Vec<(String, String)> {
    let mut images = Vec::new();
    for (number, image) in (1..).zip(item.all("img")) {
        let source = image.child("src").map(|child| child.text().trim().to_owned());
        let Some(source) = source.filter(|source| !source.is_empty()) else {
            findings.fault(image.attribute_fault("src", "is missing".into()));
            continue;
        };
        let Some(data) = image.child("base64") else {
            findings.fault(image.attribute_fault("base64", "is missing".into()));
            continue;
        };
        let digits: String = data.text().split_ascii_whitespace().collect();
        let Ok(bytes) = BASE64_STANDARD.decode(digits) else {
            findings.fault(data.fault("is not base64"));
            continue;
        };
        let Some((_, extension)) = IMAGES.iter().find(|(start, _)| bytes.starts_with(start)) else {
            findings.warn(data.fault("is no PNG, JPEG, GIF or WebP image; left out"));
            continue;
        };
        let file = format!("image-{number}.{extension}");
        written.add(format!("statement/{file}"), bytes);
        images.push((source, file));
    }
    images
}

/// The format does not name a language: Chinese is told by its letters, the rest counts as English.
fn language_of(text: &str) -> &'static str {
    let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    if text.contains(is_chinese) { "zh" } else { "en" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_images_are_replaced_once() {
        let names = [("g", "image-1.png"), ("gg", "image-2.png")];
        let images = names.map(|(source, file)| (source.to_owned(), file.to_owned()));
        assert_eq!(with_names("a g gg", &images), "a image-1.png image-2.png");
        assert_eq!(with_names("a g", &[]), "a g");
    }
}
