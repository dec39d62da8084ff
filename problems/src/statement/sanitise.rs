//! What of a statement's HTML a browser may see.

use super::Assets;
use ammonia::{Builder, UrlRelative};
use std::{
    borrow::Cow,
    collections::{BTreeSet, HashSet},
    sync::{Arc, Mutex},
};

/// MathML Core's elements for presentation: none of them runs or fetches anything.
const MATH_TAGS: [&str; 26] = [
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

/// The classes that the converters here give to elements.
const CLASSES: [(&str, &[&str]); 4] = [
    ("figure", &["illustration", "center"]),
    ("div", &["center", "small"]),
    ("code", &["unknown"]),
    ("span", &["small-caps", "underline"]),
];

/// The sanitised HTML, and the names of the images in it.
///
/// A file of the statement becomes a link to `asset_prefix` and its name. Images from anywhere
/// else go: a contestant's browser asks nobody but the judge.
pub(super) fn sanitise(html: &str, assets: Assets, asset_prefix: &str) -> (String, Vec<String>) {
    let images = Arc::new(Mutex::new(BTreeSet::new()));
    let (seen, prefix) = (Arc::clone(&images), asset_prefix.to_owned());
    let link = move |name: &str| assets.find(name).map(|_| format!("{prefix}{name}"));
    let mut builder = Builder::default();
    builder
        .add_tags(MATH_TAGS)
        .rm_tags(["area", "map"])
        .add_tag_attributes("td", ["style"])
        .add_tag_attributes("th", ["style"])
        .filter_style_properties(HashSet::from(["text-align"]))
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::PassThrough)
        .attribute_filter(move |element, attribute, value| match (element, attribute) {
            ("img", "src") => {
                let link = link(value)?;
                if let Ok(mut seen) = seen.lock() {
                    seen.insert(value.to_owned());
                }
                Some(Cow::Owned(link))
            }
            ("a", "href") if is_absolute(value) => Some(Cow::Borrowed(value)),
            (_, "href") => link(value).map(Cow::Owned),
            (_, "src" | "cite") => None,
            _ => Some(Cow::Borrowed(value)),
        });
    for tag in MATH_TAGS {
        builder.add_tag_attributes(tag, MATH_ATTRIBUTES);
    }
    for (tag, classes) in CLASSES {
        builder.add_allowed_classes(tag, classes);
    }
    let html = builder.clean(html).to_string();
    drop(builder);
    let images = images.lock().map(|seen| seen.iter().cloned().collect()).unwrap_or_default();
    (html, images)
}

/// Whether a link names its scheme; which schemes are good is checked elsewhere.
fn is_absolute(url: &str) -> bool {
    url.split_once(':').is_some_and(|(scheme, _)| !scheme.contains(['/', '?', '#']))
}
