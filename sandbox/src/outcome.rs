//! How a program ended and what it used.

use std::fmt;
use std::time::Duration;

use nix::sys::signal::Signal;
use serde::{Deserialize, Serialize};

/// What became of one run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// How the program ended.
    pub ending: Ending,
    /// What its process tree used.
    pub usage: Usage,
}

/// How a program ended. A limit it ran into always comes before what the kernel made of it: a
/// program killed for its memory is `MemoryExceeded`, never `Signalled`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Ending {
    /// It exited by itself.
    Exited {
        /// The exit code, 0 to 255.
        code: i32,
    },
    /// A signal killed it.
    Signalled {
        /// The signal's number.
        signal: i32,
    },
    /// It used more CPU time than its limit.
    CpuTimeExceeded,
    /// It was alive for longer than its limit.
    WallTimeExceeded,
    /// It used more memory than its limit.
    MemoryExceeded,
    /// It wrote more than its limit.
    OutputExceeded,
    /// It made a system call that its policy kills for.
    ForbiddenSyscall {
        /// The number of the call in its own calling convention.
        number: i64,
        /// The name of the call.
        name: String,
    },
}

impl Ending {
    /// Whether it exited by itself with code 0.
    #[must_use]
    pub fn is_success(&self) -> bool {
        matches!(self, Self::Exited { code: 0 })
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exited { code } => write!(f, "exit code {code}"),
            Self::Signalled { signal } => match Signal::try_from(*signal) {
                Ok(name) => write!(f, "signal {signal} ({name})"),
                Err(_) => write!(f, "signal {signal}"),
            },
            Self::CpuTimeExceeded => f.write_str("CPU time limit exceeded"),
            Self::WallTimeExceeded => f.write_str("wall time limit exceeded"),
            Self::MemoryExceeded => f.write_str("memory limit exceeded"),
            Self::OutputExceeded => f.write_str("output limit exceeded"),
            Self::ForbiddenSyscall { name, .. } => write!(f, "forbidden system call {name}"),
        }
    }
}

/// What one run used, of its whole process tree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// CPU time, user and system.
    pub cpu: Duration,
    /// From the program's start to its end on the clock.
    pub wall: Duration,
    /// Peak memory, in bytes.
    pub peak_memory_bytes: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_read_as_words() {
        assert_eq!(Ending::Exited { code: 3 }.to_string(), "exit code 3");
        assert_eq!(Ending::Signalled { signal: 11 }.to_string(), "signal 11 (SIGSEGV)");
        assert_eq!(Ending::Signalled { signal: 40 }.to_string(), "signal 40");
        let forbidden = Ending::ForbiddenSyscall { number: 41, name: "socket".into() };
        assert_eq!(forbidden.to_string(), "forbidden system call socket");
    }
}
