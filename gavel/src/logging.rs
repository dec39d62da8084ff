//! Logs go to standard error; standard output is for results.

use crate::spans::{self, Exporting};
use std::io::IsTerminal;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

/// Starts logging at `default` unless `GAVEL_LOG` says otherwise
/// (`GAVEL_LOG=debug`, `GAVEL_LOG=warn,executor=trace`), as lines of text unless `GAVEL_LOG_FORMAT=json`. Keep what
/// is returned until the end of the process.
pub(crate) fn start(default: &str) -> Exporting {
    start_timed(default, Times::Told)
}

/// The same in a process whose log another one takes up into its own, line by line.
pub(crate) fn start_within_another(default: &str) -> Exporting {
    start_timed(default, Times::LeftOut)
}

/// Whether a line of text begins with its time. A record of JSON is whole in itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Times {
    Told,
    LeftOut,
}

fn start_timed(default: &str, times: Times) -> Exporting {
    let filter = EnvFilter::try_from_env("GAVEL_LOG").unwrap_or_else(|_| EnvFilter::new(default));
    let lines = fmt::layer().with_writer(std::io::stderr);
    let format = std::env::var("GAVEL_LOG_FORMAT").unwrap_or_default();
    let lines = if format == "json" {
        // What a line is about (a trace, a judgement) stands in the list of its spans.
        lines.json().flatten_event(true).with_current_span(false).with_span_list(true).boxed()
    } else {
        let lines = lines.with_target(false).with_ansi(std::io::stderr().is_terminal());
        match times {
            Times::Told => lines.boxed(),
            Times::LeftOut => lines.without_time().boxed(),
        }
    };
    let (spans, exporting, error) = match spans::start() {
        Ok((spans, exporting)) => (spans, exporting, None),
        Err(error) => (None, Exporting::none(), Some(error)),
    };
    tracing_subscriber::registry().with(lines.with_filter(filter)).with(spans).init();
    if !["", "text", "json"].contains(&format.as_str()) {
        tracing::warn!(format, "GAVEL_LOG_FORMAT is neither text nor json; the log is text");
    }
    if let Some(error) = error {
        tracing::warn!(error, "spans are not exported: OTEL_EXPORTER_OTLP_… make no sense");
    }
    exporting
}
