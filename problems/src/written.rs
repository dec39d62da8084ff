//! Packages of version 2025-09 that are made here: from other formats, from plain files, or from nothing.

use crate::{Lang, Package, fault::Faults, import::Work};
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fmt::Write,
    fs,
    path::{Path, PathBuf},
};

/// A package in the making: nothing of it is on a disk before [`Self::write`].
#[derive(Default)]
pub(crate) struct WrittenPackage {
    pub(crate) head: Head,
    files: BTreeMap<String, Content>,
}

/// What stands in `problem.yaml`.
#[derive(Default)]
pub(crate) struct Head {
    pub(crate) names: BTreeMap<Lang, String>,
    /// The words of the key `type`; none for a problem that passes or fails.
    pub(crate) kind: Vec<&'static str>,
    /// Keys below `limits`, and their values in YAML.
    pub(crate) limits: Vec<(&'static str, String)>,
    /// Other keys, and their values in YAML.
    pub(crate) values: Vec<(&'static str, String)>,
}

enum Content {
    Bytes(Vec<u8>),
    /// What lies there now.
    CopyOf(PathBuf),
}

impl WrittenPackage {
    /// Adds a file; one of the same path gives way.
    pub(crate) fn add(&mut self, path: impl Into<String>, content: impl Into<Vec<u8>>) {
        self.files.insert(path.into(), Content::Bytes(content.into()));
    }

    /// Adds a copy of a file; one of the same path gives way.
    pub(crate) fn copy(&mut self, path: impl Into<String>, source: impl Into<PathBuf>) {
        self.files.insert(path.into(), Content::CopyOf(source.into()));
    }

    /// Writes the package as the new folder `into`, and reads it to see that it is a good one.
    ///
    /// # Errors
    /// Everything that is wrong with it, or a failure of this machine. Then nothing is left behind.
    pub(crate) fn write(self, into: &Path) -> Result<Package, Faults> {
        let work = Work::beside(into)?;
        let name = into.file_name().map_or_else(|| "problem".into(), |n| n.to_string_lossy());
        let folder = work.folder(&name)?;
        let mut hash = Sha256::new();
        for (path, content) in &self.files {
            let target = folder.join(path);
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent).map_err(Faults::io("make folder", parent))?;
            }
            match content {
                Content::Bytes(bytes) => fs::write(&target, bytes),
                Content::CopyOf(source) => fs::copy(source, &target).map(|_| ()),
            }
            .map_err(Faults::io("write", &target))?;
            hash.update(path);
            hash.update(fs::read(&target).map_err(Faults::io("read", &target))?);
        }
        let file = folder.join(crate::metadata::FILE);
        let yaml = self.head.yaml(&uuid(hash));
        fs::write(&file, yaml).map_err(Faults::io("write", &file))?;
        let hash = Package::open(&folder)?.hash;
        fs::rename(&folder, into).map_err(Faults::io("store package", into))?;
        Package::open_installed(into, hash, &name)
    }
}

impl Head {
    /// ICPC problem package format (2025-09), section "Problem Metadata".
    fn yaml(&self, uuid: &str) -> String {
        let mut yaml = "problem_format_version: 2025-09\nname:\n".to_owned();
        let mut line = |text: String| {
            yaml.push_str(&text);
            yaml.push('\n');
        };
        for (language, name) in &self.names {
            line(format!("  {}: {}", quoted(language), quoted(name)));
        }
        line(format!("uuid: {uuid}"));
        if !self.kind.is_empty() {
            line(format!("type: [{}]", self.kind.join(", ")));
        }
        for (key, value) in &self.values {
            line(format!("{key}: {value}"));
        }
        if !self.limits.is_empty() {
            line("limits:".to_owned());
            for (key, value) in &self.limits {
                line(format!("  {key}: {value}"));
            }
        }
        yaml
    }
}

/// A number of seconds from one of milliseconds.
pub(crate) fn seconds(ms: u64) -> String {
    let text = format!("{}.{:03}", ms / 1_000, ms % 1_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// The keys of `limits` that state a time limit in milliseconds.
pub(crate) fn time_limit(ms: u64) -> impl Iterator<Item = (&'static str, String)> {
    const SECOND: u64 = 1_000;
    // The limit must be a multiple of it; it is a second where nothing is said.
    let resolutions = [SECOND, 500, 250, 100, 50, 10];
    let resolution = resolutions.into_iter().find(|resolution| ms.is_multiple_of(*resolution));
    let resolution = Some(resolution.unwrap_or(1)).filter(|resolution| *resolution != SECOND);
    let resolution = resolution.map(|resolution| ("time_resolution", seconds(resolution)));
    [("time_limit", seconds(ms))].into_iter().chain(resolution)
}

/// A number of mebibytes from one of bytes, rounded up: at least 1.
pub(crate) fn mebibytes(bytes: u64) -> String {
    bytes.div_ceil(1 << 20).max(1).to_string()
}

/// The text as a double-quoted scalar of YAML 1.2, section 7.3.1.
pub(crate) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            // These break lines, or are not allowed as they are.
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') => {
                let _ = write!(quoted, "\\u{:04x}", u32::from(c));
            }
            other => quoted.push(other),
        }
    }
    quoted.push('"');
    quoted
}

/// The texts as a list of YAML.
pub(crate) fn list<S: AsRef<str>>(items: &[S]) -> String {
    let items: Vec<_> = items.iter().map(|item| quoted(item.as_ref())).collect();
    format!("[{}]", items.join(", "))
}

/// A name that is good in paths and addresses; empty where nothing of the text is.
pub(crate) fn slug(text: &str) -> String {
    const MOST: usize = 60;
    let mut slug = String::new();
    for character in text.chars().take(4 * MOST) {
        if character.is_ascii_alphanumeric() {
            slug.push(character.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(MOST);
    slug.trim_end_matches('-').to_owned()
}

/// The same for the same content, so that making a package again does not make another problem (RFC 9562, section 5.8).
fn uuid(hash: Sha256) -> String {
    let mut bytes: Vec<u8> = hash.finalize()[..16].to_vec();
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let digits = hex::encode(bytes);
    let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    parts.join("-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::yaml::{self, Value};

    #[test]
    fn what_is_quoted_is_read_as_it_was() {
        for text in ["", "a\"b\\c", "two\nlines\tand: # more", "ä \u{85} \u{2028} \u{7f} 題"] {
            let yaml = format!("key: {}\n", quoted(text));
            let entries = yaml::parse("x", &yaml).unwrap();
            assert_eq!(entries[0].value.value, Value::Text(text.into()), "{yaml}");
        }
    }

    #[test]
    fn names_and_numbers() {
        assert_eq!(slug("  A+B: Two Sums! "), "a-b-two-sums");
        assert_eq!(slug("題"), "");
        assert_eq!(
            (seconds(1_500), seconds(2_000), seconds(1)),
            ("1.5".into(), "2".into(), "0.001".into())
        );
        assert_eq!(mebibytes(65_537 << 10), "65");
    }
}
