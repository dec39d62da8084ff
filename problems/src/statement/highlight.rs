//! Code in colours: spans with classes, which the style sheet colours for light and dark.

use super::math;
use std::{str::FromStr, sync::LazyLock};
use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};

/// A longer line is none that anybody reads; matching expressions against it could take long.
const MAX_LINE: usize = 400;

/// The classes of the spans.
pub(super) const CLASSES: [&str; 5] =
    ["hl-comment", "hl-string", "hl-constant", "hl-keyword", "hl-name"];

/// Sublime Text's names for parts of code, and the class of each; the innermost that is known counts.
static SCOPES: LazyLock<Vec<(Scope, &'static str)>> = LazyLock::new(|| {
    [
        ("comment", "hl-comment"),
        ("string", "hl-string"),
        ("constant", "hl-constant"),
        // Such as `+` and `=`, which are keywords there.
        ("keyword.operator", ""),
        ("keyword", "hl-keyword"),
        ("storage", "hl-keyword"),
        ("entity.name", "hl-name"),
        ("support", "hl-name"),
    ]
    .into_iter()
    .filter_map(|(scope, class)| Some((Scope::from_str(scope).ok()?, class)))
    .collect()
});

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);

/// The code as HTML; nothing where the language is not known, or the code no real code.
pub(super) fn to_html(code: &str, language: &str) -> Option<String> {
    let syntax = syntax(language)?;
    let mut state = ParseState::new(syntax);
    let mut stack = ScopeStack::new();
    let mut html = Coloured::default();
    for line in code.split_inclusive('\n') {
        if line.len() > MAX_LINE {
            return None;
        }
        let mut start = 0;
        for (at, operation) in state.parse_line(line, &SYNTAXES).ok()? {
            html.push(line.get(start..at)?, class(&stack));
            start = at;
            stack.apply(&operation).ok()?;
        }
        html.push(line.get(start..)?, class(&stack));
    }
    Some(html.finish())
}

fn syntax(language: &str) -> Option<&'static SyntaxReference> {
    let name = match language.trim().to_ascii_lowercase().as_str() {
        "" | "text" | "plain" => return None,
        "cpp" | "c++17" | "c++20" => "c++".to_owned(),
        "python3" | "python2" | "pypy" => "python".to_owned(),
        "js" | "node" => "javascript".to_owned(),
        other => other.to_owned(),
    };
    SYNTAXES.find_syntax_by_token(&name)
}

fn class(stack: &ScopeStack) -> &'static str {
    let known = |scope: &Scope| {
        SCOPES.iter().find(|(prefix, _)| prefix.is_prefix_of(*scope)).map(|(_, class)| *class)
    };
    stack.as_slice().iter().rev().find_map(known).unwrap_or("")
}

/// HTML in which neighbours of one class share a span.
#[derive(Default)]
struct Coloured {
    html: String,
    open: &'static str,
}

impl Coloured {
    fn push(&mut self, text: &str, class: &'static str) {
        if text.is_empty() {
            return;
        }
        if class != self.open {
            self.close();
            if !class.is_empty() {
                self.html.push_str(&format!("<span class=\"{class}\">"));
            }
            self.open = class;
        }
        self.html.push_str(&math::escape(text));
    }

    fn close(&mut self) {
        if !self.open.is_empty() {
            self.html.push_str("</span>");
        }
    }

    fn finish(mut self) -> String {
        self.close();
        self.html
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_coloured_and_nothing_of_it_lost() {
        let html = to_html("int n = 7; // <b>\n", "cpp").expect("C++ is known");
        let expected = "<span class=\"hl-keyword\">int</span> n = <span class=\"hl-constant\">7</span>; \
            <span class=\"hl-comment\">// &lt;b&gt;\n</span>";
        assert_eq!(html, expected);
    }

    #[test]
    fn the_languages_of_statements_are_known() {
        for language in
            ["C", "C++", "cpp", "Java", "python3", "py", "Rust", "go", "JavaScript", "haskell"]
        {
            assert!(syntax(language).is_some(), "{language}");
        }
        assert!(to_html("x", "brainfuck").is_none() && to_html("x", "").is_none());
    }
}
