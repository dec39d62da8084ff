//! The judge's own failures. None of them is a verdict.

use serde::{Deserialize, Serialize};

/// Why the judge could not come to a verdict. A team is never blamed for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{kind}: {message}")]
pub struct JudgingError {
    /// What sort of failure it is; decides whether a retry makes sense.
    pub kind: JudgingErrorKind,
    /// What happened, for the jury and the operator.
    pub message: String,
}

/// The sorts of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum JudgingErrorKind {
    /// The database or the blob store did not answer.
    #[error("storage unavailable")]
    Storage,
    /// This host could not set up a sandbox or lost a process.
    #[error("executor host failed")]
    Host,
    /// There is no room on this host's disk. Nothing that is judged here is to blame.
    #[error("no room on the executor's disk")]
    NoRoom,
    /// The host lacks the language's toolchain.
    #[error("toolchain missing")]
    ToolchainMissing,
    /// The host cannot enforce a limit that the problem asks for.
    #[error("limit not enforceable")]
    LimitNotEnforceable,
    /// The problem package is broken: a validator crashed, or does not compile.
    #[error("problem package broken")]
    Package,
    /// The whole judgement took longer than the function's hard timeout.
    #[error("function timed out")]
    HardTimeout,
    /// The function died on this task more often than the delivery limit allows.
    #[error("delivery limit reached")]
    DeliveryLimit,
}

/// What to do after a [`JudgingError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Try again, here or elsewhere; the fault may pass.
    Again,
    /// The same, however often: no task can be judged here now, so this one is not to blame.
    Always,
    /// Trying again gives the same result; the jury must act first.
    Never,
}

impl JudgingError {
    /// Makes an error of `kind`.
    pub fn new(kind: JudgingErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

impl JudgingErrorKind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Storage,
        Self::Host,
        Self::NoRoom,
        Self::ToolchainMissing,
        Self::LimitNotEnforceable,
        Self::Package,
        Self::HardTimeout,
        Self::DeliveryLimit,
    ];

    /// Whether the task should be tried again.
    #[must_use]
    pub fn retry(self) -> Retry {
        match self {
            Self::Storage | Self::Host => Retry::Again,
            Self::NoRoom => Retry::Always,
            Self::ToolchainMissing
            | Self::LimitNotEnforceable
            | Self::Package
            | Self::HardTimeout
            | Self::DeliveryLimit => Retry::Never,
        }
    }

    /// The name stored in the database and shown in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Storage => "storage",
            Self::Host => "host",
            Self::NoRoom => "no_room",
            Self::ToolchainMissing => "toolchain_missing",
            Self::LimitNotEnforceable => "limit_not_enforceable",
            Self::Package => "package",
            Self::HardTimeout => "hard_timeout",
            Self::DeliveryLimit => "delivery_limit",
        }
    }

    /// The kind with this [`name`](Self::name).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip_and_match_json() {
        for kind in JudgingErrorKind::ALL {
            assert_eq!(JudgingErrorKind::from_name(kind.name()), Some(kind));
            assert_eq!(serde_json::to_string(&kind).unwrap(), format!("\"{}\"", kind.name()));
        }
    }
}
