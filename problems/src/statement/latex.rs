//! LaTeX statements.

use super::math::escape;

/// The title that `\problemname` gives.
pub(super) fn title(text: &str) -> Option<String> {
    let start = text.find("\\problemname{")? + "\\problemname{".len();
    let end = start + text[start..].find('}')?;
    Some(text[start..end].trim().to_owned())
}

/// The text as HTML, not yet sanitised, without its title.
pub(super) fn to_html(text: &str, _title: &str, _is_asset: &dyn Fn(&str) -> bool) -> String {
    format!("<pre>{}</pre>", escape(text))
}
