//! Clocks that jump: each machine has one of its own, which shows what it is told to.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The clock of one machine: all processes started with it, and theirs, see the time it is off by.
pub(crate) struct Clock {
    file: PathBuf,
}

impl Clock {
    /// One that is right, kept in this file.
    pub(crate) fn new(file: PathBuf) -> Self {
        let clock = Self { file };
        clock.jump(0);
        clock
    }

    /// From now on it is off by so many seconds.
    pub(crate) fn jump(&self, seconds: i32) {
        // Replaced at once: whoever reads it while it is written would find it empty.
        let new = self.file.with_extension("new");
        std::fs::write(&new, format!("{seconds:+}\n")).unwrap();
        std::fs::rename(&new, &self.file).unwrap();
    }

    /// Has a program see it.
    pub(crate) fn on(&self, command: &mut Command) {
        command.env("LD_PRELOAD", library());
        command.env("FAKETIME_TIMESTAMP_FILE", &self.file).env("FAKETIME_NO_CACHE", "1");
        // Only the time of day jumps, as with a real clock that is set.
        command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("NO_FAKE_STAT", "1");
    }
}

/// libfaketime, where Debian puts it.
fn library() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").unwrap().flatten().map(|entry| entry.path());
    let in_folder = |folder: PathBuf| folder.join("faketime/libfaketimeMT.so.1");
    let found = folders.chain([Path::new("/usr/lib").into()]).map(in_folder);
    found
        .into_iter()
        .find(|file| file.exists())
        .expect("libfaketime (Debian: faketime) is installed")
}
