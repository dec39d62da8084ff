//! What owner and box say to each other: JSON messages with descriptors, over a
//! sequenced-packet socket.

use std::cell::RefCell;
use std::io::{self, IoSlice, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::path::PathBuf;
use std::time::Duration;

use nix::sys::socket::{
    AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, SockFlag, SockType, recvmsg,
    sendmsg, socketpair,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::policy::Instruction;
use crate::spec::{Level, Mount, WorkAccess};

/// From the owner to its launcher.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Launch {
    /// Give a box, built or being built; answered by `Launched`.
    Box(Setup),
    /// Build a box ahead, because it will be asked for; not answered.
    Ahead(Setup),
}

/// From the launcher: carries the owner's end of the socket on which everything else is said.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Launched {
    Box,
    /// No process could be started for it.
    Failed {
        errno: i32,
    },
}

/// From the owner to a box. `Enter` carries the doors of the control groups, then perhaps two meters;
/// `Prepare` perhaps the group to be born in; `Start` the three streams, then perhaps the group that the
/// run prepared right after is to be born in.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Request {
    /// Move into the control groups; answered by `Ready` once the box stands. The first message.
    Enter {
        /// How many of the descriptors are doors.
        doors: usize,
    },
    /// Remember one more policy; not answered.
    Policy { program: Vec<Instruction> },
    /// Bring a program to the brink of its execution; answered by `Prepared`.
    Prepare(Box<Run>),
    /// Let the prepared program go; answered by `Ended`.
    Start { again: Again },
    /// Kill the run under way, if any; not answered.
    Kill,
    /// Put an empty `/work` in the place of the old; answered by `Ready`. Nothing is prepared then.
    FreshWork,
}

/// Whether a run is to be prepared again after its end, before it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Again {
    No,
    Yes,
    /// If the meter of memory shows no more than this, in bytes: otherwise there may be no room for
    /// one more process until the owner makes some.
    UpTo(u64),
}

/// The box to build.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Setup {
    pub(crate) level: Level,
    /// User and group id of the programs on the host.
    pub(crate) user: User,
    pub(crate) mounts: Vec<Mount>,
    pub(crate) work_bytes: u64,
    pub(crate) work_inodes: u64,
    pub(crate) temporary_bytes: u64,
    /// At level minimal only.
    pub(crate) minimal: Option<Minimal>,
}

/// What a box without namespaces needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Minimal {
    /// The folder to make on the host.
    pub(crate) folder: PathBuf,
    /// The version of Landlock to use; 0 for none.
    pub(crate) landlock: u32,
}

/// Who a box's programs are on the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum User {
    /// Whoever the owner is.
    Owner,
    /// The user with this id.
    Id(u32),
    /// The user with this id plus that of the box's process, which no other box has at the time.
    Above(u32),
}

/// The program to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Run {
    pub(crate) argv: Vec<String>,
    pub(crate) env: Vec<(String, String)>,
    pub(crate) cwd: PathBuf,
    /// Index of the policy among those sent.
    pub(crate) policy: usize,
    pub(crate) work: WorkAccess,
    /// Pairs of resource and limit for `setrlimit(2)`.
    pub(crate) rlimits: Vec<(u32, u64)>,
    /// What it may use, in bytes: what it is told that the machine has.
    pub(crate) memory_bytes: u64,
    /// Whether it may make sockets, so that the box needs a network namespace of its own.
    pub(crate) sockets: bool,
    /// Whether the time of its end is wanted to the point: see `Ended::ended_at`.
    pub(crate) traced: bool,
    /// Whether it begins with `SIGPIPE` ignored.
    pub(crate) survives_broken_pipes: bool,
}

/// From a box.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Reply {
    /// The box stands, or `/work` is fresh; carries a descriptor of `/work`, and the first time one
    /// of the box's process.
    Ready {
        /// The box's process and the programs' user, as the host sees them.
        process: u32,
        id: u32,
    },
    /// A program waits to be let go.
    Prepared,
    /// The run is over and no process of it is left.
    Ended(Ended),
    /// A step failed.
    Failed { step: String, errno: i32 },
    /// A step failed that only the host's configuration can make work.
    Unavailable { step: String, errno: i32 },
    /// The program could not be executed.
    CannotExecute { errno: i32 },
}

/// What the box's process saw of a run.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Ended {
    /// The program's wait status, as `waitpid(2)` gives it; `None` when it was killed from outside.
    pub(crate) status: Option<i32>,
    /// Architecture and number of the forbidden call it made.
    pub(crate) forbidden: Option<(u32, i64)>,
    /// From letting the program go until the last process of the run was gone.
    pub(crate) wall: Duration,
    /// When the program began to end, in nanoseconds on the host's monotonic clock; of a traced one,
    /// before anybody else could see it.
    pub(crate) ended_at: u64,
    /// CPU time of all processes of the run, from their birth.
    pub(crate) cpu: Duration,
    /// CPU time spent on the run before the program was let go.
    pub(crate) setup_cpu: Duration,
    /// CPU time that the box's process itself spent on the run.
    pub(crate) helper_cpu: Duration,
    /// Peak resident set of the largest process, in bytes.
    pub(crate) largest_resident_bytes: u64,
    /// Whether it was ended for what it held on the disk.
    pub(crate) disk_exceeded: bool,
    /// What the meters showed when the last process was gone, if there are any.
    pub(crate) readings: Option<Readings>,
    /// Whether `Prepared` follows, for one more run of the same kind.
    pub(crate) again: bool,
}

