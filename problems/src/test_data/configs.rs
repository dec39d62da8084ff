//! Which configuration holds where: what a folder says itself, and what it takes from those around it.

use super::{
    Context, Dialect,
    config::{self, GroupConfig},
};
use crate::{
    fault::{Fault, Findings},
    fields::Fields,
    kind::PackageFormat,
    tree::MAX_CONFIGURATION_BYTES,
    yaml,
};
use std::collections::BTreeMap;

/// The configurations of all folders below `data/` that have one, by folder.
pub(super) struct Configs {
    by_folder: BTreeMap<String, GroupConfig>,
    root: GroupConfig,
    dialect: Dialect,
}

impl Configs {
    pub(super) fn read(context: Context<'_>, findings: &mut Findings) -> Self {
        let metadata = context.metadata;
        let root = GroupConfig {
            on_reject: Some(metadata.on_reject),
            scores: Some(metadata.scores),
            ..GroupConfig::default()
        };
        let mut configs = Self { by_folder: BTreeMap::new(), root, dialect: context.dialect };
        let mut files: Vec<_> = context.tree.below("data/").collect();
        // A folder's own comes before those of the folders in it, which inherit from it.
        files.sort_by_key(|(rest, _)| rest.matches('/').count());
        for (rest, file) in files {
            let path = format!("data/{rest}");
            let Some((folder, name)) = path.rsplit_once('/') else { continue };
            let is_draft = match name {
                "testdata.yaml" => true,
                "test_group.yaml" if context.dialect == Dialect::Versioned => false,
                _ => continue,
            };
            if context.format == PackageFormat::V2025 && is_too_deep(folder) {
                let message = "stands in a folder that can be no group; they are in data/secret/";
                findings.fault(Fault::new(&path, message));
            }
            let Some(text) = findings.keep(file.configuration(&path)) else { continue };
            let most = MAX_CONFIGURATION_BYTES as usize;
            let text = context.metadata.constants.apply_to_text(&text, most);
            let text = text.map_err(|error| Fault::new(&path, error.to_string()));
            let Some(text) = findings.keep(text) else { continue };
            let parsed = yaml::parse_forgiving(&path, &text);
            let Some((entries, repeated)) = findings.keep(parsed) else { continue };
            for fault in repeated {
                match context.format {
                    PackageFormat::Legacy => findings.warn(fault),
                    _ => findings.fault(fault),
                }
            }
            let mut fields = Fields::new(&path, &entries, findings);
            // What is not said is inherited.
            let inherited = configs.of(folder.rsplit_once('/').map_or("", |(parent, _)| parent));
            let inherited = inherited.for_groups_of(context.dialect);
            let config = if context.dialect != Dialect::Versioned {
                config::legacy(context, &path, &mut fields, inherited)
            } else {
                config::versioned(context, &path, &mut fields, inherited, is_draft)
            };
            fields.finish();
            configs.by_folder.insert(folder.to_owned(), config);
        }
        configs
    }

    /// The groups of `data/secret/` that say so, and the other folders that have a static validation.
    pub(super) fn groups(&self) -> impl Iterator<Item = (&str, &GroupConfig)> {
        self.by_folder.iter().filter_map(|(folder, config)| {
            let name = folder.strip_prefix("data/")?;
            let is_group = name.strip_prefix("secret/").is_some_and(|group| !group.contains('/'));
            let is_top = matches!(name, "sample" | "secret") && config.static_validation.is_some();
            (is_group || is_top).then_some((name, config))
        })
    }

    /// Whether the folder has a configuration of its own.
    pub(super) fn has(&self, folder: &str) -> bool {
        self.by_folder.contains_key(folder)
    }

    /// What holds for a folder: its own configuration, or what it inherits.
    pub(super) fn of(&self, folder: &str) -> GroupConfig {
        if self.has(folder) {
            return self.inherited_by(folder);
        }
        self.inherited_by(folder).for_groups_of(self.dialect)
    }

    /// What holds for the group of this name, which is empty for all of `data/`.
    pub(super) fn of_group(&self, name: &str) -> GroupConfig {
        if name.is_empty() { self.of("data") } else { self.of(&format!("data/{name}")) }
    }

    fn inherited_by(&self, folder: &str) -> GroupConfig {
        let mut place = folder;
        loop {
            if let Some(config) = self.by_folder.get(place) {
                return if place == folder { config.clone() } else { config.clone().inherited() };
            }
            match place.rsplit_once('/') {
                Some((parent, _)) => place = parent,
                None => return self.root.clone(),
            }
        }
    }
}

impl GroupConfig {
    /// The same without what a group does not inherit in this dialect.
    fn for_groups_of(self, dialect: Dialect) -> Self {
        match dialect {
            Dialect::Domjudge => Self { scores: None, grader_flags: None, ..self },
            Dialect::Legacy | Dialect::Versioned => self,
        }
    }

    /// What a group inside this one takes from it.
    pub(super) fn inherited(self) -> Self {
        Self {
            file: None,
            aggregation: None,
            max_score: None,
            require_pass: None,
            static_validation: None,
            case_score: None,
            ..self
        }
    }
}

/// Whether a folder of test data for judging lies where groups may not.
fn is_too_deep(folder: &str) -> bool {
    let group = folder.strip_prefix("data/secret/");
    folder.starts_with("data/sample/") || group.is_some_and(|group| group.contains('/'))
}
