//! Polygon's names for languages, spoken and programming.

use crate::Lang;

/// The spoken languages that Polygon names, and their codes (ISO 639-1).
const SPOKEN: [(&str, &str); 36] = [
    ("afrikaans", "af"),
    ("arabic", "ar"),
    ("armenian", "hy"),
    ("azerbaijani", "az"),
    ("belarusian", "be"),
    ("bengali", "bn"),
    ("bulgarian", "bg"),
    ("chinese", "zh"),
    ("croatian", "hr"),
    ("czech", "cs"),
    ("dutch", "nl"),
    ("english", "en"),
    ("estonian", "et"),
    ("finnish", "fi"),
    ("french", "fr"),
    ("georgian", "ka"),
    ("german", "de"),
    ("hebrew", "he"),
    ("hungarian", "hu"),
    ("italian", "it"),
    ("japanese", "ja"),
    ("kazakh", "kk"),
    ("korean", "ko"),
    ("latvian", "lv"),
    ("lithuanian", "lt"),
    ("mongolian", "mn"),
    ("persian", "fa"),
    ("polish", "pl"),
    ("portuguese", "pt"),
    ("romanian", "ro"),
    ("russian", "ru"),
    ("spanish", "es"),
    ("turkish", "tr"),
    ("ukrainian", "uk"),
    ("uzbek", "uz"),
    ("vietnamese", "vi"),
];

/// The code of a spoken language; the name itself, in small letters, where it is none of those above.
pub(super) fn spoken(name: &str) -> Lang {
    let name = name.to_ascii_lowercase();
    let known = SPOKEN.iter().find(|(other, _)| *other == name);
    known.map_or(name.as_str(), |(_, code)| code).to_owned()
}

/// How types of sources begin (`cpp.g++17`, `java11`, `python.pypy3-64`), and what the ICPC problem package format calls
/// the language. The first that fits counts.
const TYPES: [(&str, &str); 24] = [
    ("cpp", "cpp"),
    ("h.g++", "cpp"),
    ("csharp", "csharp"),
    ("c.", "c"),
    ("python.2", "python2"),
    ("python.pypy2", "python2"),
    ("python.ipypy2", "python2"),
    ("python", "python3"),
    ("pypy3", "python3"),
    ("kotlin", "kotlin"),
    ("javascript", "javascript"),
    ("js", "javascript"),
    ("nodejs", "javascript"),
    ("java", "java"),
    ("pas", "pascal"),
    ("delphi", "pascal"),
    ("rust", "rust"),
    ("go", "go"),
    ("haskell", "haskell"),
    ("ocaml", "ocaml"),
    ("perl", "perl"),
    ("php", "php"),
    ("ruby", "ruby"),
    ("scala", "scala"),
];

/// The ICPC problem package format's name for the language of a type, where it has one.
pub(super) fn programming(source_type: &str) -> Option<&'static str> {
    let found = TYPES.iter().find(|(start, _)| source_type.starts_with(start));
    found.map(|(_, language)| *language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_of_sources_are_languages() {
        for (source_type, language) in [
            ("cpp.g++17", Some("cpp")),
            ("cpp.*", Some("cpp")),
            ("c.gcc", Some("c")),
            ("csharp.mono", Some("csharp")),
            ("java11", Some("java")),
            ("javascript", Some("javascript")),
            ("python.2", Some("python2")),
            ("python.pypy3-64", Some("python3")),
            ("pas.fpc", Some("pascal")),
            ("exe.win32", None),
        ] {
            assert_eq!(programming(source_type), language, "{source_type}");
        }
        assert_eq!((spoken("Russian").as_str(), spoken("Other").as_str()), ("ru", "other"));
    }
}
