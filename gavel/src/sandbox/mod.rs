//! `gavel sandbox`: programs under limits, without a judge. `docs/gavel-sandbox.1` is its contract.

mod caller;
mod check;
mod execute;
mod failure;
mod interrupt;
mod options;
mod report;

use crate::terminal::BAD;
use clap::Subcommand;
use failure::Failure;
use sandbox::document::{Document, MAX_DOCUMENT_BYTES};
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

pub(crate) use check::print_host;

/// Runs programs under limits, and says what they used.
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit codes: each of its commands has its own.")]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a program in a box of its own, or what a document describes
    Run(Box<options::RunOptions>),
    /// Show what this host can enforce, level by level
    Check(check::Options),
}

pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    match &options.command {
        Command::Run(options) => Ok(run_document(options)),
        Command::Check(options) => check::run(options),
    }
}

fn run_document(options: &options::RunOptions) -> ExitCode {
    let result = document(options).and_then(|document| {
        if options.program.print_spec {
            let text = document.print().map_err(Failure::usage)?;
            crate::terminal::say!("{text}");
            return Ok(execute::Ended::Fine);
        }
        execute::execute(&document, options.json)
    });
    match result {
        Ok(ended) => ended.into(),
        Err(failure) => {
            let message = format!("{:#}", failure.error);
            if options.json {
                // There is nobody else to tell if this fails.
                let _ = report::print_json(&serde_json::json!({ "error": message }));
            } else {
                anstream::eprintln!("{BAD}error:{BAD:#} {message}");
            }
            failure.into()
        }
    }
}

/// What is to be run: the document that was named, or that the options amount to.
fn document(options: &options::RunOptions) -> Result<Document, Failure> {
    let Some(path) = &options.spec else { return options.program.document() };
    let text = read(path).map_err(|error| {
        Failure::usage(anyhow::Error::new(error).context(format!("read {}", path.display())))
    })?;
    Document::parse(&text).map_err(|error| {
        Failure::usage(anyhow::Error::new(error).context(path.display().to_string()))
    })
}

/// The text, or so much of it that it is seen to be too long.
fn read(path: &Path) -> std::io::Result<String> {
    let source: Box<dyn Read> = if path == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(path)?)
    };
    let mut text = String::new();
    source.take(MAX_DOCUMENT_BYTES as u64 * 8).read_to_string(&mut text)?;
    Ok(text)
}
