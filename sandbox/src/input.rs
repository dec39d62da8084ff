//! The files behind a run's standard streams.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Seek};
use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use nix::fcntl::{FcntlArg, OFlag, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};

use crate::error::SandboxError;
use crate::spec::{Input, Level, Output};
use crate::sys::mount::{READ_ONLY, clone_tree, restrict_tree};

/// Opens what a program reads, such that it cannot change what is behind the descriptor.
///
/// A descriptor can be opened again through `/proc/self/fd`, and its file's mode changed by the
/// file's owner. So a file that the box's user owns or may write to is handed in as a sealed copy.
pub(crate) fn open_input(input: Input, level: Level, id: u32) -> Result<OwnedFd, SandboxError> {
    let (file, name) = match input {
        Input::Null => return null(false),
        Input::Path(path) => {
            // Without O_NONBLOCK, a FIFO would hold the caller up.
            let opened = OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(&path);
            let name = path.display().to_string();
            (opened.map_err(|source| failed("open input", &name, source))?, name)
        }
        Input::File(file) => (file, "given as standard input".to_owned()),
        Input::Pipe(pipe) => return Ok(pipe),
    };
    let fail = |source| failed("prepare input", &name, source);
    let metadata = file.metadata().map_err(fail)?;
    if !metadata.is_file() {
        let source = io::Error::new(io::ErrorKind::InvalidInput, "not a regular file");
        return Err(failed("use as input", &name, source));
    }
    if can_be_altered(&metadata, level, id) {
        return sealed_copy(file).map(Into::into).map_err(fail);
    }
    let file = read_only(file).map_err(fail)?;
    if level == Level::Full
        && let Ok(apart) = apart(&file)
    {
        return Ok(apart.into());
    }
    Ok(file.into())
}

/// The same file through a read-only mount of its own: its descriptor tells no name of it, and no
/// reading changes when it was last read, which would tell others with the same input.
fn apart(file: &File) -> io::Result<File> {
    let mount = clone_tree(Path::new(&descriptor_path(file)), false)?;
    restrict_tree(mount.as_fd(), READ_ONLY)?;
    let mut apart = File::open(descriptor_path(&mount))?;
    apart.seek(io::SeekFrom::Start((&mut &*file).stream_position()?))?;
    Ok(apart)
}

fn descriptor_path(fd: &impl AsRawFd) -> String {
    format!("/proc/self/fd/{}", fd.as_raw_fd())
}

/// Whether a program of this user might change the file, whatever its descriptor allows.
fn can_be_altered(file: &Metadata, level: Level, id: u32) -> bool {
    // In a user namespace the program keeps the owner's supplementary groups.
    let writable = if level == Level::Full { 0o002 } else { 0o022 };
    file.uid() == id || file.gid() == id || file.mode() & writable != 0
}

fn read_only(file: File) -> io::Result<File> {
    let flags = OFlag::from_bits_retain(fcntl(&file, FcntlArg::F_GETFL)?);
    if flags & OFlag::O_ACCMODE == OFlag::O_RDONLY {
        return Ok(file);
    }
    reopen(file)
}

fn sealed_copy(mut file: File) -> io::Result<File> {
    let flags = MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING;
    let mut copy = File::from(memfd_create(c"input", flags)?);
    io::copy(&mut file, &mut copy)?;
    copy.rewind()?;
    let seals = SealFlag::F_SEAL_WRITE
        | SealFlag::F_SEAL_GROW
        | SealFlag::F_SEAL_SHRINK
        | SealFlag::F_SEAL_SEAL;
    fcntl(&copy, FcntlArg::F_ADD_SEALS(seals))?;
    reopen(copy)
}

/// A read-only description of the same file at the same offset.
fn reopen(mut file: File) -> io::Result<File> {
    let mut again = File::open(descriptor_path(&file))?;
    again.seek(io::SeekFrom::Start(file.stream_position()?))?;
    Ok(again)
}

/// Where a program writes to, and how large it was before.
pub(crate) struct OutputFile {
    /// What the program gets; `None` once it has been given away.
    descriptor: Option<OwnedFd>,
    counted: Option<Counted>,
}

struct Counted {
    file: File,
    size_before: u64,
    /// How reads and writes behave: a property of the file's description, which the program shares.
    flags: OFlag,
}

impl Drop for Counted {
    /// Undoes what the program did with `F_SETFL`: under `O_DIRECT`, say, the caller could not read.
    fn drop(&mut self) {
        let _ = fcntl(&self.file, FcntlArg::F_SETFL(self.flags));
    }
}

