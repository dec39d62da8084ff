//! Leaving the host: the namespaces that a box has once, for all its runs.

use std::fs;

use nix::errno::Errno;
use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl;
use nix::unistd::{Gid, Uid, getegid, geteuid, setgroups, sethostname, setresgid, setresuid};

use super::{Failure, Step};
use crate::protocol::Setup;
use crate::spec::Level;
use crate::sys::process;

/// Id of the programs' user and group as seen inside a user namespace.
pub(super) const INNER_ID: u32 = 1000;

/// Enters the box's namespaces. What it mounts afterwards, the host does not see.
pub(super) fn enter(setup: &Setup) -> Result<(), Failure> {
    let mut flags = CloneFlags::CLONE_NEWNS
        | CloneFlags::CLONE_NEWIPC
        | CloneFlags::CLONE_NEWUTS
        | CloneFlags::CLONE_NEWNET
        | CloneFlags::CLONE_NEWCGROUP;
    match setup.level {
        Level::Full => {
            setgroups(&[]).step(|| "drop supplementary groups".into())?;
            unshare(flags).step(|| "unshare the namespaces".into())?;
        }
        Level::UserNamespace => {
            if setup.change_id {
                become_user(setup.id)?;
            }
            let (user, group) = (geteuid(), getegid());
            flags |= CloneFlags::CLONE_NEWUSER;
            unshare(flags).step(|| "unshare the namespaces, a user namespace first".into())?;
            map_ids(user, group)?;
        }
    }
    process::forbid_capabilities_below().step(|| "empty the capability bounding set".into())?;
    prctl::set_no_new_privs().step(|| "set no_new_privs".into())?;
    sethostname("box").step(|| "set the host name".into())?;
    mount(None::<&str>, "/", None::<&str>, MsFlags::MS_REC | MsFlags::MS_PRIVATE, None::<&str>)
        .step(|| "make all mounts private".into())
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
