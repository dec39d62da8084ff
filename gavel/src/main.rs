//! Gavel's command line. Each subcommand is a file of its own.

mod admin;
mod api;
mod blobs;
mod broker;
mod cli;
mod client;
mod data;
mod demo;
mod doctor;
mod function;
mod judging;
mod logging;
mod monitoring;
mod price_options;
mod problem;
mod rejudge;
mod sandbox;
mod scale;
mod scaling_options;
mod secret;
mod serving;
mod simulate;
mod spans;
mod stop;
mod submit;
mod terminal;
mod units;
mod up;
mod user_folder;
mod verify;

use clap::Parser;
use cli::{Cli, Command};
use std::{process::ExitCode, time::Instant};

fn main() -> ExitCode {
    let started = Instant::now();
    ::sandbox::become_helper_if_asked();
    let cli = Cli::parse();
    let result = match cli.command {
        None => up::run(&cli.up),
        Some(Command::Up(options)) => up::run(&options),
        Some(Command::Api(options)) => api::run(&options),
        Some(Command::Scale(options)) => scale::run(&options),
        Some(Command::Function(options)) => function::run(&options, started),
        Some(Command::Verify(options)) => verify::run(&options),
        Some(Command::Problem(options)) => problem::run(&options),
        Some(Command::Login(options)) => submit::login(&options),
        Some(Command::Submit(options)) => submit::run(&options),
        Some(Command::Rejudge(options)) => rejudge::run(&options),
        Some(Command::Doctor(options)) => doctor::run(&options),
        Some(Command::Simulate(options)) => simulate::run(&options),
        Some(Command::Sandbox(options)) => sandbox::run(&options),
        Some(Command::Admin(options)) => admin::run(&options),
    };
    result.unwrap_or_else(|error| {
        anstream::eprintln!("{}error:{:#} {error:#}", terminal::BAD, terminal::BAD);
        ExitCode::from(cli::FAILED)
    })
}
