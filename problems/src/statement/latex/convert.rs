//! The converter proper: text, paragraphs and commands.

use super::{
    super::{conversion::Conversion, math},
    scan::Scanner,
    symbols,
    verbatim::{MARK, Verbatim},
};
use unicode_normalization::UnicodeNormalization;

/// Groups, lists and tables within each other; real statements need about five.
const MAX_DEPTH: usize = 40;

/// Switches in one group: `\bf`, `\it`, `\small`.
const MAX_SWITCHES: usize = 5;

/// The longest page, in bytes: what repeats ends here at the latest.
const MAX_HTML: usize = 8 << 20;

/// The longest formula, in characters.
const MAX_MATH: usize = 10_000;

/// What the next text belongs to.
#[derive(Clone, Copy, PartialEq)]
enum Paragraph {
    /// Nothing yet: text begins a paragraph.
    None,
    /// A paragraph that must be closed.
    Open,
    /// An element that holds text itself, such as a list item.
    Bare,
}

pub(super) struct Converter<'a> {
    pub(super) conversion: &'a Conversion<'a>,
    pub(super) verbatim: &'a Verbatim,
    html: String,
    paragraph: Paragraph,
    depth: usize,
    /// The ends of the switches of the innermost group.
    switches: Vec<&'static str>,
    /// Whether the text is code, whose dashes and quotes are its own.
    is_code: bool,
}

impl<'a> Converter<'a> {
    pub(super) fn new(conversion: &'a Conversion<'a>, verbatim: &'a Verbatim) -> Self {
        let (html, switches) = (String::new(), Vec::new());
        let paragraph = Paragraph::None;
        Self { conversion, verbatim, html, paragraph, depth: 0, switches, is_code: false }
    }

    /// The whole of a statement, in paragraphs.
    pub(super) fn document(mut self, source: &str) -> String {
        self.convert(source);
        self.end_paragraph();
        self.html
    }

    /// A title or an argument, without paragraphs.
    pub(super) fn inline(mut self, source: &str) -> String {
        self.paragraph = Paragraph::Bare;
        self.convert(source);
        self.html
    }

    /// Adds HTML that stands within a paragraph.
    pub(super) fn push_inline(&mut self, html: &str) {
        if self.paragraph == Paragraph::None && !html.trim().is_empty() {
            self.html.push_str("<p>");
            self.paragraph = Paragraph::Open;
        }
        self.html.push_str(html);
    }

    /// Adds text.
    pub(super) fn push_text(&mut self, text: &str) {
        self.push_inline(&math::escape(text));
    }

    /// Adds HTML that stands between paragraphs.
    pub(super) fn push_block(&mut self, html: &str) {
        self.end_paragraph();
        self.html.push_str(html);
    }

    /// Begins an element that holds text itself.
    pub(super) fn begin_bare(&mut self, html: &str) {
        self.push_block(html);
        self.paragraph = Paragraph::Bare;
    }

    pub(super) fn end_paragraph(&mut self) {
        if self.paragraph == Paragraph::Open {
            let length = self.html.trim_end().len();
            self.html.truncate(length);
            self.html.push_str("</p>\n");
        }
        self.paragraph = Paragraph::None;
    }

    /// Converts a piece of the source where it stands.
    pub(super) fn convert(&mut self, source: &str) {
        if self.depth == MAX_DEPTH {
            self.push_text(source);
            return;
        }
        self.depth += 1;
        let outer = std::mem::take(&mut self.switches);
        let was_code = self.is_code;
        let mut scanner = Scanner::new(source);
        while !scanner.rest().is_empty() && self.html.len() < MAX_HTML {
            self.step(&mut scanner);
        }
        for end in std::mem::replace(&mut self.switches, outer).into_iter().rev() {
            self.html.push_str(end);
        }
        self.is_code = was_code;
        self.depth -= 1;
    }

    fn step(&mut self, scanner: &mut Scanner<'_>) {
        let is_special = |c: char| {
            matches!(c, '\\' | '$' | '{' | '}' | '~' | '`' | '\'' | '-' | '<' | '>' | '\n' | MARK)
        };
        let plain = scanner.take_while(|c| !is_special(c));
        self.push_text(plain);
        let rest = scanner.rest();
        let Some(special) = scanner.character() else { return };
        match special {
            '\\' => self.command(scanner),
            '$' => self.dollar(scanner, rest),
            '{' => {
                // The group's content is converted without its braces, which mean nothing by themselves.
                *scanner = Scanner::new(rest);
                match scanner.argument() {
                    Some(group) => self.convert(group),
                    None => self.push_text(scanner.take(1)),
                }
            }
            '}' => {}
            '~' => self.push_text("\u{a0}"),
            '`' | '\'' | '<' | '>' | '-' if !self.is_code => {
                self.push_text(ligature(special, scanner));
            }
            '\n' => {
                let space = scanner.take_while(char::is_whitespace);
                if space.contains('\n') {
                    self.end_paragraph();
                } else {
                    self.push_inline("\n");
                }
            }
            MARK => self.verbatim(scanner),
            other => self.push_text(other.encode_utf8(&mut [0; 4])),
        }
    }

