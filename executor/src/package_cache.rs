//! Packages on this machine, by the hash of their content.
//!
//! Each package is a folder `<hash>` with the package itself and a file `in-use`: whoever judges
//! with it holds a shared lock on that file, so that making room never takes it away. The file's
//! time of change says when the package was last wanted, its text how many bytes it has.

mod ahead;
mod leftovers;

pub(crate) use ahead::Ahead;

use judge_types::{JudgingError, JudgingErrorKind, PackageHash, with_causes};
use problems::Package;
use std::{
    fs::{self, File},
    io::{self, Read, Write},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::SystemTime,
};
use store::{BlobError, Blobs, blobs};

use crate::judging::{host, out_of_room};

/// The unpacked packages of this machine, bounded by size.
#[derive(Debug, Clone)]
pub struct PackageCache {
    folder: PathBuf,
    limit_bytes: u64,
}

/// A package that stays on this machine as long as this lives.
#[derive(Debug)]
pub struct CachedPackage {
    /// The package.
    pub package: Package,
    /// What was read from the blob store to have it, in bytes.
    pub transferred_bytes: u64,
    _in_use: File,
}

impl PackageCache {
    /// A cache in `folder`, which holds about `limit_bytes` besides the packages in use.
    #[must_use]
    pub fn new(folder: PathBuf, limit_bytes: u64) -> Self {
        Self { folder, limit_bytes }
    }

    /// The package with this hash, fetched from `blobs` if it is not here. Any number of processes may ask at once;
    /// one fetches it, the others wait.
    ///
    /// # Errors
    /// [`JudgingErrorKind::Storage`] where the blob store fails, [`JudgingErrorKind::Package`] where the
    /// package is not there or broken, [`JudgingErrorKind::Host`] where this machine fails.
    pub fn get(&self, hash: &PackageHash, blobs: &Blobs) -> Result<CachedPackage, JudgingError> {
        self.get_if(hash, blobs, |_| Ok(()))
    }

    /// The same, but where `may_unpack` refuses the archive that was fetched: nothing is left of it then.
    fn get_if(
        &self,
        hash: &PackageHash,
        blobs: &Blobs,
        may_unpack: impl FnOnce(&Path) -> Result<(), JudgingError>,
    ) -> Result<CachedPackage, JudgingError> {
        if let Some(package) = self.open(hash, 0)? {
            return Ok(package);
        }
        fs::create_dir_all(&self.folder).map_err(|e| host("create", self.folder.display(), &e))?;
        let lock_path = self.folder.join(format!("{hash}.lock"));
        let lock = File::create(&lock_path).map_err(|e| host("create", lock_path.display(), &e))?;
        lock.lock().map_err(|e| host("lock", lock_path.display(), &e))?;
        if let Some(package) = self.open(hash, 0)? {
            return Ok(package);
        }
        let fetched = self.fetch(hash, blobs, may_unpack);
        if fetched.is_err() {
            // It would fill the disk until the next attempt, which removes it otherwise.
            let _ = remove_if_there(&self.incoming(hash));
        }
        let transferred = fetched?;
        // The lock file stays: removing it would let two processes hold two locks of one name.
        let package = self.open(hash, transferred)?.ok_or_else(|| {
            JudgingError::new(
                JudgingErrorKind::Host,
                format!("package {hash} vanished from the cache"),
            )
        })?;
        self.make_room_for(0);
        Ok(package)
    }

    /// The package if it is here, held against removal.
    fn open(
        &self,
        hash: &PackageHash,
        transferred: u64,
    ) -> Result<Option<CachedPackage>, JudgingError> {
        let entry = self.folder.join(hash.as_str());
        let Some(in_use) = hold(&entry).map_err(|e| host("open", entry.display(), &e))? else {
            return Ok(None);
        };
        let package = Package::open_installed(&entry.join("package"), hash.clone(), hash.as_str())
            .map_err(|faults| {
                let message = format!("package {hash} cannot be read: {faults}");
                JudgingError::new(JudgingErrorKind::Package, message)
            })?;
        Ok(Some(CachedPackage { package, transferred_bytes: transferred, _in_use: in_use }))
    }

    /// Where the package is until it is whole.
    fn incoming(&self, hash: &PackageHash) -> PathBuf {
        self.folder.join(format!("{hash}.incoming"))
    }

