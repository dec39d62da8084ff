//! This sandbox: a new box for each run, or one box for all.

use std::path::Path;
use std::time::Duration;

use sandbox::{
    BoxSpec, Helper, Launcher, Level, Mount, Policy, RunLimits, RunSpec, Sandbox, Stdio,
};

use crate::Failure;
use crate::subject::{Figures, Kind, Subject};

const LEVELS: [Level; 2] = [Level::Full, Level::UserNamespace];

pub fn kinds(program: &Path) -> Vec<Kind> {
    let open_boxes = LEVELS.map(|level| {
        let program = program.to_owned();
        let open = move |_| Ok(OpenBox(Sandbox::open(&box_spec(level, &program))?));
        Kind::new(format!("one more run, `{level}`"), open)
    });
    let new_boxes = LEVELS.map(|level| {
        let program = program.to_owned();
        let open = move |_| {
            let mut spec = box_spec(level, &program);
            spec.helper = Helper::Started(Launcher::start(&Helper::CurrentExe)?);
            Ok(NewBox { spec })
        };
        Kind::new(format!("new box and its first run, `{level}`"), open)
    });
    open_boxes.into_iter().chain(new_boxes).collect()
}

/// A box with the toolchains' folders and the measured program.
pub fn box_spec(level: Level, program: &Path) -> BoxSpec {
    let mut mounts: Vec<_> =
        ["/usr", "/bin", "/lib", "/lib64"].into_iter().map(Mount::same).collect();
    mounts.push(Mount { source: program.to_owned(), target: "/measured".into() });
    BoxSpec { level: Some(level), mounts, ..BoxSpec::default() }
}

/// Runs the measured program in an open box.
pub fn run(sandbox: &mut Sandbox, arguments: &[&str]) -> Result<Figures, Failure> {
    let limits = RunLimits {
        cpu: Duration::from_secs(10),
        wall: Duration::from_secs(60),
        memory_bytes: 2 << 30,
        ..RunLimits::default()
    };
    let argv = ["/measured"].iter().chain(arguments).copied();
    let outcome = sandbox.run(&RunSpec::new(argv, limits, Policy::native()), Stdio::null())?;
    if !outcome.ending.is_success() {
        return Err(outcome.ending.to_string().into());
    }
    let usage = outcome.usage;
    Ok(Figures { cpu: usage.cpu, wall: usage.wall, memory_bytes: usage.peak_memory_bytes })
}

struct OpenBox(Sandbox);

impl Subject for OpenBox {
    fn run(&mut self, arguments: &[&str]) -> Result<Figures, Failure> {
        run(&mut self.0, arguments)
    }
}

/// Boxes of one launcher, as a judge opens them.
struct NewBox {
    spec: BoxSpec,
}

impl Subject for NewBox {
    fn run(&mut self, arguments: &[&str]) -> Result<Figures, Failure> {
        let mut sandbox = Sandbox::open(&self.spec)?;
        let figures = run(&mut sandbox, arguments)?;
        sandbox.close()?;
        Ok(figures)
    }
}
