//! Taking an archive apart without trusting anything it says.

use crate::{
    caps::ArchiveCaps,
    fault::{Fault, Faults, Findings},
    names,
};
use std::{
    collections::BTreeSet,
    fs::{self, File, OpenOptions},
    io::{self, BufReader, Read, Write},
    os::unix::fs::{OpenOptionsExt, symlink},
    path::Path,
};
use zip::{ZipArchive, read::ZipFile};

/// Longer targets of links exist on no file system.
const MAX_LINK_BYTES: u64 = 4096;

/// Unpacks `zip` into the empty folder `into`. Links are made last, so that no file is ever
/// written through one; where they lead is for [`crate::tree::Tree::scan`] to judge.
///
/// # Errors
/// Every entry that is at fault, or the first that breaks a cap.
pub(crate) fn extract(zip: &Path, into: &Path, caps: &ArchiveCaps) -> Result<(), Faults> {
    let archive_name = zip
        .file_name()
        .map_or_else(|| "archive".into(), |name| name.to_string_lossy().into_owned());
    let file = File::open(zip).map_err(Faults::io("open archive", zip))?;
    let packed_bytes = file.metadata().map_err(Faults::io("open archive", zip))?.len();
    let bad_archive = |error: &dyn std::fmt::Display| {
        Fault::new(&archive_name, format!("is not a zip archive that can be read: {error}"))
    };
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| bad_archive(&error))?;
    if archive.has_duplicate_names() {
        return Err(Fault::new(&archive_name, "holds two entries of the same name").into());
    }
    if archive.len() > caps.entries {
        let message = format!("holds {} entries, more than {}", archive.len(), caps.entries);
        return Err(Fault::new(&archive_name, message).into());
    }
    let mut budget = Budget { archive_name: &archive_name, caps, packed_bytes, unpacked_bytes: 0 };
    let mut findings = Findings::default();
    let mut links = Vec::new();
    let mut seen = BTreeSet::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| bad_archive(&error))?;
        let Some(path) = findings.keep(entry_path(&entry, caps)) else { continue };
        if path.split('/').any(names::is_leftover) {
            continue;
        }
        if !seen.insert(path.clone()) {
            findings.fault(Fault::new(path, "stands in the archive twice"));
            continue;
        }
        let target = into.join(&path);
        match kind(&entry) {
            Kind::Folder => {
                fs::create_dir_all(&target).map_err(unplaceable(&path, &target))?;
            }
            Kind::File => {
                findings.check()?;
                budget.unpack(&path, &mut entry, &target)?;
            }
            Kind::Link => {
                let mut text = String::new();
                let read = entry.by_ref().take(MAX_LINK_BYTES).read_to_string(&mut text);
                match read {
                    Ok(_) => links.push((path, text)),
                    Err(error) => {
                        findings.fault(Fault::new(path, format!("is a broken link: {error}")))
                    }
                }
            }
            Kind::Special => findings
                .fault(Fault::new(path, "is a device, pipe or socket, not a file or folder")),
        }
    }
    for (path, text) in links {
        let target = into.join(&path);
        let folder = target.parent().map_or(Ok(()), fs::create_dir_all);
        folder.and_then(|()| symlink(text, &target)).map_err(unplaceable(&path, &target))?;
    }
    findings.check()
}

/// The entry's path, with no `/` at its end.
fn entry_path<R: Read>(entry: &ZipFile<'_, R>, caps: &ArchiveCaps) -> Result<String, Fault> {
    let raw = entry.name_raw();
    let shown = String::from_utf8_lossy(raw).chars().take(200).collect::<String>();
    let Ok(name) = std::str::from_utf8(raw) else {
        return Err(Fault::new(shown, "the name is not UTF-8"));
    };
    let path = name.strip_suffix('/').unwrap_or(name);
    // `./x` is how some archivers spell `x`.
    let path = path.strip_prefix("./").unwrap_or(path);
    if path == "." {
        return Err(Fault::new(shown, "the path is empty"));
    }
    names::check_path(path, caps).map_err(|message| Fault::new(shown, message))?;
    if entry.encrypted() {
        return Err(Fault::new(path, "is encrypted"));
    }
    Ok(path.to_owned())
}

enum Kind {
    File,
    Folder,
    Link,
    Special,
}

fn kind<R: Read>(entry: &ZipFile<'_, R>) -> Kind {
    const FORMAT: u32 = 0o170_000;
    match entry.unix_mode().map_or(0, |mode| mode & FORMAT) {
        0o120_000 => Kind::Link,
        0o040_000 => Kind::Folder,
        _ if entry.is_dir() => Kind::Folder,
        0 | 0o100_000 => Kind::File,
        _ => Kind::Special,
    }
}

/// Why an entry has no place: the archive's own doing, where it says a path is a file and also a folder.
fn unplaceable<'a>(path: &'a str, target: &'a Path) -> impl FnOnce(io::Error) -> Faults + 'a {
    move |error| match error.kind() {
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
            Fault::new(path, "cannot stand beside another entry of the same path").into()
        }
        _ => Faults::io("unpack", target)(error),
    }
}

/// What is left of the caps while files are written.
struct Budget<'a> {
    archive_name: &'a str,
    caps: &'a ArchiveCaps,
    packed_bytes: u64,
    unpacked_bytes: u64,
}

impl Budget<'_> {
    /// Writes one file, believing what comes out of the archive and not what its header says.
    fn unpack<R: Read>(
        &mut self,
        path: &str,
        entry: &mut ZipFile<'_, R>,
        target: &Path,
    ) -> Result<(), Faults> {
        let executable = entry.unix_mode().is_some_and(|mode| mode & 0o111 != 0);
        let mode = if executable { 0o755 } else { 0o644 };
        if let Some(parent) = target.parent() {
            fs::create_dir_all(parent).map_err(unplaceable(path, target))?;
        }
        let mut file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(target)
            .map_err(unplaceable(path, target))?;
        let mut buffer = vec![0; 128 * 1024];
        loop {
            let read = entry
                .read(&mut buffer)
                .map_err(|error| Fault::new(path, format!("cannot be unpacked: {error}")))?;
            if read == 0 {
                return Ok(());
            }
            self.spend(read as u64)?;
            file.write_all(&buffer[..read]).map_err(Faults::io("unpack", target))?;
        }
    }

    fn spend(&mut self, bytes: u64) -> Result<(), Fault> {
        self.unpacked_bytes += bytes;
        let (caps, unpacked) = (self.caps, self.unpacked_bytes);
        if unpacked > caps.total_bytes {
            let message = format!("unpacks to more than {} bytes", caps.total_bytes);
            return Err(Fault::new(self.archive_name, message));
        }
        if unpacked > caps.ratio_floor_bytes && unpacked / self.packed_bytes.max(1) >= caps.ratio {
            let message = format!("unpacks to more than {} times its size", caps.ratio);
            return Err(Fault::new(self.archive_name, message));
        }
        Ok(())
    }
}
