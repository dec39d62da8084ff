//! What a function tells whoever started it, while it runs: for metrics, and nothing depends on it.

use serde::{Deserialize, Serialize};
use std::io::Write;

/// One line of JSON on the function's standard output.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Notice {
    /// It holds the judgement now.
    Claimed {
        /// From the queueing to the claim, in milliseconds.
        queue_wait_ms: u64,
    },
    /// The verdict is stored.
    Judged {
        /// From the queueing to the verdict, in milliseconds.
        since_queued_ms: u64,
    },
    /// It helps another function.
    Helping,
    /// Others may help with the judgement: there are tasks for them.
    Opened {
        /// How many.
        helpers: u32,
    },
}

impl Notice {
    /// Says it to whoever listens. Nobody has to.
    pub(super) fn send(self) {
        if let Ok(mut line) = serde_json::to_vec(&self) {
            line.push(b'\n');
            let _ = std::io::stdout().write_all(&line);
        }
    }

    /// What a line says; `None` for one of another version, or of none.
    pub(crate) fn read(line: &[u8]) -> Option<Self> {
        serde_json::from_slice(line).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_round_trips_and_anything_else_is_none() {
        for notice in [
            Notice::Claimed { queue_wait_ms: 7 },
            Notice::Judged { since_queued_ms: u64::MAX },
            Notice::Opened { helpers: 3 },
            Notice::Helping,
        ] {
            assert_eq!(Notice::read(&serde_json::to_vec(&notice).unwrap()), Some(notice));
        }
        for line in ["", "{", r#"{"claimed":{}}"#, r#"{"moved":{"by":1}}"#, "\u{7f}"] {
            assert_eq!(Notice::read(line.as_bytes()), None, "{line}");
        }
    }
}
