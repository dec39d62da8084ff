//! How tests talk to the servers.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;
use test_servers::S3;

/// Asks the database with PostgreSQL's own client.
pub(crate) fn ask(url: &str, statement: &str) -> Result<String, String> {
    let done = Command::new("psql")
        .args(["--no-psqlrc", "--tuples-only", "--no-align", "--command", statement, url])
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    if done.status.success() { Ok(text(&done.stdout)) } else { Err(text(&done.stderr)) }
}

/// Host and port of a URL.
pub(crate) fn address(url: &str) -> String {
    let (_, rest) = url.split_once("://").unwrap();
    rest.rsplit('@').next().unwrap().split('/').next().unwrap().to_owned()
}

/// Where an S3 server is.
pub(crate) fn endpoint(server: &S3) -> String {
    let mut variables = server.environment().into_iter();
    variables.find(|(name, _)| *name == "AWS_ENDPOINT").unwrap().1
}

/// What comes back of a request in plain text.
pub(crate) fn answer(address: &str, request: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream.write_all(request).unwrap();
    let mut answer = Vec::new();
    // A connection that is broken off has answered enough.
    let _ = stream.read_to_end(&mut answer);
    answer
}

/// Asks for an object without saying who wants it.
pub(crate) const GET: &[u8] =
    b"GET /gavel/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/// That who listens there listens on the loopback address alone.
pub(crate) fn assert_not_reachable_from_elsewhere(url: &str) {
    let sockets = |of: &str| std::fs::read_to_string(format!("/proc/net/{of}")).unwrap();
    let port: u16 = address(url).rsplit(':').next().unwrap().parse().unwrap();
    let all = sockets("tcp") + &sockets("tcp6");
    // Local address, remote address, state; 0A is "listening", 0100007F is 127.0.0.1.
    let rows = all.lines().map(|line| line.split_whitespace().skip(1).collect::<Vec<_>>());
    let ours: Vec<_> = rows
        .filter(|row| row[2] == "0A" && row[0].ends_with(&format!(":{port:04X}")))
        .map(|row| row[0].to_owned())
        .collect();
    assert_eq!(ours, [format!("0100007F:{port:04X}")]);
}
