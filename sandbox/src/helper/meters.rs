//! The files that hold a box's accounts, read when a run is over.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;

use crate::protocol::Readings;

/// The files that hold the box's accounts.
pub(super) struct Meters {
    cpu: File,
    memory: File,
    held: File,
}

impl Meters {
    pub(super) fn of(fds: Vec<OwnedFd>) -> Option<Self> {
        let mut files = fds.into_iter().map(File::from);
        Some(Self { cpu: files.next()?, memory: files.next()?, held: files.next()? })
    }

    pub(super) fn read(&self) -> Readings {
        let [cpu, memory, held] = [&self.cpu, &self.memory, &self.held].map(read_number);
        Readings { cpu, memory, held }
    }
}

/// The one number in a file that the kernel makes anew at each reading; 0 if it has none.
fn read_number(file: &File) -> u64 {
    let mut text = [0; 32];
    let length = file.read_at(&mut text, 0).unwrap_or(0);
    let text = text.get(..length).and_then(|text| std::str::from_utf8(text).ok());
    text.and_then(|text| text.trim().parse().ok()).unwrap_or(0)
}
