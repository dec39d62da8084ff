//! Commands that make up a text: headings, links, images.

use super::{super::math, convert::Converter, olymp, scan::Scanner};

impl Converter<'_> {
    /// Commands that make up the text's structure, links and images.
    pub(super) fn structure(&mut self, name: &str, scanner: &mut Scanner<'_>) {
        match name {
            "section" | "subsection" | "subsubsection" => {
                scanner.eat("*");
                let level = match name {
                    "section" => 2,
                    "subsection" => 3,
                    _ => 4,
                };
                let title = self.argument_inline(scanner);
                self.push_block(&format!("<h{level}>{title}</h{level}>\n"));
            }
            "paragraph" => {
                scanner.eat("*");
                let title = self.argument_inline(scanner);
                self.end_paragraph();
                self.push_inline(&format!("<strong>{title}</strong> "));
            }
            "problemname" => {
                scanner.argument();
            }
            "par" => self.end_paragraph(),
            "\\" | "newline" => {
                scanner.eat("*");
                scanner.optional();
                self.push_inline("<br>\n");
            }
            "(" => self.delimited_math(scanner, "\\)", false),
            "[" => self.delimited_math(scanner, "\\]", true),
            "ensuremath" => {
                let tex = scanner.argument().unwrap_or_default();
                self.math(tex, false);
            }
            "begin" => self.begin(scanner),
            "href" => {
                let url = math::escape(&unescaped(scanner.argument().unwrap_or_default()));
                let text = self.argument_inline(scanner);
                self.push_inline(&format!("<a href=\"{url}\">{text}</a>"));
            }
            "url" => {
                let url = math::escape(&unescaped(scanner.argument().unwrap_or_default()));
                self.push_inline(&format!("<a href=\"{url}\">{url}</a>"));
            }
            "includegraphics" => self.include_graphics(scanner),
            "illustration" => self.illustration(scanner),
            // Its text comes with \footnotetext, and brings the mark.
            "footnotemark" => {
                scanner.optional();
            }
            "footnote" | "footnotetext" => {
                scanner.optional();
                let note = self.argument_inline(scanner);
                let reference = self.conversion.footnote(note);
                self.push_inline(&reference);
            }
            "nextsample" => {
                let place = self.conversion.next_sample("\\nextsample");
                self.push_block(place);
            }
            "remainingsamples" => {
                let place = self.conversion.remaining_samples();
                self.push_block(place);
            }
            "epigraph" => {
                let text = self.argument_inline(scanner);
                let source = self.argument_inline(scanner);
                self.push_block(&format!(
                    "<div class=\"epigraph\"><p>{text}</p><p>{source}</p></div>\n"
                ));
            }
            "multirow" => {
                scanner.argument();
                scanner.optional();
                scanner.argument();
                let text = scanner.argument().unwrap_or_default();
                self.convert(text);
            }
            "caption" | "captionof" => {
                scanner.eat("*");
                if name == "captionof" {
                    scanner.argument();
                }
                scanner.optional();
                let caption = self.argument_inline(scanner);
                self.push_block(&format!("<figcaption>{caption}</figcaption>\n"));
            }
            "textcolor" | "color" | "colorbox" | "raisebox" | "scalebox" | "parbox" => {
                scanner.optional();
                scanner.argument();
                if name != "color" {
                    let text = scanner.argument().unwrap_or_default();
                    self.convert(text);
                }
            }
            _ => match olymp::section(name) {
                Some(heading) => self.section(heading),
                None => self.unknown(name),
            },
        }
    }

    /// What follows is shown as if the command were not there.
    fn unknown(&mut self, name: &str) {
        let command = format!("\\{name}");
        self.conversion
            .warn(&command, format!("{command} is not understood; it is shown as it is"));
        self.push_inline(&format!("<code class=\"unknown\">{}</code>", math::escape(&command)));
    }

    fn delimited_math(&mut self, scanner: &mut Scanner<'_>, end: &str, display: bool) {
        match scanner.until(end) {
            Some(tex) => self.math(tex, display),
            None => self.push_text(if display { "[" } else { "(" }),
        }
    }
}

/// An address as LaTeX has it: special characters may have a backslash before them.
fn unescaped(url: &str) -> String {
    let mut plain = url.trim().to_owned();
    for special in ["%", "#", "_", "&", "~", "{", "}"] {
        plain = plain.replace(&format!("\\{special}"), special);
    }
    plain
}