impl OutputFile {
    pub(crate) fn open(output: Output) -> Result<Self, SandboxError> {
        let file = match output {
            Output::Null => return Ok(Self { descriptor: Some(null(true)?), counted: None }),
            Output::Pipe(pipe) => return Ok(Self { descriptor: Some(pipe), counted: None }),
            Output::File(file) => file,
        };
        let name = "given as output";
        let prepare = || {
            let metadata = file.metadata()?;
            if !metadata.is_file() {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
            }
            let flags = OFlag::from_bits_retain(fcntl(&file, FcntlArg::F_GETFL)?);
            Ok(Counted { file: file.try_clone()?, size_before: metadata.len(), flags })
        };
        let counted = prepare().map_err(|source| failed("prepare the file", name, source))?;
        Ok(Self { descriptor: Some(file.into()), counted: Some(counted) })
    }

    /// Gives the descriptor away, the first time.
    pub(crate) fn take_descriptor(&mut self) -> Result<OwnedFd, SandboxError> {
        self.descriptor.take().ok_or(SandboxError::HelperGone)
    }

    /// How large the file was, in bytes.
    pub(crate) fn size_before(&self) -> u64 {
        self.counted.as_ref().map_or(0, |counted| counted.size_before)
    }

    /// How many bytes the file has grown by.
    pub(crate) fn growth(&self) -> u64 {
        let grown = |c: &Counted| c.file.metadata().map(|m| m.len().saturating_sub(c.size_before));
        self.counted.as_ref().and_then(|counted| grown(counted).ok()).unwrap_or(0)
    }
}

fn null(write: bool) -> Result<OwnedFd, SandboxError> {
    let path = Path::new("/dev/null");
    let opened = OpenOptions::new().read(!write).write(write).open(path);
    opened.map(Into::into).map_err(|source| failed("open", "/dev/null", source))
}

fn failed(operation: &'static str, name: &str, source: io::Error) -> SandboxError {
    SandboxError::File { operation, name: name.to_owned(), source }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::io::{Read, Write};
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn can_write_again(fd: &OwnedFd) -> bool {
        let path = format!("/proc/self/fd/{}", fd.as_raw_fd());
        OpenOptions::new().write(true).open(path).and_then(|mut f| f.write_all(b"x")).is_ok()
    }

    #[test]
    fn a_file_that_the_program_could_change_is_copied_and_sealed() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("input");
        fs::write(&path, "content").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o666)).unwrap();
        let fd = open_input(Input::Path(path.clone()), Level::Full, 12345).unwrap();
        assert!(!can_write_again(&fd));
        let mut text = String::new();
        File::from(fd).read_to_string(&mut text).unwrap();
        assert_eq!(text, "content");
        assert_eq!(fs::read_to_string(&path).unwrap(), "content");
    }

    #[test]
    fn the_box_user_owning_the_file_counts_as_able_to_change_it() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("input");
        fs::write(&path, "content").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        let metadata = fs::metadata(&path).unwrap();
        assert!(can_be_altered(&metadata, Level::UserNamespace, metadata.uid()));
        assert!(!can_be_altered(&metadata, Level::Full, metadata.uid() + 12345));
        fs::set_permissions(&path, Permissions::from_mode(0o660)).unwrap();
        let metadata = fs::metadata(&path).unwrap();
        assert!(can_be_altered(&metadata, Level::UserNamespace, metadata.uid() + 12345));
    }

    #[test]
    fn a_writable_descriptor_is_opened_again_for_reading() {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("input");
        fs::write(&path, "content").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        let mut file = OpenOptions::new().read(true).write(true).open(&path).unwrap();
        file.seek(io::SeekFrom::Start(3)).unwrap();
        let fd = open_input(Input::File(file), Level::Full, 12345).unwrap();
        let mut file = File::from(fd);
        assert!(file.write_all(b"x").is_err());
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        assert_eq!(text, "tent");
    }

    #[test]
    fn only_regular_files_are_inputs() {
        let temp = tempfile::tempdir().unwrap();
        let fifo = temp.path().join("fifo");
        nix::unistd::mkfifo(&fifo, nix::sys::stat::Mode::S_IRWXU).unwrap();
        for path in [fifo.as_path(), temp.path()] {
            let error = open_input(Input::Path(path.into()), Level::Full, 1).unwrap_err();
            assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
        }
    }
}
