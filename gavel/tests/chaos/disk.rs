//! Disks that fill up: small file systems in memory, seen by this process and those that it starts alone, and gone
//! with the last of them.

use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::unistd::{getegid, geteuid};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// Room for what some functions reserve for their programs' output, and for the packages.
const SIZE: &str = "size=160m,mode=755";

/// Gives this process mounts of its own. Before it has a second thread.
pub(crate) fn of_our_own() {
    let (user, group) = (geteuid(), getegid());
    if user.is_root() {
        unshare(CloneFlags::CLONE_NEWNS).unwrap();
    } else {
        unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNS).unwrap();
        std::fs::write("/proc/self/setgroups", "deny").unwrap();
        std::fs::write("/proc/self/uid_map", format!("{user} {user} 1")).unwrap();
        std::fs::write("/proc/self/gid_map", format!("{group} {group} 1")).unwrap();
    }
    let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
    mount(None::<&str>, "/", None::<&str>, private, None::<&str>).unwrap();
    // What libfaketime leaves there of processes that are killed goes with us, too.
    mount_memory(Path::new("/dev/shm"), "mode=1777");
}

fn mount_memory(at: &Path, options: &str) {
    mount(Some("tmpfs"), at, Some("tmpfs"), MsFlags::MS_NODEV, Some(options)).unwrap();
}

/// A disk of its own.
pub(crate) struct Disk {
    folder: TempDir,
    filling: Option<File>,
}

impl Disk {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        mount_memory(folder.path(), SIZE);
        Self { folder, filling: None }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    fn filler(&self) -> PathBuf {
        self.path().join("filler")
    }

    /// Fills it to the last byte, also with what has come free since the last time.
    pub(crate) fn fill(&mut self) {
        let path = self.filler();
        let open = || OpenOptions::new().create(true).append(true).open(path);
        let file = match self.filling.take() {
            Some(file) => file,
            // Without room there may be none for its name either: it is full already.
            None => match open() {
                Ok(file) => file,
                Err(_) => return,
            },
        };
        for size in [1 << 20, 1 << 12] {
            while (&file).write(&vec![0; size]).is_ok() {}
        }
        self.filling = Some(file);
    }

    /// Makes room again.
    pub(crate) fn empty(&mut self) {
        self.filling = None;
        let _ = std::fs::remove_file(self.filler());
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // The folder below is then empty and can be removed. Whoever still runs in it keeps what is in it.
        match nix::mount::umount2(self.path(), nix::mount::MntFlags::MNT_DETACH) {
            Ok(()) | Err(Errno::EINVAL) => {}
            Err(error) => eprintln!("unmount {}: {error}", self.path().display()),
        }
    }
}
