//! The process-number controller of cgroup version 1.

use super::super::files::Folder;
use crate::error::SandboxError;

const MAX: &str = "pids.max";
const CURRENT: &str = "pids.current";
/// The box's process sits in the group too.
const OWN_PROCESSES: u32 = 1;

pub(super) struct Pids {
    folder: Folder,
    allowed: Option<u32>,
}

impl Pids {
    pub(super) fn new(folder: Folder) -> Self {
        Self { folder, allowed: None }
    }

    pub(super) fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Whether no process is in the group.
    pub(super) fn are_none(&self) -> Result<bool, SandboxError> {
        Ok(self.folder.number(CURRENT)? == 0)
    }

    /// Lets a run have this many processes and threads at one time.
    pub(super) fn allow(&mut self, processes: u32) -> Result<(), SandboxError> {
        if self.allowed != Some(processes) {
            self.folder.write(MAX, processes.saturating_add(OWN_PROCESSES))?;
            self.allowed = Some(processes);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_leaves_room_for_the_box_itself() {
        let temp = tempfile::tempdir().unwrap();
        let file = temp.path().join(MAX);
        std::fs::write(&file, "max").unwrap();
        let mut pids = Pids::new(Folder::at(temp.path()));
        pids.allow(5).unwrap();
        let read = || std::fs::read_to_string(&file).unwrap();
        assert!(read().starts_with('6'));
        std::fs::write(&file, "xxx").unwrap();
        pids.allow(5).unwrap();
        assert_eq!(read(), "xxx", "known to be in force: not written again");
        pids.allow(6).unwrap();
        assert!(read().starts_with('7'));
    }
}
