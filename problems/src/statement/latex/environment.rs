//! `\begin{…}` to `\end{…}`.

use super::{super::math, convert::Converter, scan::Scanner, table};

/// Environments whose content is one formula.
const MATH: [&str; 14] = [
    "equation",
    "equation*",
    "align",
    "align*",
    "gather",
    "gather*",
    "multline",
    "multline*",
    "eqnarray",
    "eqnarray*",
    "displaymath",
    "math",
    "flalign",
    "flalign*",
];

impl Converter<'_> {
    /// After `\begin`.
    pub(super) fn begin(&mut self, scanner: &mut Scanner<'_>) {
        let Some(name) = scanner.argument() else {
            self.push_text("\\begin");
            return;
        };
        let Some(content) = scanner.environment(name) else {
            self.push_text(&format!("\\begin{{{name}}}"));
            return;
        };
        match name {
            "itemize" | "compactitem" => self.list("ul", content),
            "enumerate" | "compactenum" => self.list("ol", content),
            "description" => self.list("dl", content),
            "tabular" | "tabular*" | "tabularx" | "tabulary" | "longtable" => {
                let mut content = Scanner::new(content);
                if matches!(name, "tabular*" | "tabularx" | "tabulary") {
                    content.argument();
                }
                table::convert(self, content);
            }
            "verbatim" | "lstlisting" | "Verbatim" => {
                let mut content = Scanner::new(content);
                if name == "lstlisting" {
                    content.optional();
                }
                let text = content.rest().strip_prefix('\n').unwrap_or(content.rest());
                self.push_block(&format!("<pre>{}</pre>\n", math::escape(text)));
            }
            "Input" | "Output" | "Interaction" => {
                self.push_block(&format!("<h2>{name}</h2>\n"));
                self.convert(content);
                self.end_paragraph();
            }
            "center" | "figure" | "figure*" | "wrapfigure" | "table" | "table*" => {
                self.floating(name, content);
            }
            "quote" | "quotation" | "displayquote" | "verse" => {
                self.wrapped("<blockquote>", "</blockquote>\n", content);
            }
            "flushleft" | "flushright" | "minipage" | "multicols" | "samepage" | "small"
            | "footnotesize" | "large" | "document" | "sloppypar" | "framed" => {
                let mut content = Scanner::new(content);
                if matches!(name, "minipage" | "multicols") {
                    content.optional();
                    content.argument();
                }
                self.wrapped("<div>", "</div>\n", content.rest());
            }
            _ if MATH.contains(&name) => {
                let tex = match name.trim_end_matches('*') {
                    "align" | "eqnarray" | "flalign" => {
                        format!("\\begin{{aligned}}{content}\\end{{aligned}}")
                    }
                    "gather" | "multline" => {
                        format!("\\begin{{gathered}}{content}\\end{{gathered}}")
                    }
                    _ => content.to_owned(),
                };
                self.math(&tex, name != "math");
            }
            _ => {
                let source = format!("\\begin{{{name}}}{content}\\end{{{name}}}");
                self.push_block(&format!("<pre>{}</pre>\n", math::escape(&source)));
            }
        }
    }

    fn wrapped(&mut self, open: &str, close: &str, content: &str) {
        self.push_block(open);
        self.convert(content);
        self.push_block(close);
    }

    /// A figure or something centred; placement options mean nothing here.
    fn floating(&mut self, name: &str, content: &str) {
        let mut content = Scanner::new(content);
        if name != "center" {
            content.optional();
        }
        if name == "wrapfigure" {
            content.argument();
            content.argument();
        }
        self.wrapped("<figure class=\"center\">", "</figure>\n", content.rest());
    }

    /// The items of a list; what comes before the first one is no part of it.
    fn list(&mut self, tag: &str, content: &str) {
        let mut content = Scanner::new(content);
        content.optional();
        let items = table::split(content.rest(), "\\item");
        let is_description = tag == "dl";
        self.push_block(&format!("<{tag}>\n"));
        for item in items.iter().skip(1) {
            let mut item = Scanner::new(item);
            let label = item.optional().map(|label| self.inner(label)).unwrap_or_default();
            if is_description {
                self.push_block(&format!("<dt>{label}</dt>"));
                self.begin_bare("<dd>");
            } else {
                self.begin_bare("<li>");
                if !label.is_empty() {
                    self.push_inline(&format!("{label} "));
                }
            }
            self.convert(item.rest().trim());
            self.push_block(if is_description { "</dd>\n" } else { "</li>\n" });
        }
        self.push_block(&format!("</{tag}>\n"));
    }
}
