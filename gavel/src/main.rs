//! Gavel's command line. Each subcommand is a file of its own.

mod cli;
mod data;
mod doctor;
mod function;
mod logging;
mod terminal;
mod verify;

use clap::Parser;
use cli::{Cli, Command};
use std::{process::ExitCode, time::Instant};

fn main() -> ExitCode {
    let started = Instant::now();
    sandbox::become_helper_if_asked();
    let cli = Cli::parse();
    let result = match cli.command {
        None => unreachable!(),
        Some(Command::Function(options)) => function::run(&options, started),
        Some(Command::Verify(options)) => verify::run(&options),
        Some(Command::Doctor(options)) => doctor::run(&options),
    };
    result.unwrap_or_else(|error| {
        anstream::eprintln!("{}error:{:#} {error:#}", terminal::BAD, terminal::BAD);
        ExitCode::from(cli::FAILED)
    })
}
