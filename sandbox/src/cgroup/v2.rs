//! The groups of a box in the unified tree of cgroup version 2.
//!
//! Every run gets a fresh leaf, so its counters start at zero and a kill for memory takes the run
//! as a whole. It is born there (`CLONE_INTO_CGROUP`); the helper stays in its owner's group.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::files::Folder;
use super::mounts::Hierarchies;
use super::{Account, explain, residue};
use crate::error::SandboxError;
use crate::spec::RunLimits;

const CONTROLLERS: [&str; 2] = ["memory", "pids"];
const AVAILABLE: &str = "cgroup.controllers";
const ENABLED: &str = "cgroup.subtree_control";
/// Where an owner moves that stands in the way of its own group's children.
const OWNER_LEAF: &str = "gavel-owner";
const PEAK: &str = "memory.peak";
/// What stays charged to a run's group and is too little to look into, in bytes.
const NEGLIGIBLE: u64 = 1 << 20;

/// A box's group, with a leaf for each run.
pub(crate) struct Groups {
    folder: Folder,
    /// That of the run under way, or prepared, or just over.
    run: Option<RunGroup>,
    /// That of the run which is prepared right after.
    next: Option<RunGroup>,
    /// One that is made already.
    spare: Option<RunGroup>,
    /// Those of runs that are over.
    retired: Vec<RunGroup>,
    made: u64,
}

struct RunGroup {
    folder: Folder,
    descriptor: OwnedFd,
}

impl Groups {
    pub(super) fn create(hierarchies: &Hierarchies, name: &str) -> Result<Self, String> {
        let (own, root) = hierarchies.own_v2().ok_or("not mounted")?;
        let parent = parent_of_boxes(&own, root)?;
        hierarchies.sweep(&parent);
        let groups = Self::create_below(&parent, name).map_err(|error| explain(&error))?;
        if groups.folder.has(PEAK) {
            return Ok(groups);
        }
        let _ = groups.remove();
        Err(format!("this kernel has no {PEAK}; Linux 5.19 is the first that has"))
    }

    fn create_below(parent: &Path, name: &str) -> Result<Self, SandboxError> {
        let folder = Folder::create(parent.join(name))?;
        match enable(&folder) {
            Ok(()) => Ok(Self::divided(folder)),
            Err(error) => {
                let _ = folder.remove();
                Err(error)
            }
        }
    }

    fn divided(folder: Folder) -> Self {
        Self { folder, run: None, next: None, spare: None, retired: Vec::new(), made: 0 }
    }

    /// The group of a run to be prepared now, which is born there before its limits are known.
    pub(super) fn birthplace(&mut self) -> Result<&OwnedFd, SandboxError> {
        self.retired.extend(self.run.take());
        self.retired.extend(self.next.take());
        let group = self.fresh()?;
        Ok(&self.run.insert(group).descriptor)
    }

    /// The group of a run to be prepared right after the one that is about to begin.
    pub(super) fn next_birthplace(&mut self) -> Result<&OwnedFd, SandboxError> {
        self.retired.extend(self.next.take());
        let group = self.fresh()?;
        Ok(&self.next.insert(group).descriptor)
    }

    /// Goes on to the run that has been prepared right after the last.
    pub(super) fn go_on(&mut self) {
        self.retired.extend(self.run.take());
        self.run = self.next.take();
    }

    /// Removes the groups of runs that are over and makes one ahead, while nobody waits for it.
    pub(super) fn tidy(&mut self) -> Result<(), SandboxError> {
        // One that was prepared in vain may still hold its process.
        self.retired.retain(|group| group.folder.remove().is_err());
        if self.spare.is_none() {
            self.spare = Some(self.make()?);
        }
        Ok(())
    }

    fn fresh(&mut self) -> Result<RunGroup, SandboxError> {
        self.spare.take().map_or_else(|| self.make(), Ok)
    }

    fn make(&mut self) -> Result<RunGroup, SandboxError> {
        let folder = Folder::create(self.folder.path().join(format!("run-{}", self.made)))?;
        self.made += 1;
        let descriptor = File::open(folder.path()).map_err(|source| SandboxError::Cgroup {
            operation: "open",
            path: folder.path().to_owned(),
            source,
        })?;
        Ok(RunGroup { folder, descriptor: descriptor.into() })
    }

    pub(super) fn begin_run(&mut self, limits: &RunLimits) -> Result<(), SandboxError> {
        self.run.as_ref().map_or(Ok(()), |run| set_limits(&run.folder, limits))
    }

    pub(super) fn cpu(&self) -> Result<Duration, SandboxError> {
        self.run.as_ref().map_or(Ok(Duration::ZERO), |run| cpu(&run.folder))
    }

    pub(super) fn out_of_memory(&self) -> Result<bool, SandboxError> {
        self.run.as_ref().map_or(Ok(false), |run| out_of_memory(&run.folder))
    }

    pub(super) fn end_run(&self) -> Result<Account, SandboxError> {
        self.run.as_ref().map_or(Ok(Account::default()), |run| account(&run.folder))
    }

