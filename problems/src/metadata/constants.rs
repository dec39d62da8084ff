//! Constants that a package uses in its statements and programs.

use super::Metadata;
use crate::{fields::Fields, yaml::Value};
use std::{borrow::Cow, collections::BTreeMap};

/// Values that take the place of `{{name}}` and `{{name.variant}}` in statements, validators, included files, jury
/// submissions and `test_group.yaml`.
///
/// ICPC problem package format (2025-09), section "Constants".
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Constants(BTreeMap<String, String>);

impl Constants {
    /// The value of `name` or `name.variant`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text with each constant's value in its place, at most so many bytes of it. Names that are no constant's stay as
    /// they are.
    ///
    /// # Errors
    /// [`TooLong`]: it would be more.
    pub fn apply<'a>(&self, text: &'a [u8], most: usize) -> Result<Cow<'a, [u8]>, TooLong> {
        let within = |length: usize| if length > most { Err(TooLong { most }) } else { Ok(()) };
        within(text.len())?;
        if self.is_empty() {
            return Ok(Cow::Borrowed(text));
        }
        let mut done = Vec::new();
        let mut rest = text;
        while let Some(start) = find(rest, b"{{") {
            let inner = &rest[start + 2..];
            let value = find(inner, b"}}").and_then(|end| {
                let name = std::str::from_utf8(&inner[..end]).ok()?;
                Some((self.get(name)?, &inner[end + 2..]))
            });
            match value {
                Some((value, after)) => {
                    done.extend_from_slice(&rest[..start]);
                    done.extend_from_slice(value.as_bytes());
                    rest = after;
                    within(done.len())?;
                }
                None => {
                    // Only the first brace: the name may begin at the second.
                    done.extend_from_slice(&rest[..=start]);
                    rest = &rest[start + 1..];
                }
            }
        }
        if done.is_empty() {
            return Ok(Cow::Borrowed(text));
        }
        within(done.len() + rest.len())?;
        done.extend_from_slice(rest);
        Ok(Cow::Owned(done))
    }

    /// [`Self::apply`] for text.
    ///
    /// # Errors
    /// [`TooLong`]: it would be more.
    pub fn apply_to_text<'a>(&self, text: &'a str, most: usize) -> Result<Cow<'a, str>, TooLong> {
        Ok(match self.apply(text.as_bytes(), most)? {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            Cow::Owned(bytes) => Cow::Owned(String::from_utf8_lossy(&bytes).into_owned()),
        })
    }
}

/// A text is longer than it may be with the package's constants.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("is longer than {most} bytes with the package's constants")]
pub struct TooLong {
    /// What it may have, in bytes.
    pub most: usize,
}

/// Far more than any name: what stands between braces in a program is looked at no further.
const MAX_NAME: usize = 128;

fn find(text: &[u8], what: &[u8; 2]) -> Option<usize> {
    let reach = if what == b"}}" { text.len().min(MAX_NAME) } else { text.len() };
    text[..reach].windows(2).position(|pair| pair == what)
}

/// The longest value, in bytes: a statement may name it thousands of times.
const MAX_VALUE: usize = 1_000;

impl Metadata {
    pub(super) fn read_constants(&mut self, fields: &mut Fields<'_>) {
        let Some(node) = fields.value("constants") else { return };
        let Value::Map(entries) = &node.value else {
            let message =
                format!("must be a mapping of names to values, not {}", node.value.kind());
            fields.fault("constants", node.line, message);
            return;
        };
        let mut fault = |name: &str, line, message| {
            fields.fault(&format!("constants.{name}"), line, message);
        };
        for entry in entries {
            let name = &entry.key;
            if !is_name(name) {
                let message = "is no name: letters, digits and _, not a digit first".to_owned();
                fault(name, entry.line, message);
            }
            match &entry.value.value {
                Value::Text(value) if value.len() > MAX_VALUE => {
                    fault(name, entry.line, too_long());
                }
                Value::Text(value) => {
                    self.constants.0.insert(format!("{name}.value"), value.clone());
                    self.constants.0.insert(name.clone(), value.clone());
                }
                Value::Map(variants) => {
                    for variant in variants {
                        let Value::Text(value) = &variant.value.value else {
                            let kind = variant.value.value.kind();
                            let message = format!("must be a single value, not {kind}");
                            fault(&format!("{name}.{}", variant.key), variant.line, message);
                            continue;
                        };
                        if value.len() > MAX_VALUE {
                            fault(&format!("{name}.{}", variant.key), variant.line, too_long());
                            continue;
                        }
                        self.constants.0.insert(format!("{name}.{}", variant.key), value.clone());
                        if variant.key == "value" {
                            self.constants.0.insert(name.clone(), value.clone());
                        }
                    }
                    if !variants.iter().any(|variant| variant.key == "value") {
                        fault(name, entry.line, "lacks the key value".into());
                    }
                }
                other => {
                    let message = format!("must be a value or a mapping, not {}", other.kind());
                    fault(name, entry.line, message);
                }
            }
        }
    }
}

fn too_long() -> String {
    format!("is longer than {MAX_VALUE} bytes")
}

fn is_name(name: &str) -> bool {
    let letter = |c: char| c.is_ascii_alphabetic() || c == '_';
    name.starts_with(letter) && name.chars().all(|c| letter(c) || c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(text: &str) -> String {
        let pairs = [("n", "7"), ("n.tex", "7{,}0")];
        let constants = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Constants(BTreeMap::from(constants)).apply_to_text(text, 100).unwrap().into_owned()
    }

    #[test]
    fn only_what_is_a_constant_is_replaced() {
        assert_eq!(applied("a{{n}}b{{n.tex}}"), "a7b7{,}0");
        assert_eq!(applied("{{{n}}} {{m}} {{n {{n}} {{"), "{7} {{m}} {{n 7 {{");
        let constants = Constants(BTreeMap::from([("n".to_owned(), "7777777".to_owned())]));
        assert_eq!(constants.apply(b"{{n}}{{n}}", 14).unwrap().len(), 14);
        for (text, most) in [("{{n}}{{n}}", 13), ("{{n}} ", 7), ("1234", 3)] {
            assert_eq!(constants.apply(text.as_bytes(), most), Err(TooLong { most }));
        }
        assert_eq!(applied("int a[2][2]={{1,2},{3,4}};"), "int a[2][2]={{1,2},{3,4}};");
    }
}
