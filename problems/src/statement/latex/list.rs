//! Lists.

use super::{convert::Converter, scan::Scanner, table};

impl Converter<'_> {
    /// The items of a list; what comes before the first one is no part of it.
    pub(super) fn list(&mut self, tag: &str, content: &str) {
        let mut content = Scanner::new(content);
        content.optional();
        let items = table::split(content.rest(), "\\item");
        self.push_block(&format!("<{tag}>\n"));
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
