//! Copying all of `/work`: out of a box, into one, from one into another.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;

use super::{WorkDir, WorkEntry, failed, join, too_much};
use crate::error::SandboxError;

impl WorkDir<'_> {
    /// Copies all regular files and folders to a folder of the host, which exists.
    ///
    /// # Errors
    /// When they hold more than `max_bytes`, or something could not be read or written.
    pub fn copy_all_to(&self, host: &Path, max_bytes: u64) -> Result<(), SandboxError> {
        self.copy_each(max_bytes, |entry| {
            let target = host.join(&entry.name);
            if entry.is_folder {
                return fs::create_dir(&target).map(|()| None);
            }
            let copy = File::create_new(&target)?;
            let mode = if entry.executable { 0o755 } else { 0o644 };
            copy.set_permissions(fs::Permissions::from_mode(mode))?;
            Ok(Some(copy))
        })
    }

    /// Copies all regular files and folders into `folder` of another box's, and makes that.
    ///
    /// # Errors
    /// When they hold more than `max_bytes`, or something could not be read or written.
    pub fn copy_all_into(
        &self,
        other: &WorkDir<'_>,
        folder: &str,
        max_bytes: u64,
    ) -> Result<(), SandboxError> {
        other.make_dir(folder)?;
        self.copy_each(max_bytes, |entry| {
            let name = join(folder, &entry.name);
            if entry.is_folder {
                return other.make_folders(&name).map(|()| None);
            }
            other.create(&name, entry.executable).map(Some)
        })
    }

    /// Copies each regular file into what `create` makes for it, which makes folders itself and gives nothing for them.
    fn copy_each(
        &self,
        max_bytes: u64,
        create: impl Fn(&WorkEntry) -> io::Result<Option<File>>,
    ) -> Result<(), SandboxError> {
        let mut left = max_bytes;
        for entry in self.list()? {
            let mut copy = || {
                let Some(mut copy) = create(&entry)? else { return Ok(()) };
                let Some(file) = self.open_regular(&entry.name)? else { return Ok(()) };
                let copied = io::copy(&mut file.take(left + 1), &mut copy)?;
                left = left
                    .checked_sub(copied)
                    .ok_or_else(|| too_much(format!("more than {max_bytes} bytes in all")))?;
                Ok(())
            };
            copy().map_err(|source| failed("copy out", &entry.name, source))?;
        }
        Ok(())
    }

    /// Copies all regular files and folders of a folder of the host into it.
    ///
    /// # Errors
    /// Names what could not be read or written.
    pub fn copy_all_from(&self, host: &Path) -> Result<(), SandboxError> {
        self.copy_below(host, "")
    }

    fn copy_below(&self, host: &Path, below: &str) -> Result<(), SandboxError> {
        let fail = |source| failed("copy in", &host.display().to_string(), source);
        for entry in fs::read_dir(host).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let kind = entry.file_type().map_err(fail)?;
            let name = join(below, &entry.file_name().to_string_lossy());
            if kind.is_dir() {
                self.make_dir(&name)?;
                self.copy_below(&entry.path(), &name)?;
            } else if kind.is_file() {
                let copy = || {
                    let mut source = File::open(entry.path())?;
                    let executable = source.metadata()?.mode() & 0o100 != 0;
                    io::copy(&mut source, &mut self.create(&name, executable)?)
                };
                copy().map_err(|source| failed("copy in", &name, source))?;
            }
        }
        Ok(())
    }
}
