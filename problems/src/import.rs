//! Taking a package in: from wherever it comes to a canonical folder, or not at all.

use crate::{
    Package,
    caps::ArchiveCaps,
    domjudge, extract,
    fault::{Faults, Findings},
    metadata, names,
    package::short_name_of,
    polygon, statement,
    tree::Tree,
};
use std::{
    fs::{self, Permissions},
    io,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// Takes in the package at `path`, a folder or a zip, as the new folder `into`.
///
/// # Errors
/// Everything that is wrong with it: see [`import_zip`].
pub fn import(path: &Path, into: &Path, caps: &ArchiveCaps) -> Result<Package, Faults> {
    if path.is_dir() { import_folder(path, into, caps) } else { import_zip(path, into, caps) }
}

/// Takes in the package in the archive `zip` as the new folder `into`.
///
/// The package may sit in one folder at the top of the archive; that folder's name, otherwise
/// the archive's, is the problem's short name. Nothing is left behind on an error.
///
/// # Errors
/// Everything that is wrong with the archive, or else with the package in it.
pub fn import_zip(zip: &Path, into: &Path, caps: &ArchiveCaps) -> Result<Package, Faults> {
    let work = Work::beside(into)?;
    let raw = work.folder("raw")?;
    extract::extract(zip, &raw, caps)?;
    let package = package_folder(&raw)?;
    let short_name = if package == raw {
        zip.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
    } else {
        short_name_of(&package)
    };
    install(&work, &package, &short_name, into, caps, Transfer::Link)
}

/// Takes in a copy of the package in `folder` as the new folder `into`.
///
/// # Errors
/// Everything that is wrong with the package.
pub fn import_folder(folder: &Path, into: &Path, caps: &ArchiveCaps) -> Result<Package, Faults> {
    let package = package_folder(folder)?;
    let work = Work::beside(into)?;
    install(&work, &package, &short_name_of(&package), into, caps, Transfer::Copy)
}

/// How a file comes into the canonical folder.
#[derive(Clone, Copy)]
enum Transfer {
    /// As another name of the same content, whose first name is about to go.
    Link,
    Copy,
}

fn install(
    work: &Work,
    package: &Path,
    short_name: &str,
    into: &Path,
    caps: &ArchiveCaps,
    transfer: Transfer,
) -> Result<Package, Faults> {
    let mut findings = Findings::default();
    let tree = Tree::scan(package, caps, &mut findings)?;
    // A tree that is not whole need not be read, hashed or copied.
    findings.check()?;
    let hash = tree.hash()?;
    statement::check_text(&tree, &mut findings);
    let package = Package::read(&tree, into, hash, short_name, findings)?;
    let canonical = work.folder("canonical")?;
    for (path, file) in &tree.files {
        let target = canonical.join(path);
        let place = || -> io::Result<()> {
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent)?;
            }
            match transfer {
                Transfer::Link => fs::hard_link(&file.source, &target)?,
                Transfer::Copy => {
                    fs::copy(&file.source, &target)?;
                }
            }
            let mode = if file.executable { 0o755 } else { 0o644 };
            fs::set_permissions(&target, Permissions::from_mode(mode))
        };
        place().map_err(Faults::io("store", &target))?;
    }
    fs::rename(&canonical, into).map_err(Faults::io("store package", into))?;
    Ok(package.with_content_warnings())
}

/// The folder that holds the package: `dir`, or the only folder in it.
fn package_folder(dir: &Path) -> Result<PathBuf, Faults> {
    if [metadata::FILE, polygon::FILE, domjudge::INI].iter().any(|file| dir.join(file).exists()) {
        return Ok(dir.to_owned());
    }
    let mut inner = None;
    for entry in fs::read_dir(dir).map_err(Faults::io("open package", dir))? {
        let entry = entry.map_err(Faults::io("open package", dir))?;
        if entry
            .file_name()
            .to_str()
            .is_some_and(|name| names::is_leftover(name) || names::is_auxiliary(name))
        {
            continue;
        }
        let is_folder = entry.file_type().is_ok_and(|kind| kind.is_dir());
        if !is_folder || inner.is_some() {
            return Ok(dir.to_owned());
        }
        inner = Some(entry.path());
    }
    Ok(inner.unwrap_or_else(|| dir.to_owned()))
}

/// A folder beside the final one, on the same file system, that is gone at the end.
pub(crate) struct Work(tempfile::TempDir);

impl Work {
    pub(crate) fn beside(into: &Path) -> Result<Self, Faults> {
        let parent = into.parent().filter(|parent| !parent.as_os_str().is_empty());
        let parent = parent.unwrap_or(Path::new("."));
        let folder = tempfile::Builder::new().prefix(".importing-").tempdir_in(parent);
        folder.map(Self).map_err(Faults::io("make a folder in", parent))
    }

    pub(crate) fn folder(&self, name: &str) -> Result<PathBuf, Faults> {
        let path = self.0.path().join(name);
        fs::create_dir(&path).map_err(Faults::io("make folder", &path))?;
        Ok(path)
    }
}
