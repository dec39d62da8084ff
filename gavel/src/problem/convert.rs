//! `gavel problem convert`: packages of version 2025-09 out of others.

use super::pack;
use crate::{
    cli::FAILED,
    terminal::{WARNING, harmless, print_json, say},
};
use anyhow::{Context, bail};
use problems::{ArchiveCaps, Converted, Fault, Package};
use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

const MORE: &str = "\
Of a set of problems in FPS, the result is a folder with a package for each.

Exit codes: 0 converted; 2 the command was not understood; 3 the package has faults, or says what the version cannot, or problems of a \
set have faults and were left out.";

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
        let set = problems::import_fps(&options.from, &options.to)?;
        return report(options, &set.problems, &set.left_out);
    }
    if !is_zip {
        return report(options, &[converted(&options.from, &options.to)?], &[]);
    }
    let place = tempfile::tempdir().context("create a temporary folder")?;
    let name = options.to.file_stem().context("the zip has no name")?;
    let folder = place.path().join(name);
    let converted = converted(&options.from, &folder)?;
    pack::write(&Package::open(&folder)?, &options.to, false)?;
    report(options, &[converted], &[])
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

/// Says what was made and what was left out.
fn report(options: &Options, all: &[Converted], left_out: &[Fault]) -> anyhow::Result<ExitCode> {
    let code = if left_out.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(FAILED) };
    if options.json {
        let texts = |faults: &[Fault]| faults.iter().map(ToString::to_string).collect::<Vec<_>>();
        let packages = all.iter().map(|converted| {
            let warnings = texts(&converted.warnings);
            serde_json::json!({ "folder": converted.package.root, "warnings": warnings })
        });
        let packages: Vec<_> = packages.collect();
        let left_out = texts(left_out);
        print_json(
            &serde_json::json!({ "to": options.to, "packages": packages, "left_out": left_out }),
        )?;
        return Ok(code);
    }
    for warning in all.iter().flat_map(|converted| &converted.warnings) {
        say!("{WARNING}warning:{WARNING:#} {}", harmless(&warning.to_string()));
    }
    for fault in left_out {
        say!("{WARNING}left out:{WARNING:#} {}", harmless(&fault.to_string()));
    }
    let count = all.len();
    let packages = if count == 1 { "1 package".to_owned() } else { format!("{count} packages") };
    say!("{packages} in {}", options.to.display());
    Ok(code)
}
