//! What of a statement's HTML a browser may see.

use super::{Assets, elements, highlight, math, width};
use ammonia::{Builder, UrlRelative};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use std::{
    borrow::Cow,
    collections::{BTreeSet, HashSet},
    sync::{Arc, Mutex},
};

/// MathML Core's elements for presentation, and the one around a formula that is written in two ways: none of them runs or
/// fetches anything.
const MATH_TAGS: [&str; 27] = [
    "math",
    "merror",
    "mfrac",
    "mi",
    "mmultiscripts",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mphantom",
    "mprescripts",
    "mroot",
    "mrow",
    "ms",
    "semantics",
    "mspace",
    "msqrt",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
    "munderover",
];

const MATH_ATTRIBUTES: [&str; 24] = [
    "accent",
    "accentunder",
    "columnalign",
    "columnlines",
    "columnspacing",
    "depth",
    "dir",
    "display",
    "displaystyle",
    "fence",
    "height",
    "largeop",
    "linethickness",
    "lspace",
    "mathsize",
    "mathvariant",
    "maxsize",
    "minsize",
    "movablelimits",
    "rowspacing",
    "rspace",
    "scriptlevel",
    "stretchy",
    "width",
];

/// Elements that go with what is in them: what runs, what no page shows, and formulas in another language than MathML.
const GONE_WHOLE: [&str; 5] = ["script", "style", "title", "annotation", "annotation-xml"];

/// The class of KaTeX's second copy of a formula, which only its style sheet makes readable.
const SECOND_COPY: &str = "katex-html";

/// The classes that the converters here give to elements.
const CLASSES: [(&str, &[&str]); 9] = [
    ("figure", &["illustration", "center"]),
    ("footer", &["footnotes"]),
    ("div", &["center", "small", "large", "epigraph", "next-sample", "remaining-samples"]),
    ("code", &["unknown"]),
    ("span", &["small-caps", "underline", "small", "large"]),
    // Polygon's.
    (
        "span",
        &[
            "tex-font-style-tt",
            "tex-font-style-bf",
            "tex-font-style-it",
            "tex-font-style-underline",
        ],
    ),
    ("table", &["ruled"]),
    ("td", &CELL_CLASSES),
    ("th", &CELL_CLASSES),
];

const CELL_CLASSES: [&str; 7] =
    ["left", "center", "right", "rule-left", "rule-right", "rule-above", "rule-below"];

/// The classes that tell how the cells of formulas stand; MathML Core has no attributes for it.
const MATH_CLASSES: [(&str, &[&str]); 2] = [
    (
        "mtable",
        &[
            "menv-alignlike",
            "menv-align",
            "menv-arraylike",
            "menv-cases",
            "menv-cells-left",
            "menv-cells-right",
            "menv-multline",
        ],
    ),
    (
        "mtd",
        &["cell-left", "cell-right", "menv-left-solid", "menv-right-solid", "menv-border-only"],
    ),
];

/// How HTML's lists may count.
pub(super) const NUMBER_KINDS: [char; 5] = ['1', 'a', 'A', 'i', 'I'];

/// How Markdown's converter and authors align the cells of a table: a style, which pages forbid, and
/// the class that stands in for it.
const ALIGNMENTS: [(&str, &str); 3] =
    [("left", "class=\"left\""), ("center", "class=\"center\""), ("right", "class=\"right\"")];

/// What a file's name cannot have in an address as it is: all but RFC 3986's unreserved characters
/// and the slash between folders.
const NOT_IN_ADDRESSES: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// Elements within each other, beyond any real text: a parser of HTML looks through all open
/// elements again and again.
const MAX_DEPTH: usize = 500;

