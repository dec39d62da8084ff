//! `gavel problem pack`: a package as one file.

use crate::terminal::{WARNING, print_json, say};
use anyhow::{Context, bail};
use problems::Package;
use std::{
    fs::{File, Permissions},
    io::{BufWriter, Write},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::ExitCode,
};

const MORE: &str = "Exit codes: 0 packed; 2 the command was not understood; 3 the package has faults, or could not be packed.";

/// What to pack.
#[derive(Debug, clap::Args)]
#[command(after_help = MORE)]
pub(super) struct Options {
    /// The package's folder
    folder: PathBuf,
    /// The archive to make; by default the folder's name with .zip, here
    zip: Option<PathBuf>,
    /// Take the place of an archive that is there
    #[arg(long)]
    force: bool,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let package = Package::open(&options.folder)?;
    let zip = match &options.zip {
        Some(zip) => zip.clone(),
        None => PathBuf::from(format!("{}.zip", package.short_name)),
    };
    write(&package, &zip, options.force)?;
    let warnings: Vec<String> = package.warnings.iter().map(ToString::to_string).collect();
    if options.json {
        let bytes = std::fs::metadata(&zip).context("look at the archive")?.len();
        print_json(&serde_json::json!({
            "zip": zip, "bytes": bytes, "package": package.hash, "warnings": warnings,
        }))?;
    } else {
        for warning in &warnings {
            say!("{WARNING}warning:{WARNING:#} {warning}");
        }
        say!("{} is packed in {}", package.title(), zip.display());
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes the archive, whole or not at all.
pub(super) fn write(package: &Package, zip: &Path, force: bool) -> anyhow::Result<()> {
    if zip.exists() && !force {
        bail!("{} is there already; --force takes its place", zip.display());
    }
    let folder = zip.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let file = tempfile::Builder::new()
        .permissions(Permissions::from_mode(0o644))
        .tempfile_in(folder)
        .with_context(|| format!("create a file in {}", folder.display()))?;
    let out: BufWriter<&File> = BufWriter::new(file.as_file());
    let mut out = problems::pack(package, out)?;
    out.flush().with_context(|| format!("write {}", zip.display()))?;
    drop(out);
    file.persist(zip).with_context(|| format!("write {}", zip.display()))?;
    Ok(())
}
