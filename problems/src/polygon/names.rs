//! Polygon's names for languages, spoken and programming.

use crate::Lang;

/// The spoken languages that Polygon names, and their codes (ISO 639).
const SPOKEN: [(&str, &str); 59] = [
    ("afrikaans", "af"),
    ("arabic", "ar"),
    ("armenian", "hy"),
    ("azerbaijani", "az"),
    ("belarusian", "be"),
    ("bengali", "bn"),
    ("bosnian", "bs"),
    ("bulgarian", "bg"),
    ("catalan", "ca"),
    ("chinese", "zh"),
    ("croatian", "hr"),
    ("czech", "cs"),
    ("danish", "da"),
    ("dutch", "nl"),
    ("english", "en"),
    ("estonian", "et"),
    ("filipino", "fil"),
    ("finnish", "fi"),
    ("french", "fr"),
    ("georgian", "ka"),
    ("german", "de"),
    ("greek", "el"),
    ("hebrew", "he"),
    ("hindi", "hi"),
    ("hungarian", "hu"),
    ("icelandic", "is"),
    ("indonesian", "id"),
    ("irish", "ga"),
    ("italian", "it"),
    ("japanese", "ja"),
    ("kazakh", "kk"),
    ("korean", "ko"),
    ("kyrgyz", "ky"),
    ("latvian", "lv"),
    ("lithuanian", "lt"),
    ("macedonian", "mk"),
    ("malay", "ms"),
    ("mongolian", "mn"),
    ("norwegian", "no"),
    ("persian", "fa"),
    ("polish", "pl"),
    ("portuguese", "pt"),
    ("romanian", "ro"),
    ("russian", "ru"),
    ("serbian", "sr"),
    ("sinhala", "si"),
    ("slovak", "sk"),
    ("slovene", "sl"),
    ("spanish", "es"),
    ("swedish", "sv"),
    ("tajik", "tg"),
    ("tamil", "ta"),
    ("thai", "th"),
    ("turkish", "tr"),
    ("turkmen", "tk"),
    ("ukrainian", "uk"),
    ("urdu", "ur"),
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
    }

    #[test]
    fn spoken_languages_have_codes() {
        for (name, code) in
            [("Russian", "ru"), ("indonesian", "id"), ("serbian", "sr"), ("Other", "other")]
        {
            assert_eq!(spoken(name), code);
        }
    }
}
