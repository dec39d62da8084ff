//! Ways to speak to others.

use libc::{
    AF_ALG, AF_BLUETOOTH, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET, AF_UNIX, AF_VSOCK, SOCK_DGRAM,
    SOCK_RAW, SOCK_STREAM,
};

use super::{compiler, sending, vm};
use crate::attack::*;

const FAMILIES: [(&str, i32, i32); 10] = [
    ("IPv4, TCP", AF_INET, SOCK_STREAM),
    ("IPv4, UDP", AF_INET, SOCK_DGRAM),
    ("IPv4, raw", AF_INET, SOCK_RAW),
    ("IPv6", AF_INET6, SOCK_STREAM),
    ("Unix", AF_UNIX, SOCK_STREAM),
    ("netlink", AF_NETLINK, SOCK_RAW),
    ("packets", AF_PACKET, SOCK_RAW),
    ("vsock", AF_VSOCK, SOCK_STREAM),
    ("the kernel's ciphers", AF_ALG, libc::SOCK_SEQPACKET),
    ("Bluetooth", AF_BLUETOOTH, SOCK_RAW),
];

pub fn attacks() -> Vec<Attack> {
    let mut attacks = Vec::new();
    for (name, family, kind) in FAMILIES {
        let line = format!("socket {family} {kind}");
        attacks.push(attack(format!("a socket: {name}"), &line, killed("socket")));
        let refused = || contained("refused: EACCES");
        attacks.push(
            attack(format!("a socket from a virtual machine: {name}"), &line, refused()).with(vm),
        );
        attacks.push(
            attack(format!("a socket from a compiler: {name}"), &line, refused()).with(compiler),
        );
    }
    attacks.push(attack("a pair of sockets", "socket-pair 1", contained("refused: ENOSYS")));
    attacks.push(
        attack(
            "a pair of IPv4 sockets from a virtual machine",
            "socket-pair 2",
            contained("refused: EACCES"),
        )
        .with(vm),
    );
    for way in ["bind", "connect", "listen", "send"] {
        let name = format!("one of its pair of sockets, to {way} with an abstract address");
        attacks.push(
            attack(name, format!("misuse-pair {way}"), contained("refused: EACCES")).with(vm),
        );
    }
    let order = contained("the box keeps its order");
    attacks.push(
        attack(
            "files in flight between sockets, were they allowed",
            "leave-in-flight {tmp}",
            order,
        )
        .with(sending)
        .at_minimal(End::Failed(2, "refused: EACCES"))
        .bare(End::Failed(1, "refused: EACCES")),
    );
    attacks
}
