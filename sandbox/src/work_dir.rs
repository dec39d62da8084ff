//! The host's side of `/work`: safe against anything that a program left there.
//!
//! Every path is resolved by the kernel below the folder, without following any link and without
//! leaving its file system; only regular files are opened, and never waited for.

mod copy;

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, OwnedFd};

use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{OFlag, OpenHow, ResolveFlag, openat2};
use nix::sys::stat::{Mode, SFlag, fchmod, fstat, mkdirat};
use nix::unistd::{Gid, Uid, UnlinkatFlags, setfsgid, setfsuid, unlinkat};
use serde::Serialize;

use crate::error::SandboxError;
use crate::sandbox::Sandbox;
use crate::spec::Level;

/// How deep folders are looked into.
const MAX_DEPTH: usize = 16;
/// How many files and folders are looked at.
const MAX_ENTRIES: usize = 20_000;

/// `/work` of an open box.
pub struct WorkDir<'a> {
    sandbox: &'a Sandbox,
}

/// A regular file or a folder in `/work`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WorkEntry {
    /// Path below `/work`.
    pub name: String,
    /// Size in bytes; 0 for a folder.
    pub size: u64,
    /// Whether it is a folder.
    pub is_folder: bool,
    /// Whether its owner may execute it.
    pub executable: bool,
}

impl<'a> WorkDir<'a> {
    pub(crate) fn new(sandbox: &'a Sandbox) -> Self {
        Self { sandbox }
    }

    /// Writes a file, in the place of any that was there. Its folder must exist.
    ///
    /// # Errors
    /// Names the file and why it could not be written, such as a full `/work`.
    pub fn put(&self, name: &str, bytes: &[u8], executable: bool) -> Result<(), SandboxError> {
        self.create(name, executable)
            .and_then(|mut file| file.write_all(bytes))
            .map_err(|source| failed("write", name, source))
    }

    /// Writes what is left to read of a file of the host, as [`put`](Self::put) does.
    ///
    /// # Errors
    /// Names the file in the box and why it could not be read or written.
    pub fn put_from(&self, name: &str, source: &mut File) -> Result<(), SandboxError> {
        self.create(name, false)
            .and_then(|mut file| io::copy(source, &mut file))
            .map(drop)
            .map_err(|source| failed("write", name, source))
    }

    /// The beginning of a regular file, at most `max_bytes`; `None` if nothing is there.
    ///
    /// # Errors
    /// When what is there is not a regular file, or lies behind a symbolic link.
    pub fn read(&self, name: &str, max_bytes: u64) -> Result<Option<Vec<u8>>, SandboxError> {
        let read = || {
            let Some(file) = self.open_regular(name)? else { return Ok(None) };
            let mut bytes = Vec::new();
            file.take(max_bytes).read_to_end(&mut bytes)?;
            Ok(Some(bytes))
        };
        read().map_err(|source| failed("read", name, source))
    }

    /// A regular file, open for reading; `None` if nothing is there.
    ///
    /// # Errors
    /// When what is there is not a regular file, or lies behind a symbolic link.
    pub fn open(&self, name: &str) -> Result<Option<File>, SandboxError> {
        self.open_regular(name).map_err(|source| failed("open", name, source))
    }

    /// Removes a file; that nothing is there is no failure.
    ///
    /// # Errors
    /// Names the file and why it could not be removed, such as that it is a folder.
    pub fn remove(&self, name: &str) -> Result<(), SandboxError> {
        let remove = || -> io::Result<()> {
            check_name(name)?;
            let (parent, base) = name.rsplit_once('/').unwrap_or(("", name));
            let parent = self.open_folder(parent)?;
            let _acting = Acting::as_user(self.sandbox.id());
            match unlinkat(&parent, base, UnlinkatFlags::NoRemoveDir) {
                Ok(()) | Err(Errno::ENOENT) => Ok(()),
                Err(error) => Err(error.into()),
            }
        };
        remove().map_err(|source| failed("remove", name, source))
    }

