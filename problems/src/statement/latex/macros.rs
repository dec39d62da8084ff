//! `\newcommand` and its relatives, expanded before anything else.

use super::scan::{Scanner, replace_commands};
use std::collections::HashMap;

/// What expanding may cost: a statement's own commands are few and short, and a hostile one's must end.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    /// How often commands are written out.
    expansions: usize,
    /// How long the text may grow, in bytes.
    bytes: usize,
    /// What all bodies may come to, with their arguments, in bytes: those included that proved too long.
    work: usize,
}

/// For a whole statement.
pub(super) const STATEMENT: Bounds = Bounds { expansions: 5_000, bytes: 512 << 10, work: 16 << 20 };

/// For each of thousands of formulas.
pub(super) const FORMULA: Bounds = Bounds { expansions: 200, bytes: 20 << 10, work: 64 << 10 };

/// How often bodies are looked through for commands.
const MAX_PASSES: usize = 20;

impl Bounds {
    fn has_more(self) -> bool {
        self.expansions > 0 && self.work > 0
    }

    fn spend(&mut self, bytes: usize) {
        self.work = self.work.saturating_sub(bytes);
    }
}

struct Macro {
    arguments: usize,
    default: Option<String>,
    body: String,
}

/// The source with its own commands taken out and written out where they are used.
pub(super) fn expand(source: &str, mut bounds: Bounds) -> String {
    let (text, macros) = definitions(source);
    if macros.is_empty() {
        return text;
    }
    let mut text = text;
    // A body may use commands that are defined too: again, until nothing changes.
    for _ in 0..MAX_PASSES {
        let before = bounds.expansions;
        text = expand_once(&text, &macros, &mut bounds);
        if bounds.expansions == before {
            break;
        }
    }
    text
}

fn definitions(source: &str) -> (String, HashMap<String, Macro>) {
    let mut macros = HashMap::new();
    let text = replace_commands(source, |command, scanner| {
        let (name, body) = match command {
            "newcommand" | "renewcommand" | "providecommand" => new_command(scanner),
            "def" | "gdef" | "edef" => plain_def(scanner),
            "let" => alias(scanner),
            "DeclareMathOperator" => math_operator(scanner),
            _ => None,
        }?;
        macros.insert(name, body);
        Some(String::new())
    });
    (text, macros)
}

/// `\newcommand{\name}[2][default]{body}`
fn new_command(scanner: &mut Scanner<'_>) -> Option<(String, Macro)> {
    scanner.eat("*");
    let name = command_name(scanner)?;
    let arguments = scanner.optional().map_or(Some(0), |count| count.trim().parse().ok())?;
    let default = scanner.optional().map(str::to_owned);
    let body = scanner.argument()?.to_owned();
    Some((name, Macro { arguments, default, body }))
}

/// `\def\name#1#2{body}`, with arguments that nothing but their braces delimits.
fn plain_def(scanner: &mut Scanner<'_>) -> Option<(String, Macro)> {
    let name = command_name(scanner)?;
    let mut arguments = 0;
    while scanner.eat("#") {
        arguments += 1;
        if scanner.character()?.to_digit(10)? != arguments {
            return None;
        }
    }
    scanner.skip_space();
    let body = scanner.rest().starts_with('{').then(|| scanner.argument()).flatten()?.to_owned();
    Some((name, Macro { arguments: arguments as usize, default: None, body }))
}

/// `\let\name=\other`
fn alias(scanner: &mut Scanner<'_>) -> Option<(String, Macro)> {
    let name = command_name(scanner)?;
    scanner.skip_space();
    scanner.eat("=");
    let body = scanner.argument().filter(|other| other.starts_with('\\'))?.to_owned();
    Some((name, Macro { arguments: 0, default: None, body }))
}

/// The name of the command to be defined, in braces or not.
fn command_name(scanner: &mut Scanner<'_>) -> Option<String> {
    scanner.argument()?.trim().strip_prefix('\\').map(str::to_owned)
}

/// `\DeclareMathOperator{\name}{text}`
fn math_operator(scanner: &mut Scanner<'_>) -> Option<(String, Macro)> {
    let star = if scanner.eat("*") { "*" } else { "" };
    let name = command_name(scanner)?;
    let body = format!(r"\operatorname{star}{{{}}}", scanner.argument()?);
    Some((name, Macro { arguments: 0, default: None, body }))
}

fn expand_once(text: &str, macros: &HashMap<String, Macro>, bounds: &mut Bounds) -> String {
    let mut expanded = String::with_capacity(text.len());
    let mut scanner = Scanner::new(text);
    while let Some(at) = scanner.rest().find('\\') {
        expanded.push_str(scanner.take(at));
        let start = scanner.clone();
        scanner.take(1);
        let command = scanner.command();
        let definition = macros.get(command).filter(|_| bounds.has_more());
        let body = definition.and_then(|definition| apply(definition, &mut scanner, bounds));
        if let Some(body) = body
            && expanded.len() + body.len() + scanner.rest().len() < bounds.bytes
        {
            bounds.expansions -= 1;
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
fn apply(definition: &Macro, scanner: &mut Scanner<'_>, bounds: &mut Bounds) -> Option<String> {
    let mut arguments = Vec::new();
    if let Some(default) = &definition.default {
        arguments.push(scanner.optional().unwrap_or(default).to_owned());
    }
    while arguments.len() < definition.arguments {
        arguments.push(scanner.argument()?.to_owned());
    }
    bounds.spend(arguments.iter().map(String::len).sum());
    let mut pieces = definition.body.split('#');
    let mut body = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let number = piece.chars().next().and_then(|digit| digit.to_digit(10));
        let argument = number.and_then(|number| arguments.get((number as usize).wrapping_sub(1)));
        // Arguments within arguments double at every level.
        if body.len() > bounds.bytes {
            bounds.spend(body.len());
            return None;
        }
        if let Some(argument) = argument {
            body.push_str(argument);
            body.push_str(&piece[1..]);
        } else {
            body.push('#');
            body.push_str(piece);
        }
    }
    bounds.spend(body.len());
    Some(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_written_out() {
        let source = r"\newcommand{\maxn}{10^5}\newcommand{\pair}[2][x]{(#1, #2)}\def\n{\maxn}$\n$ \pair{2} \pair[1]{2}";
        assert_eq!(expand(source, STATEMENT), r"$10^5$ (x, 2) (1, 2)");
    }

    #[test]
    fn definitions_in_the_manner_of_tex_are_understood() {
        let source = r"\def\pair#1#2{(#1, #2)}\def \wide {45}\let\old=\pair\pair{1}2 \wide \old ab";
        assert_eq!(expand(source, STATEMENT), "(1, 2) 45 (a, b)");
    }

    #[test]
    fn arguments_that_double_end() {
        let source = format!(
            r"\newcommand{{\a}}[1]{{{}}}{}x{}",
            "#1".repeat(50),
            r"\a{".repeat(300),
            "}".repeat(300)
        );
        assert!(expand(&source, STATEMENT).len() <= STATEMENT.bytes);
    }

    #[test]
    fn a_command_that_grows_for_ever_ends() {
        let source = r"\newcommand{\a}{\a\a\a}\a";
        assert!(expand(source, STATEMENT).len() < 2 * STATEMENT.bytes);
    }
}
