//! How wide an image is to be.

/// A width as authors give it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Width {
    /// Of the text's width, in steps of five: those have a class in the style sheet.
    Percent(u32),
    /// CSS pixels.
    Pixels(u32),
}

/// CSS pixels in a unit; `em` and `ex` at the usual size of text.
const UNITS: [(&str, f64); 9] = [
    ("px", 1.0),
    ("cm", 37.8),
    ("mm", 3.78),
    ("in", 96.0),
    ("pt", 1.333),
    ("bp", 1.333),
    ("pc", 16.0),
    ("em", 16.0),
    ("ex", 8.0),
];

/// LaTeX's lengths that stand for the width of the text.
const TEXT_WIDTHS: [&str; 4] = ["\\textwidth", "\\linewidth", "\\columnwidth", "\\hsize"];

impl Width {
    /// `50%`, `0.5\textwidth`, `5cm` or `200`.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let text = text.trim().trim_matches(['"', '\'']).trim();
        if let Some(percent) = text.strip_suffix('%') {
            return Self::of_text(number(percent)? / 100.0);
        }
        if let Some(factor) = TEXT_WIDTHS.iter().find_map(|width| text.strip_suffix(width)) {
            return Self::of_text(if factor.trim().is_empty() { 1.0 } else { number(factor)? });
        }
        let unit = UNITS.iter().find_map(|(unit, px)| Some((text.strip_suffix(unit)?, px)));
        let (count, px) = unit.unwrap_or((text, &1.0));
        let pixels = (number(count)? * px).round();
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is in range"
        )]
        (1.0..=4096.0).contains(&pixels).then_some(Self::Pixels(pixels as u32))
    }

    /// A part of the text's width, up to one.
    pub(super) fn of_text(part: f64) -> Option<Self> {
        let steps = (part * 20.0).round();
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is in range"
        )]
        (part > 0.0).then_some(Self::Percent(5 * steps.clamp(1.0, 20.0) as u32))
    }

    /// The attribute of the element that has this width, with a space before it.
    pub(super) fn attribute(self) -> String {
        match self {
            Self::Percent(percent) => format!(" class=\"width-{percent}\""),
            Self::Pixels(pixels) => format!(" width=\"{pixels}\""),
        }
    }
}

/// The classes that [`Width::attribute`] gives.
pub(super) fn classes() -> impl Iterator<Item = String> {
    (1..=20).map(|steps| format!("width-{}", 5 * steps))
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::Width::{self, Percent, Pixels};

    #[test]
    fn widths_are_read_in_every_unit() {
        for (text, width) in [
            ("50%", Some(Percent(50))),
            ("\"37 %\"", Some(Percent(35))),
            ("0.5\\textwidth", Some(Percent(50))),
            ("\\linewidth", Some(Percent(100))),
            (".001\\columnwidth", Some(Percent(5))),
            ("900%", Some(Percent(100))),
            ("5cm", Some(Pixels(189))),
            ("200", Some(Pixels(200))),
            ("200px", Some(Pixels(200))),
            ("-1cm", None),
            ("inf", None),
            ("1e9px", None),
            ("wide", None),
            ("", None),
        ] {
            assert_eq!(Width::parse(text), width, "{text}");
        }
    }
}
