//! Names that tell whose a group is, so that those of killed owners are found and removed.

use std::fs;
use std::path::Path;
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::files::Folder;

const PREFIX: &str = "gavel-box-";

/// A name for the groups of a new box of this process: process id, start time, serial number.
pub(super) fn group_name() -> String {
    static SERIAL: AtomicU64 = AtomicU64::new(0);
    let process = std::process::id();
    let started = start_time(process).unwrap_or(0);
    format!("{PREFIX}{process}-{started}-{}", SERIAL.fetch_add(1, Ordering::Relaxed))
}

/// Removes the groups below `parent` whose owner has ended, with whatever still runs in them.
pub(super) fn sweep(parent: &Path) {
    let Ok(entries) = fs::read_dir(parent) else { return };
    for entry in entries.flatten() {
        if entry.file_name().to_str().and_then(owner_is_gone) == Some(true) {
            remove_tree(&entry.path());
        }
    }
}

/// Best effort: another process may be sweeping too, and what stays is met again by the next sweep.
fn remove_tree(path: &Path) {
    let below = fs::read_dir(path).into_iter().flatten().flatten();
    for child in below.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir())) {
        remove_tree(&child.path());
    }
    let group = Folder::at(path);
    for process in group.read("cgroup.procs").unwrap_or_default().lines() {
        // 0 stands for a process of another process namespace, and would be our own group to kill.
        if let Some(process) = process.parse().ok().filter(|&process| process > 0) {
            let _ = kill(Pid::from_raw(process), Signal::SIGKILL);
        }
    }
    let _ = group.remove();
}

/// Whether the owner of a group with this name has ended; `None` for a name that is not ours.
fn owner_is_gone(name: &str) -> Option<bool> {
    let mut parts = name.strip_prefix(PREFIX)?.split('-');
    let process = parts.next()?.parse().ok()?;
    let started: u64 = parts.next()?.parse().ok()?;
    Some(start_time(process) != Some(started))
}

/// The process that started this one, or inherited it.
pub(super) fn parent(process: u32) -> Option<u32> {
    stat(process, 4)
}

/// When a process started, in clock ticks since boot.
fn start_time(process: u32) -> Option<u64> {
    stat(process, 22)
}

/// A field of proc_pid_stat(5) after the name, which is field 2.
fn stat<T: FromStr>(process: u32, field: usize) -> Option<T> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    after_name.split_whitespace().nth(field.checked_sub(3)?)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_living_owner_is_known_by_id_and_start() {
        let name = group_name();
        assert_eq!(owner_is_gone(&name), Some(false));
        assert_eq!(owner_is_gone(&format!("{PREFIX}{}-1-0", std::process::id())), Some(true));
        assert_eq!(owner_is_gone("system.slice"), None);
        assert_eq!(owner_is_gone("gavel-box-x"), None);
    }

    #[test]
    fn only_groups_of_ended_owners_are_swept() {
        let temp = tempfile::tempdir().unwrap();
        let (mine, dead) = (group_name(), format!("{PREFIX}{}-1-0", std::process::id()));
        for name in [mine.as_str(), dead.as_str(), "other"] {
            fs::create_dir(temp.path().join(name)).unwrap();
        }
        fs::create_dir(temp.path().join(&dead).join("run-3")).unwrap();
        sweep(temp.path());
        assert!(temp.path().join(&mine).exists());
        assert!(temp.path().join("other").exists());
        assert!(!temp.path().join(&dead).exists());
    }
}