    /// Brings the package here. The caller holds the package's lock, so leftovers are of the dead.
    fn fetch(
        &self,
        hash: &PackageHash,
        blobs: &Blobs,
        may_unpack: impl FnOnce(&Path) -> Result<(), JudgingError>,
    ) -> Result<u64, JudgingError> {
        let incoming = self.incoming(hash);
        remove_if_there(&incoming).map_err(|e| host("remove", incoming.display(), &e))?;
        fs::create_dir(&incoming).map_err(|e| host("create", incoming.display(), &e))?;
        let zip = incoming.join("package.zip");
        let transferred = download(blobs, hash, &zip)?;
        may_unpack(&zip)?;
        problems::unpack(&zip, &incoming.join("package"), hash).map_err(|faults| {
            let kind = match faults.out_of_room() {
                true => JudgingErrorKind::NoRoom,
                false => JudgingErrorKind::Storage,
            };
            JudgingError::new(kind, format!("unpack package {hash}: {faults}"))
        })?;
        let finish = || -> io::Result<()> {
            fs::remove_file(&zip)?;
            let bytes = size_of(&incoming.join("package"))?;
            File::create(incoming.join("in-use"))?.write_all(bytes.to_string().as_bytes())?;
            fs::rename(&incoming, self.folder.join(hash.as_str()))
        };
        finish().map_err(|e| host("store", incoming.display(), &e))?;
        Ok(transferred)
    }

    /// Each package with when it was last wanted and how many bytes it has.
    fn entries(&self) -> Vec<(SystemTime, u64, PathBuf)> {
        let listed = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        listed.filter_map(|entry| entry_state(&entry.path())).collect()
    }

    /// Removes packages, the longest unwanted first, until the rest fits with so many bytes more. A failure only leaves
    /// more on the disk.
    fn make_room_for(&self, more_bytes: u64) {
        leftovers::remove(&self.folder);
        let mut entries = self.entries();
        entries.sort();
        let mut total = entries.iter().map(|(_, bytes, _)| bytes).sum::<u64>() + more_bytes;
        for (_, bytes, path) in entries {
            if total <= self.limit_bytes {
                return;
            }
            match remove_if_unused(&path) {
                Ok(true) => total -= bytes,
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(path = %path.display(), %error, "cannot remove a cached package")
                }
            }
        }
    }
}

/// Takes a shared lock on a cached package and notes that it is wanted; `None` where it is not there.
fn hold(entry: &Path) -> io::Result<Option<File>> {
    let path = entry.join("in-use");
    loop {
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        file.lock_shared()?;
        // It may have been removed, and even replaced, before the lock was ours.
        match fs::metadata(&path) {
            Ok(there) if there.ino() == file.metadata()?.ino() => {
                file.set_modified(SystemTime::now())?;
                return Ok(Some(file));
            }
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        }
    }
}

/// When a cached package was last wanted and how many bytes it has.
fn entry_state(entry: &Path) -> Option<(SystemTime, u64, PathBuf)> {
    let mut file = File::open(entry.join("in-use")).ok()?;
    let mut bytes = String::new();
    file.read_to_string(&mut bytes).ok()?;
    Some((file.metadata().ok()?.modified().ok()?, bytes.parse().ok()?, entry.to_owned()))
}

fn remove_if_unused(entry: &Path) -> io::Result<bool> {
    let file = File::open(entry.join("in-use"))?;
    if file.try_lock().is_err() {
        return Ok(false);
    }
    // First the name: a package that is half removed must not be found.
    let removed = entry.with_extension("removed");
    remove_if_there(&removed)?;
    fs::rename(entry, &removed)?;
    remove_if_there(&removed)?;
    Ok(true)
}

fn remove_if_there(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Bytes of all files below a folder.
pub(crate) fn size_of(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let meta = entry.metadata()?;
        bytes += if meta.is_dir() { size_of(&entry.path())? } else { meta.len() };
    }
    Ok(bytes)
}

fn download(blobs: &Blobs, hash: &PackageHash, to: &Path) -> Result<u64, JudgingError> {
    wait_for(blobs.get_to_file(&blobs::package_key(hash), to))
}

/// The blob store speaks async; the function, which is one thread with one thing to do, waits for it.
pub(crate) fn wait_for<T>(
    work: impl Future<Output = Result<T, BlobError>>,
) -> Result<T, JudgingError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| host("start", "a runtime for the blob store", &e))?;
    runtime.block_on(work).map_err(|error| {
        let kind = match &error {
            BlobError::Missing(_) => JudgingErrorKind::Package,
            BlobError::File { source, .. } if out_of_room(source) => JudgingErrorKind::NoRoom,
            _ => JudgingErrorKind::Storage,
        };
        JudgingError::new(kind, with_causes(&error))
    })
}
