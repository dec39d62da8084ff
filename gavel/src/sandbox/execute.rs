//! Runs what a document says.

use super::caller::{self, Out, Passing};
use super::failure::Failure;
use super::interrupt::Interrupts;
use super::report::{self, Place, Which};
use anyhow::{Context, anyhow};
use sandbox::document::{
    BoxPlan, Document, GetPlan, MountPlan, Pair, PutPlan, RunPlan, Series, SidePlan,
};
use sandbox::{Ending, Helper, Level, Outcome, Output, RunSpec, Sandbox, Side, Stdio, run_joined};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::ExitCode;

/// How it ended, when the sandbox did its part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// Every program exited with code 0.
    Fine,
    /// A program failed.
    Failed,
    /// A signal with this number asked this process to end.
    Interrupted(i32),
}

impl From<Ended> for ExitCode {
    fn from(ended: Ended) -> Self {
        match ended {
            Ended::Fine => Self::SUCCESS,
            Ended::Failed => Self::FAILURE,
            // As a shell says it of a process that a signal killed.
            Ended::Interrupted(signal) => Self::from(u8::try_from(128 + signal).unwrap_or(u8::MAX)),
        }
    }
}

/// Opens the boxes, runs the programs, prints a result for each run, and closes the boxes.
pub(super) fn execute(document: &Document, json: bool) -> Result<Ended, Failure> {
    let interrupts = Interrupts::listen().map_err(Failure::sandbox)?;
    let execution = Execution { interrupts: interrupts.clone(), json };
    let result = match document {
        Document::Series(series) => execution.series(series),
        Document::Joined(pair) => execution.joined(pair),
    };
    // What a signal made fail is no failure.
    interrupts.signal().map_or(result, |signal| Ok(Ended::Interrupted(signal)))
}

/// What a box does not take from the host.
const OWN_FOLDERS: [&str; 4] = ["/tmp", "/work", "/proc", "/dev"];

struct Execution {
    interrupts: Interrupts,
    json: bool,
}

impl Execution {
    fn series(&self, series: &Series) -> Result<Ended, Failure> {
        let specs: Vec<RunSpec> =
            series.runs.iter().map(RunPlan::spec).collect::<Result<_, _>>()?;
        let mut sandbox = self.open(&series.place)?;
        let mut ended = Ended::Fine;
        let runs = series.runs.iter().zip(&specs).enumerate();
        for (run, (plan, spec)) in runs {
            for _ in 0..plan.repeat {
                let outcome = self.run(&mut sandbox, plan, spec)?;
                if self.interrupts.signal().is_some() {
                    return Ok(ended);
                }
                let which =
                    Which { run, program: program(plan), limits: &plan.limits, ended_first: None };
                report::print(which, place(&sandbox), &outcome, self.json)?;
                if !outcome.ending.is_success() {
                    ended = Ended::Failed;
                    if !series.keep_going {
                        sandbox.close()?;
                        return Ok(ended);
                    }
                }
            }
        }
        if ended == Ended::Fine {
            ended = get(&sandbox, &series.place.get, self.json)?;
        }
        sandbox.close()?;
        Ok(ended)
    }

    fn run(
        &self,
        sandbox: &mut Sandbox,
        plan: &RunPlan,
        spec: &RunSpec,
    ) -> Result<Outcome, Failure> {
        let limit = plan.limits.output_bytes;
        let stdin = caller::input(&plan.stdin)?;
        let (stdout, passing_stdout) = caller::output(&plan.stdout, self.stdout(), limit)?;
        let (stderr, passing_stderr) = caller::output(&plan.stderr, Out::Stderr, limit)?;
        let result = sandbox.run(spec, Stdio { stdin, stdout, stderr });
        let exceeded = [passing_stdout, passing_stderr].map(Passing::finish).contains(&true);
        Ok(cut_off(result?, exceeded))
    }

    fn joined(&self, pair: &Pair) -> Result<Ended, Failure> {
        let [a, b] = &pair.joined;
        let (spec_a, spec_b) = (a.run.spec()?, b.run.spec()?);
        let (mut box_a, mut box_b) = (self.open(&a.place)?, self.open(&b.place)?);
        let (stderr_a, passing_a) = self.stderr_of(a)?;
        let (stderr_b, passing_b) = self.stderr_of(b)?;
        let result = run_joined([
            Side { sandbox: &mut box_a, run: &spec_a, stderr: stderr_a },
            Side { sandbox: &mut box_b, run: &spec_b, stderr: stderr_b },
        ]);
        let exceeded = [passing_a, passing_b].map(Passing::finish);
        let joined = result?;
        if self.interrupts.signal().is_some() {
            return Ok(Ended::Failed);
        }
        let mut ended = Ended::Fine;
        let sides = [(a, box_a), (b, box_b)];
        let outcomes = joined.outcomes.into_iter().zip(exceeded);
        for (run, ((side, sandbox), (outcome, exceeded))) in
            sides.into_iter().zip(outcomes).enumerate()
        {
            let outcome = cut_off(outcome, exceeded);
            let which = Which {
                run,
                program: program(&side.run),
                limits: &side.run.limits,
                ended_first: Some(run == joined.first),
            };
            report::print(which, place(&sandbox), &outcome, self.json)?;
            let mut side_ended = Ended::Failed;
            if outcome.ending.is_success() {
                side_ended = get(&sandbox, &side.place.get, self.json)?;
            }
            if side_ended != Ended::Fine {
                ended = side_ended;
            }
            sandbox.close()?;
        }
        Ok(ended)
    }

