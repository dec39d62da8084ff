//! Reading the keys of a YAML mapping, one fault for each that is wrong.

use crate::{
    fault::{Fault, Findings},
    yaml::{Entry, Node, Value},
};
use std::ops::RangeInclusive;

/// The keys of one mapping. Those that nobody asked for become warnings at the end.
pub(crate) struct Fields<'a> {
    file: &'a str,
    /// The mapping's own key and a dot, or nothing at the top.
    prefix: String,
    entries: &'a [Entry],
    asked: Vec<&'static str>,
    findings: &'a mut Findings,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(file: &'a str, entries: &'a [Entry], findings: &'a mut Findings) -> Self {
        Self { file, prefix: String::new(), entries, asked: Vec::new(), findings }
    }

    /// The keys of the mapping under `key`, whatever it is called.
    pub(crate) fn within_map(
        file: &'a str,
        key: &str,
        entries: &'a [Entry],
        findings: &'a mut Findings,
    ) -> Self {
        Self { file, prefix: format!("{key}."), entries, asked: Vec::new(), findings }
    }

    /// The keys of a mapping inside this one, whatever it is called.
    pub(crate) fn inner<'b>(&'b mut self, key: &str, entries: &'b [Entry]) -> Fields<'b> {
        let prefix = format!("{}{key}.", self.prefix);
        Fields { file: self.file, prefix, entries, asked: Vec::new(), findings: self.findings }
    }

    /// The value of `key`, unless it is absent or null.
    pub(crate) fn value(&mut self, key: &'static str) -> Option<&'a Node> {
        self.asked.push(key);
        let entry = self.entries.iter().find(|entry| entry.key == key)?;
        (entry.value.value != Value::Null).then_some(&entry.value)
    }

    /// A single value as text.
    pub(crate) fn text(&mut self, key: &'static str) -> Option<&'a str> {
        let node = self.value(key)?;
        match &node.value {
            Value::Text(text) => Some(text.trim()),
            other => {
                self.fault(key, node.line, format!("must be a single value, not {}", other.kind()));
                None
            }
        }
    }

    /// A number within `range`.
    pub(crate) fn number(&mut self, key: &'static str, range: RangeInclusive<f64>) -> Option<f64> {
        let line = self.value(key)?.line;
        let text = self.text(key)?;
        let number = text.parse().ok().filter(|number| range.contains(number));
        if number.is_none() {
            let (from, to) = range.into_inner();
            self.fault(key, line, format!("must be a number from {from} to {to}, not {text:?}"));
        }
        number
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&mut self, key: &'static str) -> Option<bool> {
        let text = self.text(key)?;
        match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => Some(true),
            "false" | "no" | "off" => Some(false),
            _ => {
                let message = format!("must be true or false, not {text:?}");
                self.fault(key, self.line(key), message);
                None
            }
        }
    }

    /// One of some words, each with what it means.
    pub(crate) fn choice<T: Copy>(
        &mut self,
        key: &'static str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let text = self.text(key)?;
        let found = choices.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
            let message = format!("must be {}, not {text:?}", words.join(" or "));
            self.fault(key, self.line(key), message);
        }
        found
    }

    /// Words: a list of single values, or one value split at `separator`.
    pub(crate) fn words(&mut self, key: &'static str, separator: Separator) -> Option<Vec<String>> {
        self.arguments(key, separator)
            .map(|words| words.into_iter().map(|word| word.trim().to_owned()).collect())
    }

    /// As [`Self::words`], and those of a list are left as they are written, with the spaces around them.
    pub(crate) fn arguments(
        &mut self,
        key: &'static str,
        separator: Separator,
    ) -> Option<Vec<String>> {
        let node = self.value(key)?;
        match &node.value {
            Value::Text(text) => Some(separator.split(text)),
            Value::List(items) => {
                let mut words = Vec::new();
                for item in items {
                    if let Value::Text(text) = &item.value {
                        words.push(text.clone());
                    } else {
                        let message = format!("must be single values, not {}", item.value.kind());
                        self.fault(key, item.line, message);
                    }
                }
                Some(words)
            }
            Value::Map(_) | Value::Null => {
                self.fault(
                    key,
                    node.line,
                    "must be a list or a single value, not a mapping".into(),
                );
                None
            }
        }
    }

    /// Hands the keys of the mapping under `key` to `read`.
    pub(crate) fn within(&mut self, key: &'static str, read: impl FnOnce(&mut Fields<'_>)) {
        let Some(node) = self.value(key) else { return };
        let Value::Map(entries) = &node.value else {
            let message = format!("must be a mapping of keys to values, not {}", node.value.kind());
            self.fault(key, node.line, message);
            return;
        };
        let mut inner = self.inner(key, entries);
        read(&mut inner);
        inner.finish();
    }

    /// The line on which `key` stands.
    pub(crate) fn line(&self, key: &str) -> u32 {
        self.entries.iter().find(|entry| entry.key == key).map_or(1, |entry| entry.line)
    }

    /// Notes that the value of `key` is wrong.
    pub(crate) fn fault(&mut self, key: &str, line: u32, message: String) {
        let fault = self.place(key, line, message);
        self.findings.fault(fault);
    }

    /// Notes that the value of `key` is odd but does no harm.
    pub(crate) fn warn(&mut self, key: &str, line: u32, message: String) {
        let warning = self.place(key, line, message);
        self.findings.warn(warning);
    }

    fn place(&self, key: &str, line: u32, message: String) -> Fault {
        Fault::new(self.file, message).at(line).of_field(format!("{}{key}", self.prefix))
    }

    /// Warns of every key that nobody asked for.
    pub(crate) fn finish(mut self) {
        for entry in self.entries {
            if !self.asked.contains(&entry.key.as_str()) {
                self.warn(&entry.key, entry.line, "is not a known key; ignored".into());
            }
        }
    }
}

/// Where one text falls into several words.
#[derive(Clone, Copy)]
pub(crate) enum Separator {
    /// At white space, as a shell would split arguments without quotes.
    Space,
    /// At commas, or at white space where there are none.
    CommaOrSpace,
    /// Nowhere.
    None,
}

impl Separator {
    fn split(self, text: &str) -> Vec<String> {
        let own = |word: &str| Some(word.trim().to_owned()).filter(|word| !word.is_empty());
        match self {
            Self::None => own(text).into_iter().collect(),
            Self::CommaOrSpace if text.contains(',') => text.split(',').filter_map(own).collect(),
            Self::Space | Self::CommaOrSpace => {
                text.split_whitespace().map(str::to_owned).collect()
            }
        }
    }
}
