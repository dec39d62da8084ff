//! `gavel problem`: problem packages without judging.

mod convert;
mod new;
mod pack;
mod skeleton;

use clap::Subcommand;
use std::process::ExitCode;

const MORE: &str = "\
Exit codes: 0 done; 2 the command was not understood; 3 it failed, or a package has faults. Each subcommand has its own.";

/// What to do with packages.
#[derive(Debug, clap::Args)]
#[command(after_help = MORE)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a small good package to begin with
    New(new::Options),
    /// Put a package that is good into a zip: the same bytes for the same content
    Pack(pack::Options),
    /// Make a package of version 2025-09 of one in another format
    Convert(convert::Options),
}

pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let _exporting = crate::logging::start("error");
    match &options.command {
        Command::New(options) => new::run(options),
        Command::Pack(options) => pack::run(options),
        Command::Convert(options) => convert::run(options),
    }
}
