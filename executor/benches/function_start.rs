//! How long a function takes from its message to the start of the compiler.
//!
//! `cargo bench -p executor` starts functions one after another, each on a submission of its own, and, between them,
//! bare processes that do nothing. The language is one whose compiler prints the time at which it runs.
#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

#[path = "../tests/executor/stand/mod.rs"]
#[allow(dead_code, unused_imports, reason = "a benchmark needs a part of what the tests need")]
mod stand;

use stand::{Judge, PackageFolder};
use std::{
    env, fs,
    process::{Command, ExitCode},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

const ROUNDS: usize = 60;

const CLOCK: &str = r#"
name = "Clock"
icpc_names = ["clock"]
extensions = ["clock"]
package = "coreutils"
version = ["{clock}", "--version"]

[commands]
clock = ["date"]

[compile]
command = ["{clock}", "+%s%N"]

[run]
command = ["{clock}"]
policy = "native"
processes = 1
"#;

fn main() -> ExitCode {
    sandbox::become_helper_if_asked();
    if env::args().nth(1).as_deref() == Some("function") {
        return stand::function_process();
    }
    let mut judge = Judge::on_sqlite();
    fs::create_dir_all(judge.folder().join("languages")).unwrap();
    fs::write(judge.folder().join("languages/clock.toml"), CLOCK).unwrap();
    let package = PackageFolder::greeting();
    let (mut bare, mut compiler, mut verdict) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let start = Instant::now();
        Command::new("/bin/true").status().unwrap();
        bare.push(start.elapsed().as_secs_f64() * 1e3);

        let id = judge.submit(&package, "clock", ("a.clock", "x"));
        let delivery = judge.take();
        let (at, start) = (SystemTime::now(), Instant::now());
        judge.run(&delivery.task);
        verdict.push(start.elapsed().as_secs_f64() * 1e3);
        let printed = judge.judgement(id).compile_output.unwrap();
        let compiled_at: u128 = printed.trim().parse().unwrap();
        let started_at = at.duration_since(UNIX_EPOCH).unwrap().as_nanos();
        compiler.push((compiled_at - started_at) as f64 / 1e6);
    }
    println!("{:40} {:>8} {:>8} {:>8}", "", "median", "p99", "ratio");
    let reference = median(&mut bare);
    for (what, times) in [
        ("a process that does nothing", &mut bare),
        ("message to the start of the compiler", &mut compiler),
        ("message to the end of the function", &mut verdict),
    ] {
        let middle = median(times);
        let p99 = times[times.len() * 99 / 100];
        println!("{what:40} {middle:5.2} ms {p99:5.2} ms {:8.1}", middle / reference);
    }
    ExitCode::SUCCESS
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
