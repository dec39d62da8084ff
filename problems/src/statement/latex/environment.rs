//! `\begin{…}` to `\end{…}`.

use super::{
    super::{headings::Heading, math},
    convert::Converter,
    scan::Scanner,
    table,
};

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
        let Some(content) = self.conversion.look_for_end(|| scanner.environment(name)) else {
            self.push_text(&format!("\\begin{{{name}}}"));
            return;
        };
        match name {
            "itemize" | "compactitem" => self.list("ul", content),
            "enumerate" | "compactenum" => self.list("ol", content),
            "description" => self.list("dl", content),
            "tabular" | "tabular*" | "tabularx" | "tabulary" | "longtable" | "supertabular" => {
                let mut content = Scanner::new(content);
                if matches!(name, "tabular*" | "tabularx" | "tabulary") {
                    content.argument();
                }
                table::convert(self, content);
            }
            "problem" => self.problem(content),
            "example" | "examplewide" | "examplethree" => self.example(content),
            "Input" | "Output" | "Interaction" => {
                self.section(match name {
                    "Input" => Heading::Input,
                    "Output" => Heading::Output,
                    _ => Heading::Interaction,
                });
                self.convert(content);
                self.end_paragraph();
            }
            "centering" => self.floating("center", content),
            "center" | "figure" | "figure*" | "wrapfigure" | "table" | "table*" => {
                self.floating(name, content);
            }
            "quote" | "quotation" | "displayquote" | "verse" => {
                self.wrapped("<blockquote>", "</blockquote>\n", content);
            }
            "flushleft" | "flushright" | "minipage" | "multicols" | "subfigure" | "subtable"
            | "samepage" | "small" | "footnotesize" | "large" | "document" | "sloppypar"
            | "framed" | "statement" => {
                let mut content = Scanner::new(content);
                if matches!(name, "minipage" | "multicols" | "subfigure" | "subtable") {
                    while content.optional().is_some() {}
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
            "tikzpicture" | "picture" | "pspicture" | "asy" | "axis" => {
                self.warn_of_environment(name);
                let source = format!("\\begin{{{name}}}{content}\\end{{{name}}}");
                self.push_block(&format!("<pre>{}</pre>\n", math::escape(&source)));
            }
            _ => {
                self.warn_of_environment(name);
                self.wrapped("<div>", "</div>\n", content);
            }
        }
    }

    fn warn_of_environment(&self, name: &str) {
        let begin = format!("\\begin{{{name}}}");
        self.conversion.warn(&begin, format!("{begin} is not understood; its content is shown"));
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
            content.optional();
            content.argument();
        }
        self.wrapped("<figure class=\"center\">", "</figure>\n", content.rest());
    }
}
