//! LaTeX statements: the dialect of problem packages, as HTML.
//!
//! A statement is text with sections, lists, tables, pictures and formulas, not a program for TeX.
//! What is not understood is shown as it stands in the source, so that no word of a problem is lost.

mod convert;
mod environment;
mod macros;
mod scan;
mod structure;
mod symbols;
mod table;

use convert::Converter;
use scan::Scanner;

/// The title that `\problemname` gives, as plain text.
pub(super) fn title(source: &str) -> Option<String> {
    const COMMAND: &str = r"\problemname";
    let source = prepared(source);
    let start = source.find(COMMAND)? + COMMAND.len();
    let argument = Scanner::new(&source[start..]).argument()?;
    // `\problemyamlname` asks for the name in problem.yaml, which is no title of the statement's own.
    if argument.contains(r"\problemyamlname") {
        return None;
    }
    let html = Converter::new(&|_| false).inline(argument);
    Some(scan::with_lone_braces(plain_text(&html)))
}

/// The text as HTML, not yet sanitised, without its title. `is_asset` says which images there are.
pub(super) fn to_html(source: &str, is_asset: &dyn Fn(&str) -> bool) -> String {
    let source = prepared(source);
    scan::with_lone_braces(Converter::new(is_asset).document(body(&source)))
}

/// The source without comments, without its own commands and with a partner for every brace.
fn prepared(source: &str) -> String {
    scan::balanced(&macros::expand(&scan::balanced(&scan::without_comments(source))))
}

/// What stands between `\begin{document}` and its end, where it is a whole document.
fn body(source: &str) -> &str {
    let Some((_, body)) = source.split_once(r"\begin{document}") else { return source };
    body.split_once(r"\end{document}").map_or(body, |(body, _)| body)
}

/// The text of HTML that the converter made.
fn plain_text(html: &str) -> String {
    let mut text = String::new();
    for (index, piece) in html.split('<').enumerate() {
        let after_tag = piece.split_once('>').map_or("", |(_, after)| after);
        text.push_str(if index == 0 { piece } else { after_tag });
    }
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    for (entity, character) in entities {
        text = text.replace(entity, character);
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