/// The sanitised HTML, and the names of the statement's files that it shows or links to.
///
/// Such a file's address is `asset_prefix` and its name, percent-encoded. Images from anywhere
/// else go: a contestant's browser asks nobody but the judge.
pub(super) fn sanitise(html: &str, assets: &Assets, asset_prefix: &str) -> (String, Vec<String>) {
    if depth(html) > MAX_DEPTH {
        return (format!("<pre>{}</pre>", math::escape(html)), Vec::new());
    }
    let html = with_alignment_classes(html);
    let html = if html.contains(SECOND_COPY) {
        Cow::Owned(elements::replaced(&html, "span", SECOND_COPY, |_| String::new()))
    } else {
        html
    };
    let files = Arc::new(Mutex::new(BTreeSet::new()));
    let (seen, prefix) = (Arc::clone(&files), asset_prefix.to_owned());
    let assets = assets.clone();
    let link = move |written: &str| {
        let name = named(&assets, written)?;
        let link = format!("{prefix}{}", utf8_percent_encode(&name, NOT_IN_ADDRESSES));
        if let Ok(mut seen) = seen.lock() {
            seen.insert(name);
        }
        Some(Cow::Owned(link))
    };
    let mut builder = Builder::default();
    builder
        .add_tags(MATH_TAGS)
        .rm_tags(["area", "map"])
        .clean_content_tags(HashSet::from(GONE_WHOLE))
        .add_tag_attributes("td", ["rowspan"])
        .add_tag_attributes("sup", ["id"])
        .add_tag_attributes("li", ["id"])
        .add_tag_attributes("ol", ["type"])
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::PassThrough)
        .attribute_filter(move |element, attribute, value| match (element, attribute) {
            ("img", "src") => link(value),
            ("a", "href") if is_absolute(value) => Some(Cow::Borrowed(value)),
            ("a", "href") if value.strip_prefix('#').is_some_and(is_footnote) => {
                Some(Cow::Borrowed(value))
            }
            (_, "id") => is_footnote(value).then_some(Cow::Borrowed(value)),
            ("img", "width" | "height") => {
                let number = value.strip_suffix('%').or_else(|| value.strip_suffix("px"));
                is_number(number.unwrap_or(value)).then_some(Cow::Borrowed(value))
            }
            ("ol", "type") => {
                let is_kind = value.len() == 1 && value.starts_with(NUMBER_KINDS);
                is_kind.then_some(Cow::Borrowed(value))
            }
            (_, "href") => link(value),
            (_, "src" | "cite") => None,
            _ => Some(Cow::Borrowed(value)),
        });
    for tag in MATH_TAGS {
        builder.add_tag_attributes(tag, MATH_ATTRIBUTES);
    }
    for (tag, classes) in CLASSES.into_iter().chain(MATH_CLASSES) {
        builder.add_allowed_classes(tag, classes);
    }
    let widths: Vec<String> = width::classes().collect();
    for tag in ["figure", "img"] {
        builder.add_allowed_classes(tag, widths.iter().map(String::as_str));
    }
    builder.add_allowed_classes("span", highlight::CLASSES);
    // A block within a paragraph leaves empty ones around itself.
    let html = builder.clean(&html).to_string().replace("<p></p>", "");
    drop(builder);
    let files = files.lock().map(|seen| seen.iter().cloned().collect()).unwrap_or_default();
    (html, files)
}

/// The HTML with a class for each style that only aligns a table's cell.
fn with_alignment_classes(html: &str) -> Cow<'_, str> {
    if !html.contains("text-align:") {
        return Cow::Borrowed(html);
    }
    let mut html = html.to_owned();
    for (alignment, class) in ALIGNMENTS {
        for (cell, space, end) in [
            ("td", "", ""),
            ("th", "", ""),
            ("td", " ", ""),
            ("th", " ", ""),
            ("td", " ", ";"),
            ("th", " ", ";"),
        ] {
            let style = format!("<{cell} style=\"text-align:{space}{alignment}{end}\"");
            html = html.replace(&style, &format!("<{cell} {class}"));
        }
    }
    Cow::Owned(html)
}

/// Whether a fragment is one of a footnote's: no other name of a page is the statement's to give.
fn is_footnote(fragment: &str) -> bool {
    let number = fragment.strip_prefix("noteref-").or_else(|| fragment.strip_prefix("note-"));
    number.is_some_and(is_number)
}

fn is_number(text: &str) -> bool {
    (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The name of the file that a statement means: authors write names as they are, and Markdown
/// percent-encodes some of them.
pub(super) fn named(assets: &Assets, written: &str) -> Option<String> {
    if assets.find(written).is_some() {
        return Some(written.to_owned());
    }
    let decoded = percent_decode_str(written).decode_utf8().ok()?;
    assets.find(&decoded).map(|_| decoded.into_owned())
}

/// How many elements are open at once at the most. A closing tag that does not belong to the
/// innermost element closes nothing here, so that sloppiness counts as depth and not against it.
fn depth(html: &str) -> usize {
    // They have no content, or end by themselves where the next one begins.
    const FLAT: [&str; 6] = ["br", "hr", "img", "wbr", "input", "p"];
    let (mut open, mut most) = (Vec::new(), 0);
    for tag in html.split('<').skip(1) {
        let (is_closing, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
        let name = tag.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        if name.is_empty() || FLAT.iter().any(|flat| name.eq_ignore_ascii_case(flat)) {
            continue;
        }
        if !is_closing {
            open.push(name);
        } else if open.last().is_some_and(|last| last.eq_ignore_ascii_case(name)) {
            open.pop();
        }
        most = most.max(open.len());
    }
    most
}

/// Whether a link names its scheme; which schemes are good is checked elsewhere.
fn is_absolute(url: &str) -> bool {
    url.split_once(':').is_some_and(|(scheme, _)| !scheme.contains(['/', '?', '#']))
}
