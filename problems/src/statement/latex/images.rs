//! Images and the figures around them.

use super::{
    super::{math::escape, width::Width},
    convert::Converter,
    scan::Scanner,
};

impl Converter<'_> {
    /// After `\includegraphics`: an image within the text.
    pub(super) fn include_graphics(&mut self, scanner: &mut Scanner<'_>) {
        scanner.eat("*");
        let options = scanner.optional().unwrap_or_default();
        let width = options.split(',').find_map(|option| {
            let (key, value) = option.split_once('=')?;
            (key.trim() == "width").then(|| Width::parse(value)).flatten()
        });
        let name = scanner.argument().unwrap_or_default();
        let image = self.image(name, width, "");
        self.push_inline(&image);
    }

    /// After `\illustration`: a figure at the side, `{width}` of the text's, `{file}` and `{caption}`.
    pub(super) fn illustration(&mut self, scanner: &mut Scanner<'_>) {
        let width = scanner.argument().unwrap_or_default();
        let part = width.trim().parse().ok().filter(|part: &f64| part.is_finite());
        let width = part.and_then(Width::of_text);
        let name = scanner.argument().unwrap_or_default();
        let caption = self.argument_inline(scanner);
        let image = self.image(name, None, &super::plain_text(&caption));
        let class = match width {
            Some(Width::Percent(percent)) => format!("illustration width-{percent}"),
            _ => "illustration".to_owned(),
        };
        let caption = format!("<figcaption>{caption}</figcaption>");
        self.push_block(&format!("<figure class=\"{class}\">{image}{caption}</figure>\n"));
    }

    /// An image; its name may lack the extension. Formats that browsers do not show become links.
    fn image(&self, name: &str, width: Option<Width>, alt: &str) -> String {
        let name = name.trim().trim_matches('"');
        let name = name.strip_prefix("./").unwrap_or(name);
        let extensions = ["", ".svg", ".png", ".jpg", ".jpeg", ".gif", ".webp", ".pdf", ".eps"];
        let found = extensions.map(|extension| format!("{name}{extension}"));
        let assets = self.conversion.surroundings.assets;
        let Some(file) = found.into_iter().find(|name| assets.find(name).is_some()) else {
            self.conversion.warn_of_missing(name);
            return format!("<code class=\"unknown\">\\includegraphics{{{}}}</code>", escape(name));
        };
        let shown = escape(&file);
        if file.ends_with(".pdf") || file.ends_with(".eps") {
            format!("<a href=\"{shown}\">{shown}</a>")
        } else {
            let width = width.map(Width::attribute).unwrap_or_default();
            format!("<img src=\"{shown}\" alt=\"{}\"{width}>", escape(alt))
        }
    }
}
