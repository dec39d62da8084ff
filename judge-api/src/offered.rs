//! The languages that contestants may use.

use languages::{Language, Languages, Source};
use std::collections::BTreeSet;

/// Those of all known languages that can be judged here.
#[derive(Debug, Clone)]
pub struct OfferedLanguages {
    all: Languages,
    offered: BTreeSet<String>,
}

impl OfferedLanguages {
    /// Offers the languages of `all` with one of these ids.
    #[must_use]
    pub fn new(all: Languages, ids: impl IntoIterator<Item = String>) -> Self {
        let offered = ids.into_iter().filter(|id| all.get(id).is_some()).collect();
        Self { all, offered }
    }

    /// Every language on offer, by name.
    #[must_use]
    pub fn list(&self) -> Vec<&Language> {
        let mut list: Vec<_> =
            self.all.iter().filter(|language| self.offered.contains(&language.id)).collect();
        list.sort_by_key(|language| language.name.to_lowercase());
        list
    }

    /// The language with this id, if it is on offer.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Language> {
        self.offered.contains(id).then(|| self.all.get(id))?
    }

    /// The name to show for this id, whether it is still on offer or not.
    #[must_use]
    pub fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.all.get(id).map_or(id, |language| &language.name)
    }

    /// The language that the files are most likely written in, on offer or not.
    #[must_use]
    pub fn guess(&self, files: &[Source<'_>]) -> Option<&Language> {
        self.all.guess(files)
    }
}
