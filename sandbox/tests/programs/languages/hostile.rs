//! One named misbehaviour each. Exit code 0: it was contained; 1: it was not.
use std::process::{Command, exit};
use std::time::Duration;

fn main() {
    let contained = match std::env::args().nth(1).as_deref() {
        Some("threads") => (0..10_000).any(|_| {
            let sleep = || std::thread::sleep(Duration::from_secs(1000));
            std::thread::Builder::new().stack_size(1 << 16).spawn(sleep).is_err()
        }),
        Some("processes") => (0..10_000).any(|_| Command::new("/proc/self/exe").arg("sleep").spawn().is_err()),
        Some("sleep") => loop {
            std::thread::sleep(Duration::from_secs(1000));
        },
        Some("memory") => {
            let mut kept = Vec::new();
            loop {
                kept.push(vec![1_u8; 16 << 20]);
            }
        }
        Some("network") => std::net::TcpStream::connect("127.0.0.1:80").is_err(),
        _ => exit(99),
    };
    exit(i32::from(!contained));
}
