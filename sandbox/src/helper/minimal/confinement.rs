//! What a program puts on itself right before its system call filter.

use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{OFlag, open};
use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use nix::sys::stat::{Mode, SFlag, fstat};

use super::Folder;
use crate::helper::{Failure, Step};
use crate::policy::{Instruction, name_own_process};
use crate::spec::{Mount, WorkAccess};
use crate::sys::landlock::{Access, EXECUTE, OWN_FOLDER, READ_DIR, READ_FILE, Ruleset, WRITE_FILE};

const READ: Access = READ_FILE | READ_DIR;
const DEVICES: [(&str, Access); 5] = [
    ("/dev/null", READ_FILE | WRITE_FILE),
    ("/dev/zero", READ_FILE | WRITE_FILE),
    ("/dev/full", READ_FILE | WRITE_FILE),
    ("/dev/random", READ_FILE),
    ("/dev/urandom", READ_FILE),
];

/// The rules on files of one run, where the kernel has such rules.
pub(in crate::helper) struct Confinement {
    rules: Option<Ruleset>,
}

impl Confinement {
    /// `abi` is the version of Landlock to use, 0 if there is none.
    pub(in crate::helper) fn new(
        abi: u32,
        mounts: &[Mount],
        folder: &Folder,
        work: WorkAccess,
    ) -> Result<Self, Failure> {
        if abi == 0 {
            return Ok(Self { rules: None });
        }
        let rules = Ruleset::new(abi).step(|| "make a Landlock ruleset".into())?;
        for mount in mounts {
            allow(&rules, &mount.source, READ | EXECUTE)?;
        }
        for (device, access) in DEVICES {
            allow(&rules, Path::new(device), access)?;
        }
        let of_work = match work {
            WorkAccess::ReadOnly => READ | EXECUTE,
            WorkAccess::Writable => OWN_FOLDER,
        };
        rules
            .allow(folder.work().as_fd(), true, of_work)
            .and_then(|()| rules.allow(folder.temporary().as_fd(), true, OWN_FOLDER))
            .step(|| "allow the box's folders by Landlock".into())?;
        Ok(Self { rules: Some(rules) })
    }

    /// Called by the process that becomes the program, as its user.
    pub(in crate::helper) fn enter(&self) -> Result<(), Errno> {
        // If the box's process is killed from outside, at least this one goes with it.
        set_pdeathsig(Signal::SIGKILL)?;
        if let Some(rules) = &self.rules {
            // What runtimes ask for: their own memory map and the like. Not that of others.
            rules.allow(open_path(Path::new("/proc/self"))?.as_fd(), true, READ)?;
            rules.restrict_self()?;
        }
        Ok(())
    }

    /// The filter for the process that calls this.
    pub(in crate::helper) fn filter(policy: &[Instruction]) -> Vec<Instruction> {
        let mut filter = policy.to_vec();
        name_own_process(&mut filter, std::process::id());
        filter
    }
}

fn allow(rules: &Ruleset, path: &Path, access: Access) -> Result<(), Failure> {
    let name = || format!("allow {} by Landlock", path.display());
    let file = open_path(path).step(name)?;
    let kind = SFlag::from_bits_truncate(fstat(&file).step(name)?.st_mode) & SFlag::S_IFMT;
    rules.allow(file.as_fd(), kind == SFlag::S_IFDIR, access).step(name)
}

fn open_path(path: &Path) -> Result<OwnedFd, Errno> {
    open(path, OFlag::O_PATH | OFlag::O_CLOEXEC, Mode::empty())
}
