//! `\iffalse … \fi` and its like: text that is for one kind of reader, or for nobody.

use super::scan::{Scanner, replace_commands};

/// The source with what is for HTML in the places of conditionals whose outcome is known. plasTeX is what makes HTML of
/// statements elsewhere.
pub(super) fn resolved(source: &str) -> String {
    let mut is_endless = false;
    replace_commands(source, |command, scanner| {
        let holds = match command {
            "iffalse" => false,
            "iftrue" | "ifplastex" => true,
            _ => return None,
        };
        if is_endless {
            return None;
        }
        let branches = branches(scanner);
        // What once was found to have no end is not looked for again.
        is_endless = branches.is_none();
        let [first, second] = branches?;
        Some(if holds { first } else { second }.to_owned())
    })
}

/// What stands before `\else`, and between it and the `\fi` that belongs to the conditional.
fn branches<'a>(scanner: &mut Scanner<'a>) -> Option<[&'a str; 2]> {
    let all = scanner.rest();
    let place = |scanner: &Scanner<'_>| all.len() - scanner.rest().len();
    let (mut depth, mut middle) = (1_usize, None);
    loop {
        scanner.take_while(|c| c != '\\');
        let at = place(scanner);
        if !scanner.eat("\\") {
            return None;
        }
        match scanner.command() {
            "fi" if depth == 1 => {
                scanner.take_while(|c| c == ' ');
                let (end, after) = middle.unwrap_or((at, at));
                return Some([&all[..end], &all[after..at]]);
            }
            "fi" => depth -= 1,
            "else" if depth == 1 => middle = middle.or(Some((at, place(scanner)))),
            // "If and only if" asks for nothing.
            command if command.starts_with("if") && command != "iff" => depth += 1,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::resolved;

    #[test]
    fn text_is_for_one_kind_of_reader_or_for_nobody() {
        for (source, read) in [
            (r"a\ifplastex b\else c\fi d", "a bd"),
            (r"a\ifplastex b\fi d", "a bd"),
            (r"a\ifplastex b", r"a\ifplastex b"),
            (r"a\iffalse b\fi{} d", "a{} d"),
            (r"a\iffalse b\ifx c\else d\fi $\iff$ \else e\fi f", "a ef"),
            (r"\iftrue a\else b\fi", " a"),
        ] {
            assert_eq!(resolved(source), read, "{source}");
        }
        let long = format!(r"\iffalse {}\fi x", "b".repeat(100_000));
        assert_eq!(resolved(&long), "x");
        let endless = r"\iffalse ".repeat(50_000);
        assert_eq!(resolved(&endless), endless);
    }
}
