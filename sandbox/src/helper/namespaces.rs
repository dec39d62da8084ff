//! Leaving the host: the namespaces that a box has once, for all its runs.

use std::fs;

use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl;
use nix::unistd::{Gid, Uid, getegid, geteuid, setgroups, sethostname, setresgid, setresuid};

use super::{Failure, Step};
use crate::protocol::{Setup, User};
use crate::spec::Level;
use crate::sys::process::{self, Side};

/// Id of the programs' user and group as seen inside a user namespace.
pub(super) const INNER_ID: u32 = 1000;

/// The box's process and its programs' user, as the host sees them.
pub(super) struct Identity {
    pub(super) process: u32,
    pub(super) id: u32,
}

impl Identity {
    /// As long as this process is in the host's process namespace.
    pub(super) fn on_the_host(user: User) -> Result<Self, Failure> {
        let process = own_number()?;
        let id = match user {
            User::Owner => geteuid().as_raw(),
            User::Id(id) => id,
            User::Above(first) => first.saturating_add(process),
        };
        Ok(Self { process, id })
    }
}

/// Enters the box's namespaces. What it mounts afterwards, the host does not see. At level
/// user-namespace this process stays behind, waiting for the one that goes on as process 1.
pub(super) fn enter(setup: &Setup) -> Result<Identity, Failure> {
    let mut flags = CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWIPC | CloneFlags::CLONE_NEWUTS;
    let Identity { mut process, id } = Identity::on_the_host(setup.user)?;
    if setup.level == Level::Full {
        setgroups(&[]).step(|| "drop supplementary groups".into())?;
        unshare(flags).step(|| "unshare the namespaces".into())?;
    } else {
        if !matches!(setup.user, User::Owner) {
            become_user(id)?;
        }
        let (user, group) = (geteuid(), getegid());
        flags |= CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWCGROUP;
        unshare(flags).step(|| "unshare the namespaces, a user namespace first".into())?;
        map_ids(user, group)?;
        become_first_process()?;
        process = own_number()?;
        // They are all there again in a user namespace of its own.
        process::forbid_capabilities_below().step(|| "empty the capability bounding set".into())?;
    }
    start_clocks_anew();
    prctl::set_no_new_privs().step(|| "set no_new_privs".into())?;
    sethostname("box").step(|| "set the host name".into())?;
    mount(None::<&str>, "/", None::<&str>, MsFlags::MS_REC | MsFlags::MS_PRIVATE, None::<&str>)
        .step(|| "make all mounts private".into())?;
    Ok(Identity { process, id })
}

/// Programs see clocks that began with the box, and learn nothing of how long the host has been up.
/// Kernels without time namespaces (before Linux 5.6) show the host's.
fn start_clocks_anew() {
    let time = CloneFlags::from_bits_retain(libc::CLONE_NEWTIME);
    if unshare(time).is_err() {
        return;
    }
    let offset = |name, clock| {
        let seconds = process::clock_nanoseconds(clock) / 1_000_000_000;
        format!("{name} -{seconds} 0\n")
    };
    let offsets =
        offset("monotonic", libc::CLOCK_MONOTONIC) + &offset("boottime", libc::CLOCK_BOOTTIME);
    // For this process's children only.
    let _ = fs::write("/proc/self/timens_offsets", offsets);
}

/// The number of this process in the namespace of the host's `/proc`.
fn own_number() -> Result<u32, Failure> {
    let name = || "read /proc/self".to_owned();
    let link = fs::read_link("/proc/self").step(name)?;
    link.to_str().and_then(|number| number.parse().ok()).ok_or(Errno::EINVAL).step(name)
}

/// Goes on in a child that is process 1 of a new process namespace. The parent keeps its number,
/// which the user id of the box is made of, for as long as the child lives.
fn become_first_process() -> Result<(), Failure> {
    match process::fork(libc::CLONE_NEWPID, None).step(|| "fork process 1 of the box".into())? {
        Side::Child => Ok(()),
        Side::Parent(child) => {
            let _ = process::close_from(0);
            process::wait(child);
            process::exit_now(0)
        }
    }
}

fn become_user(id: u32) -> Result<(), Failure> {
    let (user, group) = (Uid::from_raw(id), Gid::from_raw(id));
    let change = || -> Result<(), Errno> {
        setgroups(&[])?;
        setresgid(group, group, group)?;
        setresuid(user, user, user)?;
        prctl::set_dumpable(true) // or /proc/self would still be root's
    };
    change().step(|| format!("change to user {id}"))
}

fn map_ids(user: Uid, group: Gid) -> Result<(), Failure> {
    let files = [
        ("/proc/self/setgroups", "deny".to_owned()),
        ("/proc/self/uid_map", format!("{INNER_ID} {user} 1")),
        ("/proc/self/gid_map", format!("{INNER_ID} {group} 1")),
    ];
    for (path, text) in files {
        fs::write(path, text).step(|| format!("write {path}"))?;
    }
    Ok(())
}
