//! What a sandboxed run costs, beside a bare one: `cargo run --release -p sandbox --example bench-run [ROUNDS]`.
//!
//! The kinds alternate, so that all see the same machine, and every figure is of a whole call.
//! Needs root and `cc`, for a program that does nothing.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio as ProcessStdio};
use std::time::{Duration, Instant};

use sandbox::{BoxSpec, Level, Mount, Policy, RunLimits, RunSpec, Sandbox, Stdio};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    sandbox::become_helper_if_asked();
    let rounds: usize = std::env::args().nth(1).map_or(Ok(1000), |rounds| rounds.parse())?;
    let noop = compile_noop()?;
    let mut table = Table::default();
    let mut full = Sandbox::open(&box_spec(Some(Level::Full), &noop))?;
    let mut user = Sandbox::open(&box_spec(Some(Level::UserNamespace), &noop))?;
    for round in 0..rounds {
        table.time("bare fork, exec, wait", || bare(&noop))?;
        table.time("one more run, full", || run(&mut full))?;
        table.time("one more run, user-namespace", || run(&mut user))?;
        if round % 5 == 0 {
            table.time("new box and first run, full", || new_box(Level::Full, &noop))?;
            table.time("new box and first run, user-namespace", || {
                new_box(Level::UserNamespace, &noop)
            })?;
        }
    }
    for _ in 0..rounds / 20 {
        idle();
        table.time("bare, after 100 ms of idle", || bare(&noop))?;
        idle();
        table.time("one more run, full, after 100 ms of idle", || run(&mut full))?;
        idle();
        table.time("new box, full, after 100 ms of idle", || new_box(Level::Full, &noop))?;
    }
    table.print();
    Ok(())
}

fn idle() {
    std::thread::sleep(Duration::from_millis(100));
}

fn compile_noop() -> Result<PathBuf, Failure> {
    let folder = std::env::temp_dir();
    let (source, program) = (folder.join("gavel-noop.c"), folder.join("gavel-noop"));
    std::fs::write(&source, "int main(void) { return 0; }\n")?;
    let status =
        Command::new("cc").args(["-O2", "-static", "-o"]).arg(&program).arg(&source).status()?;
    if status.success() { Ok(program) } else { Err("cc failed".into()) }
}

fn box_spec(level: Option<Level>, noop: &Path) -> BoxSpec {
    let mut mounts: Vec<_> =
        ["/usr", "/bin", "/lib", "/lib64"].into_iter().map(Mount::same).collect();
    mounts.push(Mount { source: noop.to_owned(), target: "/noop".into() });
    BoxSpec { level, mounts, ..BoxSpec::default() }
}

fn bare(noop: &Path) -> Result<(), Failure> {
    Command::new(noop).stdin(ProcessStdio::null()).status()?;
    Ok(())
}

fn run(sandbox: &mut Sandbox) -> Result<(), Failure> {
    let spec = RunSpec::new(["/noop"], RunLimits::default(), Policy::native());
    let outcome = sandbox.run(&spec, Stdio::null())?;
    if outcome.ending.is_success() { Ok(()) } else { Err(outcome.ending.to_string().into()) }
}

fn new_box(level: Level, noop: &Path) -> Result<(), Failure> {
    let mut sandbox = Sandbox::open(&box_spec(Some(level), noop))?;
    run(&mut sandbox)?;
    sandbox.close()?;
    Ok(())
}

/// Times by kind, in the order in which the kinds first came.
#[derive(Default)]
struct Table {
    rows: Vec<(&'static str, Vec<Duration>)>,
}

impl Table {
    fn time(
        &mut self,
        kind: &'static str,
        what: impl FnOnce() -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let began = Instant::now();
        what()?;
        let took = began.elapsed();
        match self.rows.iter_mut().find(|(name, _)| *name == kind) {
            Some((_, times)) => times.push(took),
            None => self.rows.push((kind, vec![took])),
        }
        Ok(())
    }

    fn print(&mut self) {
        println!("{:<42} {:>6} {:>10} {:>10} {:>7}", "", "times", "median ms", "p99 ms", "ratio");
        let mut bare = None;
        for (kind, times) in &mut self.rows {
            times.sort_unstable();
            let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_secs_f64() * 1e3;
            let (median, p99) = (at(50), at(99));
            let bare = *bare.get_or_insert(median);
            let ratio = median / bare;
            println!("{kind:<42} {:>6} {median:>10.3} {p99:>10.3} {ratio:>7.2}", times.len());
        }
    }
}
