//! Text that is shown as it stands, and comments, which are not: both end before anything is read.

use super::{super::math, convert::Converter, scan::Scanner, symbols};
use std::cell::Cell;

/// Environments of verbatim text.
const ENVIRONMENTS: [&str; 8] =
    ["verbatim", "verbatim*", "Verbatim", "BVerbatim", "lstlisting", "minted", "alltt", "comment"];

/// What stands around the number of a piece in the source; in none of Unicode's scripts.
pub(super) const MARK: char = '\u{e002}';

/// What all uses of the pieces may come to, in bytes: commands of the statement's own repeat them.
const MAX_SHOWN: usize = 512 << 10;

/// The pieces of verbatim text, by number.
#[derive(Default)]
pub(super) struct Verbatim {
    pieces: Vec<Piece>,
    shown: Cell<usize>,
}

/// One piece of verbatim text.
pub(super) enum Piece {
    /// Lines of their own, of code in `language` where that is named.
    Block { text: String, language: String },
    /// Within a line.
    Inline(String),
    /// What authors wrote for nobody.
    Comment,
}

impl Verbatim {
    /// The source without its comments (`%` to the end of the line, and the space that begins the next
    /// one), and with a marked number in place of each piece.
    pub(super) fn set_aside(&mut self, source: &str) -> String {
        let source = source.replace(MARK, "\u{fffd}");
        let mut text = String::with_capacity(source.len());
        let mut scanner = Scanner::new(&source);
        let mut endless: Vec<&str> = Vec::new();
        while let Some(at) = scanner.rest().find(['\\', '%']) {
            text.push_str(scanner.take(at));
            if scanner.eat("%") {
                skip_comment(&mut scanner, &mut text);
                continue;
            }
            let piece = environment(&mut scanner, &mut endless).or_else(|| inline(&mut scanner));
            if let Some(piece) = piece {
                text.push_str(&format!("{MARK}{}{MARK}", self.pieces.len()));
                self.pieces.push(piece);
            } else {
                text.push_str(scanner.take(1));
                let escaped = scanner.rest().chars().next().map_or(0, char::len_utf8);
                text.push_str(scanner.take(escaped));
            }
        }
        text.push_str(scanner.rest());
        text
    }

    /// What stands in the source for lines that are shown as they are.
    pub(super) fn block(&mut self, text: String) -> String {
        self.pieces.push(Piece::Block { text, language: String::new() });
        format!("{MARK}{}{MARK}", self.pieces.len() - 1)
    }

    /// The piece whose number comes next, after its first mark.
    pub(super) fn take(&self, scanner: &mut Scanner<'_>) -> Option<&Piece> {
        let number = scanner.take_while(|c| c.is_ascii_digit());
        scanner.eat(MARK.encode_utf8(&mut [0; 4]));
        let piece = self.pieces.get(number.parse::<usize>().ok()?)?;
        let length = match piece {
            Piece::Block { text, .. } | Piece::Inline(text) => text.len(),
            Piece::Comment => 0,
        };
        self.shown.set(self.shown.get() + length);
        (self.shown.get() <= MAX_SHOWN).then_some(piece)
    }
}

impl Converter<'_> {
    /// After the first mark of a piece: shows it.
    pub(super) fn verbatim(&mut self, scanner: &mut Scanner<'_>) {
        match self.verbatim.take(scanner) {
            Some(Piece::Block { text, language }) => {
                let code = self.conversion.code_block(text, language);
                self.push_block(&code);
            }
            Some(Piece::Inline(text)) => {
                self.push_inline(&format!("<code>{}</code>", math::escape(text)));
            }
            Some(Piece::Comment) | None => {}
        }
    }

    /// Source of an example, whose lines are its own: escapes and line breaks, and nothing else.
    pub(super) fn plain_lines(&self, source: &str) -> String {
        let mut text = String::new();
        let mut scanner = Scanner::new(source.trim_start_matches('\n'));
        while let Some(c) = scanner.character() {
            match c {
                '\\' => match scanner.command() {
                    "\\" | "newline" => text.push('\n'),
                    name => match symbols::symbol(name) {
                        Some(symbol) => text.push_str(symbol),
                        None => text.push_str(&format!("\\{name}")),
                    },
                },
                MARK => {
                    if let Some(Piece::Block { text: piece, .. } | Piece::Inline(piece)) =
                        self.verbatim.take(&mut scanner)
                    {
                        text.push_str(piece);
                    }
                }
                other => text.push(other),
            }
        }
        math::escape(&text)
    }
}

