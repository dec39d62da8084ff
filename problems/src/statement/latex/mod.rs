//! LaTeX statements: the dialect of problem packages, as HTML.
//!
//! A statement is text with sections, lists, tables, pictures and formulas, not a program for TeX.
//! What is not understood is shown as it stands in the source, so that no word of a problem is lost.

mod conditionals;
mod convert;
mod environment;
mod images;
mod inputs;
mod length;
mod list;
mod macros;
mod olymp;
mod references;
mod scan;
mod structure;
mod symbols;
mod table;
mod units;
mod verbatim;

use super::{
    conversion::Conversion,
    math,
    surroundings::{Assets, Surroundings},
};
use crate::Constants;
use convert::Converter;
use inputs::Inputs;
use scan::Scanner;
use verbatim::Verbatim;

/// The title that `\problemname` gives, as plain text, or what a comment says instead.
pub(super) fn title(source: &str) -> Option<String> {
    plain_title(source).or_else(|| title_in_text(source))
}

/// `%% plainproblemname: title`, for titles whose formulas have no good plain text.
///
/// ICPC problem package format (legacy), section "Problem Statements".
fn plain_title(source: &str) -> Option<String> {
    let mut comments = source.lines().filter_map(|line| line.trim_start().strip_prefix("%%"));
    let title =
        comments.find_map(|comment| comment.trim_start().strip_prefix("plainproblemname:"))?;
    Some(title.trim().to_owned()).filter(|title| !title.is_empty())
}

fn title_in_text(source: &str) -> Option<String> {
    const COMMANDS: [&str; 2] = [r"\problemname", r"\begin{problem}"];
    let assets = Assets::default();
    let constants = Constants::default();
    let surroundings = Surroundings {
        name: "",
        language: "",
        assets: &assets,
        asset_prefix: "",
        samples: 0,
        constants: &constants,
    };
    let mut verbatim = Verbatim::default();
    let source = prepared(source, surroundings, &mut verbatim);
    let start = COMMANDS.iter().find_map(|command| Some(source.find(command)? + command.len()))?;
    let argument = Scanner::new(&source[start..]).argument()?;
    // `\problemyamlname` asks for the name in problem.yaml, which is no title of the statement's own.
    if argument.contains(r"\problemyamlname") {
        return None;
    }
    let conversion = Conversion::new("", surroundings);
    let html = Converter::new(&conversion, &verbatim).inline(argument);
    Some(scan::with_lone_braces(plain_text(&html)))
}

/// The text as HTML, not yet sanitised, without its title.
pub(super) fn to_html(source: &str, conversion: &Conversion<'_>) -> String {
    let mut verbatim = Verbatim::default();
    let source = prepared(source, conversion.surroundings, &mut verbatim);
    let html = Converter::new(conversion, &verbatim).document(body(&source));
    scan::with_lone_braces(html + &conversion.footnotes())
}

/// A formula with the commands that it defines for itself written out.
pub(super) fn expanded(formula: &str) -> String {
    let formula = macros::expand(&scan::balanced(formula), macros::FORMULA);
    scan::with_lone_braces(units::written_out(&formula))
}

/// The source without comments, with its files, without its own commands and with a partner for every brace.
fn prepared(source: &str, surroundings: Surroundings<'_>, verbatim: &mut Verbatim) -> String {
    let source = verbatim.set_aside(source);
    let source = Inputs::new(surroundings).read(&source, verbatim, 0);
    let source = conditionals::resolved(&source);
    let source = macros::expand(&scan::balanced(&source), macros::STATEMENT);
    references::resolved(&scan::balanced(&units::written_out(&source)))
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
    let text = math::unescaped(&text);
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
