//! What a run may not leave behind: looked at before it and after it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::common::processes;
use crate::groups::groups_of;

/// Mounts as the boxes' processes see them, by process.
pub type Mounts = BTreeMap<u32, Vec<String>>;

pub fn mounts_of_boxes() -> Mounts {
    helpers().into_iter().map(|process| (process, mounts_of(process))).collect()
}

/// The state of the host that a run must not change.
#[derive(Debug, PartialEq)]
pub struct Residue {
    /// Mounts that this process sees.
    own_mounts: String,
    /// Mounts that the box's processes see, by process.
    box_mounts: Mounts,
    groups: Vec<PathBuf>,
    host_name: String,
    /// Files of the box's user in folders of the host that everyone may write to.
    files: BTreeSet<PathBuf>,
    system_v: Vec<String>,
    keys: Vec<String>,
}

impl Residue {
    /// The host now, with the boxes' mounts as they were once.
    pub fn with_mounts(user: u32, box_mounts: Mounts) -> Self {
        Self { box_mounts, ..Self::now(user) }
    }

    fn now(user: u32) -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let of_user = |path: &str, column: usize| {
            let field = user.to_string();
            let text = read(path);
            let lines = text.lines().filter(|line| {
                line.split_whitespace()
                    .nth(column)
                    .is_some_and(|f| f.trim_end_matches(':') == field)
            });
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        let system_v = [("shm", 7), ("msg", 7), ("sem", 4)];
        Self {
            own_mounts: read("/proc/self/mountinfo"),
            box_mounts: mounts_of_boxes(),
            groups: groups_of(std::process::id()),
            host_name: read("/proc/sys/kernel/hostname"),
            files: ["/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue"]
                .into_iter()
                .flat_map(|folder| files_of(user, Path::new(folder)))
                .collect(),
            system_v: system_v
                .into_iter()
                .flat_map(|(kind, column)| of_user(&format!("/proc/sysvipc/{kind}"), column))
                .collect(),
            keys: of_user("/proc/key-users", 0)
                .into_iter()
                .chain(of_user("/proc/keys", 5))
                .collect(),
        }
    }

    /// What a run has left behind, in words. Its box may still be at preparing the next one.
    pub fn left_since(before: &Self, user: u32) -> Vec<String> {
        let began = Instant::now();
        loop {
            let left = Self::now(user).since(before, user);
            if left.is_empty() || began.elapsed() > Duration::from_secs(5) {
                return left;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// What is different from `before`, in words; and which processes are left.
    fn since(&self, before: &Self, user: u32) -> Vec<String> {
        let mut left = Vec::new();
        let mut differs = |what: &str, before: &dyn Debug, now: &dyn Debug| {
            left.push(format!("{what}: before {before:?}, now {now:?}"));
        };
        if self.own_mounts != before.own_mounts {
            differs("mounts of the host", &before.own_mounts, &self.own_mounts);
        }
        for (process, mounts) in &before.box_mounts {
            // Those that were prepared for a run are gone with it.
            if let Some(now) = self.box_mounts.get(process).filter(|now| *now != mounts) {
                differs("mounts of the box", mounts, now);
            }
        }
        if self.groups != before.groups {
            differs("control groups", &before.groups, &self.groups);
        }
        if self.host_name != before.host_name {
            differs("host name", &before.host_name, &self.host_name);
        }
        if self.files != before.files {
            differs("files", &before.files, &self.files);
        }
        if self.system_v != before.system_v {
            differs("System V objects", &before.system_v, &self.system_v);
        }
        if self.keys != before.keys {
            differs("keys", &before.keys, &self.keys);
        }
        let strangers: Vec<_> = processes().filter(|&p| user_of(p) == Some(user)).collect();
        let members = self.groups.iter().flat_map(|group| {
            let list = fs::read_to_string(group.join("cgroup.procs")).unwrap_or_default();
            list.lines().filter_map(|line| line.parse().ok()).collect::<Vec<u32>>()
        });
        for process in strangers.into_iter().chain(members) {
            // The next program waits at its gate as the helper.
            if let Some(program) = program_of(process).filter(|_| !is_helper(process)) {
                left.push(format!("process {process} is {}", program.display()));
            }
        }
        left
    }
}

/// Mounts as one process sees them, without the numbers that the kernel gives them.
fn mounts_of(process: u32) -> Vec<String> {
    let text = fs::read_to_string(format!("/proc/{process}/mountinfo")).unwrap_or_default();
    let plain = |line: &str| {
        let fields: Vec<_> = line.split(' ').skip(3).collect();
        match fields.get(1) {
            Some(&"/work") => "/work".to_owned(), // writable or not, as the last run had it
            _ => fields.join(" "),
        }
    };
    let mut mounts: Vec<_> = text.lines().map(plain).collect();
    mounts.sort();
    mounts
}

/// The processes below this one that are the helper.
fn helpers() -> Vec<u32> {
    let parents: BTreeMap<u32, u32> =
        processes().filter_map(|process| Some((process, parent_of(process)?))).collect();
    let is_ours = |mut process: u32| {
        while let Some(&parent) = parents.get(&process) {
            if parent == std::process::id() {
                return true;
            }
            process = parent;
        }
        false
    };
    parents.keys().copied().filter(|&process| is_ours(process) && is_helper(process)).collect()
}

fn parent_of(process: u32) -> Option<u32> {
    status_of(process, "PPid:")
}

fn user_of(process: u32) -> Option<u32> {
    status_of(process, "Uid:")
}

fn status_of(process: u32, field: &str) -> Option<u32> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(field))?;
    line.split_whitespace().next()?.parse().ok()
}

fn program_of(process: u32) -> Option<PathBuf> {
    fs::read_link(format!("/proc/{process}/exe")).ok()
}

fn is_helper(process: u32) -> bool {
    let helper = fs::metadata(env!("CARGO_BIN_EXE_gavel-sandbox-helper")).unwrap();
    fs::metadata(format!("/proc/{process}/exe"))
        .is_ok_and(|program| (program.dev(), program.ino()) == (helper.dev(), helper.ino()))
}

fn files_of(user: u32, folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let Ok(metadata) = fs::symlink_metadata(entry.path()) else { continue };
        if metadata.uid() == user {
            found.push(entry.path());
        }
    }
    found
}
