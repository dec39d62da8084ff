//! What joins the work on one request, across processes: W3C Trace Context, level 1.

use serde::{Deserialize, Deserializer, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// A trace and the span in it that caused what follows; its text is the header `traceparent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(into = "String")]
pub struct TraceContext {
    /// Never 0.
    trace: u128,
    /// Never 0.
    span: u64,
    flags: u8,
}

/// The text is no `traceparent` as section 3.2 of the recommendation has it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a traceparent: 00, 32, 16 and 2 lower-case hexadecimal digits, joined by -, no id being 0"
)]
pub struct InvalidTraceContext;

impl TraceContext {
    /// The bit that says that the caller may have recorded its part.
    const SAMPLED: u8 = 1;

    /// A new trace with its first span.
    #[must_use]
    #[allow(
        clippy::new_without_default,
        reason = "two traces are never the same, so there is no default one"
    )]
    pub fn new() -> Self {
        Self { trace: Uuid::new_v4().as_u128(), span: new_span(), flags: Self::SAMPLED }
    }

    /// A new span of the same trace.
    #[must_use]
    pub fn child(self) -> Self {
        Self { span: new_span(), ..self }
    }

    /// The trace's id: 32 lower-case hexadecimal digits.
    #[must_use]
    pub fn trace_id(self) -> String {
        format!("{:032x}", self.trace)
    }

    /// The span's id: 16 lower-case hexadecimal digits.
    #[must_use]
    pub fn span_id(self) -> String {
        format!("{:016x}", self.span)
    }

    /// For a field that may be missing, or from somebody who writes it otherwise: a trace is never worth more
    /// than what is traced.
    ///
    /// # Errors
    /// Where the input itself cannot be read.
    pub fn deserialize_if_valid<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Self>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        Ok(text.and_then(|text| text.parse().ok()))
    }
}

/// Half of a random UUID: its variant bits keep it from being 0.
fn new_span() -> u64 {
    Uuid::new_v4().as_u64_pair().1
}

impl FromStr for TraceContext {
    type Err = InvalidTraceContext;

    fn from_str(text: &str) -> Result<Self, InvalidTraceContext> {
        let mut fields = text.split('-');
        let mut field = |digits: usize| {
            let field = fields.next().filter(|field| field.len() == digits);
            let is_digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
            let field = field.filter(|field| field.bytes().all(is_digit));
            u128::from_str_radix(field.ok_or(InvalidTraceContext)?, 16)
                .map_err(|_| InvalidTraceContext)
        };
        let (version, trace, span, flags) = (field(2)?, field(32)?, field(16)?, field(2)?);
        // Later versions may have more fields after these; 255 is no version.
        let more = fields.next().is_some();
        if version == 0xff || (version == 0 && more) || trace == 0 || span == 0 {
            return Err(InvalidTraceContext);
        }
        let (span, flags) = (u64::try_from(span), u8::try_from(flags));
        let (Ok(span), Ok(flags)) = (span, flags) else { return Err(InvalidTraceContext) };
        // Of the flags of a later version, only this one is known here.
        Ok(Self { trace, span, flags: flags & Self::SAMPLED })
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace, self.span, self.flags)
    }
}

impl From<TraceContext> for String {
    fn from(trace: TraceContext) -> Self {
        trace.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn the_text_round_trips() {
        let trace: TraceContext = EXAMPLE.parse().unwrap();
        assert_eq!(trace.to_string(), EXAMPLE);
        assert_eq!(trace.trace_id(), "0af7651916cd43dd8448eb211c80319c");
        assert_eq!(trace.span_id(), "b7ad6b7169203331");
        let made = TraceContext::new();
        assert_eq!(made.to_string().parse(), Ok(made));
    }

    #[test]
    fn a_child_is_another_span_of_the_same_trace() {
        let parent = TraceContext::new();
        let child = parent.child();
        assert_eq!(child.trace_id(), parent.trace_id());
        assert_ne!(child, parent);
        assert_ne!(TraceContext::new().trace_id(), parent.trace_id());
    }

    #[test]
    fn a_later_version_is_read_as_far_as_it_is_known() {
        let later = EXAMPLE.replacen("00", "cc", 1) + "-what-else";
        assert_eq!(later.parse::<TraceContext>().unwrap().to_string(), EXAMPLE);
    }

    #[test]
    fn what_is_none_is_refused() {
        let (trace, span) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
        for text in [
            String::new(),
            "-".into(),
            EXAMPLE.to_uppercase(),
            format!("{EXAMPLE}-00"),
            format!("{EXAMPLE} "),
            format!("ff-{trace}-{span}-01"),
            format!("00-{}-{span}-01", "0".repeat(32)),
            format!("00-{trace}-{}-01", "0".repeat(16)),
            format!("00-{trace}-{span}"),
            format!("00-{trace}-+{}-01", &span[1..]),
            format!("00-{trace}-{span}-é"),
        ] {
            assert!(text.parse::<TraceContext>().is_err(), "{text}");
        }
    }
}
