//! `\newcommand` and its relatives, expanded before anything else.

use super::scan::Scanner;
use std::collections::HashMap;

/// A statement's own commands are few and short; these bound what a hostile one can cost.
const MAX_EXPANSIONS: usize = 5_000;
const MAX_BYTES: usize = 512 << 10;
const MAX_PASSES: usize = 20;

struct Macro {
    arguments: usize,
    default: Option<String>,
    body: String,
}

/// The source with its own commands taken out and written out where they are used.
pub(super) fn expand(source: &str) -> String {
    let (text, macros) = definitions(source);
    if macros.is_empty() {
        return text;
    }
    let mut text = text;
    let mut expansions = 0;
    // A body may use commands that are defined too: again, until nothing changes.
    for _ in 0..MAX_PASSES {
        let before = expansions;
        text = expand_once(&text, &macros, &mut expansions);
        if expansions == before {
            break;
        }
    }
    text
}

fn definitions(source: &str) -> (String, HashMap<String, Macro>) {
    let mut macros = HashMap::new();
    let mut text = String::with_capacity(source.len());
    let mut scanner = Scanner::new(source);
    while let Some(at) = scanner.rest().find('\\') {
        text.push_str(scanner.take(at));
        let start = scanner.clone();
        scanner.take(1);
        let command = scanner.command();
        let defined = match command {
            "newcommand" | "renewcommand" | "providecommand" => new_command(&mut scanner),
            "def" => plain_def(&mut scanner),
            "DeclareMathOperator" => math_operator(&mut scanner),
            _ => None,
        };
        if let Some((name, body)) = defined {
            macros.insert(name, body);
        } else {
            scanner = start;
            text.push_str(scanner.take(1 + command.len()));
        }
    }
    text.push_str(scanner.rest());
    (text, macros)
}

/// `\newcommand{\name}[2][default]{body}`
fn new_command(scanner: &mut Scanner<'_>) -> Option<(String, Macro)> {
    scanner.eat("*");
    let name = scanner.argument()?.trim().strip_prefix('\\')?.to_owned();
    let arguments = scanner.optional().map_or(Some(0), |count| count.trim().parse().ok())?;
    let default = scanner.optional().map(str::to_owned);
    let body = scanner.argument()?.to_owned();
    Some((name, Macro { arguments, default, body }))
}

/// `\def\name{body}`, without arguments.
fn plain_def(scanner: &mut Scanner<'_>) -> Option<(String, Macro)> {
    let name = scanner.argument()?.trim().strip_prefix('\\')?.to_owned();
    let body = scanner.rest().starts_with('{').then(|| scanner.argument()).flatten()?.to_owned();
    Some((name, Macro { arguments: 0, default: None, body }))
}

/// `\DeclareMathOperator{\name}{text}`
fn math_operator(scanner: &mut Scanner<'_>) -> Option<(String, Macro)> {
    scanner.eat("*");
    let name = scanner.argument()?.trim().strip_prefix('\\')?.to_owned();
    let body = format!(r"\operatorname{{{}}}", scanner.argument()?);
    Some((name, Macro { arguments: 0, default: None, body }))
}

fn expand_once(text: &str, macros: &HashMap<String, Macro>, expansions: &mut usize) -> String {
    let mut expanded = String::with_capacity(text.len());
    let mut scanner = Scanner::new(text);
    while let Some(at) = scanner.rest().find('\\') {
        expanded.push_str(scanner.take(at));
        let start = scanner.clone();
        scanner.take(1);
        let command = scanner.command();
        let body = macros.get(command).and_then(|definition| apply(definition, &mut scanner));
        if let Some(body) = body
            && *expansions < MAX_EXPANSIONS
            && expanded.len() < MAX_BYTES
        {
            *expansions += 1;
            expanded.push_str(&body);
        } else {
            scanner = start;
            expanded.push_str(scanner.take(1 + command.len()));
        }
    }
    expanded.push_str(scanner.rest());
    expanded
}

/// The body of a command with the arguments that follow its use.
fn apply(definition: &Macro, scanner: &mut Scanner<'_>) -> Option<String> {
    let mut arguments = Vec::new();
    if let Some(default) = &definition.default {
        arguments.push(scanner.optional().unwrap_or(default).to_owned());
    }
    while arguments.len() < definition.arguments {
        arguments.push(scanner.argument()?.to_owned());
    }
    let mut pieces = definition.body.split('#');
    let mut body = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let number = piece.chars().next().and_then(|digit| digit.to_digit(10));
        let argument = number.and_then(|number| arguments.get((number as usize).wrapping_sub(1)));
        if let Some(argument) = argument {
            body.push_str(argument);
            body.push_str(&piece[1..]);
        } else {
            body.push('#');
            body.push_str(piece);
        }
    }
    Some(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_written_out() {
        let source = r"\newcommand{\maxn}{10^5}\newcommand{\pair}[2][x]{(#1, #2)}\def\n{\maxn}$\n$ \pair{2} \pair[1]{2}";
        assert_eq!(expand(source), r"$10^5$ (x, 2) (1, 2)");
    }

    #[test]
    fn a_command_that_grows_for_ever_ends() {
        let source = r"\newcommand{\a}{\a\a\a}\a";
        assert!(expand(source).len() < 2 * MAX_BYTES);
    }
}
