//! `gavel sandbox check`: what this host can enforce, level by level.

use crate::cli::FAILED;
use crate::terminal::{BAD, GOOD, HEADING, WARNING, print_json, say};
use sandbox::{BoxSpec, CgroupVersion, HostReport, Level, Mechanism};
use serde::Serialize;
use std::process::ExitCode;

const MORE: &str = "\
Exit codes: 0 a level works; 3 none does. The manual page gavel-sandbox(1) says what each enforces.";

/// How to tell it.
#[derive(Debug, clap::Args)]
#[command(after_help = MORE)]
pub(super) struct Options {
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    best: Option<Level>,
    levels: Vec<LevelReport>,
}

#[derive(Serialize)]
struct LevelReport {
    tried: Level,
    #[serde(flatten)]
    host: HostReport,
}

/// The strongest first.
const LEVELS: [Level; 3] = [Level::Full, Level::UserNamespace, Level::Minimal];

pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let hosts = LEVELS.map(|level| {
        (level, sandbox::probe_with(&BoxSpec { level: Some(level), ..BoxSpec::default() }))
    });
    let best = hosts.iter().find_map(|(_, host)| host.level);
    if options.json {
        let levels = hosts.into_iter().map(|(tried, host)| LevelReport { tried, host }).collect();
        print_json(&Report { best, levels })?;
    } else {
        for (level, host) in &hosts {
            say!("{HEADING}Level {level}{HEADING:#}");
            if host.level.is_some() {
                print_host(host);
            } else {
                say!("  {BAD}does not work here{BAD:#}");
                print_notes(host);
            }
        }
    }
    Ok(if best.is_some() { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
}

/// Shows what a host can enforce.
pub(crate) fn print_host(host: &HostReport) {
    let line = |name: &str, value: &dyn std::fmt::Display| say!("  {name:<16} {value}");
    match host.level {
        Some(level) => say!("  {:<16} {GOOD}{level}{GOOD:#}", "level"),
        None => say!("  {:<16} {BAD}none: nothing can be judged here{BAD:#}", "level"),
    }
    line("control groups", &groups(host.cgroup));
    let namespaces = host.namespaces.join(", ");
    line("namespaces", if namespaces.is_empty() { &"none" } else { &namespaces });
    line("seccomp", &if host.seccomp { "works" } else { "does not work" });
    let limits = &host.enforcement;
    for (limit, mechanism) in [
        ("CPU time", limits.cpu),
        ("wall time", limits.wall),
        ("memory", limits.memory),
        ("processes", limits.processes),
        ("output", limits.output),
        ("disk", limits.disk),
    ] {
        match mechanism {
            Mechanism::NotEnforced => say!("  {limit:<16} {BAD}not enforced{BAD:#}"),
            mechanism => line(limit, &words(mechanism)),
        }
    }
    print_notes(host);
}

fn print_notes(host: &HostReport) {
    for note in &host.notes {
        say!("  {WARNING}note{WARNING:#} {note}");
    }
}

fn groups(version: CgroupVersion) -> &'static str {
    match version {
        CgroupVersion::V1 => "version 1",
        CgroupVersion::V2 => "version 2",
        CgroupVersion::None => "none that this process may use",
    }
}

fn words(mechanism: Mechanism) -> &'static str {
    match mechanism {
        Mechanism::Cgroup => "enforced by control groups, exactly",
        Mechanism::Sampled => "enforced by looking every few milliseconds",
        Mechanism::Rlimit => "enforced by resource limits",
        Mechanism::Clock => "enforced by the sandbox's clock",
        Mechanism::FileSystem => "enforced by file systems of their own",
        Mechanism::NotEnforced => "not enforced",
    }
}