    /// Regular files and folders, at any depth, folders before what they hold. Anything else is
    /// left out.
    ///
    /// # Errors
    /// When there are more of them, or deeper ones, than a judge has any use for.
    pub fn list(&self) -> Result<Vec<WorkEntry>, SandboxError> {
        let mut entries = Vec::new();
        self.list_below("", 0, &mut entries).map_err(|source| failed("list", "/", source))?;
        Ok(entries)
    }

    /// What the regular files of a folder hold, at any depth, in bytes; 0 if nothing is there.
    ///
    /// # Errors
    /// When it is no folder, or there are more files in it, or deeper ones, than a judge has any use for.
    pub fn bytes_in(&self, folder: &str) -> Result<u64, SandboxError> {
        let mut entries = Vec::new();
        match self.list_below(folder, 0, &mut entries) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(failed("list", folder, error));
            }
            _ => {}
        }
        Ok(entries.iter().map(|entry| entry.size).fold(0, u64::saturating_add))
    }

    /// Makes a folder and those above it; that it exists already is no failure.
    ///
    /// # Errors
    /// Names the folder and why it could not be made.
    pub fn make_dir(&self, name: &str) -> Result<(), SandboxError> {
        self.make_folders(name).map_err(|source| failed("make folder", name, source))
    }

    fn make_folders(&self, name: &str) -> io::Result<()> {
        check_name(name)?;
        let mut so_far = String::new();
        for part in name.split('/').filter(|part| !part.is_empty()) {
            let parent = self.open_folder(&so_far)?;
            let _acting = Acting::as_user(self.sandbox.id());
            match mkdirat(&parent, part, Mode::from_bits_truncate(0o755)) {
                Ok(()) | Err(Errno::EEXIST) => {}
                Err(error) => return Err(error.into()),
            }
            so_far = join(&so_far, part);
        }
        self.open_folder(name).map(drop)
    }

    /// Empties it, whatever is in it, in constant time.
    ///
    /// # Errors
    /// When the helper could not replace it.
    pub fn clear(&self) -> Result<(), SandboxError> {
        self.sandbox.renew_work()
    }

    /// Opens a new file for writing, which belongs to the box's user.
    fn create(&self, name: &str, executable: bool) -> io::Result<File> {
        check_name(name)?;
        let (parent, base) = name.rsplit_once('/').unwrap_or(("", name));
        let parent = self.open_folder(parent)?;
        let _acting = Acting::as_user(self.sandbox.id());
        match unlinkat(&parent, base, UnlinkatFlags::NoRemoveDir) {
            Ok(()) | Err(Errno::ENOENT) => {}
            Err(error) => return Err(error.into()),
        }
        let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL;
        let file = open_below(&parent, base, flags, Mode::S_IRUSR | Mode::S_IWUSR)?;
        // Whatever this process's umask says.
        fchmod(&file, Mode::from_bits_truncate(if executable { 0o755 } else { 0o644 }))?;
        Ok(file.into())
    }

    fn open_folder(&self, name: &str) -> io::Result<OwnedFd> {
        let name = if name.is_empty() { "." } else { name };
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY;
        Ok(open_below(&*self.sandbox.work_folder(), name, flags, Mode::empty())?)
    }

    fn open_regular(&self, name: &str) -> io::Result<Option<File>> {
        check_name(name)?;
        let folder = self.sandbox.work_folder();
        // Looked at before it is opened, because opening a device or a FIFO may have effects.
        let found = match open_below(&*folder, name, OFlag::O_PATH, Mode::empty()) {
            Ok(found) => found,
            Err(Errno::ENOENT) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        require_regular(&found)?;
        let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_NOCTTY;
        let file = open_below(&*folder, name, flags, Mode::empty())?;
        require_regular(&file)?;
        self.require_own(&file)?;
        Ok(Some(file.into()))
    }

    /// On a file system of the host's, a program may have made a link to a file that is not its own
    /// and that it could not read.
    fn require_own(&self, file: &OwnedFd) -> io::Result<()> {
        let is_shared = self.sandbox.level() == Level::Minimal;
        if is_shared && fstat(file)?.st_uid != self.sandbox.id() {
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, "not the box's own file"));
        }
        Ok(())
    }

    fn list_below(
        &self,
        below: &str,
        depth: usize,
        entries: &mut Vec<WorkEntry>,
    ) -> io::Result<()> {
        if depth > MAX_DEPTH {
            return Err(too_much(format!("folders more than {MAX_DEPTH} deep")));
        }
        let mut folder = Dir::from_fd(self.open_folder(below)?)?;
        let mut subfolders = Vec::new();
        for entry in folder.iter() {
            let entry = entry?;
            // A name that is no UTF-8 is none that a judge looks for.
            let Ok(base) = entry.file_name().to_str() else { continue };
            if base == "." || base == ".." {
                continue;
            }
            if entries.len() >= MAX_ENTRIES {
                return Err(too_much(format!("more than {MAX_ENTRIES} files")));
            }
            let name = join(below, base);
            let work = self.sandbox.work_folder();
            let found =
                open_below(&*work, &name, OFlag::O_PATH | OFlag::O_NOFOLLOW, Mode::empty())?;
            let stat = fstat(&found)?;
            let kind = SFlag::from_bits_truncate(stat.st_mode) & SFlag::S_IFMT;
            let is_folder = kind == SFlag::S_IFDIR;
            if is_folder {
                subfolders.push(name);
            } else if kind == SFlag::S_IFREG {
                let size = stat.st_size.unsigned_abs();
                let executable = stat.st_mode & 0o100 != 0;
                entries.push(WorkEntry { name, size, is_folder, executable });
            }
        }
        for name in subfolders {
            entries.push(WorkEntry {
                name: name.clone(),
                size: 0,
                is_folder: true,
                executable: true,
            });
            self.list_below(&name, depth + 1, entries)?;
        }
        Ok(())
    }
}

