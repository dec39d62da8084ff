//! `\ref` to figures, tables and equations by their numbers.

use super::scan::replace_commands;
use std::collections::HashMap;

/// Environments of equations that have numbers.
const EQUATIONS: [&str; 6] = ["equation", "align", "gather", "multline", "eqnarray", "flalign"];

/// The source with numbers in the places of references, and beside the equations that they are about.
pub(super) fn resolved(source: &str) -> String {
    let numbers = numbers(source);
    replace_commands(source, |command, scanner| {
        let mut number = || numbers.get(scanner.argument()?.trim());
        match command {
            "ref" | "autoref" | "cref" => number().map(|label| label.number.to_string()),
            "eqref" => number().map(|label| format!("({})", label.number)),
            "label" => number().filter(|label| label.is_equation).map(Label::tag),
            _ => None,
        }
    })
}

/// What has a name to be referred to by.
#[derive(Clone, Copy)]
struct Label {
    number: u32,
    is_equation: bool,
}

impl Label {
    fn tag(&self) -> String {
        format!("\\tag{{{}}}", self.number)
    }
}

/// The numbers of what has labels: figures are counted, tables, and equations with labels.
fn numbers(source: &str) -> HashMap<String, Label> {
    let (mut figures, mut tables, mut equations, mut current) = (0, 0, 0, None);
    let mut is_equation = false;
    let mut numbers = HashMap::new();
    replace_commands(source, |command, scanner| {
        let count = match command {
            "illustration" => &mut figures,
            "begin" => match scanner.argument()? {
                "figure" | "figure*" | "wrapfigure" => &mut figures,
                "table" | "table*" => &mut tables,
                name => {
                    is_equation |= EQUATIONS.contains(&name);
                    return None;
                }
            },
            "end" => {
                is_equation &= !EQUATIONS.contains(&scanner.argument()?);
                return None;
            }
            "label" => {
                let name = scanner.argument()?.trim().to_owned();
                let number = if is_equation {
                    equations += 1;
                    equations
                } else {
                    current?
                };
                numbers.insert(name, Label { number, is_equation });
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
    fn equations_with_labels_have_numbers() {
        let source = r"\begin{equation}a\label{a}\end{equation}\begin{align}b\label{b}\end{align}\eqref{b}, \ref{a}, \eqref{c}";
        assert_eq!(
            resolved(source),
            r"\begin{equation}a\tag{1}\end{equation}\begin{align}b\tag{2}\end{align}(2), 1, \eqref{c}"
        );
    }
}
