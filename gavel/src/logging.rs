//! Logs go to standard error; standard output is for results.

use std::io::IsTerminal;
use tracing_subscriber::EnvFilter;

/// Starts logging at `default` unless `GAVEL_LOG` says otherwise
/// (`GAVEL_LOG=debug`, `GAVEL_LOG=warn,executor=trace`), as lines of text unless `GAVEL_LOG_FORMAT=json`.
pub(crate) fn start(default: &str) {
    let filter = EnvFilter::try_from_env("GAVEL_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let format = std::env::var("GAVEL_LOG_FORMAT").unwrap_or_default();
    if format == "json" {
        // What a line is about (a trace, a judgement) stands in the list of its spans.
        lines.json().flatten_event(true).with_current_span(false).with_span_list(true).init();
    } else {
        lines.with_target(false).with_ansi(std::io::stderr().is_terminal()).init();
        if !["", "text"].contains(&format.as_str()) {
            tracing::warn!(format, "GAVEL_LOG_FORMAT is neither text nor json; the log is text");
        }
    }
}
