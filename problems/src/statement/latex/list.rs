//! Lists.

use super::{super::sanitise::NUMBER_KINDS, convert::Converter, scan::Scanner, table};

impl Converter<'_> {
    /// The items of a list; what comes before the first one is no part of it.
    pub(super) fn list(&mut self, tag: &str, content: &str) {
        let mut content = Scanner::new(content);
        let options = content.optional().unwrap_or_default();
        let items = table::split(content.rest(), "\\item");
        let attributes = if tag == "ol" { numbering(options) } else { String::new() };
        self.push_block(&format!("<{tag}{attributes}>\n"));
        for item in items.iter().skip(1) {
            let mut item = Scanner::new(item);
            let label = item.optional().map(|label| self.inner(label)).unwrap_or_default();
            let end = if tag == "dl" {
                self.push_block(&format!("<dt>{label}</dt>"));
                self.begin_bare("<dd>");
                "</dd>\n"
            } else {
                self.begin_bare("<li>");
                if !label.is_empty() {
                    self.push_inline(&format!("{label} "));
                }
                "</li>\n"
            };
            self.convert(item.rest().trim());
            self.push_block(end);
        }
        self.push_block(&format!("</{tag}>\n"));
    }
}

/// How the items of a numbered list are counted, as attributes of its element: `[label=(\alph*), start=3]` of the package
/// enumitem, or `[(a)]` of the package enumerate.
fn numbering(options: &str) -> String {
    let option = |name: &str| {
        let values = options.split(',').filter_map(|option| option.split_once('='));
        values.map(|(key, value)| (key.trim(), value.trim())).find(|(key, _)| *key == name)
    };
    let mut attributes = String::new();
    let label = option("label").map_or("", |(_, label)| label);
    let of_label = COUNTERS.iter().find(|(command, _)| label.contains(command));
    let mut letters = options.chars().filter(char::is_ascii_alphanumeric);
    let kind = match (of_label, letters.next(), letters.next()) {
        (Some((_, kind)), ..) => Some(*kind),
        (None, Some(letter), None) => NUMBER_KINDS.into_iter().find(|kind| *kind == letter),
        _ => None,
    };
    if let Some(kind) = kind {
        attributes.push_str(&format!(" type=\"{kind}\""));
    }
    if let Some(start) = option("start").and_then(|(_, start)| start.parse::<i32>().ok()) {
        attributes.push_str(&format!(" start=\"{start}\""));
    }
    attributes
}

/// The commands that print a counter, and the kind of number that they print it as.
const COUNTERS: [(&str, char); 5] =
    [("\\arabic", '1'), ("\\alph", 'a'), ("\\Alph", 'A'), ("\\roman", 'i'), ("\\Roman", 'I')];

#[cfg(test)]
mod tests {
    use super::numbering;

    #[test]
    fn lists_are_counted_as_their_options_say() {
        for (options, attributes) in [
            (r"label=(\alph*), start=3", " type=\"a\" start=\"3\""),
            (r"label=\textbf{\Roman*.}", " type=\"I\""),
            ("(a)", " type=\"a\""),
            ("1.", " type=\"1\""),
            ("noitemsep", ""),
            ("start=x", ""),
            ("", ""),
        ] {
            assert_eq!(numbering(options), attributes, "{options}");
        }
    }
}
