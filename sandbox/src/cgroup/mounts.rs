//! Where on this host the cgroup file systems are, and where in them this process is.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::residue;

/// One mounted cgroup file system.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Hierarchy {
    unified: bool,
    /// The controllers of a version 1 tree.
    controllers: Vec<String>,
    /// The group that is seen at the mount point.
    root: PathBuf,
    mount_point: PathBuf,
}

/// All of them, with this process's own groups.
#[derive(Debug)]
pub(crate) struct Hierarchies {
    mounted: Vec<Hierarchy>,
    /// Lines of `/proc/self/cgroup`: controllers (empty for version 2) and path.
    own: Vec<(Vec<String>, PathBuf)>,
    /// Folders from which the groups of dead owners have been removed.
    swept: Mutex<Vec<PathBuf>>,
}

impl Hierarchies {
    pub(crate) fn read() -> io::Result<Self> {
        let mounts = fs::read_to_string("/proc/self/mountinfo")?;
        let own = fs::read_to_string("/proc/self/cgroup")?;
        Ok(Self::parse(&mounts, &own))
    }

    fn parse(mountinfo: &str, cgroup: &str) -> Self {
        let mounted = mountinfo.lines().filter_map(hierarchy).collect();
        let own = cgroup
            .lines()
            .filter_map(|line| {
                let mut fields = line.splitn(3, ':').skip(1);
                let controllers = fields.next()?.split(',').filter(|c| !c.is_empty());
                Some((controllers.map(str::to_owned).collect(), PathBuf::from(fields.next()?)))
            })
            .collect();
        Self { mounted, own, swept: Mutex::default() }
    }

    /// Removes from a folder the groups of dead owners, the first time.
    pub(super) fn sweep(&self, parent: &Path) {
        let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
        if !swept.iter().any(|path| path == parent) {
            residue::sweep(parent);
            swept.push(parent.to_owned());
        }
    }

    /// This process's own group in the version 1 tree of a controller.
    pub(super) fn own_v1(&self, controller: &str) -> Option<PathBuf> {
        let has = |controllers: &[String]| controllers.iter().any(|c| c == controller);
        let tree = self.mounted.iter().find(|h| !h.unified && has(&h.controllers))?;
        let (_, path) = self.own.iter().find(|(controllers, _)| has(controllers))?;
        Some(folder(tree, path))
    }

    /// This process's own group in the unified tree, and where that tree is mounted.
    pub(super) fn own_v2(&self) -> Option<(PathBuf, &Path)> {
        // One whose root is above this process's cgroup namespace does not show where the own group
        // is, and groups out of the namespace are of no use.
        let in_sight = |h: &&Hierarchy| h.unified && !h.root.starts_with("/..");
        let tree = self.mounted.iter().find(in_sight)?;
        let (_, path) = self.own.iter().find(|(controllers, _)| controllers.is_empty())?;
        Some((folder(tree, path), &tree.mount_point))
    }
}

/// The folder of a group, or the mount point when the group is out of its sight.
fn folder(tree: &Hierarchy, group: &Path) -> PathBuf {
    match group.strip_prefix(&tree.root) {
        Ok(below) => tree.mount_point.join(below),
        Err(_) => tree.mount_point.clone(),
    }
}

/// Parses a line of mountinfo, proc_pid_mountinfo(5).
fn hierarchy(line: &str) -> Option<Hierarchy> {
    let (mount, file_system) = line.split_once(" - ")?;
    let mut file_system = file_system.split(' ');
    let unified = match file_system.next()? {
        "cgroup" => false,
        "cgroup2" => true,
        _ => return None,
    };
    let options = file_system.nth(1).unwrap_or_default();
    let mut mount = mount.split(' ').skip(3);
    let (root, mount_point) = (mount.next()?, mount.next()?);
    let controllers =
        if unified { Vec::new() } else { options.split(',').map(Into::into).collect() };
    Some(Hierarchy { unified, controllers, root: root.into(), mount_point: mount_point.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HYBRID: &str = "\
30 23 0:26 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755
31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid shared:9 - cgroup cgroup rw,cpu,cpuacct
32 30 0:28 /jail /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
33 30 0:29 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate";
    const OWN: &str = "\
4:memory:/jail/one
2:cpu,cpuacct:/user
0::/session.scope";

    #[test]
    fn own_groups_are_found_below_their_mounts() {
        let found = Hierarchies::parse(HYBRID, OWN);
        assert_eq!(found.own_v1("memory").unwrap(), Path::new("/sys/fs/cgroup/memory/one"));
        assert_eq!(found.own_v1("cpuacct").unwrap(), Path::new("/sys/fs/cgroup/cpu,cpuacct/user"));
        assert_eq!(found.own_v1("pids"), None);
        let (own, root) = found.own_v2().unwrap();
        assert_eq!(own, Path::new("/sys/fs/cgroup/unified/session.scope"));
        assert_eq!(root, Path::new("/sys/fs/cgroup/unified"));
    }

    #[test]
    fn a_tree_from_outside_of_the_namespace_is_not_taken() {
        let mounts = "33 30 0:29 /../.. /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate";
        assert!(Hierarchies::parse(mounts, "0::/").own_v2().is_none());
    }

    #[test]
    fn a_group_out_of_sight_is_replaced_by_the_mount_point() {
        let found = Hierarchies::parse(HYBRID, "4:memory:/elsewhere");
        assert_eq!(found.own_v1("memory").unwrap(), Path::new("/sys/fs/cgroup/memory"));
        assert!(found.own_v2().is_none());
    }
}
