//! In which language a statement is read.

use crate::packages::PublicStatement;

/// What languages call themselves.
const NAMES: [(&str, &str); 32] = [
    ("ar", "العربية"),
    ("bg", "Български"),
    ("cs", "Čeština"),
    ("da", "Dansk"),
    ("de", "Deutsch"),
    ("el", "Ελληνικά"),
    ("en", "English"),
    ("es", "Español"),
    ("et", "Eesti"),
    ("fa", "فارسی"),
    ("fi", "Suomi"),
    ("fr", "Français"),
    ("he", "עברית"),
    ("hr", "Hrvatski"),
    ("hu", "Magyar"),
    ("id", "Bahasa Indonesia"),
    ("is", "Íslenska"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("lt", "Lietuvių"),
    ("lv", "Latviešu"),
    ("nl", "Nederlands"),
    ("no", "Norsk"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("ro", "Română"),
    ("ru", "Русский"),
    ("sv", "Svenska"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("zh", "中文"),
];

/// Languages that are written from right to left.
const RIGHT_TO_LEFT: [&str; 4] = ["ar", "fa", "he", "ur"];

/// What a language calls itself, with its code where that says more: `Português (pt-br)`.
pub(super) fn name(code: &str) -> String {
    let primary = primary(code);
    match NAMES.iter().find(|(known, _)| *known == primary) {
        Some((known, name)) if known.len() == code.len() => (*name).to_owned(),
        Some((_, name)) => format!("{name} ({code})"),
        None => code.to_owned(),
    }
}

/// The value of the attribute `dir`.
pub(super) fn direction(code: &str) -> &'static str {
    if RIGHT_TO_LEFT.contains(&primary(code).as_str()) { "rtl" } else { "ltr" }
}

/// The languages of an `Accept-Language` header, the preferred ones first (RFC 9110, section 12.5.4).
pub(super) fn preferred(header: &str) -> Vec<&str> {
    let mut wishes: Vec<(&str, f32)> = Vec::new();
    for wish in header.split(',') {
        let (language, weight) = wish.split_once(';').unwrap_or((wish, ""));
        let weight = weight.trim().strip_prefix("q=").map_or(Ok(1.0), str::parse);
        let weight = weight.ok().filter(|weight| *weight > 0.0);
        wishes.extend(weight.map(|weight| (language.trim(), weight)));
    }
    wishes.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    wishes.into_iter().map(|(language, _)| language).collect()
}

/// The statement in the first language wished for that there is, or else in English, or any.
pub(super) fn choose<'a>(
    statements: &[PublicStatement],
    wish: impl Iterator<Item = &'a str>,
) -> usize {
    let find = |wanted: &str| {
        let exact = |s: &PublicStatement| s.language.eq_ignore_ascii_case(wanted);
        let near = |s: &PublicStatement| primary(&s.language) == primary(wanted);
        statements.iter().position(exact).or_else(|| statements.iter().position(near))
    };
    wish.chain(["en"]).find_map(find).unwrap_or(0)
}

fn primary(code: &str) -> String {
    code.split('-').next().unwrap_or_default().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reader_gets_the_language_they_wish_for() {
        let statement = |language: &str| PublicStatement {
            language: language.into(),
            title: String::new(),
            html: String::new(),
            pdf: None,
        };
        let statements = ["de", "en", "pt-br"].map(statement);
        let chosen = |header| choose(&statements, preferred(header).into_iter());
        assert_eq!(chosen("pt-PT,pt;q=0.9,de;q=0.5"), 2);
        assert_eq!(chosen("de;q=0.5, pt;q=0.9"), 2);
        assert_eq!(chosen("de;q=0, *"), 1);
        assert_eq!(chosen("fr, de-AT;q=0.8"), 0);
        assert_eq!(chosen("ja"), 1);
        assert_eq!(chosen(",;q=x,;;de"), 1);
        assert_eq!(chosen(""), 1);
        assert_eq!(choose(&statements[..1], ["ja"].into_iter()), 0);
    }

    #[test]
    fn languages_are_called_by_their_own_names() {
        for (code, shown, dir) in [
            ("de", "Deutsch", "ltr"),
            ("pt-br", "Português (pt-br)", "ltr"),
            ("he", "עברית", "rtl"),
            ("tlh", "tlh", "ltr"),
        ] {
            assert_eq!((name(code).as_str(), direction(code)), (shown, dir));
        }
    }
}