    pub(super) fn remove(&self) -> Result<(), SandboxError> {
        let leaves = [&self.run, &self.next, &self.spare].into_iter().flatten();
        for leaf in leaves.chain(&self.retired) {
            leaf.folder.remove()?;
        }
        self.folder.remove()
    }
}

/// The group below which boxes are made: one whose children get the controllers, and which has no
/// process of its own, as "no internal processes" in the kernel's cgroup-v2 document demands.
fn parent_of_boxes(own: &Path, root: &Path) -> Result<PathBuf, String> {
    let above = own.parent().filter(|_| own != root);
    let above = above.filter(|above| lists_all(&Folder::at(*above), ENABLED));
    match above {
        // Of an owner that has stepped aside, and of what it has started.
        Some(above) if own.ends_with(OWNER_LEAF) => Ok(above.to_owned()),
        _ => match (divide(&Folder::at(own), own == root), above) {
            (Ok(()), _) => Ok(own.to_owned()),
            (Err(_), Some(above)) => Ok(above.to_owned()),
            (Err(reason), None) => Err(reason),
        },
    }
}

/// Sees that the children of a group get the controllers. `whole` is whether nothing above the
/// group can be seen, as in a container.
fn divide(group: &Folder, whole: bool) -> Result<(), String> {
    if !lists_all(group, AVAILABLE) {
        let controllers = CONTROLLERS.join(" and ");
        return Err(format!("{} has not the controllers {controllers}", group.path().display()));
    }
    // Whoever is about to move may be starting another.
    const ATTEMPTS: u32 = 10;
    for _ in 0..ATTEMPTS {
        if enable(group).is_ok() {
            return Ok(());
        }
        step_aside(group, whole)?;
    }
    enable(group).map_err(|error| explain(&error))
}

/// Moves the group's processes to a leaf of it: this one, and those that it has started. Others
/// are not moved, unless the group is the whole that can be seen: then all belong to one container.
fn step_aside(group: &Folder, whole: bool) -> Result<(), String> {
    let members = group.read("cgroup.procs").map_err(|error| explain(&error))?;
    let members: Vec<u32> = members.lines().filter_map(|line| line.parse().ok()).collect();
    if !whole && !members.iter().all(|&member| is_own(member)) {
        return Err(format!(
            "{} holds other processes, so it cannot be divided; delegate a group of its own \
             (systemd: Delegate=yes)",
            group.path().display()
        ));
    }
    let path = group.path().join(OWNER_LEAF);
    let leaf = match Folder::create(&path) {
        Err(_) if path.exists() => Folder::at(path),
        made => made.map_err(|error| explain(&error))?,
    };
    for member in members {
        match leaf.write("cgroup.procs", member) {
            // It has ended since.
            Err(SandboxError::Cgroup { source, .. })
                if source.raw_os_error() == Some(libc::ESRCH) => {}
            moved => moved.map_err(|error| explain(&error))?,
        }
    }
    Ok(())
}

/// Whether a process is this one, or was started by it or by what it has started.
fn is_own(process: u32) -> bool {
    let mut next = Some(process);
    while let Some(process) = next {
        if process == std::process::id() {
            return true;
        }
        next = residue::parent(process).filter(|&parent| parent > 1);
    }
    false
}

fn lists_all(group: &Folder, file: &'static str) -> bool {
    let listed = group.read(file).unwrap_or_default();
    CONTROLLERS.iter().all(|wanted| listed.split_whitespace().any(|have| have == *wanted))
}

fn enable(group: &Folder) -> Result<(), SandboxError> {
    if lists_all(group, ENABLED) {
        return Ok(());
    }
    group.write(ENABLED, CONTROLLERS.map(|controller| format!("+{controller}")).join(" "))
}

fn set_limits(run: &Folder, limits: &RunLimits) -> Result<(), SandboxError> {
    run.write("memory.max", limits.memory_bytes)?;
    if run.has("memory.swap.max") {
        run.write("memory.swap.max", 0)?;
    }
    run.write("memory.oom.group", 1)?;
    run.write("pids.max", limits.processes)
}

fn cpu(run: &Folder) -> Result<Duration, SandboxError> {
    Ok(Duration::from_micros(run.keyed("cpu.stat", "usage_usec")?))
}

fn out_of_memory(run: &Folder) -> Result<bool, SandboxError> {
    Ok(run.keyed("memory.events", "oom_kill")? > 0)
}

