//! Spans for a collector, by OTLP over HTTP, where `OTEL_EXPORTER_OTLP_ENDPOINT` names one.
//!
//! The spans' ids are ours: they are in the log, in tasks and in messages whether or not anybody collects spans. So
//! the bridge of `tracing` to OpenTelemetry, which makes ids of its own, is not what exports them.

mod client;
mod layer;

use client::Client;
use layer::Spans;
use opentelemetry_otlp::{SpanExporter, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{BatchSpanProcessor, SpanProcessor};
use std::env;
use std::sync::Arc;
use std::time::Duration;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

/// OpenTelemetry's own variables, for all that is exported and for spans alone.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];

/// How long the end of a process waits for a collector to take its last spans: a slot waits with it.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Sends what is left when dropped.
#[must_use = "spans are sent until this is dropped"]
pub(crate) struct Exporting {
    processor: Option<Arc<BatchSpanProcessor>>,
}

/// Sees the spans that belong to a trace.
pub(crate) type SpanLayer<S> = Box<dyn Layer<S> + Send + Sync>;

/// Begins to export, if a collector is named, and gives the layer that sees the spans.
///
/// # Errors
/// Why the variables make no sense.
pub(crate) fn start<S>() -> Result<(Option<SpanLayer<S>>, Exporting), String>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let is_named = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    if !ENDPOINTS.into_iter().any(is_named) {
        return Ok((None, Exporting::none()));
    }
    let exporter = SpanExporter::builder().with_http().with_http_client(Client::new()).build();
    let exporter = exporter.map_err(|error| error.to_string())?;
    let mut processor = BatchSpanProcessor::builder(exporter).build();
    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say more, and otherwise.
    let mut resource = Resource::builder();
    if env::var_os("OTEL_SERVICE_NAME").is_none() {
        resource = resource.with_service_name("gavel");
    }
    processor.set_resource(&resource.build());
    let processor = Arc::new(processor);
    let layer = Spans::new(Arc::clone(&processor)).boxed();
    Ok((Some(layer), Exporting { processor: Some(processor) }))
}

impl Exporting {
    /// Exports nothing.
    pub(crate) fn none() -> Self {
        Self { processor: None }
    }
}

impl Drop for Exporting {
    fn drop(&mut self) {
        if let Some(processor) = &self.processor {
            // The client has said why, where it could not.
            let _ = processor.shutdown_with_timeout(LAST_WORDS);
        }
    }
}
