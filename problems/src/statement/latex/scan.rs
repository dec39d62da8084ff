//! Finding one's way in LaTeX source: commands, arguments, groups.

/// The longest argument in brackets, and the longest of `\verb` and `\(…\)`, in bytes: the end of one
/// that is never closed must not be looked for through all that follows.
const MAX_OPTION: usize = 300;
const MAX_SEARCH: usize = 10_000;

/// A position in a source.
#[derive(Clone)]
pub(super) struct Scanner<'a> {
    rest: &'a str,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(source: &'a str) -> Self {
        Self { rest: source }
    }

    /// What is still to come.
    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    /// Steps over `count` bytes and gives them.
    pub(super) fn take(&mut self, count: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at(count);
        self.rest = rest;
        taken
    }

    /// Steps over `prefix` if it comes next.
    pub(super) fn eat(&mut self, prefix: &str) -> bool {
        let rest = self.rest.strip_prefix(prefix);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    /// Steps over the next character.
    pub(super) fn character(&mut self) -> Option<char> {
        let character = self.rest.chars().next()?;
        self.rest = &self.rest[character.len_utf8()..];
        Some(character)
    }

    /// Steps over characters as long as they are `wanted`.
    pub(super) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len());
        self.take(end)
    }

    /// Steps over white space, but not over a blank line, which ends a paragraph.
    pub(super) fn skip_space(&mut self) {
        let space = self.rest.len() - self.rest.trim_start().len();
        if self.rest[..space].matches('\n').count() < 2 {
            self.take(space);
        }
    }

    /// After a backslash: the name of a command, letters or one other character.
    pub(super) fn command(&mut self) -> &'a str {
        let letters = self.take_while(|c| c.is_ascii_alphabetic());
        if letters.is_empty() {
            let length = self.rest.chars().next().map_or(0, char::len_utf8);
            self.take(length)
        } else {
            letters
        }
    }

    /// A mandatory argument: a group without its braces, a command or one character.
    pub(super) fn argument(&mut self) -> Option<&'a str> {
        let before = self.clone();
        self.skip_space();
        let start = self.rest;
        let argument = match self.rest.chars().next() {
            Some('{') => self.delimited('{', '}'),
            Some('\\') => {
                self.take(1);
                let length = 1 + self.command().len();
                Some(&start[..length])
            }
            Some('}') | None => None,
            Some(c) => Some(self.take(c.len_utf8())),
        };
        if argument.is_none() {
            *self = before;
        }
        argument
    }

    /// An argument in brackets, if one comes next.
    pub(super) fn optional(&mut self) -> Option<&'a str> {
        let before = self.clone();
        self.skip_space();
        let argument = if self.rest.starts_with('[') { self.delimited('[', ']') } else { None };
        if argument.is_none() {
            *self = before;
        }
        argument
    }

    /// What stands between `open`, which comes next, and the `close` that belongs to it.
    fn delimited(&mut self, open: char, close: char) -> Option<&'a str> {
        let (mut depth, mut braces, mut escaped) = (0_usize, 0_usize, false);
        let most = if open == '[' { MAX_OPTION } else { usize::MAX };
        for (at, c) in self.rest.char_indices().take_while(|(at, _)| *at < most) {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                _ if c == close && braces == 0 => {
                    depth -= 1;
                    if depth == 0 {
                        let inner = &self.rest[1..at];
                        self.rest = &self.rest[at + 1..];
                        return Some(inner);
                    }
                }
                _ if c == open && braces == 0 => depth += 1,
                '{' => braces += 1,
                '}' => braces = braces.saturating_sub(1),
                _ => {}
            }
        }
        None
    }

    /// Steps over everything up to and with `end`, and gives what is before it.
    pub(super) fn until(&mut self, end: &str) -> Option<&'a str> {
        let mut most = self.rest.len().min(MAX_SEARCH);
        while !self.rest.is_char_boundary(most) {
            most -= 1;
        }
        let before = &self.rest[..self.rest[..most].find(end)?];
        self.rest = &self.rest[before.len() + end.len()..];
        Some(before)
    }

    /// After `\begin{name}`: the content up to the `\end{name}` that belongs to it.
    pub(super) fn environment(&mut self, name: &str) -> Option<&'a str> {
        let (begin, end) = (format!("\\begin{{{name}}}"), format!("\\end{{{name}}}"));
        let (mut depth, mut at) = (1_usize, 0);
        let mut next_end = self.rest.find(&end)?;
        loop {
            match self.rest[at..next_end].find(&begin) {
                Some(next_begin) => {
                    depth += 1;
                    at += next_begin + begin.len();
                }
                None if depth == 1 => {
                    let content = &self.rest[..next_end];
                    self.rest = &self.rest[next_end + end.len()..];
                    return Some(content);
                }
                None => {
                    depth -= 1;
                    at = next_end + end.len();
                    next_end = at + self.rest[at..].find(&end)?;
                }
            }
        }
    }
}

