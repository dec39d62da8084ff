//! Room on this machine's disk: a program must not find it full, for it would be told so, and fail or go on without its
//! output, and nobody could tell that from a fault of its own.

use super::bench::{Workbench, host};
use judge_types::{JudgingError, JudgingErrorKind};
use rustix::{fs::FallocateFlags, io::Errno};
use sandbox::{Level, Sandbox};
use std::{
    fs,
    io::{self, Read, Seek},
};

/// What must be free on the disk of a box's folders where these are on the host's, in bytes.
const ROOM_LEFT_BYTES: u64 = 32 << 20;

impl Workbench {
    /// A file without a name, for what one program writes; gone when closed. The disk holds room for `bytes` and one more
    /// from the start.
    pub(crate) fn scratch_file(&self, bytes: u64) -> Result<fs::File, JudgingError> {
        let file = tempfile::tempfile_in(&self.scratch)
            .map_err(|e| host("create a file in", self.scratch.display(), &e))?;
        match reserve(&file, bytes.saturating_add(1)) {
            Err(error) if out_of_room(&error) && self.never_has_room(bytes) => {
                let folder = self.scratch.display();
                let message =
                    format!("the disk of {folder} is smaller than {bytes} bytes of output");
                Err(JudgingError::new(JudgingErrorKind::LimitNotEnforceable, message))
            }
            reserved => reserved
                .map(|()| file)
                .map_err(|e| host("reserve room in", self.scratch.display(), &e)),
        }
    }

    /// Whether the whole disk is smaller: then no waiting helps.
    fn never_has_room(&self, bytes: u64) -> bool {
        let found = rustix::fs::statvfs(&self.scratch);
        found.is_ok_and(|disk| disk.f_blocks.saturating_mul(disk.f_frsize) < bytes)
    }
}

/// At level minimal a box's folders are on the host's disk, and nothing can be set aside for all that is in them: so there
/// must be room before and after a run.
pub(super) fn require_room_for(sandbox: &Sandbox) -> Result<(), JudgingError> {
    if sandbox.level() != Level::Minimal {
        return Ok(());
    }
    let folder = sandbox.work_path();
    let found = rustix::fs::statvfs(&folder)
        .map_err(|e| host("look at the disk of", folder.display(), &e.into()))?;
    if found.f_bavail.saturating_mul(found.f_frsize) < ROOM_LEFT_BYTES {
        let full = io::ErrorKind::StorageFull.into();
        return Err(host("find room in", folder.display(), &full));
    }
    Ok(())
}

/// Has the file system set room aside, without making the file longer.
fn reserve(file: &fs::File, bytes: u64) -> io::Result<()> {
    match rustix::fs::fallocate(file, FallocateFlags::KEEP_SIZE, 0, bytes) {
        Err(Errno::OPNOTSUPP) => reserve_by_writing(file, bytes),
        reserved => Ok(reserved?),
    }
}

/// The same where the file system cannot: it has room now, and nobody knows for how long.
fn reserve_by_writing(file: &fs::File, bytes: u64) -> io::Result<()> {
    io::copy(&mut io::repeat(0).take(bytes), &mut &*file)?;
    file.set_len(0)?;
    (&mut &*file).rewind()
}

/// Whether it is the disk that is full.
pub(crate) fn out_of_room(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
}
