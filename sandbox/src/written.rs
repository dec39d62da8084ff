//! What a run has written into `/work`, seen when it is over.

use std::collections::HashMap;
use std::io;
use std::os::fd::AsFd;

use nix::dir::Dir;
use nix::fcntl::{AtFlags, OFlag};
use nix::sys::stat::{Mode, SFlag, fstatat};

/// How deep folders are looked into.
const MAX_DEPTH: usize = 64;

/// The files of a folder and those below it, by their inode: one with several names is one file.
pub(crate) struct Files(HashMap<u64, Stamp>);

/// What changes with a file.
#[derive(PartialEq)]
struct Stamp {
    bytes: u64,
    /// Seconds and nanoseconds of its last change, of its content or of what is known of it.
    changed: (i64, i64),
}

impl Files {
    /// Looks at all of them, whatever their names. No program may be at work there.
    ///
    /// # Errors
    /// [`io::ErrorKind::PermissionDenied`] or [`io::ErrorKind::QuotaExceeded`] where a folder cannot be looked into, or lies too
    /// deep: whoever made it hides what they wrote.
    pub(crate) fn below(folder: impl AsFd) -> io::Result<Self> {
        let mut files = Self(HashMap::new());
        files.add(Dir::openat(folder, ".", FOLDER, Mode::empty())?, 0)?;
        Ok(files)
    }

    fn add(&mut self, mut folder: Dir, depth: usize) -> io::Result<()> {
        if depth > MAX_DEPTH {
            return Err(io::ErrorKind::QuotaExceeded.into());
        }
        let mut subfolders = Vec::new();
        let names: Vec<_> = folder
            .iter()
            .map(|entry| entry.map(|entry| entry.file_name().to_owned()))
            .collect::<Result<_, _>>()?;
        for name in names {
            if name.as_bytes() == b"." || name.as_bytes() == b".." {
                continue;
            }
            let stat = fstatat(&folder, name.as_c_str(), AtFlags::AT_SYMLINK_NOFOLLOW)?;
            let kind = SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT;
            if kind == SFlag::S_IFDIR {
                subfolders.push(name);
            } else if kind == SFlag::S_IFREG {
                let bytes = stat.st_size.unsigned_abs();
                let changed = (stat.st_ctime, stat.st_ctime_nsec);
                self.0.insert(stat.st_ino, Stamp { bytes, changed });
            }
        }
        for name in subfolders {
            let inner = Dir::openat(&folder, name.as_c_str(), FOLDER, Mode::empty())?;
            self.add(inner, depth + 1)?;
        }
        Ok(())
    }

    /// The whole size of those files that were not there `before`, or were otherwise, in bytes.
    pub(crate) fn bytes_since(&self, before: &Self) -> u64 {
        let written = self.0.iter().filter(|(inode, stamp)| before.0.get(inode) != Some(stamp));
        written.map(|(_, stamp)| stamp.bytes).fold(0, u64::saturating_add)
    }
}

/// A folder, and nothing that a link names.
const FOLDER: OFlag =
    OFlag::O_RDONLY.union(OFlag::O_DIRECTORY).union(OFlag::O_NOFOLLOW).union(OFlag::O_CLOEXEC);

#[cfg(test)]
mod tests {
    use std::fs::{self, File};

    use super::*;

    #[test]
    fn what_is_new_or_changed_counts_as_a_whole_and_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let look = || Files::below(File::open(folder.path()).unwrap()).unwrap();
        fs::create_dir_all(path("deep/deeper")).unwrap();
        fs::write(path("deep/kept"), [0; 100]).unwrap();
        fs::write(path("deep/changed"), [0; 30]).unwrap();
        let before = look();
        assert_eq!(look().bytes_since(&before), 0);
        fs::write(path("deep/deeper/new"), [0; 5]).unwrap();
        fs::hard_link(path("deep/deeper/new"), path("again")).unwrap();
        std::os::unix::fs::symlink(path("deep/kept"), path("link")).unwrap();
        assert_eq!(look().bytes_since(&before), 5);
        fs::write(path("deep/changed"), [0; 31]).unwrap();
        assert_eq!(look().bytes_since(&before), 36);
        fs::remove_file(path("deep/kept")).unwrap();
        assert_eq!(look().bytes_since(&before), 36);
    }

    #[test]
    fn folders_that_lie_too_deep_hide_what_is_in_them() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("a/".repeat(MAX_DEPTH))).unwrap();
        let look = || Files::below(File::open(folder.path()).unwrap());
        assert!(look().is_ok());
        fs::create_dir_all(folder.path().join("a/".repeat(MAX_DEPTH + 1))).unwrap();
        assert_eq!(look().err().unwrap().kind(), io::ErrorKind::QuotaExceeded);
    }
}
