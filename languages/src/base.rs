//! What every language shares: `base.toml`.

use serde::Deserialize;
use std::{collections::BTreeMap, sync::LazyLock};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Base {
    /// Host paths that every box sees.
    pub(crate) mounts: Vec<String>,
    /// Where commands are looked for after PATH.
    pub(crate) search: Vec<String>,
    /// Environment of every program.
    pub(crate) env: BTreeMap<String, String>,
}

/// The embedded `base.toml`.
pub(crate) static BASE: LazyLock<Base> = LazyLock::new(|| {
    toml::from_str(include_str!("../base.toml")).expect("base.toml is part of this build")
});
