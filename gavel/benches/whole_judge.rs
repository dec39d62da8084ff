//! What a contestant waits for, and what a judge costs that has nothing to do.
//!
//! `cargo bench -p gavel` starts a judge on a data folder of its own, lets it be idle, then sends it
//! a Python program again and again, with a bare run of the same program in between.
#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

#[path = "../tests/gavel/judge.rs"]
#[allow(dead_code, reason = "a benchmark needs a part of what the tests need")]
mod judge;

use judge::{Judge, hello};
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const ROUNDS: usize = 60;
const IDLE: Duration = Duration::from_secs(10);

fn main() {
    let data = tempfile::tempdir().unwrap();
    let judge = Judge::start(data.path(), &[]);
    print_idle(&judge, "idle, freshly started");
    let token = judge.register("ada");
    let python = interpreter();
    let mut times: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    // The first one pays for the package's way into the cache.
    for round in 0..=ROUNDS {
        let bare = bare(&python);
        let start = Instant::now();
        let id = judge.submit(&token, "hello", "python3", "hello.py", &hello());
        let sent = start.elapsed();
        let events = judge.events(&token, &id);
        let seen = start.elapsed();
        assert_eq!(events.last().unwrap()["verdict"], "AC");
        if round == 0 {
            continue;
        }
        let mut add = |name, time: Duration| {
            times.entry(name).or_default().push(time.as_secs_f64() * 1e3);
        };
        add("0  bare run of the program", bare);
        add("1  request to answer", sent);
        add("2  queued to claimed", between(&events, "queued", "started"));
        add("3  claimed to package at hand", between(&events, "started", "fetched"));
        add("4  package at hand to compiled", between(&events, "fetched", "compiled"));
        add("5  compiled to verdict stored", between(&events, "compiled", "finished"));
        add("6  request to verdict seen", seen);
    }
    print(&times);
    print_idle(&judge, "idle, after judging");
    judge.interrupt();
}

/// The interpreter itself: the command may be a version manager's script, which takes longer than it.
fn interpreter() -> String {
    let output = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output();
    String::from_utf8(output.unwrap().stdout).unwrap().trim().to_owned()
}

fn bare(python: &str) -> Duration {
    let start = Instant::now();
    let status =
        Command::new(python).args(["-c", &hello()]).stdout(Stdio::null()).status().unwrap();
    assert!(status.success());
    start.elapsed()
}

fn between(events: &[Value], from: &str, to: &str) -> Duration {
    let at = |name: &str| {
        let event = events.iter().find(|event| event["type"] == name).unwrap();
        OffsetDateTime::parse(event["at"].as_str().unwrap(), &Rfc3339).unwrap()
    };
    (at(to) - at(from)).unsigned_abs()
}

fn print(times: &BTreeMap<&str, Vec<f64>>) {
    println!("\nA Python program of one line, {ROUNDS} rounds, in ms");
    println!("| step | median | p90 | max |");
    println!("|---|---:|---:|---:|");
    for (name, times) in times {
        let mut sorted = times.clone();
        sorted.sort_by(f64::total_cmp);
        let (median, p90) = (sorted[sorted.len() / 2], sorted[sorted.len() * 9 / 10]);
        let max = sorted.last().unwrap();
        println!("| {} | {median:.1} | {p90:.1} | {max:.1} |", &name[3..]);
    }
}

fn print_idle(judge: &Judge, when: &str) {
    let before = cpu_ticks(judge.pid());
    std::thread::sleep(IDLE);
    let ticks = cpu_ticks(judge.pid()) - before;
    // The kernel counts these in hundredths of a second.
    let cpu_ms = ticks * 10;
    let status = std::fs::read_to_string(format!("/proc/{}/status", judge.pid())).unwrap();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    let kib: f64 = resident.trim().trim_end_matches(" kB").parse().unwrap();
    println!(
        "{when}: {:.1} MiB resident, {cpu_ms} ms of CPU time in {} s, {} functions",
        kib / 1024.0,
        IDLE.as_secs(),
        judge.functions().len()
    );
}

fn cpu_ticks(pid: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields: Vec<_> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}
