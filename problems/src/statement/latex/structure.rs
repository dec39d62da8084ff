//! Commands that make up a text: headings, links, images.

use super::{super::math, convert::Converter, scan::Scanner};

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
            "verb" => self.verb(scanner),
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
            "includegraphics" => {
                scanner.optional();
                let name = scanner.argument().unwrap_or_default();
                let image = self.image(name);
                self.push_inline(&image);
            }
            "illustration" => {
                scanner.argument();
                let name = scanner.argument().unwrap_or_default();
                let caption = self.argument_inline(scanner);
                let image = self.image(name);
                let caption = format!("<figcaption>{caption}</figcaption>");
                self.push_block(&format!(
                    "<figure class=\"illustration\">{image}{caption}</figure>\n"
                ));
            }
            "caption" => {
                scanner.eat("*");
                let caption = self.argument_inline(scanner);
                self.push_block(&format!("<p><small>{caption}</small></p>\n"));
            }
            "textcolor" | "color" | "colorbox" | "raisebox" | "scalebox" | "parbox" => {
                scanner.optional();
                scanner.argument();
                if name != "color" {
                    let text = scanner.argument().unwrap_or_default();
                    self.convert(text);
                }
            }
            _ => self
                .push_inline(&format!("<code class=\"unknown\">\\{}</code>", math::escape(name))),
        }
    }

    fn delimited_math(&mut self, scanner: &mut Scanner<'_>, end: &str, display: bool) {
        match scanner.until(end) {
            Some(tex) => self.math(tex, display),
            None => self.push_text(if display { "[" } else { "(" }),
        }
    }

    /// `\verb|text|`, with any character on both sides.
    fn verb(&mut self, scanner: &mut Scanner<'_>) {
        scanner.eat("*");
        let Some(mark) = scanner.character() else { return };
        let text = scanner.until(mark.encode_utf8(&mut [0; 4])).unwrap_or_default();
        self.push_inline(&format!("<code>{}</code>", math::escape(text)));
    }

    /// An image; its name may lack the extension. Formats that browsers do not show become links.
    fn image(&self, name: &str) -> String {
        let name = name.trim().trim_matches('"');
        let name = name.strip_prefix("./").unwrap_or(name);
        let extensions = ["", ".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".pdf", ".eps"];
        let found = extensions.map(|extension| format!("{name}{extension}"));
        let found = found.into_iter().find(|name| (self.is_asset)(name));
        let Some(file) = found else {
            return format!(
                "<code class=\"unknown\">\\includegraphics{{{}}}</code>",
                math::escape(name)
            );
        };
        let shown = math::escape(&file);
        if file.ends_with(".pdf") || file.ends_with(".eps") {
            format!("<a href=\"{shown}\">{shown}</a>")
        } else {
            format!("<img src=\"{shown}\" alt=\"\">")
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
