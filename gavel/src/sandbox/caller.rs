//! The caller's own streams, for programs that read and write them.
//!
//! A program never gets a descriptor of the caller's terminal or pipe, whose state it could change:
//! it gets a pipe of its own, and a thread copies.

use super::failure::Failure;
use anyhow::Context;
use sandbox::document::Stream;
use sandbox::{Input, Output};
use std::fs::File;
use std::io::{self, PipeReader, Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;
use std::thread::JoinHandle;

/// Which of the caller's streams takes an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Out {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

/// Copies an output to the caller while its program runs.
#[derive(Debug, Default)]
pub(super) struct Passing(Option<JoinHandle<bool>>);

impl Passing {
    /// Waits until all is copied; whether there was more than the program may write.
    pub(super) fn finish(self) -> bool {
        self.0.is_some_and(|thread| thread.join().unwrap_or(false))
    }
}

/// Opens what a program reads.
pub(super) fn input(stream: &Stream) -> Result<Input, Failure> {
    let path = match stream {
        Stream::Nothing => return Ok(Input::Null),
        Stream::File(path) => return Ok(Input::Path(path.clone())),
        Stream::Caller => own_stdin().context("use the caller's standard input"),
    };
    path.map_err(Failure::sandbox)
}

fn own_stdin() -> io::Result<Input> {
    let file = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    if file.metadata()?.is_file() {
        return Ok(Input::File(file));
    }
    let (reader, mut writer) = io::pipe()?;
    // It may wait for input for longer than the program runs: then it ends with this process.
    std::thread::spawn(move || {
        let mut file = file;
        // That the program has gone, or stopped to read, is its own affair.
        let _ = io::copy(&mut file, &mut writer);
    });
    Ok(Input::Pipe(reader.into()))
}

/// Opens what a program writes to, at most `limit` bytes of which are passed on to the caller.
pub(super) fn output(stream: &Stream, own: Out, limit: u64) -> Result<(Output, Passing), Failure> {
    match stream {
        Stream::Nothing => Ok((Output::Null, Passing::default())),
        Stream::File(path) => {
            let file = create(path).map_err(Failure::usage)?;
            Ok((Output::File(file), Passing::default()))
        }
        Stream::Caller => own_output(own, limit)
            .context("use the caller's standard streams")
            .map_err(Failure::sandbox),
    }
}

/// Opens a file for output, emptied.
fn create(path: &Path) -> anyhow::Result<File> {
    File::create(path).with_context(|| format!("write {}", path.display()))
}

fn own_output(own: Out, limit: u64) -> io::Result<(Output, Passing)> {
    let stream: OwnedFd = match own {
        Out::Stdout => io::stdout().as_fd().try_clone_to_owned()?,
        Out::Stderr => io::stderr().as_fd().try_clone_to_owned()?,
    };
    let (reader, writer) = io::pipe()?;
    let thread = std::thread::spawn(move || copy(reader, stream.into(), limit));
    Ok((Output::Pipe(writer.into()), Passing(Some(thread))))
}

/// Copies until the program has closed its end, or has written too much: then it is cut off.
fn copy(mut from: PipeReader, mut to: File, limit: u64) -> bool {
    let mut left = limit;
    let mut buffer = [0; 1 << 16];
    let mut gone = false;
    loop {
        let count = match from.read(&mut buffer) {
            Ok(0) => return false,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return false,
        };
        let (within, exceeded) = match left.checked_sub(count as u64) {
            Some(rest) => {
                left = rest;
                (count, false)
            }
            None => (usize::try_from(left).unwrap_or(count), true),
        };
        // A reader who has gone away does not end the program.
        gone = gone || buffer.get(..within).is_some_and(|bytes| to.write_all(bytes).is_err());
        if exceeded {
            return true;
        }
    }
}