    fn stderr_of(&self, side: &SidePlan) -> Result<(Output, Passing), Failure> {
        caller::output(&side.run.stderr, Out::Stderr, side.run.limits.output_bytes)
    }

    /// Where a program's standard output goes: JSON has the caller's for itself.
    fn stdout(&self) -> Out {
        if self.json { Out::Stderr } else { Out::Stdout }
    }

    /// Opens a box, and puts its files into it.
    fn open(&self, plan: &BoxPlan) -> Result<Sandbox, Failure> {
        plan.mounts.iter().try_for_each(|mount| check(mount, plan.level))?;
        let sandbox = Sandbox::open(&plan.spec(Helper::CurrentExe))?;
        self.interrupts.watch(sandbox.stopper()?);
        for file in &plan.put {
            put(&sandbox, file)?;
        }
        Ok(sandbox)
    }
}

/// What is there, and stays in sight.
fn check(mount: &MountPlan, level: Option<Level>) -> Result<(), Failure> {
    let source = &mount.source;
    fs::metadata(source)
        .with_context(|| format!("look at the source of a mount, {}", source.display()))
        .map_err(Failure::usage)?;
    let target = mount.target.as_ref().unwrap_or(source);
    // At level minimal there are no such folders but the host's.
    let covered = OWN_FOLDERS.iter().find(|folder| target.starts_with(folder));
    match covered {
        Some(folder) if level != Some(Level::Minimal) => Err(Failure::usage(anyhow!(
            "nothing can be seen at {}: the box has a {folder} of its own",
            target.display()
        ))),
        _ => Ok(()),
    }
}

fn program(plan: &RunPlan) -> &str {
    plan.argv.first().map_or("", String::as_str)
}

fn place(sandbox: &Sandbox) -> Place {
    Place { level: sandbox.level(), cgroup: sandbox.cgroup_version() }
}

/// A program that was cut off while it wrote ended for that, whatever it made of it.
fn cut_off(outcome: Outcome, exceeded: bool) -> Outcome {
    match outcome.ending {
        Ending::MemoryExceeded | Ending::ForbiddenSyscall { .. } => outcome,
        _ if exceeded => Outcome { ending: Ending::OutputExceeded, ..outcome },
        _ => outcome,
    }
}

fn put(sandbox: &Sandbox, file: &PutPlan) -> Result<(), Failure> {
    let read = || -> anyhow::Result<(Vec<u8>, bool)> {
        let metadata = fs::metadata(&file.source)?;
        if !metadata.is_file() {
            return Err(anyhow!("not a regular file"));
        }
        Ok((fs::read(&file.source)?, metadata.permissions().mode() & 0o111 != 0))
    };
    let (content, executable) = read()
        .with_context(|| format!("put {} into the box", file.source.display()))
        .map_err(Failure::usage)?;
    let work = sandbox.work();
    if let Some((folder, _)) = file.name.rsplit_once('/') {
        work.make_dir(folder)?;
    }
    Ok(work.put(&file.name, &content, executable)?)
}

/// Copies files out; one that the program did not make is its failure.
fn get(sandbox: &Sandbox, files: &[GetPlan], json: bool) -> Result<Ended, Failure> {
    if files.is_empty() {
        return Ok(Ended::Fine);
    }
    let entries = sandbox.work().list()?;
    let mut ended = Ended::Fine;
    for file in files {
        let entry = entries.iter().find(|entry| entry.name == file.name && !entry.is_folder);
        let content = match entry {
            Some(entry) => sandbox.work().read(&file.name, entry.size)?,
            None => None,
        };
        let (Some(entry), Some(content)) = (entry, content) else {
            report::print_missing(&file.name, json)?;
            ended = Ended::Failed;
            continue;
        };
        let mode = if entry.executable { 0o755 } else { 0o644 };
        fs::write(&file.target, content)
            .and_then(|()| fs::set_permissions(&file.target, fs::Permissions::from_mode(mode)))
            .with_context(|| format!("write {}", file.target.display()))
            .map_err(Failure::usage)?;
    }
    Ok(ended)
}