/// The source with what `replacement` gives instead of each command and the arguments that it stepped
/// over; the commands for which it gives nothing stay as they are.
pub(super) fn replace_commands<'a>(
    source: &'a str,
    mut replacement: impl FnMut(&'a str, &mut Scanner<'a>) -> Option<String>,
) -> String {
    let mut text = String::with_capacity(source.len());
    let mut scanner = Scanner::new(source);
    while let Some(at) = scanner.rest().find('\\') {
        text.push_str(scanner.take(at));
        let start = scanner.clone();
        scanner.take(1);
        let command = scanner.command();
        if let Some(replacement) = replacement(command, &mut scanner) {
            text.push_str(&replacement);
        } else {
            scanner = start;
            text.push_str(scanner.take(1 + command.len()));
        }
    }
    text.push_str(scanner.rest());
    text
}

/// What stands in for a brace without a partner.
const LONE: [(char, &str); 2] = [('\u{e000}', "{"), ('\u{e001}', "}")];

/// The source with every brace that has no partner set aside, so that looking for the partner of
/// any other always ends within the group.
pub(super) fn balanced(source: &str) -> String {
    let (mut open, mut lone, mut escaped) = (Vec::new(), Vec::new(), false);
    for (at, byte) in source.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'{' => open.push(at),
            b'}' if open.pop().is_none() => lone.push(at),
            _ => {}
        }
    }
    lone.append(&mut open);
    lone.sort_unstable();
    let mut text = String::with_capacity(source.len() + 2 * lone.len());
    let mut start = 0;
    for at in lone {
        text.push_str(&source[start..at]);
        let is_open = source[at..].starts_with('{');
        text.push(if is_open { LONE[0].0 } else { LONE[1].0 });
        start = at + 1;
    }
    text.push_str(&source[start..]);
    text
}

/// The text with the braces back that [`balanced`] set aside.
pub(super) fn with_lone_braces(mut text: String) -> String {
    for (stand_in, brace) in LONE {
        if text.contains(stand_in) {
            text = text.replace(stand_in, brace);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_groups_commands_or_characters() {
        let mut scanner = Scanner::new(r"{a{b}\}c} [x[y]] \foo z");
        assert_eq!(scanner.argument(), Some(r"a{b}\}c"));
        assert_eq!(scanner.optional(), Some("x[y]"));
        assert_eq!(scanner.argument(), Some(r"\foo"));
        assert_eq!(scanner.argument(), Some("z"));
        assert_eq!(scanner.argument(), None);
        assert_eq!(Scanner::new("{open").argument(), None);
    }

    #[test]
    fn braces_without_a_partner_are_set_aside_and_come_back() {
        let source = r"a}{b{c}\{";
        let balanced = balanced(source);
        assert_eq!(balanced, "a\u{e001}\u{e000}b{c}\\{");
        assert_eq!(with_lone_braces(balanced), source);
    }

    #[test]
    fn ends_are_not_looked_for_far_away() {
        let source = format!("{}|z", "…".repeat(MAX_SEARCH));
        let mut scanner = Scanner::new(&source);
        assert_eq!(scanner.until("|"), None);
        assert_eq!(scanner.rest(), source);
    }

    #[test]
    fn environments_nest() {
        let mut scanner = Scanner::new(r"a\begin{x}b\end{x}c\end{x}d");
        assert_eq!(scanner.environment("x"), Some(r"a\begin{x}b\end{x}c"));
        assert_eq!(scanner.rest(), "d");
        assert_eq!(scanner.environment("x"), None);
    }
}