/// What the meters of a box show, from its beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Readings {
    /// CPU time, in nanoseconds.
    pub(crate) cpu: u64,
    /// Peak memory, in bytes.
    pub(crate) memory: u64,
    /// Memory held now, in bytes.
    pub(crate) held: u64,
}

/// The largest message: what fits a socket buffer of the default size.
const MAX_MESSAGE: usize = 160 << 10;
const MAX_DESCRIPTORS: usize = 8;

/// One end of the conversation.
pub(crate) struct Channel {
    socket: OwnedFd,
    buffer: RefCell<Vec<u8>>,
}

impl Channel {
    pub(crate) fn new(socket: OwnedFd) -> Self {
        Self { socket, buffer: RefCell::new(vec![0; MAX_MESSAGE]) }
    }

    /// Two connected sockets that no executed program inherits.
    pub(crate) fn pair() -> io::Result<(OwnedFd, OwnedFd)> {
        let flags = SockFlag::SOCK_CLOEXEC;
        Ok(socketpair(AddressFamily::Unix, SockType::SeqPacket, None, flags)?)
    }

    pub(crate) fn send(&self, message: &impl Serialize, fds: &[BorrowedFd<'_>]) -> io::Result<()> {
        let bytes = serde_json::to_vec(message)?;
        if bytes.len() > MAX_MESSAGE {
            let what = format!("message of {} bytes, at most {MAX_MESSAGE}", bytes.len());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        let raw: Vec<RawFd> = fds.iter().map(AsRawFd::as_raw_fd).collect();
        let rights = [ControlMessage::ScmRights(&raw)];
        let rights = if raw.is_empty() { &rights[..0] } else { &rights[..] };
        let parts = [IoSlice::new(&bytes)];
        sendmsg::<()>(self.socket.as_raw_fd(), &parts, rights, MsgFlags::MSG_NOSIGNAL, None)?;
        Ok(())
    }

    /// The next message; `None` once the other end is closed.
    pub(crate) fn receive<T: DeserializeOwned>(&self) -> io::Result<Option<(T, Vec<OwnedFd>)>> {
        let mut space = nix::cmsg_space!([RawFd; MAX_DESCRIPTORS]);
        let flags = MsgFlags::MSG_CMSG_CLOEXEC;
        let mut buffer = self.buffer.borrow_mut();
        let mut parts = [IoSliceMut::new(&mut buffer)];
        let socket = self.socket.as_raw_fd();
        let message = loop {
            match recvmsg::<()>(socket, &mut parts, Some(&mut space), flags) {
                Err(nix::errno::Errno::EINTR) => {}
                Err(nix::errno::Errno::ECONNRESET) => return Ok(None),
                other => break other?,
            }
        };
        let mut fds = Vec::new();
        for control in message.cmsgs()? {
            if let ControlMessageOwned::ScmRights(raw) = control {
                // SAFETY: the kernel has just put these descriptors into our table, for us alone.
                fds.extend(raw.into_iter().map(|fd| unsafe { OwnedFd::from_raw_fd(fd) }));
            }
        }
        let length = message.bytes;
        if length == 0 {
            return Ok(None);
        }
        let bytes = buffer.get(..length).unwrap_or_default();
        Ok(Some((serde_json::from_slice(bytes)?, fds)))
    }
}

impl AsFd for Channel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Read;

    use super::*;

    #[test]
    fn messages_carry_descriptors_and_an_end_is_seen() {
        let (one, other) = Channel::pair().unwrap();
        let (one, other) = (Channel::new(one), Channel::new(other));
        let file = File::open("/dev/null").unwrap();
        one.send(&Request::Kill, &[file.as_fd(), file.as_fd()]).unwrap();
        let (message, fds) = other.receive::<Request>().unwrap().unwrap();
        assert!(matches!(message, Request::Kill));
        assert_eq!(fds.len(), 2);
        let mut text = String::new();
        File::from(fds.into_iter().next().unwrap()).read_to_string(&mut text).unwrap();
        assert_eq!(text, "");
        drop(one);
        assert!(other.receive::<Request>().unwrap().is_none());
    }

    #[test]
    fn a_message_too_large_is_refused() {
        let (one, _other) = Channel::pair().unwrap();
        let error = Channel::new(one).send(&"x".repeat(MAX_MESSAGE), &[]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }
}
