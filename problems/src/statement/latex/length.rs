//! Lengths as TeX's own commands take them.

use super::scan::Scanner;

/// TeX's units of length (The TeXbook, chapter 10), and those of glue.
const UNITS: [&str; 14] =
    ["pt", "pc", "in", "bp", "cm", "mm", "dd", "cc", "sp", "em", "ex", "filll", "fill", "fil"];

impl Scanner<'_> {
    /// Steps over a length as TeX reads one, or in braces: `3pt plus 1pt`, `=-0.5\baselineskip`.
    pub(super) fn length(&mut self) {
        self.take_while(|c| c == ' ');
        if self.rest().starts_with('{') {
            self.argument();
            return;
        }
        self.eat("=");
        self.one_length();
        for word in ["plus", "minus"] {
            let before = self.clone();
            self.take_while(|c| c == ' ');
            if self.eat(word) {
                self.one_length();
            } else {
                *self = before;
            }
        }
    }

    fn one_length(&mut self) {
        self.take_while(|c| matches!(c, ' ' | '+' | '-'));
        let number = self.take_while(|c| c.is_ascii_digit() || matches!(c, '.' | ','));
        let before = self.clone();
        self.take_while(|c| c == ' ');
        let has_unit = if self.eat("\\") {
            !self.command().is_empty()
        } else {
            !number.is_empty() && UNITS.iter().any(|unit| self.eat(unit))
        };
        if !has_unit {
            *self = before;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_stepped_over_with_their_units() {
        for (source, rest) in [
            (" 3pt plus 1pt minus -2ptA", "A"),
            ("=-0.5\\baselineskip x", " x"),
            ("{3pt} x", " x"),
            ("0 pt.", "."),
            ("\\medskipamount", ""),
            (" Text", "Text"),
            ("3 times", " times"),
        ] {
            let mut scanner = Scanner::new(source);
            scanner.length();
            assert_eq!(scanner.rest(), rest, "{source}");
        }
    }
}
