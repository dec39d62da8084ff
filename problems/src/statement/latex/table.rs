//! Tables, and splitting at what stands outside all groups.

use super::{convert::Converter, scan::Scanner};

/// The columns and rows that a cell may span at the most, and the columns that are told how to stand.
const MAX_SPAN: usize = 100;

/// How a column stands and where it has lines.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Column {
    align: &'static str,
    rule_left: bool,
    rule_right: bool,
}

impl Column {
    const PLAIN: Self = Self { align: "left", rule_left: false, rule_right: false };

    fn aligned(align: &'static str, rule_left: bool) -> Self {
        Self { align, rule_left, rule_right: false }
    }

    fn class(self, rule_above: bool, rule_below: bool) -> String {
        let rules = [
            (self.rule_left, " rule-left"),
            (self.rule_right, " rule-right"),
            (rule_above, " rule-above"),
            (rule_below, " rule-below"),
        ];
        let rules = rules.into_iter().filter(|(has, _)| *has).map(|(_, class)| class);
        rules.fold(self.align.to_owned(), |classes, class| classes + class)
    }
}

/// After `\begin{tabular}`: the columns, then the rows.
pub(super) fn convert(converter: &mut Converter<'_>, mut content: Scanner<'_>) {
    content.optional();
    let columns = columns(content.argument().unwrap_or_default());
    let content = content.rest().replace("\\tabularnewline", "\\\\");
    let rows: Vec<Row<'_>> = split(&content, "\\\\").into_iter().map(Row::new).collect();
    converter.push_block("<table class=\"ruled\">\n");
    // How many rows more the cell above takes, for each column.
    let mut taken: Vec<usize> = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        if row.cells.is_empty() {
            continue;
        }
        // The line after the last row stands before a row without cells.
        let is_last = rows[index + 1..].iter().all(|row| row.cells.is_empty());
        let has_rule_below = is_last && rows[index + 1..].iter().any(|row| row.has_rule);
        converter.push_block("<tr>");
        let mut at = 0;
        for cell in split(row.cells, "&") {
            let cell = Cell::new(cell.trim(), columns.get(at).copied().unwrap_or(Column::PLAIN));
            taken.resize(taken.len().max(at + cell.columns), 0);
            if taken[at] > 0 && cell.content.trim().is_empty() {
                taken[at..at + cell.columns]
                    .iter_mut()
                    .for_each(|rows| *rows = rows.saturating_sub(1));
                at += cell.columns;
                continue;
            }
            taken[at..at + cell.columns].fill(cell.rows - 1);
            let class = cell.column.class(row.has_rule_above(at, cell.columns), has_rule_below);
            let span = |name: &str, count: usize| {
                if count > 1 { format!(" {name}=\"{count}\"") } else { String::new() }
            };
            let spans = span("colspan", cell.columns) + &span("rowspan", cell.rows);
            converter.begin_bare(&format!("<td{spans} class=\"{class}\">"));
            converter.convert(cell.content);
            converter.push_block("</td>");
            at += cell.columns;
        }
        converter.push_block("</tr>\n");
    }
    converter.push_block("</table>\n");
}

/// A row of the source.
struct Row<'a> {
    /// Whether there is a line above all of it.
    has_rule: bool,
    /// The columns with a line above them, from the first to the last of each line, counted from 1.
    partial_rules: Vec<(usize, usize)>,
    cells: &'a str,
}

