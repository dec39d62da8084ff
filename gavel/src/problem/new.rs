//! `gavel problem new`: a package to begin with.

use super::skeleton::{self, Kind};
use crate::terminal::{HEADING, print_json, say};
use anyhow::{Context, bail};
use clap::ValueEnum;
use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

const MORE: &str = "Exit codes: 0 made; 2 the command was not understood; 3 the folder is there already, or could not be made.";

/// What to make.
#[derive(Debug, clap::Args)]
#[command(after_help = MORE)]
pub(super) struct Options {
    /// The folder to make; its name is the problem's short name: lower-case letters and digits
    folder: PathBuf,
    /// What sort of problem it is
    #[arg(long = "type", value_name = "TYPE", value_enum, default_value_t = KindName::PassFail)]
    kind: KindName,
    /// The problem's title; by default the folder's name
    #[arg(long)]
    title: Option<String>,
    /// Print what was done as JSON
    #[arg(long)]
    json: bool,
}

/// A type of problem, as it is written on the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum KindName {
    /// Accepted or not
    PassFail,
    /// Points for groups of test cases
    Scoring,
    /// The submission talks with a program of the jury
    Interactive,
}

pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let folder = &options.folder;
    if folder.exists() {
        bail!("{} is there already", folder.display());
    }
    let name =
        folder.file_name().and_then(|name| name.to_str()).context("the folder has no name")?;
    if !name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()) {
        bail!("a problem's name has only lower-case letters and digits, not {name:?}");
    }
    let kind = match options.kind {
        KindName::PassFail => Kind::PassFail,
        KindName::Scoring => Kind::Scoring,
        KindName::Interactive => Kind::Interactive,
    };
    let title = options.title.as_deref().unwrap_or(name);
    let files = skeleton::files(kind, title);
    for (path, content) in &files {
        write(&folder.join(path), content)?;
    }
    if options.json {
        let paths: Vec<_> = files.iter().map(|(path, _)| path).collect();
        print_json(&serde_json::json!({ "folder": folder, "files": paths }))?;
    } else {
        say!("{} has a small problem that is whole. Try it:", folder.display());
        say!("  {HEADING}gavel verify {}{HEADING:#}", folder.display());
    }
    Ok(ExitCode::SUCCESS)
}

fn write(path: &Path, content: &str) -> anyhow::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).with_context(|| format!("create folder {}", folder.display()))?;
    fs::write(path, content).with_context(|| format!("write {}", path.display()))
}
