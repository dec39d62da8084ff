//! `gavel function`: one message in, one verdict out.

use crate::{data::DataOptions, logging};
use anyhow::Context;
use executor::{FunctionConfig, StopRule, WORKER_VARIABLE, run_function};
use std::{
    env,
    io::Read,
    process::{self, ExitCode},
    time::{Duration, Instant},
};

/// Exit codes: 0 there is nothing more to do for this task; 10 it should be delivered
/// again; 11 another function holds it, deliver it again later. Any other, such as 3 where
/// it could not start, means what 10 means.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Options {
    #[command(flatten)]
    data: DataOptions,
    /// Run all test cases, not only those up to the first that fails
    #[arg(long)]
    all_tests: bool,
    /// The longest that judging may take, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = FunctionConfig::DEFAULT_HARD_TIMEOUT.as_secs())]
    hard_timeout: u64,
}

/// A task is a few hundred bytes; more than this is none, in bytes.
const TASK_BYTES: u64 = 1 << 20;

pub(crate) fn run(options: &Options, started: Instant) -> anyhow::Result<ExitCode> {
    let _exporting = logging::start("warn");
    let mut message = String::new();
    std::io::stdin()
        .take(TASK_BYTES)
        .read_to_string(&mut message)
        .context("read the task from standard input")?;
    let config = FunctionConfig {
        database: options.data.database()?,
        blobs: options.data.blobs()?,
        packages: options.data.package_cache(),
        bench: options.data.workbench()?,
        worker: env::var(WORKER_VARIABLE).unwrap_or_else(|_| format!("by-hand-{}", process::id())),
        lease: FunctionConfig::DEFAULT_LEASE,
        hard_timeout: Duration::from_secs(options.hard_timeout),
        stop: if options.all_tests { StopRule::AfterAll } else { StopRule::AtFirstFailure },
    };
    Ok(run_function(&config, &message, started).into())
}
