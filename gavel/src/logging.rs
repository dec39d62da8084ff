//! Logs go to standard error; standard output is for results.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Starts logging at `default` unless `GAVEL_LOG` says otherwise
/// (`GAVEL_LOG=debug`, `GAVEL_LOG=warn,executor=trace`).
pub(crate) fn start(default: &str) {
    let filter = EnvFilter::try_from_env("GAVEL_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
}
