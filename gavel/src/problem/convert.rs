//! `gavel problem convert`: packages of version 2025-09 out of others.

use super::pack;
use crate::terminal::{WARNING, harmless, print_json, say};
use anyhow::{Context, bail};
use problems::{ArchiveCaps, Converted, Package};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

const MORE: &str = "\
Of a set of problems in FPS, the result is a folder with a package for each.

Exit codes: 0 converted; 2 the command was not understood; 3 the package has faults, or says what the version cannot.";

/// What to convert.
#[derive(Debug, clap::Args)]
#[command(after_help = MORE)]
pub(super) struct Options {
    /// A package (folder or zip; ICPC or Polygon), a set of problems in FPS (.xml), or a folder of inputs and answers
    from: PathBuf,
    /// The folder to make, or a .zip
    to: PathBuf,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    if options.to.exists() {
        bail!("{} is there already", options.to.display());
    }
    let is_xml = options.from.extension().is_some_and(|extension| extension == "xml");
    let is_zip = options.to.extension().is_some_and(|extension| extension == "zip");
    if is_xml && options.from.is_file() {
        if is_zip {
            bail!("a set of problems becomes a folder of packages, not a zip");
        }
        return report(options, &problems::import_fps(&options.from, &options.to)?);
    }
    if !is_zip {
        return report(options, &[converted(&options.from, &options.to)?]);
    }
    let place = tempfile::tempdir().context("create a temporary folder")?;
    let name = options.to.file_stem().context("the zip has no name")?;
    let folder = place.path().join(name);
    let converted = converted(&options.from, &folder)?;
    pack::write(&Package::open(&folder)?, &options.to, false)?;
    report(options, &[converted])
}

fn converted(from: &Path, to: &Path) -> anyhow::Result<Converted> {
    let caps = ArchiveCaps::default();
    let is_package = |file: &str| from.join(file).exists();
    if from.is_dir() && !is_package("problem.yaml") && !is_package("problem.xml") {
        return Ok(problems::import_plain(from, to, &caps)?);
    }
    let place = tempfile::tempdir().context("create a temporary folder")?;
    let into = place.path().join("package");
    let package = problems::import(from, &into, &caps)?;
    Ok(problems::convert(&package, to)?)
}

fn report(options: &Options, all: &[Converted]) -> anyhow::Result<ExitCode> {
    if options.json {
        let packages: Vec<_> = all
            .iter()
            .map(|converted| {
                let warnings: Vec<String> =
                    converted.warnings.iter().map(ToString::to_string).collect();
                serde_json::json!({ "folder": converted.package.root, "warnings": warnings })
            })
            .collect();
        print_json(&serde_json::json!({ "to": options.to, "packages": packages }))?;
        return Ok(ExitCode::SUCCESS);
    }
    for converted in all {
        for warning in &converted.warnings {
            say!("{WARNING}warning:{WARNING:#} {}", harmless(&warning.to_string()));
        }
    }
    let count = all.len();
    let packages = if count == 1 { "1 package".to_owned() } else { format!("{count} packages") };
    say!("{packages} in {}", options.to.display());
    Ok(ExitCode::SUCCESS)
}
