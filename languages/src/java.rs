//! Java's rules for file names and the class that is started.

use crate::Source;

/// What one Java file declares.
#[derive(Debug, Default, PartialEq, Eq)]
struct Declarations<'a> {
    package: String,
    /// The public top-level type, after which the compiler wants the file to be named.
    public_type: Option<&'a str>,
    /// The top-level type that has `void main(`.
    main_type: Option<&'a str>,
}

/// The name each file must have, and the full name of the class to start.
pub(crate) fn name_files(files: &[Source<'_>]) -> (Vec<String>, Option<String>) {
    let mut main_class = None;
    let mut names = Vec::with_capacity(files.len());
    for file in files {
        let text = String::from_utf8_lossy(file.content);
        let declared = declarations(&text);
        let is_java = file.name.ends_with(".java");
        names.push(match declared.public_type {
            Some(public) if is_java => {
                let folder = file.name.rfind('/').map_or("", |at| &file.name[..=at]);
                format!("{folder}{public}.java")
            }
            _ => file.name.to_owned(),
        });
        if main_class.is_none()
            && is_java
            && let Some(class) = declared.main_type
        {
            main_class = Some(match declared.package.as_str() {
                "" => class.to_owned(),
                package => format!("{package}.{class}"),
            });
        }
    }
    (names, main_class)
}

fn declarations(text: &str) -> Declarations<'_> {
    let mut found = Declarations::default();
    let (mut depth, mut public, mut current) = (0_usize, false, None);
    let tokens: Vec<&str> = tokens(text).collect();
    let mut index = 0;
    while let Some(&token) = tokens.get(index) {
        let next = tokens.get(index + 1).copied().unwrap_or_default();
        match token {
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                public &= depth != 0;
            }
            ";" if depth == 0 => public = false,
            "package" if depth == 0 && found.package.is_empty() => {
                let name = tokens[index + 1..].iter().take_while(|token| **token != ";");
                found.package = name.copied().collect();
            }
            "public" if depth == 0 => public = true,
            "class" | "interface" | "enum" | "record" if depth == 0 && is_word(next) => {
                current = Some(next);
                if std::mem::take(&mut public) && found.public_type.is_none() {
                    found.public_type = current;
                }
                index += 1;
            }
            "void" if depth == 1 && next == "main" && tokens.get(index + 2) == Some(&"(") => {
                found.main_type = found.main_type.or(current);
            }
            _ => {}
        }
        index += 1;
    }
    found
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == '$')
}

/// Words and single punctuation marks, without comments, strings and white space.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            rest = rest.trim_start();
            let first = rest.chars().next()?;
            if rest.starts_with("//") {
                rest = rest.find('\n').map_or("", |at| &rest[at..]);
            } else if rest.starts_with("/*") {
                rest = rest.find("*/").map_or("", |at| &rest[at + 2..]);
            } else if let Some(block) = rest.strip_prefix("\"\"\"") {
                rest = block.find("\"\"\"").map_or("", |at| &block[at + 3..]);
            } else if first == '"' || first == '\'' {
                rest = after_literal(&rest[1..], first);
            } else {
                let word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
                let end = rest.find(|c| !word(c)).filter(|&end| end > 0);
                let end = if word(first) { end.unwrap_or(rest.len()) } else { first.len_utf8() };
                let (token, after) = rest.split_at(end);
                rest = after;
                return Some(token);
            }
        }
    })
}

/// What follows a string or character literal, whose opening quote is already gone; a literal ends with its line.
fn after_literal(text: &str, quote: char) -> &str {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            '\n' => return &text[at..],
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return &text[at + 1..],
            _ => {}
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> (String, Option<String>) {
        let (names, class) = name_files(&[Source { name: "a.java", content: text.as_bytes() }]);
        (names[0].clone(), class)
    }

    #[test]
    fn a_file_is_named_after_its_public_class_and_started_where_main_is() {
        let text = "/* class X { */ package a.b ; // public class Y\n class Help { String s = \"public class Z {\"; }\n\
                    public final class Main { class In {} public static void main(String[] a) { char c = '{'; } }";
        assert_eq!(named(text), ("Main.java".to_owned(), Some("a.b.Main".to_owned())));
    }

    #[test]
    fn a_class_that_is_not_public_keeps_the_files_name() {
        let text =
            "class Other {} class Start { static public void main(String... a) {} } interface P {}";
        assert_eq!(named(text), ("a.java".to_owned(), Some("Start".to_owned())));
    }

    #[test]
    fn text_that_is_no_java_is_not_understood_but_harmless() {
        for text in
            ["", "{{{}}}}}", "class", "public class", "\"", "'\\", "/*", "\"\"\"", "package"]
        {
            assert_eq!(named(text).1, None, "{text:?}");
        }
    }
}