fn skip_comment(scanner: &mut Scanner<'_>, text: &mut String) {
    scanner.take_while(|c| c != '\n');
    // A comment on a line of its own leaves no blank line behind.
    let is_last = !scanner.eat("\n");
    scanner.take_while(|c| matches!(c, ' ' | '\t'));
    if !is_last && scanner.rest().starts_with('\n') {
        text.push('\n');
    }
}

/// A whole environment of verbatim text. What once was found to have no end is not looked for again.
fn environment(scanner: &mut Scanner<'_>, endless: &mut Vec<&'static str>) -> Option<Piece> {
    let after = scanner.rest().strip_prefix("\\begin{")?;
    let name = ENVIRONMENTS
        .into_iter()
        .find(|name| after.strip_prefix(name).is_some_and(|after| after.starts_with('}')))?;
    let content = &after[name.len() + 1..];
    let end = format!("\\end{{{name}}}");
    let length = if endless.contains(&name) { None } else { content.find(&end) };
    let Some(length) = length else {
        endless.push(name);
        return None;
    };
    let mut inner = Scanner::new(&content[..length]);
    let mut language = String::new();
    if matches!(name, "lstlisting" | "Verbatim" | "BVerbatim" | "minted") {
        language = inner.optional().map(language_option).unwrap_or_default();
    }
    if name == "minted" {
        language = inner.argument().unwrap_or_default().to_owned();
    }
    let text = inner.rest();
    let text = text.strip_prefix('\n').unwrap_or(text).to_owned();
    scanner.take("\\begin{}".len() + name.len() + length + end.len());
    Some(if name == "comment" { Piece::Comment } else { Piece::Block { text, language } })
}

/// `\verb|text|` and `\lstinline[options]|text|`, with any character on both sides or in braces.
fn inline(scanner: &mut Scanner<'_>) -> Option<Piece> {
    let mut inner = scanner.clone();
    inner.take(1);
    match inner.command() {
        "verb" => {
            inner.eat("*");
        }
        "lstinline" => {
            inner.optional();
        }
        _ => return None,
    }
    let text = if inner.rest().starts_with('{') {
        inner.argument()?
    } else {
        let mark = inner.character().filter(|mark| !mark.is_whitespace())?;
        inner.until(mark.encode_utf8(&mut [0; 4])).filter(|text| !text.contains('\n'))?
    };
    let text = text.to_owned();
    *scanner = inner;
    Some(Piece::Inline(text))
}

/// The language in the options of a listing: `language=C++, …`, in braces or not.
fn language_option(options: &str) -> String {
    let language = options.split(',').find_map(|option| {
        let (key, value) = option.split_once('=')?;
        (key.trim() == "language").then_some(value)
    });
    let language = language.unwrap_or_default().trim().trim_matches(['{', '}']);
    language.rsplit(']').next().unwrap_or_default().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set_aside(source: &str) -> (String, Verbatim) {
        let mut verbatim = Verbatim::default();
        (verbatim.set_aside(source), verbatim)
    }

    #[test]
    fn comments_go_and_escaped_percent_signs_stay() {
        assert_eq!(set_aside("a% b\n  c 5\\% d\n% e\nf").0, "ac 5\\% d\nf");
    }

    #[test]
    fn verbatim_text_keeps_everything() {
        let (text, verbatim) = set_aside(
            "\\begin{verbatim}\n%d }\n\\end{verbatim} % gone\n\\verb|%{| \\begin{comment}no\\end{comment}",
        );
        let mark = MARK;
        assert_eq!(text, format!("{mark}0{mark} {mark}1{mark} {mark}2{mark}"));
        assert!(matches!(&verbatim.pieces[0], Piece::Block { text, .. } if text == "%d }\n"));
        assert!(matches!(&verbatim.pieces[1], Piece::Inline(text) if text == "%{"));
        assert!(matches!(&verbatim.pieces[2], Piece::Comment));
    }

    #[test]
    fn listings_name_their_language() {
        for (options, language) in
            [("language=C++, frame=single", "C++"), ("language={[11]C}", "C"), ("frame=none", "")]
        {
            assert_eq!(language_option(options), language);
        }
    }
}
