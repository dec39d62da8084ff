//! One group's folder: its files read and written, each failure with operation and path.

use std::cell::RefCell;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::error::SandboxError;

/// The folder of a group in a cgroup file system.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// What has been used before, because opening a file costs more than reading it.
    open: RefCell<Vec<(&'static str, Access, File)>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Read,
    Write,
}

impl Folder {
    pub(super) fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into(), open: RefCell::default() }
    }

    /// Makes the group.
    pub(super) fn create(path: impl Into<PathBuf>) -> Result<Self, SandboxError> {
        let folder = Self::at(path);
        fs::create_dir(&folder.path).map_err(|source| SandboxError::Cgroup {
            operation: "make",
            path: folder.path.clone(),
            source,
        })?;
        Ok(folder)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn has(&self, file: &str) -> bool {
        self.path.join(file).exists()
    }

    /// Does something with an open file, opened the first time.
    fn with<T>(
        &self,
        name: &'static str,
        access: Access,
        operation: &'static str,
        act: impl FnOnce(&File) -> io::Result<T>,
    ) -> Result<T, SandboxError> {
        let act_on_it = || {
            let mut open = self.open.borrow_mut();
            if let Some((.., file)) = open.iter().find(|(n, a, _)| (*n, *a) == (name, access)) {
                return act(file);
            }
            // Never created: the kernel has it, or it is missing.
            let (read, write) = (access == Access::Read, access == Access::Write);
            let file = OpenOptions::new().read(read).write(write).open(self.path.join(name))?;
            let done = act(&file);
            open.push((name, access, file));
            done
        };
        act_on_it().map_err(|source| {
            let path = self.path.join(name);
            SandboxError::Cgroup { operation, path, source }
        })
    }

    pub(super) fn write(
        &self,
        file: &'static str,
        value: impl ToString,
    ) -> Result<(), SandboxError> {
        let value = value.to_string();
        self.with(file, Access::Write, "write", |file| file.write_all_at(value.as_bytes(), 0))
    }

    pub(super) fn read(&self, file: &'static str) -> Result<String, SandboxError> {
        self.with(file, Access::Read, "read", |file| {
            let mut text = vec![0; 4096];
            let mut length = 0;
            loop {
                let room = text.get_mut(length..).unwrap_or_default();
                let more = file.read_at(room, length as u64)?;
                length += more;
                // Less than there was room for is the end: such a file is made in one piece.
                if length < text.len() {
                    break;
                }
                text.resize(2 * length, 0);
            }
            text.truncate(length);
            String::from_utf8(text).map_err(|_| io::ErrorKind::InvalidData.into())
        })
    }

    /// The file's one number.
    pub(super) fn number(&self, file: &'static str) -> Result<u64, SandboxError> {
        let text = self.read(file)?;
        text.trim().parse().map_err(|_| self.malformed(file, text.trim()))
    }

    /// The number after `key` in a file of `key number` lines.
    pub(super) fn keyed(&self, file: &'static str, key: &str) -> Result<u64, SandboxError> {
        self.all_keyed(file, [key]).map(|[number]| number)
    }

    /// The numbers after several keys, as they stood at one time.
    pub(super) fn all_keyed<const N: usize>(
        &self,
        file: &'static str,
        keys: [&str; N],
    ) -> Result<[u64; N], SandboxError> {
        let text = self.read(file)?;
        let mut numbers = [0; N];
        for (key, number) in keys.into_iter().zip(&mut numbers) {
            let value = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(' '));
            *number = value
                .and_then(|value| value.trim().parse().ok())
                .ok_or_else(|| self.malformed(file, key))?;
        }
        Ok(numbers)
    }

    fn malformed(&self, file: &str, what: &str) -> SandboxError {
        SandboxError::Cgroup {
            operation: "understand",
            path: self.path.join(file),
            source: io::Error::new(io::ErrorKind::InvalidData, what.to_owned()),
        }
    }

    /// The file to which a thread writes 0 to move itself in (version 1).
    pub(super) fn door(&self) -> Result<OwnedFd, SandboxError> {
        let path = self.path.join("tasks");
        let opened = fs::OpenOptions::new().write(true).open(&path);
        opened.map(Into::into).map_err(|source| SandboxError::Cgroup {
            operation: "open",
            path,
            source,
        })
    }

    /// A descriptor to read one of its files by.
    pub(super) fn descriptor(&self, file: &str) -> Result<OwnedFd, SandboxError> {
        let path = self.path.join(file);
        let opened = File::open(&path).map(Into::into);
        opened.map_err(|source| SandboxError::Cgroup { operation: "open", path, source })
    }

    /// Removes the group; that it is gone already is no failure.
    pub(super) fn remove(&self) -> Result<(), SandboxError> {
        match fs::remove_dir(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other.map_err(|source| SandboxError::Cgroup {
                operation: "remove",
                path: self.path.clone(),
                source,
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_and_faults_name_the_file() {
        let temp = tempfile::tempdir().unwrap();
        let folder = Folder::at(temp.path());
        std::fs::write(temp.path().join("one"), "42\n").unwrap();
        std::fs::write(temp.path().join("many"), "oom 3\noom_kill 7\n").unwrap();
        assert_eq!(folder.number("one").unwrap(), 42);
        assert_eq!(folder.keyed("many", "oom").unwrap(), 3);
        assert_eq!(folder.keyed("many", "oom_kill").unwrap(), 7);
        assert!(folder.keyed("many", "absent").unwrap_err().to_string().contains("many"));
        assert!(folder.number("many").unwrap_err().to_string().contains("many"));
        assert!(folder.write("absent", 1).unwrap_err().to_string().contains("absent"));
    }
}
