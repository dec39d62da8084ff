//! What processes left that were killed while they fetched a package or made room.

use super::remove_if_there;
use std::{
    fs::{self, File},
    io,
    path::Path,
};

/// Removes it. A failure only leaves more on the disk.
pub(super) fn remove(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let removed = match path.extension().and_then(|extension| extension.to_str()) {
            Some("incoming") => remove_unless_fetched(&path),
            // Whoever is at the same does not mind.
            Some("removed") => remove_if_there(&path),
            _ => Ok(()),
        };
        if let Err(error) = removed {
            tracing::warn!(path = %path.display(), %error, "cannot remove what was left behind");
        }
    }
}

/// Removes a package that is half here, unless somebody is fetching it: they hold its lock.
fn remove_unless_fetched(incoming: &Path) -> io::Result<()> {
    let lock = File::create(incoming.with_extension("lock"))?;
    if lock.try_lock().is_err() {
        return Ok(());
    }
    remove_if_there(incoming)
}
