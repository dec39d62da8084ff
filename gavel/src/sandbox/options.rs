//! The options of `gavel sandbox run`, and the document that they amount to.

use super::failure::Failure;
use crate::data::LevelName;
use crate::units::{microseconds, size};
use anyhow::{Context, anyhow};
use sandbox::Level;
use sandbox::document::{
    BoxPlan, Document, GetPlan, LimitsPlan, MountPlan, PolicyChoice, PutPlan, RunPlan, Series,
    Stream, WorkPlan,
};
use std::path::{Path, PathBuf, absolute};

const MORE: &str = "\
Exit codes: 0 the program exited with code 0; 1 it did not; 2 what was asked for makes no sense; 3 the sandbox \
failed. The manual page gavel-sandbox(1) has the details.";

/// What to run.
#[derive(Debug, clap::Args)]
#[command(after_help = MORE)]
pub(super) struct RunOptions {
    #[command(flatten)]
    pub(super) program: ProgramOptions,
    /// Run what this JSON document says; `-` is standard input
    #[arg(long, value_name = "FILE", conflicts_with = "ProgramOptions")]
    pub(super) spec: Option<PathBuf>,
    /// Print the results as JSON on standard output, a line for each run
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, clap::Args)]
pub(super) struct ProgramOptions {
    /// CPU time of all its processes [default: 1s]
    #[arg(long, value_name = "TIME", value_parser = microseconds)]
    time: Option<u64>,
    /// Time on the clock [default: three times the CPU time and 2s]
    #[arg(long, value_name = "TIME", value_parser = microseconds)]
    wall: Option<u64>,
    /// Memory of all its processes [default: 256M]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    memory: Option<u64>,
    /// Processes and threads at one time [default: 64]
    #[arg(long, value_name = "NUMBER")]
    processes: Option<u32>,
    /// What it may write to standard output and standard error, each [default: 8M]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    output: Option<u64>,
    /// Size of any other file [default: 8M]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    file_size: Option<u64>,
    /// Open descriptors of one process [default: 256]
    #[arg(long, value_name = "NUMBER")]
    open_files: Option<u64>,
    /// Stack of the main thread [default: bounded by the memory limit only]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    stack: Option<u64>,
    /// What /work can hold [default: 256M]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    work_size: Option<u64>,
    /// What /tmp and /dev/shm can hold, each [default: 256M]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    temporary_size: Option<u64>,
    /// System calls it may make: native, vm, compiler, or a policy file [default: native]
    #[arg(long, value_name = "POLICY")]
    policy: Option<String>,
    /// Level to open the box at [default: the best that this host gives]
    #[arg(long, value_name = "LEVEL")]
    level: Option<LevelName>,
    /// Show a file or folder of the host in the box, read-only; may be repeated
    #[arg(long, value_name = "SOURCE[:TARGET]")]
    mount: Vec<String>,
    /// Do not show the system's programs and libraries in the box
    #[arg(long)]
    no_system: bool,
    /// Set a variable, without a value to that of the caller; may be repeated
    #[arg(long, value_name = "NAME[=VALUE]")]
    env: Vec<String>,
    /// Copy a file to /work before the run; may be repeated
    #[arg(long, value_name = "FILE[:NAME]")]
    put: Vec<String>,
    /// Copy a file from /work after the last run, if none failed; may be repeated
    #[arg(long, value_name = "NAME[:FILE]")]
    get: Vec<String>,
    /// Let it change /work
    #[arg(long)]
    work_writable: bool,
    /// Where it starts, a path in the box [default: /work]
    #[arg(long, value_name = "FOLDER")]
    cwd: Option<PathBuf>,
    /// File to read as standard input [default: the caller's]
    #[arg(long, value_name = "FILE")]
    stdin: Option<String>,
    /// File to write standard output to [default: the caller's]
    #[arg(long, value_name = "FILE")]
    stdout: Option<String>,
    /// File to write standard error to [default: the caller's]
    #[arg(long, value_name = "FILE")]
    stderr: Option<String>,
    /// Run it so many times in the same box, one run after another
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    repeat: Option<u32>,
    /// Print the document that these options amount to, and run nothing
    #[arg(long)]
    pub(super) print_spec: bool,
    /// The program and its arguments
    #[arg(last = true, required_unless_present = "spec", value_name = "PROGRAM")]
    argv: Vec<String>,
}

impl ProgramOptions {
    /// The document that these options amount to.
    pub(super) fn document(&self) -> Result<Document, Failure> {
        let (place, run) = self.plans().map_err(Failure::usage)?;
        let keep_going = self.repeat.is_some();
        let document = Document::Series(Series { place, runs: vec![run], keep_going });
        // Read again, so that what no document may say, no option may say either.
        let text = document.print().map_err(Failure::usage)?;
        Document::parse(&text).map_err(|error| Failure::usage(in_options(&error)))
    }

