//! `gavel sandbox run` that is ended by a signal.
//!
//! These tests need root and control groups.

use crate::judge::{GAVEL, PATIENCE};
use crate::sandbox_runs::text;
use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Control groups that a process made for its boxes.
fn groups_of(owner: u32) -> Vec<String> {
    let script = format!("find /sys/fs/cgroup -type d -name 'gavel-box-{owner}-*'");
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    text(&output.stdout).lines().map(str::to_owned).collect()
}

fn processes_with(variable: &str) -> usize {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let has = |folder: std::path::PathBuf| {
        let environment = fs::read(folder.join("environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|found| found == variable.as_bytes())
    };
    entries.filter(|entry| has(entry.path())).count()
}

#[test]
fn a_signal_ends_the_program_and_leaves_nothing() {
    let cases = [("INT", 130), ("TERM", 143), ("HUP", 129)];
    for (level, (signal, code)) in ["full", "user-namespace", "minimal"]
        .into_iter()
        .flat_map(|level| cases.map(|case| (level, case)))
    {
        let mark = format!("MARK=interrupted-{}-{level}-{signal}", std::process::id());
        let mut process = Command::new(GAVEL)
            .args(["sandbox", "run", "--level", level, "--wall", "10m", "--env", &mark])
            .args([
                "--",
                "sh",
                "-c",
                "trap '' INT TERM HUP; echo ready; sleep 600 & sleep 600; sleep 600",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .process_group(0)
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n", "{level} {signal}");
        assert!(processes_with(&mark) >= 1);
        // Ctrl-C reaches every process of the group, the other signals one.
        let to =
            if signal == "INT" { format!("-{}", process.id()) } else { process.id().to_string() };
        let sent = Command::new("kill").args(["-s", signal, "--", &to]).status().unwrap();
        assert!(sent.success());
        let status = process.wait().unwrap();
        assert_eq!(status.code(), Some(code), "{level} {signal}");
        let began = Instant::now();
        // At level minimal, processes are reaped by whoever inherits them.
        while processes_with(&mark) > 0 {
            assert!(began.elapsed() < PATIENCE, "{level} {signal}: processes are left");
        }
        assert_eq!(groups_of(process.id()), Vec::<String>::new(), "{level} {signal}");
    }
}