    /// `\bf` and its like: dresses what is left of the group.
    fn switch(&mut self, open: &'static str, close: &'static str) {
        self.is_code |= open == symbols::CODE.0;
        if self.switches.len() < MAX_SWITCHES && !open.is_empty() {
            self.push_inline(open);
            self.switches.push(close);
        }
    }

    /// `$formula$` or `$$formula$$`; `rest` begins with the first dollar sign.
    fn dollar(&mut self, scanner: &mut Scanner<'_>, rest: &str) {
        let (mark, display) = if rest.starts_with("$$") { ("$$", true) } else { ("$", false) };
        let after = &rest[mark.len()..];
        let Some(end) = end_of_math(after, mark) else {
            self.push_text("$");
            return;
        };
        self.math(&after[..end], display);
        scanner.take(mark.len() - 1 + end + mark.len());
    }

    pub(super) fn math(&mut self, tex: &str, display: bool) {
        let html = self.conversion.math(tex, display);
        self.push_inline(&html);
    }

    fn command(&mut self, scanner: &mut Scanner<'_>) {
        let name = scanner.command();
        if let Some(text) = symbols::symbol(name) {
            self.end_of_name(name, scanner);
            self.push_text(text);
        } else if let Some(mark) = symbols::accent(name) {
            let letter = scanner.argument().unwrap_or_default();
            let letter = letter.replace("\\i", "i").replace("\\j", "j");
            let accented: String = letter.chars().take(1).chain([mark]).nfc().collect();
            self.push_text(&accented);
            self.push_text(&letter.chars().skip(1).collect::<String>());
        } else if let Some((open, close)) = symbols::switch(name) {
            scanner.skip_space();
            // Polygon's statements write `\bf{text}` for `\textbf{text}`.
            match scanner.rest().starts_with('{').then(|| scanner.argument()).flatten() {
                Some(argument) => self.dressed((open, close), argument),
                None => self.switch(open, close),
            }
        } else if let Some(tags) = symbols::dress(name) {
            if matches!(name, "makebox" | "framebox") {
                while scanner.optional().is_some() {}
            }
            self.dressed(tags, scanner.argument().unwrap_or_default());
        } else if symbols::is_length(name) {
            scanner.length();
        } else if let Some(arguments) = symbols::dropped_arguments(name) {
            scanner.eat("*");
            if arguments > 0 {
                scanner.optional();
            }
            for _ in 0..arguments {
                scanner.argument();
            }
            self.end_of_name(name, scanner);
        } else {
            self.structure(name, scanner);
        }
    }

    /// Converts an argument between the tags that dress it.
    fn dressed(&mut self, (open, close): (&'static str, &'static str), argument: &str) {
        let was_code = self.is_code;
        self.is_code |= open == symbols::CODE.0;
        self.push_inline(open);
        self.convert(argument);
        self.push_inline(close);
        self.is_code = was_code;
    }

    /// The space after a command of letters only ends its name.
    fn end_of_name(&self, name: &str, scanner: &mut Scanner<'_>) {
        if name.starts_with(|c: char| c.is_ascii_alphabetic()) && !scanner.eat("{}") {
            scanner.skip_space();
        }
    }

    /// The next argument as HTML within a paragraph.
    pub(super) fn argument_inline(&mut self, scanner: &mut Scanner<'_>) -> String {
        let argument = scanner.argument().unwrap_or_default();
        self.inner(argument)
    }

    /// Another piece of the source as HTML within a paragraph.
    pub(super) fn inner(&self, source: &str) -> String {
        let mut inner = Converter::new(self.conversion, self.verbatim);
        inner.depth = self.depth;
        inner.is_code = self.is_code;
        inner.inline(source)
    }
}

/// What TeX's fonts for text make of this character and those after it.
fn ligature(first: char, scanner: &mut Scanner<'_>) -> &'static str {
    match first {
        '`' if scanner.eat("`") => "“",
        '`' => "‘",
        '\'' if scanner.eat("'") => "”",
        '\'' => "’",
        '<' if scanner.eat("<") => "«",
        '<' => "<",
        '>' if scanner.eat(">") => "»",
        '>' => ">",
        _ if scanner.eat("--") => "—",
        _ if scanner.eat("-") => "–",
        _ => "-",
    }
}

/// Where the formula ends: at `mark`, unless it is escaped, and before the paragraph ends. Within braces, as in
/// `\text{if $x$}`, it ends only where it does not go on.
fn end_of_math(text: &str, mark: &str) -> Option<usize> {
    let (mut escaped, mut braces, mut inner) = (false, 0_usize, None);
    for (at, c) in text.char_indices().take(MAX_MATH) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '{' => braces += 1,
            '}' => braces = braces.saturating_sub(1),
            '$' if text[at..].starts_with(mark) => {
                if braces == 0 {
                    return Some(at);
                }
                inner = inner.or(Some(at));
            }
            '\n' if text[at + 1..].trim_start_matches([' ', '\t']).starts_with('\n') => break,
            _ => {}
        }
    }
    inner
}
