//! From the spans of `tracing` that belong to a trace to those of OpenTelemetry.

use super::SpanLayer;
use opentelemetry::trace::{
    SpanContext, SpanId, SpanKind, Status, TraceFlags, TraceId, TraceState,
};
use opentelemetry::{InstrumentationScope, KeyValue, Value};
use opentelemetry_sdk::trace::{
    BatchSpanProcessor, SpanData, SpanEvents, SpanLinks, SpanProcessor,
};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Metadata, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, Filter};
use tracing_subscriber::registry::LookupSpan;

/// The fields that make a span one of a trace, in hexadecimal digits.
const TRACE: &str = "trace";
const SPAN: &str = "span";
const PARENT: &str = "parent";

/// Hands on the spans that have ids.
pub(super) struct Spans {
    processor: Arc<BatchSpanProcessor>,
}

impl Spans {
    pub(super) fn new(processor: Arc<BatchSpanProcessor>) -> Self {
        Self { processor }
    }

    /// As a layer that sees nothing but such spans.
    pub(super) fn boxed<S>(self) -> SpanLayer<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span>,
    {
        Box::new(self.with_filter(OfTraces))
    }
}

struct OfTraces;

impl<S> Filter<S> for OfTraces {
    fn enabled(&self, metadata: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        metadata.is_span() && metadata.fields().field(SPAN).is_some()
    }
}

/// What is known of a span that has not ended.
struct Open {
    since: SystemTime,
    trace: TraceId,
    span: SpanId,
    parent: SpanId,
    attributes: Vec<KeyValue>,
}

impl Open {
    fn new() -> Self {
        Self {
            since: SystemTime::now(),
            trace: TraceId::INVALID,
            span: SpanId::INVALID,
            parent: SpanId::INVALID,
            attributes: Vec::new(),
        }
    }

    fn attribute(&self, name: &str) -> Option<&Value> {
        let found = self.attributes.iter().find(|attribute| attribute.key.as_str() == name);
        found.map(|attribute| &attribute.value)
    }

    /// By the conventions for HTTP: the method and the pattern of the address.
    fn name(&self, otherwise: &'static str) -> Cow<'static, str> {
        match (self.attribute("http.request.method"), self.attribute("http.route")) {
            (Some(method), Some(route)) => format!("{method} {route}").into(),
            _ => otherwise.into(),
        }
    }

    fn status(&self) -> Status {
        match self.attribute("http.response.status_code") {
            Some(Value::I64(500..)) => Status::error(""),
            _ => Status::Unset,
        }
    }

    fn end(self, name: &'static str) -> SpanData {
        let (flags, state) = (TraceFlags::SAMPLED, TraceState::default());
        SpanData {
            span_context: SpanContext::new(self.trace, self.span, flags, false, state),
            parent_span_id: self.parent,
            // It is made by another process, or by another part of this one that might be.
            parent_span_is_remote: self.parent != SpanId::INVALID,
            span_kind: if name == "request" { SpanKind::Server } else { SpanKind::Consumer },
            name: self.name(name),
            start_time: self.since,
            end_time: SystemTime::now(),
            status: self.status(),
            attributes: self.attributes,
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            instrumentation_scope: InstrumentationScope::builder("gavel").build(),
        }
    }
}

impl Visit for Open {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            TRACE => self.trace = TraceId::from_hex(value).unwrap_or(TraceId::INVALID),
            SPAN => self.span = SpanId::from_hex(value).unwrap_or(SpanId::INVALID),
            PARENT => self.parent = SpanId::from_hex(value).unwrap_or(SpanId::INVALID),
            name => self.attributes.push(KeyValue::new(name, value.to_owned())),
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.attributes.push(KeyValue::new(field.name(), value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.record_i64(field, i64::try_from(value).unwrap_or(i64::MAX));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

impl<S> Layer<S> for Spans
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut open = Open::new();
        attributes.record(&mut open);
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(open);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(open) = span.extensions_mut().get_mut::<Open>()
        {
            values.record(open);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let open = span.extensions_mut().remove::<Open>();
        let has_ids = |open: &Open| open.trace != TraceId::INVALID && open.span != SpanId::INVALID;
        if let Some(open) = open.filter(has_ids) {
            self.processor.on_end(open.end(span.name()));
        }
    }
}
