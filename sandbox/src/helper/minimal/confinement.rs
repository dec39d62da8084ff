//! What a program puts on itself right before its system call filter.

use std::io;
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

/// What of `/proc/self` runtimes ask for, and whether it is a folder. Not `net`, which tells of the host.
const OF_ITSELF: [(&str, bool); 15] = [
    ("auxv", false),
    ("cgroup", false),
    ("cmdline", false),
    ("comm", false),
    ("environ", false),
    ("fd", true),
    ("fdinfo", true),
    ("limits", false),
    ("maps", false),
    ("mountinfo", false),
    ("smaps", false),
    ("smaps_rollup", false),
    ("stat", false),
    ("statm", false),
    ("status", false),
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
            for (name, is_folder) in OF_ITSELF {
                // A kernel may be built without it.
                if let Ok(file) = open_path(&Path::new("/proc/self").join(name)) {
                    rules.allow(file.as_fd(), is_folder, READ)?;
                }
            }
        }
        Ok(())
    }

    /// The last thing before the execution, when the process has the program's streams.
    pub(in crate::helper) fn close(&self) -> Result<(), Errno> {
        let Some(rules) = &self.rules else { return Ok(()) };
        // They can be opened again by their names, such as /dev/stdin.
        let (input, output, errors) = (io::stdin(), io::stdout(), io::stderr());
        let (write, streams) = (WRITE_FILE, [input.as_fd(), output.as_fd(), errors.as_fd()]);
        for (stream, access) in streams.into_iter().zip([READ_FILE, write, write]) {
            match rules.allow(stream, false, access) {
                // There are no rules for pipes and what else has no place in a file system.
                Ok(()) | Err(Errno::EBADFD) => {}
                Err(error) => return Err(error),
            }
        }
        rules.restrict_self()
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
