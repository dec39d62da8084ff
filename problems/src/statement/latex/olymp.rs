//! The dialect of Polygon's statements, which the class `olymp` defines.

use super::{super::headings::Heading, convert::Converter, scan::Scanner, table};

/// Commands that begin a section, and its heading.
const SECTIONS: [(&str, Heading); 12] = [
    ("InputFile", Heading::Input),
    ("InputData", Heading::Input),
    ("OutputFile", Heading::Output),
    ("OutputData", Heading::Output),
    ("Interaction", Heading::Interaction),
    ("Interactive", Heading::Interaction),
    ("Scoring", Heading::Scoring),
    ("SubtaskDescription", Heading::Scoring),
    ("Note", Heading::Note),
    ("Notes", Heading::Note),
    ("Explanation", Heading::Explanation),
    ("Tutorial", Heading::Tutorial),
];

/// The heading of the section that a command begins.
pub(super) fn section(command: &str) -> Option<Heading> {
    SECTIONS.iter().find(|(name, _)| *name == command).map(|(_, heading)| *heading)
}

impl Converter<'_> {
    /// The heading of a section, in the statement's language.
    pub(super) fn section(&mut self, heading: Heading) {
        let text = self.text_of(heading);
        self.push_block(&format!("<h2>{text}</h2>\n"));
    }

    fn text_of(&self, heading: Heading) -> &'static str {
        heading.text(self.conversion.surroundings.language)
    }

    /// `\begin{problem}{title}{input file}{output file}{time limit}{memory limit}`: pages tell all of
    /// that elsewhere.
    pub(super) fn problem(&mut self, content: &str) {
        let mut content = Scanner::new(content);
        while content.rest().trim_start().starts_with('{') && content.argument().is_some() {}
        self.convert(content.rest());
        self.end_paragraph();
    }

    /// `\begin{example}`: the place of the samples. Where the package has none of its own,
    /// those that stand here are shown: `\exmp{input}{output}`.
    pub(super) fn example(&mut self, content: &str) {
        if self.conversion.surroundings.samples > 0 {
            let place = self.conversion.remaining_samples();
            self.push_block(place);
            return;
        }
        let mut html = String::new();
        for example in table::split(content, "\\exmp").iter().skip(1) {
            let mut example = Scanner::new(example);
            html.push_str("<tr>");
            for _ in 0..2 {
                let text = self.plain_lines(example.argument().unwrap_or_default());
                html.push_str(&format!("<td><pre>{text}</pre></td>"));
            }
            html.push_str("</tr>\n");
        }
        if !html.is_empty() {
            let [input, output] =
                [Heading::SampleInput, Heading::SampleOutput].map(|heading| self.text_of(heading));
            let head = format!("<tr><th>{input}</th><th>{output}</th></tr>");
            self.push_block(&format!("<table>{head}{html}</table>\n"));
        }
    }
}
