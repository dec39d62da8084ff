//! Who made a problem, where it comes from and how it may be used.

use super::Metadata;
use crate::{
    fields::{Fields, Separator},
    yaml::{Node, Value},
};

/// Who made a problem, where it comes from and how it may be used.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Credits {
    /// Who wrote it.
    pub author: Option<String>,
    /// Where it was first used, for example a contest.
    pub source: Option<String>,
    /// Where to read about that.
    pub source_url: Option<String>,
    /// One of the format's words, for example `cc by-sa`.
    pub license: Option<String>,
    /// Who holds the rights.
    pub rights_owner: Option<String>,
}

impl Credits {
    /// Whether nothing is said from which a rights owner follows.
    fn name_nobody(&self) -> bool {
        self.rights_owner.is_none() && self.author.is_none() && self.source.is_none()
    }
}

/// ICPC problem package format (2025-09), section "License".
const LICENSES: [(&str, &str); 7] = [
    ("unknown", "unknown"),
    ("public domain", "public domain"),
    ("cc0", "cc0"),
    ("cc by", "cc by"),
    ("cc by-sa", "cc by-sa"),
    ("educational", "educational"),
    ("permission", "permission"),
];

impl Metadata {
    pub(super) fn read_legacy_credits(&mut self, fields: &mut Fields<'_>) {
        let mut text = |key| fields.text(key).filter(|text| !text.is_empty()).map(str::to_owned);
        self.credits = Credits {
            source: text("source"),
            source_url: text("source_url"),
            license: text("license"),
            rights_owner: text("rights_owner"),
            author: fields.words("author", Separator::None).map(|names| names.join(", ")),
        };
        let Some(license) = &self.credits.license else { return };
        let line = fields.line("license");
        let credits = &self.credits;
        if !LICENSES.iter().any(|(known, _)| known == license) {
            let known: Vec<_> = LICENSES.iter().map(|(known, _)| *known).collect();
            let message = format!("{license:?} is none of {}", known.join(", "));
            fields.warn("license", line, message);
        } else if !matches!(license.as_str(), "unknown" | "public domain") && credits.name_nobody()
        {
            let message = format!("{license} needs a rights_owner, an author or a source");
            fields.warn("license", line, message);
        }
    }

    /// ICPC problem package format (2025-09), sections "Credits", "Source", "License" and "Rights Owner".
    pub(super) fn read_versioned_credits(&mut self, fields: &mut Fields<'_>) {
        self.read_makers(fields);
        self.read_sources(fields);
        let license = fields.choice("license", &LICENSES);
        self.credits.license = license.map(str::to_owned);
        let owner = fields.text("rights_owner").filter(|owner| !owner.is_empty());
        self.credits.rights_owner = owner.map(str::to_owned);
        let line = fields.line("license");
        match license {
            Some("public domain") if owner.is_some() => {
                let message = "must not be given for a problem in the public domain".to_owned();
                fields.fault("rights_owner", fields.line("rights_owner"), message);
            }
            Some("unknown" | "public domain") | None => {}
            Some(license) => {
                if self.credits.name_nobody() {
                    let message = format!("{license} needs a rights_owner, or credits or a source");
                    fields.fault("license", line, message);
                }
            }
        }
    }

    fn read_makers(&mut self, fields: &mut Fields<'_>) {
        let Some(node) = fields.value("credits") else { return };
        match &node.value {
            Value::Text(author) => self.credits.author = Some(name_of(author)),
            Value::Map(_) => fields.within("credits", |fields| {
                if let Some(node) = fields.value("authors") {
                    let names = people(node);
                    self.credits.author = (!names.is_empty()).then(|| names.join(", "));
                }
                for key in
                    ["contributors", "testers", "translators", "packagers", "acknowledgements"]
                {
                    fields.value(key);
                }
            }),
            other => {
                let message = format!("must be a name or a mapping, not {}", other.kind());
                fields.fault("credits", node.line, message);
            }
        }
    }

    fn read_sources(&mut self, fields: &mut Fields<'_>) {
        let Some(node) = fields.value("source") else { return };
        let single = std::slice::from_ref(node);
        let nodes = if let Value::List(nodes) = &node.value { nodes } else { single };
        let mut names = Vec::new();
        for node in nodes {
            match &node.value {
                Value::Text(name) => names.push(name.trim().to_owned()),
                Value::Map(entries) => {
                    let text = |key: &str| {
                        let entry = entries.iter().find(|entry| entry.key == key)?;
                        if let Value::Text(text) = &entry.value.value {
                            Some(text.trim())
                        } else {
                            None
                        }
                    };
                    match text("name") {
                        Some(name) => names.push(name.to_owned()),
                        None => fields.fault("source", node.line, "lacks the key name".into()),
                    }
                    if self.credits.source_url.is_none() {
                        self.credits.source_url = text("url").map(str::to_owned);
                    }
                }
                other => {
                    let message = format!("must be names or mappings, not {}", other.kind());
                    fields.fault("source", node.line, message);
                }
            }
        }
        self.credits.source = (!names.is_empty()).then(|| names.join(", "));
    }
}

/// The names of one person or several, each `Name <address>` or a mapping with the key `name`.
fn people(node: &Node) -> Vec<String> {
    match &node.value {
        Value::Text(person) => vec![name_of(person)],
        Value::List(nodes) => nodes.iter().flat_map(people).collect(),
        Value::Map(entries) => {
            let named = entries.iter().find(|entry| entry.key == "name");
            named.into_iter().flat_map(|entry| people(&entry.value)).collect()
        }
        Value::Null => Vec::new(),
    }
}

/// The name without the address behind it: that is nobody's business.
fn name_of(person: &str) -> String {
    person.split('<').next().unwrap_or(person).trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_left_out() {
        assert_eq!(name_of("Ada L. <ada@example.org>"), "Ada L.");
        assert_eq!(name_of("Ada"), "Ada");
    }
}
