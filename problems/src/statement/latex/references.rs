//! `\ref` to figures and tables by their numbers, and texts that are for one kind of reader.

use super::scan::{Scanner, replace_commands};
use std::collections::HashMap;

/// The source with numbers in the places of references, and of `\ifplastex` what is for HTML.
pub(super) fn resolved(source: &str) -> String {
    let source = replace_commands(source, |command, scanner| match command {
        "ifplastex" => for_html(scanner),
        _ => None,
    });
    let numbers = numbers(&source);
    replace_commands(&source, |command, scanner| match command {
        "ref" | "autoref" | "cref" => numbers.get(scanner.argument()?.trim()).map(u32::to_string),
        _ => None,
    })
}

/// What stands before `\else`, if there is one, and `\fi`: plasTeX is what makes HTML of statements elsewhere.
fn for_html(scanner: &mut Scanner<'_>) -> Option<String> {
    let both = scanner.until(r"\fi")?;
    Some(both.split_once(r"\else").map_or(both, |(first, _)| first).to_owned())
}

/// The numbers of what has labels: figures are counted, and tables.
fn numbers(source: &str) -> HashMap<String, u32> {
    let (mut figures, mut tables, mut current) = (0, 0, None);
    let mut numbers = HashMap::new();
    replace_commands(source, |command, scanner| {
        let count = match command {
            "illustration" => &mut figures,
            "begin" => match scanner.argument()? {
                "figure" | "figure*" | "wrapfigure" => &mut figures,
                "table" | "table*" => &mut tables,
                _ => return None,
            },
            "label" => {
                numbers.insert(scanner.argument()?.trim().to_owned(), current?);
                return None;
            }
            _ => return None,
        };
        *count += 1;
        current = Some(*count);
        None
    });
    numbers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_label_is_referred_to_by_its_number() {
        let source = r"\ref{b}, \ref{t}\begin{figure}\label{a}\end{figure} \begin{figure}\label{b}\end{figure}
            \begin{table}\caption{x}\label{t}\end{table} \ref{a} \ref{nothing}";
        let resolved = resolved(source);
        assert!(resolved.starts_with("2, 1"), "{resolved}");
        assert!(resolved.ends_with(r"1 \ref{nothing}"), "{resolved}");
        assert_eq!(super::resolved(r"\label{a}\ref{a}"), r"\label{a}\ref{a}", "no figure");
    }

    #[test]
    fn html_gets_what_is_for_it() {
        assert_eq!(resolved(r"a\ifplastex b\else c\fi d"), "a b d");
        assert_eq!(resolved(r"a\ifplastex b\fi d"), "a b d");
        assert_eq!(resolved(r"a\ifplastex b"), r"a\ifplastex b");
    }
}
