//! What can be said on the command line.

use crate::{
    admin, api, doctor, function, problem, rejudge, sandbox, scale, simulate, submit, up, verify,
};
use clap::{Parser, Subcommand};

/// Exit code: the command was understood and failed.
///
/// Clap exits with 2 where the command was not understood.
pub(crate) const FAILED: u8 = 3;

const MORE: &str = "\
Exit codes: 0 stopped as asked, by Ctrl-C or SIGTERM; 2 the command was not understood; 3 could not start or failed. \
Each subcommand has its own.";

/// An online judge that runs on serverless executors.
///
/// Without a subcommand it starts the whole judge on this machine, like `gavel up`.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true, after_help = MORE)]
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
    /// Make, pack and convert problem packages
    Problem(problem::Options),
    /// Log in to a judge and remember it for `gavel submit`
    Login(submit::LoginOptions),
    /// Send a program, follow its judging and print the verdict
    Submit(submit::Options),
    /// Judge many submissions again, compare the verdicts and apply them
    Rejudge(Box<rejudge::Options>),
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

    #[test]
    fn the_help_of_every_subcommand_says_what_its_exit_codes_mean() {
        let mut silent = Vec::new();
        let mut left = vec![(String::new(), Cli::command())];
        while let Some((parents, mut command)) = left.pop() {
            let name = format!("{parents}{} ", command.get_name());
            let below = command.get_subcommands().map(|command| (name.clone(), command.clone()));
            left.extend(below);
            let helps = [command.render_help(), command.render_long_help()];
            if helps.iter().any(|help| !help.to_string().contains("Exit codes")) {
                silent.push(name);
            }
        }
        assert!(silent.is_empty(), "{silent:?}");
    }
}