fn open_below(folder: &impl AsFd, name: &str, flags: OFlag, mode: Mode) -> Result<OwnedFd, Errno> {
    let how = OpenHow::new().flags(flags | OFlag::O_CLOEXEC).mode(mode).resolve(
        ResolveFlag::RESOLVE_BENEATH
            | ResolveFlag::RESOLVE_NO_SYMLINKS
            | ResolveFlag::RESOLVE_NO_MAGICLINKS
            | ResolveFlag::RESOLVE_NO_XDEV,
    );
    openat2(folder, name, how)
}

fn require_regular(file: &OwnedFd) -> io::Result<()> {
    let mode = fstat(file)?.st_mode;
    if SFlag::from_bits_truncate(mode) & SFlag::S_IFMT == SFlag::S_IFREG {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"))
}

fn check_name(name: &str) -> io::Result<()> {
    let plain = name.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
    if plain {
        return Ok(());
    }
    Err(io::Error::new(io::ErrorKind::InvalidInput, "not a plain relative path"))
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

fn too_much(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, what)
}

fn failed(operation: &'static str, name: &str, source: io::Error) -> SandboxError {
    SandboxError::Work { operation, name: name.to_owned(), source }
}

/// While it lives, this thread makes files as the box's user, so that the programs own them and a
/// tmpfs of a user namespace, which knows no other user, takes them. Needed by root only.
struct Acting {
    before: Option<(Uid, Gid)>,
}

impl Acting {
    fn as_user(id: u32) -> Self {
        let before = nix::unistd::geteuid()
            .is_root()
            .then(|| (setfsuid(Uid::from_raw(id)), setfsgid(Gid::from_raw(id))));
        Self { before }
    }
}

impl Drop for Acting {
    fn drop(&mut self) {
        if let Some((user, group)) = self.before {
            setfsgid(group);
            setfsuid(user);
        }
    }
}
