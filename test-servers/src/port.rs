//! Ports that stay free for a server that is stopped and started again.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::net::{Ipv4Addr, TcpListener};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};

/// A TCP port of the loopback address, for as long as this lives.
pub(crate) struct Port {
    pub(crate) number: u16,
    /// A name that only one process of this machine can hold, and that vanishes with it.
    _held: UnixListener,
}

/// Below the ports that the kernel gives to whoever asks for any: between the end of a server and
/// its next start nobody gets its port by chance.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

impl Port {
    /// Holds a port that is free now.
    pub(crate) fn hold() -> Self {
        // Beginning anywhere, so that many test processes do not all try the same ones first.
        #[allow(clippy::cast_possible_truncation, reason = "it is less than COUNT")]
        let begin = (random() % u64::from(COUNT)) as u16;
        (0..COUNT)
            .find_map(|step| Self::try_hold(FIRST + (begin + step) % COUNT))
            .unwrap_or_else(|| panic!("no port from {FIRST} on is free"))
    }

    fn try_hold(number: u16) -> Option<Self> {
        let name = format!("gavel-test-port-{number}");
        let held = UnixListener::bind_addr(&SocketAddr::from_abstract_name(name).ok()?).ok()?;
        TcpListener::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
        Some(Self { number, _held: held })
    }
}

/// A number that nobody can guess.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