impl<'a> Row<'a> {
    /// A row without the options of the line break before it.
    fn new(source: &'a str) -> Self {
        let mut scanner = Scanner::new(source);
        scanner.optional();
        let mut has_rule = false;
        let mut partial_rules = Vec::new();
        loop {
            let cells = scanner.rest().trim();
            let mut next = Scanner::new(cells);
            let command = if next.eat("\\") { next.command() } else { "" };
            match command {
                "hline" | "toprule" | "midrule" | "bottomrule" => {
                    next.optional();
                    has_rule = true;
                }
                "cline" | "cmidrule" => {
                    next.optional();
                    if next.eat("(") {
                        next.until(")");
                    }
                    let columns = next.argument().and_then(|columns| columns.split_once('-'));
                    let number = |text: &str| text.trim().parse().ok();
                    let rule = columns.and_then(|(first, last)| number(first).zip(number(last)));
                    partial_rules.extend(rule.filter(|_| partial_rules.len() < MAX_SPAN));
                }
                "endhead" | "endfoot" | "endfirsthead" | "endlastfoot" | "centering" => {}
                "rowcolor" | "noalign" => {
                    next.optional();
                    next.argument();
                }
                _ => return Self { has_rule, partial_rules, cells },
            }
            scanner = next;
        }
    }

    /// Whether there is a line above the cell that begins at column `at`, counted from 0.
    fn has_rule_above(&self, at: usize, columns: usize) -> bool {
        let covers = |(first, last): &(usize, usize)| *first <= at + 1 && at + columns <= *last;
        self.has_rule || self.partial_rules.iter().any(covers)
    }
}

/// A cell of the source.
struct Cell<'a> {
    content: &'a str,
    column: Column,
    columns: usize,
    rows: usize,
}

impl<'a> Cell<'a> {
    /// A cell, by itself, in `\multicolumn` or in `\multirow`, or in the one within the other.
    fn new(source: &'a str, column: Column) -> Self {
        let mut cell = Self { content: source, column, columns: 1, rows: 1 };
        let mut scanner = Scanner::new(source);
        if scanner.eat("\\multicolumn") {
            cell.columns = span(&mut scanner);
            let format = columns(scanner.argument().unwrap_or_default());
            cell.column = format.first().copied().unwrap_or(column);
            cell.content = scanner.argument().unwrap_or_default().trim();
            scanner = Scanner::new(cell.content);
        }
        if scanner.eat("\\multirow") {
            scanner.optional();
            cell.rows = span(&mut scanner);
            scanner.optional();
            scanner.argument();
            scanner.optional();
            cell.content = scanner.argument().unwrap_or_default().trim();
        }
        cell
    }
}

fn span(scanner: &mut Scanner<'_>) -> usize {
    let count = scanner.argument().and_then(|count| count.trim().parse().ok());
    count.unwrap_or(1_usize).clamp(1, MAX_SPAN)
}

/// How each column stands, from `|l|c|r|p{3cm}|`.
fn columns(format: &str) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    let mut rule = false;
    let mut scanner = Scanner::new(format);
    while let Some(letter) = scanner.character() {
        match letter {
            '|' => match columns.last_mut() {
                Some(last) => last.rule_right = true,
                None => rule = true,
            },
            'l' | 'X' | 'L' => columns.push(Column::aligned("left", rule)),
            'c' | 'C' => columns.push(Column::aligned("center", rule)),
            'r' | 'R' | 'S' => columns.push(Column::aligned("right", rule)),
            'p' | 'm' | 'b' => {
                scanner.argument();
                columns.push(Column::aligned("left", rule));
            }
            '@' | '!' | '>' | '<' => {
                scanner.argument();
            }
            '*' => {
                let count = span(&mut scanner);
                // No table repeats repetitions, and nobody may nest them without end.
                let inner = scanner.argument().unwrap_or_default().replace('*', "");
                let inner = self::columns(&inner);
                for _ in 0..count.min(MAX_SPAN.saturating_sub(columns.len())) {
                    columns.extend(&inner);
                }
            }
            _ => {}
        }
        rule &= columns.is_empty();
        if columns.len() >= MAX_SPAN {
            break;
        }
    }
    columns.truncate(MAX_SPAN);
    columns
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_an_end() {
        assert_eq!(columns("l*{2}{c|}r").len(), 4);
        for format in ["*{100}{lllll}".repeat(50), "l".repeat(1_000), "*{60}{l}*{60}{r}".into()] {
            assert_eq!(columns(&format).len(), MAX_SPAN);
        }
    }
}