fn account(run: &Folder) -> Result<Account, SandboxError> {
    // Pages of files stay with the group when its processes are gone. Looking at what they are costs
    // more than all the rest.
    let file_cache_bytes = match run.number("memory.current")? {
        stayed @ 0..NEGLIGIBLE => stayed,
        _ => {
            let [file, shared] = run.all_keyed("memory.stat", ["file", "shmem"])?;
            file.saturating_sub(shared)
        }
    };
    Ok(Account {
        cpu: cpu(run)?,
        peak_memory_bytes: run.number(PEAK)?,
        file_cache_bytes,
        out_of_memory: out_of_memory(run)?,
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn write_all(folder: &Path, files: &[(&str, &str)]) {
        for (file, text) in files {
            fs::write(folder.join(file), text).unwrap();
        }
    }

    #[test]
    fn limits_and_account_of_a_run() {
        let temp = tempfile::tempdir().unwrap();
        let files = ["memory.max", "memory.swap.max", "memory.oom.group", "pids.max"];
        write_all(temp.path(), &files.map(|file| (file, "")));
        let run = Folder::at(temp.path());
        let limits = RunLimits { memory_bytes: 65_536, processes: 4, ..RunLimits::default() };
        set_limits(&run, &limits).unwrap();
        let read = |file: &str| fs::read_to_string(temp.path().join(file)).unwrap();
        assert_eq!(files.map(read), ["65536", "0", "1", "4"]);

        write_all(
            temp.path(),
            &[
                ("cpu.stat", "usage_usec 1500\nuser_usec 1000\nsystem_usec 500\n"),
                (PEAK, "70000\n"),
                ("memory.events", "low 0\nhigh 0\nmax 3\noom 1\noom_kill 1\noom_group_kill 1\n"),
                ("memory.current", "2000000\n"),
                ("memory.stat", "anon 1\nfile 9000\nshmem 1000\n"),
            ],
        );
        let expected = Account {
            cpu: Duration::from_micros(1500),
            peak_memory_bytes: 70_000,
            file_cache_bytes: 8000,
            out_of_memory: true,
        };
        assert_eq!(account(&run).unwrap(), expected);
    }

    #[test]
    fn every_run_has_a_group_of_its_own_until_it_is_over() {
        let temp = tempfile::tempdir().unwrap();
        let mut groups = Groups::divided(Folder::create(temp.path().join("box")).unwrap());
        let present = |number: u32| temp.path().join(format!("box/run-{number}")).exists();
        groups.birthplace().unwrap();
        groups.next_birthplace().unwrap();
        groups.tidy().unwrap();
        assert!((0..3).all(present), "under way, prepared, made ahead");
        groups.go_on();
        groups.next_birthplace().unwrap();
        groups.tidy().unwrap();
        assert!(!present(0) && (1..4).all(present));
        // What was prepared in vain may not have ended yet.
        fs::write(temp.path().join("box/run-2/busy"), "").unwrap();
        groups.birthplace().unwrap();
        groups.tidy().unwrap();
        assert!(!present(1) && (2..5).all(present));
        fs::remove_file(temp.path().join("box/run-2/busy")).unwrap();
        groups.remove().unwrap();
        assert!(!temp.path().join("box").exists());
    }

    #[test]
    fn an_owner_that_stepped_aside_stays_there() {
        let temp = tempfile::tempdir().unwrap();
        let own = temp.path().join(OWNER_LEAF);
        fs::create_dir(&own).unwrap();
        write_all(temp.path(), &[(ENABLED, "cpu memory pids\n")]);
        assert_eq!(parent_of_boxes(&own, Path::new("/")).unwrap(), temp.path());
    }

    #[test]
    fn the_group_above_is_taken_when_the_own_one_cannot_be_divided() {
        let temp = tempfile::tempdir().unwrap();
        let own = temp.path().join("own");
        fs::create_dir(&own).unwrap();
        write_all(temp.path(), &[(ENABLED, "cpu memory pids\n")]);
        write_all(&own, &[(AVAILABLE, "memory pids\n"), ("cgroup.procs", "1\n")]);
        assert_eq!(parent_of_boxes(&own, Path::new("/")).unwrap(), temp.path());
        write_all(&own, &[(ENABLED, "memory pids\n")]);
        assert_eq!(parent_of_boxes(&own, Path::new("/")).unwrap(), own);
    }

    #[test]
    fn others_are_moved_only_when_the_group_is_the_whole() {
        let temp = tempfile::tempdir().unwrap();
        let mut child =
            std::process::Command::new("cat").stdin(std::process::Stdio::piped()).spawn().unwrap();
        let own = format!("{}\n{}\n", std::process::id(), child.id());
        write_all(temp.path(), &[("cgroup.procs", &format!("1\n{own}"))]);
        let group = Folder::at(temp.path());
        assert!(step_aside(&group, false).unwrap_err().contains("Delegate=yes"));

        let leaf = temp.path().join(OWNER_LEAF);
        fs::create_dir(&leaf).unwrap();
        let last_moved = || fs::read_to_string(leaf.join("cgroup.procs")).unwrap();
        for (members, whole) in [(own.clone(), false), (format!("1\n{own}"), true)] {
            write_all(temp.path(), &[("cgroup.procs", &members)]);
            write_all(&leaf, &[("cgroup.procs", "")]);
            step_aside(&Folder::at(temp.path()), whole).unwrap();
            assert_eq!(last_moved(), child.id().to_string());
        }
        drop(child.stdin.take());
        child.wait().unwrap();
    }

    #[test]
    fn missing_controllers_are_named() {
        let temp = tempfile::tempdir().unwrap();
        write_all(temp.path(), &[(AVAILABLE, "hugetlb\n")]);
        let reason = parent_of_boxes(temp.path(), temp.path()).unwrap_err();
        assert!(reason.contains("memory and pids"), "{reason}");
    }
}
