//! The box's folder on the host: `work`, which lasts as long as the box does, and `tmp`, which every
//! run finds empty.

use std::fs::{self, DirBuilder, File, Permissions};
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::fcntl::{OFlag, openat};
use nix::sys::stat::{FileStat, Mode, fchmod, fstat, mkdirat};
use nix::unistd::{Gid, Uid, UnlinkatFlags, fchown, unlinkat};

use crate::erase;
use crate::helper::{Failure, Step};

const WORK: &str = "work";
const TEMPORARY: &str = "tmp";

/// Removed with all that is in it when dropped.
pub(in crate::helper) struct Folder {
    path: PathBuf,
    fd: File,
    /// The programs' user, if it is not this process's own.
    private_user: Option<u32>,
    work: OwnedFd,
    temporary: OwnedFd,
    untouched: FileStat,
}

impl Folder {
    /// Makes it, where nothing is yet.
    pub(in crate::helper) fn make(path: &Path, private_user: Option<u32>) -> Result<Self, Failure> {
        let name = || format!("make the box's folder {}", path.display());
        DirBuilder::new().mode(0o700).create(path).step(name)?;
        // Its user finds the way to what is its own, and cannot list or change what is here.
        let mode = if private_user.is_some() { 0o711 } else { 0o700 };
        let made = fs::set_permissions(path, Permissions::from_mode(mode))
            .step(name)
            .and_then(|()| Self::furnish(path.to_owned(), private_user));
        made.inspect_err(|_| {
            let _ = erase::remove_folder(path);
        })
    }

    fn furnish(path: PathBuf, private_user: Option<u32>) -> Result<Self, Failure> {
        let fd = nix::fcntl::open(&path, FOLDER, Mode::empty())
            .step(|| format!("open the box's folder {}", path.display()))?;
        // Held for as long as this process lives: a folder that nobody holds is a stale one.
        let fd = File::from(fd);
        fd.lock().step(|| "lock the box's folder".into())?;
        let work = make_below(&fd, WORK, private_user)?;
        let temporary = make_below(&fd, TEMPORARY, private_user)?;
        let untouched = fstat(&temporary).step(|| "look at the temporary folder".into())?;
        Ok(Self { path, fd, private_user, work, temporary, untouched })
    }

    pub(in crate::helper) fn work(&self) -> &OwnedFd {
        &self.work
    }

    pub(in crate::helper) fn temporary(&self) -> &OwnedFd {
        &self.temporary
    }

    /// Puts an empty work folder in the place of the old.
    pub(in crate::helper) fn renew_work(&mut self) -> Result<(), Failure> {
        self.work = self.replace(WORK, &self.work)?;
        Ok(())
    }

    /// Makes the temporary folder as new. No process of the run is left.
    pub(in crate::helper) fn renew_temporary(&mut self) -> Result<(), Failure> {
        let now = fstat(&self.temporary).step(|| "look at the temporary folder".into())?;
        if now != self.untouched {
            self.temporary = self.replace(TEMPORARY, &self.temporary)?;
            self.untouched =
                fstat(&self.temporary).step(|| "look at the temporary folder".into())?;
        }
        Ok(())
    }

    fn replace(&self, name: &str, old: &OwnedFd) -> Result<OwnedFd, Failure> {
        let step = || format!("empty the box's folder {name}");
        // Its owner may have closed it.
        self.tidy(old)?;
        erase::empty(old).step(step)?;
        unlinkat(&self.fd, name, UnlinkatFlags::RemoveDir).step(step)?;
        make_below(&self.fd, name, self.private_user)
    }

    /// Undoes what a run did to the work folder itself, so that the next one can enter it.
    pub(in crate::helper) fn tidy_work(&self) -> Result<(), Failure> {
        self.tidy(&self.work)
    }

    fn tidy(&self, folder: &OwnedFd) -> Result<(), Failure> {
        fchmod(folder, Mode::S_IRWXU).step(|| "set the mode of the box's folder".into())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The owner tries again, and tells if it fails.
        let _ = self.tidy(&self.work).and_then(|()| self.tidy(&self.temporary));
        let _ = erase::remove_folder(&self.path);
    }
}

const FOLDER: OFlag =
    OFlag::O_RDONLY.union(OFlag::O_DIRECTORY).union(OFlag::O_NOFOLLOW).union(OFlag::O_CLOEXEC);

fn make_below(parent: &File, name: &str, owner: Option<u32>) -> Result<OwnedFd, Failure> {
    let make = || -> Result<OwnedFd, Errno> {
        mkdirat(parent, name, Mode::S_IRWXU)?;
        let folder = openat(parent, name, FOLDER, Mode::empty())?;
        fchmod(&folder, Mode::S_IRWXU)?;
        if let Some(id) = owner {
            fchown(&folder, Some(Uid::from_raw(id)), Some(Gid::from_raw(id)))?;
        }
        Ok(folder)
    };
    make().step(|| format!("make the box's folder {name}"))
}
