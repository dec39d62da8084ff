//! Something that runs programs and says what they used.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::{Failure, ours, peers};

/// What a subject says of one run.
#[derive(Debug, Clone, Copy)]
pub struct Figures {
    pub cpu: Duration,
    pub wall: Duration,
    pub memory_bytes: u64,
}

/// One way to run the measured program.
pub trait Subject {
    /// Runs it with these arguments to its successful end.
    fn run(&mut self, arguments: &[&str]) -> Result<Figures, Failure>;
}

/// Makes a subject for a worker, which is told its number.
type Open = dyn Fn(usize) -> Result<Box<dyn Subject>, Failure> + Sync;

/// A kind of subject.
pub struct Kind {
    pub name: String,
    pub open: Box<Open>,
}

impl Kind {
    pub fn new<S: Subject + 'static>(
        name: impl Into<String>,
        open: impl Fn(usize) -> Result<S, Failure> + Sync + 'static,
    ) -> Self {
        let open = move |worker| Ok(Box::new(open(worker)?) as Box<dyn Subject>);
        Self { name: name.into(), open: Box::new(open) }
    }
}

/// All kinds that work on this host, the bare one first. Says what was found and does not work.
pub fn kinds(program: &Path) -> Vec<Kind> {
    let argv = vec![program.display().to_string()];
    let mut kinds =
        vec![Kind::new("bare posix_spawn and wait", move |_| Ok(Waited { argv: argv.clone() }))];
    kinds.extend(ours::kinds(program));
    kinds.extend(peers::kinds(program));
    kinds.retain(|kind| match (kind.open)(0).and_then(|mut subject| subject.run(&[])) {
        Ok(_) => true,
        Err(error) => {
            println!("Left out: {}: {error}", kind.name);
            false
        }
    });
    kinds
}

/// A command of the host, whose account is what `wait4(2)` says of it and of whom it waited for.
pub struct Waited {
    pub argv: Vec<String>,
}

impl Subject for Waited {
    #[allow(clippy::zombie_processes, reason = "wait4 waits for it")]
    fn run(&mut self, arguments: &[&str]) -> Result<Figures, Failure> {
        let began = Instant::now();
        let child = Command::new(&self.argv[0])
            .args(&self.argv[1..])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut status = 0;
        // SAFETY: all-zero is a valid `rusage`.
        let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
        let id = i32::try_from(child.id())?;
        // SAFETY: both pointers are to live locals of the right type.
        if unsafe { libc::wait4(id, &raw mut status, 0, &raw mut usage) } != id {
            return Err(std::io::Error::last_os_error().into());
        }
        if status != 0 {
            return Err(format!("{} ended with wait status {status}", self.argv[0]).into());
        }
        Ok(Figures {
            cpu: duration(usage.ru_utime) + duration(usage.ru_stime),
            wall: began.elapsed(),
            memory_bytes: usage.ru_maxrss.unsigned_abs() * 1024,
        })
    }
}

fn duration(time: libc::timeval) -> Duration {
    Duration::from_secs(time.tv_sec.unsigned_abs())
        + Duration::from_micros(time.tv_usec.unsigned_abs())
}
