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
use super::{Account, residue};
use crate::error::SandboxError;
use crate::spec::RunLimits;

const CONTROLLERS: [&str; 2] = ["memory", "pids"];
const AVAILABLE: &str = "cgroup.controllers";
const ENABLED: &str = "cgroup.subtree_control";
/// Where an owner moves that stands in the way of its own group's children.
const OWNER_LEAF: &str = "gavel-owner";

/// A box's group, and the leaf of the run under way or just over.
pub(crate) struct Groups {
    folder: Folder,
    run: Option<RunGroup>,
    runs: u64,
}

struct RunGroup {
    folder: Folder,
    descriptor: OwnedFd,
}

impl Groups {
    pub(super) fn create(hierarchies: &Hierarchies, name: &str) -> Result<Self, String> {
        let (own, root) = hierarchies.own_v2().ok_or("not mounted")?;
        let parent = delegated_parent(&own, root)?;
        residue::sweep(&parent);
        Self::create_below(&parent, name).map_err(|error| error.to_string())
    }

    fn create_below(parent: &Path, name: &str) -> Result<Self, SandboxError> {
        let folder = Folder::create(parent.join(name))?;
        match enable(&folder) {
            Ok(()) => Ok(Self { folder, run: None, runs: 0 }),
            Err(error) => {
                let _ = folder.remove();
                Err(error)
            }
        }
    }

    /// Makes the group of the next run, which is born there before its limits are known.
    pub(super) fn birthplace(&mut self) -> Result<&OwnedFd, SandboxError> {
        self.remove_run()?;
        let folder = Folder::create(self.folder.path().join(format!("run-{}", self.runs)))?;
        self.runs += 1;
        let descriptor = File::open(folder.path()).map_err(|source| SandboxError::Cgroup {
            operation: "open",
            path: folder.path().to_owned(),
            source,
        })?;
        Ok(&self.run.insert(RunGroup { folder, descriptor: descriptor.into() }).descriptor)
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

    pub(super) fn end_run(&mut self) -> Result<Account, SandboxError> {
        let account = match &self.run {
            Some(run) => account(&run.folder)?,
            None => Account::default(),
        };
        self.remove_run()?;
        Ok(account)
    }

    pub(super) fn remove(&self) -> Result<(), SandboxError> {
        self.run.as_ref().map_or(Ok(()), |run| run.folder.remove())?;
        self.folder.remove()
    }

    fn remove_run(&mut self) -> Result<(), SandboxError> {
        self.run.take().map_or(Ok(()), |run| run.folder.remove())
    }
}

/// The group below which boxes are made: one whose children get the controllers, and which has no
/// process of its own, as "no internal processes" in the kernel's cgroup-v2 document demands.
fn delegated_parent(own: &Path, root: &Path) -> Result<PathBuf, String> {
    let above = own.parent().filter(|_| own != root);
    if let Some(above) = above.filter(|above| lists_all(&Folder::at(*above), ENABLED)) {
        return Ok(above.to_owned());
    }
    let group = Folder::at(own);
    if !lists_all(&group, AVAILABLE) {
        return Err(format!("{} has not the controllers memory and pids", own.display()));
    }
    if enable(&group).is_err() {
        step_aside(&group)?;
        enable(&group).map_err(|error| error.to_string())?;
    }
    Ok(own.to_owned())
}

/// Moves this process to a leaf of its group, if it is alone in it.
fn step_aside(group: &Folder) -> Result<(), String> {
    let mine = std::process::id().to_string();
    let members = group.read("cgroup.procs").map_err(|error| error.to_string())?;
    if members.trim() != mine {
        return Err(format!(
            "{} holds other processes, so it cannot be divided; delegate a group of its own \
             (systemd: Delegate=yes)",
            group.path().display()
        ));
    }
    let leaf = group.path().join(OWNER_LEAF);
    let leaf = if leaf.exists() { Ok(Folder::at(leaf)) } else { Folder::create(leaf) };
    leaf.and_then(|leaf| leaf.write("cgroup.procs", mine)).map_err(|error| error.to_string())
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
    let [file, shared] = run.all_keyed("memory.stat", ["file", "shmem"])?;
    Ok(Account {
        cpu: cpu(run)?,
        peak_memory_bytes: run.number("memory.peak")?,
        file_cache_bytes: file.saturating_sub(shared),
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
                ("memory.peak", "70000\n"),
                ("memory.events", "low 0\nhigh 0\nmax 3\noom 1\noom_kill 1\noom_group_kill 1\n"),
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
    fn the_group_above_is_taken_when_it_is_delegated() {
        let temp = tempfile::tempdir().unwrap();
        let own = temp.path().join("own");
        fs::create_dir(&own).unwrap();
        write_all(temp.path(), &[(ENABLED, "cpu memory pids\n")]);
        assert_eq!(delegated_parent(&own, Path::new("/")).unwrap(), temp.path());
    }

    #[test]
    fn an_own_group_is_divided_only_when_this_process_is_alone_in_it() {
        let temp = tempfile::tempdir().unwrap();
        write_all(temp.path(), &[(AVAILABLE, "cpu memory pids\n"), ("cgroup.procs", "1\n2\n")]);
        let group = Folder::at(temp.path());
        assert!(step_aside(&group).unwrap_err().contains("Delegate=yes"));

        let mine = std::process::id().to_string();
        write_all(temp.path(), &[("cgroup.procs", &mine)]);
        fs::create_dir(temp.path().join(OWNER_LEAF)).unwrap();
        write_all(&temp.path().join(OWNER_LEAF), &[("cgroup.procs", "")]);
        step_aside(&group).unwrap();
        let moved = fs::read_to_string(temp.path().join(OWNER_LEAF).join("cgroup.procs")).unwrap();
        assert_eq!(moved, mine);
    }

    #[test]
    fn missing_controllers_are_named() {
        let temp = tempfile::tempdir().unwrap();
        write_all(temp.path(), &[(AVAILABLE, "hugetlb\n")]);
        let reason = delegated_parent(temp.path(), temp.path()).unwrap_err();
        assert!(reason.contains("memory and pids"), "{reason}");
    }
}
