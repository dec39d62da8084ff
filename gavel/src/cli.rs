//! What can be said on the command line.

use crate::{admin, api, doctor, function, sandbox, scale, simulate, submit, up, verify};
use clap::{Parser, Subcommand};

/// Exit code: the command was understood and failed.
///
/// Clap exits with 2 where the command was not understood.
pub(crate) const FAILED: u8 = 3;

/// An online judge that runs on serverless executors.
///
/// Without a subcommand it starts the whole judge on this machine, like `gavel up`.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) up: up::Options,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the whole judge on this machine: API, pages, queue and executors
    Up(up::Options),
    /// Start the web server of a judge whose functions run elsewhere
    Api(api::Options),
    /// Judge on this machine what comes from RabbitMQ
    Scale(scale::Options),
    /// Judge one task, or what comes from RabbitMQ until nothing more does
    Function(function::Options),
    /// Judge all jury submissions of a problem package and compare with what the jury means
    Verify(verify::Options),
    /// Log in to a judge and remember it for `gavel submit`
    Login(submit::LoginOptions),
    /// Send a program, follow its judging and print the verdict
    Submit(submit::Options),
    /// Show what this machine can judge, and what to install for the rest
    Doctor(doctor::Options),
    /// Play a contest's load through in simulated time: waits and costs on several platforms
    Simulate(Box<simulate::Options>),
    /// Run programs under limits, without a judge
    Sandbox(sandbox::Options),
    /// Manage the users of the judge in a data folder
    Admin(admin::Options),
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