    fn plans(&self) -> anyhow::Result<(BoxPlan, RunPlan)> {
        let usual = BoxPlan::default();
        let place = BoxPlan {
            level: self.level.map(Level::from),
            system: !self.no_system,
            mounts: self.mount.iter().map(|text| mount(text)).collect::<anyhow::Result<_>>()?,
            work_bytes: self.work_size.unwrap_or(usual.work_bytes),
            work_inodes: usual.work_inodes,
            temporary_bytes: self.temporary_size.unwrap_or(usual.temporary_bytes),
            put: self.put.iter().map(|text| put(text)).collect::<anyhow::Result<_>>()?,
            get: self.get.iter().map(|text| get(text)).collect::<anyhow::Result<_>>()?,
        };
        let mut run = RunPlan::new(self.argv.clone());
        for text in &self.env {
            let (name, value) = variable(text)?;
            run.env.0.retain(|(known, _)| *known != name);
            run.env.0.push((name, value));
        }
        let stream = |text: &Option<String>| text.as_deref().map_or(Stream::Caller, Stream::from);
        run.stdin = stream(&self.stdin);
        run.stdout = stream(&self.stdout);
        run.stderr = stream(&self.stderr);
        run.cwd = self.cwd.clone().unwrap_or(run.cwd);
        run.policy = self.policy.as_deref().map_or(PolicyChoice::Native, policy);
        run.work = if self.work_writable { WorkPlan::Writable } else { WorkPlan::ReadOnly };
        run.limits = self.limits();
        run.repeat = self.repeat.unwrap_or(1);
        Ok((place, run))
    }

    fn limits(&self) -> LimitsPlan {
        let usual = LimitsPlan::default();
        let cpu_us = self.time.unwrap_or(usual.cpu_us);
        LimitsPlan {
            cpu_us,
            wall_us: self.wall.unwrap_or_else(|| LimitsPlan::usual_wall_us(cpu_us)),
            memory_bytes: self.memory.unwrap_or(usual.memory_bytes),
            processes: self.processes.unwrap_or(usual.processes),
            output_bytes: self.output.unwrap_or(usual.output_bytes),
            file_bytes: self.file_size.unwrap_or(usual.file_bytes),
            open_files: self.open_files.unwrap_or(usual.open_files),
            stack_bytes: self.stack.or(usual.stack_bytes),
        }
    }
}

/// A fault of a document without its line, which nobody wrote.
fn in_options(error: &sandbox::document::DocumentError) -> anyhow::Error {
    use sandbox::document::DocumentError::Field;
    match error {
        Field { path, message, .. } => {
            let path = path.trim_start_matches("runs[0].").trim_start_matches("box.");
            anyhow!("bad option, {path}: {message}")
        }
        other => anyhow!("bad options: {other}"),
    }
}

fn mount(text: &str) -> anyhow::Result<MountPlan> {
    let (source, target) = text.split_once(':').map_or((text, None), |(s, t)| (s, Some(t)));
    let source = absolute(source).with_context(|| format!("bad option --mount {text}"))?;
    Ok(MountPlan { source, target: target.map(PathBuf::from) })
}

fn put(text: &str) -> anyhow::Result<PutPlan> {
    if let Some((source, name)) = text.split_once(':') {
        return Ok(PutPlan { source: source.into(), name: name.to_owned() });
    }
    Ok(PutPlan { source: text.into(), name: base(text)? })
}

fn get(text: &str) -> anyhow::Result<GetPlan> {
    if let Some((name, target)) = text.split_once(':') {
        return Ok(GetPlan { name: name.to_owned(), target: target.into() });
    }
    Ok(GetPlan { name: text.to_owned(), target: base(text)?.into() })
}

/// The last part of a path.
fn base(path: &str) -> anyhow::Result<String> {
    let name = Path::new(path).file_name().and_then(|name| name.to_str());
    Ok(name.with_context(|| format!("{path:?} names no file"))?.to_owned())
}

fn variable(text: &str) -> anyhow::Result<(String, String)> {
    if let Some((name, value)) = text.split_once('=') {
        return Ok((name.to_owned(), value.to_owned()));
    }
    let value = std::env::var(text).with_context(|| format!("bad option --env {text}"))?;
    Ok((text.to_owned(), value))
}

fn policy(text: &str) -> PolicyChoice {
    match text {
        "native" => PolicyChoice::Native,
        "vm" => PolicyChoice::Vm,
        "compiler" => PolicyChoice::Compiler,
        path => PolicyChoice::File(path.into()),
    }
}
