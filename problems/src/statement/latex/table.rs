//! Tables, and splitting at what stands outside all groups.

use super::{convert::Converter, scan::Scanner};

/// After `\begin{tabular}`: the columns, then the rows.
pub(super) fn convert(converter: &mut Converter<'_>, mut content: Scanner<'_>) {
    content.optional();
    let columns = alignments(content.argument().unwrap_or_default());
    converter.push_block("<table>\n");
    for row in split(content.rest(), "\\\\") {
        let row = without_rules(row);
        if row.is_empty() {
            continue;
        }
        converter.push_block("<tr>");
        let mut column = 0;
        for cell in split(row, "&") {
            let (cell, span) = multicolumn(cell.trim());
            let align = columns.get(column).copied().unwrap_or("left");
            let span_attribute =
                if span > 1 { format!(" colspan=\"{span}\"") } else { String::new() };
            converter.begin_bare(&format!("<td{span_attribute} style=\"text-align:{align}\">"));
            converter.convert(cell);
            converter.push_block("</td>");
            column += span;
        }
        converter.push_block("</tr>\n");
    }
    converter.push_block("</table>\n");
}

/// A row without the lines before it and the options of the line break before that.
fn without_rules(row: &str) -> &str {
    let mut scanner = Scanner::new(row);
    scanner.optional();
    loop {
        let start = scanner.rest().trim_start();
        let mut next = Scanner::new(start);
        if !next.eat("\\") {
            return start.trim_end();
        }
        match next.command() {
            "hline" | "toprule" | "midrule" | "bottomrule" | "endhead" | "endfoot" => {}
            "cline" | "cmidrule" => {
                next.argument();
            }
            _ => return start.trim_end(),
        }
        scanner = next;
    }
}

/// How each column stands, from `|l|c|r|p{3cm}|`.
fn alignments(columns: &str) -> Vec<&'static str> {
    let mut alignments = Vec::new();
    let mut scanner = Scanner::new(columns);
    while let Some(column) = scanner.character() {
        match column {
            'l' | 'X' | 'L' => alignments.push("left"),
            'c' | 'C' => alignments.push("center"),
            'r' | 'R' | 'S' => alignments.push("right"),
            'p' | 'm' | 'b' => {
                scanner.argument();
                alignments.push("left");
            }
            '@' | '!' | '>' | '<' => {
                scanner.argument();
            }
            '*' => {
                let count = scanner.argument().and_then(|count| count.trim().parse().ok());
                // No table repeats repetitions, and nobody may nest them without end.
                let inner = scanner.argument().unwrap_or_default().replace('*', "");
                for _ in 0..count.unwrap_or(1_usize).min(100) {
                    alignments.extend(self::alignments(&inner));
                }
            }
            _ => {}
        }
    }
    alignments
}

/// A cell's content and how many columns it takes.
fn multicolumn(cell: &str) -> (&str, usize) {
    let mut scanner = Scanner::new(cell);
    if !scanner.eat("\\multicolumn") {
        return (cell, 1);
    }
    let span = scanner.argument().and_then(|span| span.trim().parse().ok());
    scanner.argument();
    (scanner.argument().unwrap_or_default(), span.unwrap_or(1_usize).clamp(1, 100))
}

/// The pieces of `source` between each `separator` that stands in no group, formula or environment.
/// A separator of letters must be a whole command.
pub(super) fn split<'a>(source: &'a str, separator: &str) -> Vec<&'a str> {
    let mut pieces = Vec::new();
    let mut piece_start = 0;
    let (mut braces, mut environments, mut in_math) = (0_usize, 0_usize, false);
    let mut scanner = Scanner::new(source);
    loop {
        let at = source.len() - scanner.rest().len();
        let is_outside = braces == 0 && environments == 0 && !in_math;
        if is_outside && separates(scanner.rest(), separator) {
            pieces.push(&source[piece_start..at]);
            scanner.eat(separator);
            piece_start = at + separator.len();
            continue;
        }
        match scanner.character() {
            Some('\\') => match scanner.command() {
                "begin" => environments += 1,
                "end" => environments = environments.saturating_sub(1),
                _ => {}
            },
            Some('{') => braces += 1,
            Some('}') => braces = braces.saturating_sub(1),
            Some('$') => in_math = !in_math,
            Some(_) => {}
            None => break,
        }
    }
    pieces.push(&source[piece_start..]);
    pieces
}

fn separates(rest: &str, separator: &str) -> bool {
    rest.strip_prefix(separator).is_some_and(|after| {
        let is_word = separator.ends_with(|c: char| c.is_ascii_alphabetic());
        !(is_word && after.starts_with(|c: char| c.is_ascii_alphabetic()))
    })
}
