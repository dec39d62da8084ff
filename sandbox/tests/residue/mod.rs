//! What boxes and runs could leave behind, in this process, its groups and the kernel.

mod groups;

use std::fs;
use std::path::PathBuf;

pub use groups::groups_of;

/// What this process has and its boxes hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holdings {
    /// Open descriptors of this process.
    pub descriptors: usize,
    /// Its children: the boxes' launchers.
    pub children: Vec<u32>,
    /// Mounts that it sees.
    pub mounts: usize,
    /// Control groups that bear its name.
    pub groups: Vec<PathBuf>,
}

impl Holdings {
    /// As they are now.
    pub fn now() -> Self {
        let mut children = children_of(std::process::id());
        children.sort_unstable();
        Self {
            // One is the look itself.
            descriptors: fs::read_dir("/proc/self/fd").unwrap().count() - 1,
            children,
            mounts: fs::read_to_string("/proc/self/mountinfo").unwrap().lines().count(),
            groups: groups_of(std::process::id()),
        }
    }
}

/// All processes below one.
pub fn descendants(process: u32) -> Vec<u32> {
    let children = children_of(process);
    let below: Vec<u32> = children.iter().flat_map(|&child| descendants(child)).collect();
    [children, below].concat()
}

/// The children of all threads of a process; none of one that has ended.
fn children_of(process: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let lists = threads.filter_map(|t| fs::read_to_string(t.path().join("children")).ok());
    let numbers = |list: String| {
        list.split_whitespace().map(|child| child.parse().unwrap()).collect::<Vec<u32>>()
    };
    lists.flat_map(numbers).collect()
}

/// The kernel's number of memory groups on this host, among them those that are removed but still
/// charged for something.
pub fn memory_groups() -> u64 {
    let groups = fs::read_to_string("/proc/cgroups").unwrap();
    let memory = groups.lines().find_map(|line| line.strip_prefix("memory\t")).unwrap();
    memory.split_whitespace().nth(1).unwrap().parse().unwrap()
}

/// Resident memory of a process, in KiB.
pub fn resident_kib(process: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse().ok()).unwrap_or(0)
}

/// Open descriptors of a process.
pub fn descriptors_of(process: u32) -> usize {
    fs::read_dir(format!("/proc/{process}/fd")).into_iter().flatten().count()
}
