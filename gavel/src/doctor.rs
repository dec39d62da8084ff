//! `gavel doctor`: what this machine can judge.

use crate::data::SandboxOptions;
use crate::sandbox::print_host;
use crate::terminal::{BAD, GOOD, HEADING, QUIET, print_json, say};
use languages::{Language, Search, Toolchain};
use sandbox::{BoxSpec, HostReport, Level};
use serde::Serialize;
use std::process::ExitCode;

const MORE: &str = "\
Exit codes: 0 this machine can judge; 1 it cannot run programs in a sandbox, or has no language to judge; 3 \
the check itself failed.";

/// What to look for.
#[derive(Debug, clap::Args)]
#[command(after_help = MORE)]
pub(crate) struct Options {
    #[command(flatten)]
    sandbox: SandboxOptions,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Report {
    version: &'static str,
    sandbox: HostReport,
    languages: Vec<LanguageReport>,
}

#[derive(Serialize)]
struct LanguageReport {
    id: String,
    name: String,
    available: bool,
    version: Option<String>,
    commands: Vec<String>,
    /// The Debian package that installs what is missing.
    install: Option<String>,
    problem: Option<String>,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let languages = options.sandbox.languages()?;
    let search = Search::from_environment();
    let level = options.sandbox.sandbox_level.map(Level::from);
    let report = Report {
        version: env!("CARGO_PKG_VERSION"),
        sandbox: sandbox::probe_with(&BoxSpec { level, ..BoxSpec::default() }),
        languages: languages.iter().map(|language| check(language, &search)).collect(),
    };
    if options.json {
        print_json(&report)?;
    } else {
        print(&report);
    }
    let can_judge = report.sandbox.level.is_some()
        && report.languages.iter().any(|language| language.available);
    Ok(if can_judge { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn check(language: &Language, search: &Search) -> LanguageReport {
    let mut report = LanguageReport {
        id: language.id.clone(),
        name: language.name.clone(),
        available: false,
        version: None,
        commands: Vec::new(),
        install: None,
        problem: None,
    };
    match Toolchain::find_in(language, search) {
        Ok(toolchain) => {
            report.commands = toolchain.executables.values().cloned().collect();
            match toolchain.version() {
                Ok(version) => {
                    report.available = true;
                    report.version = Some(version);
                }
                Err(error) => report.problem = Some(format!("its version check failed: {error}")),
            }
        }
        Err(missing) => {
            report.problem = Some(format!("command {} not found", missing.command));
            report.install = Some(missing.package);
        }
    }
    report
}

fn print(report: &Report) {
    say!("{HEADING}Sandbox{HEADING:#}");
    print_host(&report.sandbox);
    say!("\n{HEADING}Languages{HEADING:#}");
    let width = report.languages.iter().map(|language| language.name.len()).max().unwrap_or(0);
    for language in &report.languages {
        print_language(language, width);
    }
    let missing: Vec<&str> =
        report.languages.iter().filter_map(|language| language.install.as_deref()).collect();
    if !missing.is_empty() {
        let mut packages = missing;
        packages.sort_unstable();
        packages.dedup();
        say!("\nTo have them all:\n  apt-get install {}", packages.join(" "));
    }
}

fn print_language(language: &LanguageReport, width: usize) {
    let name = &language.name;
    if let Some(version) = &language.version {
        let commands = language.commands.join(", ");
        say!("  {GOOD}✓{GOOD:#} {name:<width$}  {version} {QUIET}{commands}{QUIET:#}");
        return;
    }
    let problem = language.problem.as_deref().unwrap_or_default();
    let advice = language.install.as_deref().map(|package| format!("; install {package}"));
    say!("  {BAD}✗{BAD:#} {name:<width$}  {problem}{}", advice.unwrap_or_default());
}
