//! The example problems, in a contest to try things in.

use crate::terminal::say;
use anyhow::Context;
use include_dir::{Dir, include_dir};
use judge_api::packages::{NewPackage, install_package};
use std::path::Path;
use store::{Blobs, Database, contests, problems};

static EXAMPLES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../problems/examples");

/// Takes in each example that this database has never had; one that was deleted stays deleted.
///
/// A start that was cut off may have stored a problem and not yet put it into its contest: that is made good.
pub(crate) async fn load(database: &Database, blobs: &Blobs, scratch: &Path) -> anyhow::Result<()> {
    let mut missing = Vec::new();
    let mut stray = Vec::new();
    for example in EXAMPLES.dirs() {
        let name = example.path().to_string_lossy().into_owned();
        let connection = &mut *database.get()?;
        match problems::by_short_name(connection, &name)? {
            None => missing.push((name, example)),
            Some(known) if known.uploaded_by.is_none() && !known.is_deleted => {
                if contests::of_problem(connection, known.id)?.is_none() {
                    stray.push(known.id);
                }
            }
            Some(_) => {}
        }
    }
    if missing.is_empty() && stray.is_empty() {
        return Ok(());
    }
    let contest = contests::ensure(&mut *database.get()?, "demo", "Demo contest")?;
    for problem in stray {
        contests::add_problem(&mut *database.get()?, contest.id, problem)?;
    }
    let folder = tempfile::tempdir_in(scratch).context("create a folder for the examples")?;
    let count = missing.len();
    for (number, (name, example)) in (1..).zip(missing) {
        say!("Loading example problem {number} of {count}: {name}");
        let path = folder.path().join(&name);
        std::fs::create_dir(&path).with_context(|| format!("create {}", path.display()))?;
        // The entries of an embedded folder carry their path from the root of all examples.
        example.extract(folder.path()).with_context(|| format!("write {}", path.display()))?;
        let package = NewPackage {
            path,
            short_name: None,
            uploaded_by: None,
            contest: Some(contest.id),
            executor_memory_bytes: None,
        };
        install_package(database, blobs, scratch, package)
            .await
            .with_context(|| format!("load the example problem {name}"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use store::{DatabaseUrl, database};

    #[tokio::test]
    async fn an_example_that_a_cut_off_start_left_outside_the_contest_is_put_into_it() {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(folder.path().join("gavel.db"));
        database::migrate(&url).unwrap();
        let database = Database::open(url, 2).unwrap();
        let blobs = Blobs::in_folder(&folder.path().join("blobs")).unwrap();
        let stray = problems::NewVersion {
            short_name: "hello",
            package: "0".repeat(64).parse().unwrap(),
            title: "Hello",
            limits: judge_types::Limits::default(),
            public_content: "{}",
            guarded_content: "{}",
            package_bytes: 1,
            test_count: 1,
            uploaded_by: None,
        };
        let stray = problems::save_version(&mut database.get().unwrap(), &stray).unwrap().problem;
        load(&database, &blobs, folder.path()).await.unwrap();
        let connection = &mut *database.get().unwrap();
        assert!(contests::of_problem(connection, stray).unwrap().is_some());
        let contest = contests::list(connection).unwrap().remove(0);
        let loaded = contests::problems(connection, contest.id).unwrap();
        assert_eq!(loaded.len(), EXAMPLES.dirs().count());
    }
}
