//! The example problems, in a contest to try things in.

use anyhow::Context;
use include_dir::{Dir, include_dir};
use judge_api::packages::{NewPackage, install_package};
use std::path::Path;
use store::{Blobs, Database, contests, problems};

static EXAMPLES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../problems/examples");

/// Takes in each example that this database has never had; one that was deleted stays deleted.
pub(crate) async fn load(database: &Database, blobs: &Blobs, scratch: &Path) -> anyhow::Result<()> {
    let mut missing = Vec::new();
    for example in EXAMPLES.dirs() {
        let name = example.path().to_string_lossy().into_owned();
        if problems::by_short_name(&mut *database.get()?, &name)?.is_none() {
            missing.push((name, example));
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    let contest = contests::ensure(&mut *database.get()?, "demo", "Demo contest")?;
    let folder = tempfile::tempdir_in(scratch).context("create a folder for the examples")?;
    let count = missing.len();
    for (number, (name, example)) in (1..).zip(missing) {
        println!("Loading example problem {number} of {count}: {name}");
        let path = folder.path().join(&name);
        std::fs::create_dir(&path).with_context(|| format!("create {}", path.display()))?;
        // The entries of an embedded folder carry their path from the root of all examples.
        example.extract(folder.path()).with_context(|| format!("write {}", path.display()))?;
        let package =
            NewPackage { path, short_name: None, uploaded_by: None, contest: Some(contest.id) };
        install_package(database, blobs, scratch, package)
            .await
            .with_context(|| format!("load the example problem {name}"))?;
    }
    Ok(())
}
