//! The life of a judgement.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Where a judgement is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum JudgementState {
    /// Stored, waiting for an executor.
    Queued,
    /// Claimed; the package is fetched and the source compiled.
    Compiling,
    /// Test cases are being run.
    Running,
    /// There is a verdict. Final.
    Finished,
    /// The judge failed and gave up; the jury sees why. Final.
    Failed,
}

/// What can happen to a judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transition {
    /// An executor takes it, for the first time or after its lease ran out.
    Claim,
    /// The source is compiled, the first test case starts.
    StartRuns,
    /// The verdict is known.
    Finish,
    /// The judge gives up.
    Fail,
    /// The executor hands it back without a verdict.
    Release,
}

impl JudgementState {
    /// Every state, in the order of a judgement's life.
    pub const ALL: [Self; 5] =
        [Self::Queued, Self::Compiling, Self::Running, Self::Finished, Self::Failed];

    /// The state after `transition`, or `None` where that may not happen.
    ///
    /// The database repeats each of these as one guarded `UPDATE`, so that two
    /// executors can never both make it.
    #[must_use]
    pub fn after(self, transition: Transition) -> Option<Self> {
        use JudgementState::{Compiling, Failed, Finished, Queued, Running};
        match (self, transition) {
            (Queued | Compiling | Running, Transition::Claim) => Some(Compiling),
            (Compiling, Transition::StartRuns) => Some(Running),
            (Compiling | Running, Transition::Finish) => Some(Finished),
            (Queued | Compiling | Running, Transition::Fail) => Some(Failed),
            (Compiling | Running, Transition::Release) => Some(Queued),
            _ => None,
        }
    }

    /// The states from which `transition` may happen.
    pub fn allowing(transition: Transition) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |state| state.after(transition).is_some())
    }

    /// Whether nothing more will happen to the judgement.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Finished | Self::Failed)
    }

    /// The name stored in the database and shown in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Compiling => "compiling",
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for JudgementState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The text is no state's name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a judgement state")]
pub struct InvalidState(String);

impl FromStr for JudgementState {
    type Err = InvalidState;

    fn from_str(name: &str) -> Result<Self, InvalidState> {
        Self::ALL
            .into_iter()
            .find(|state| state.name() == name)
            .ok_or_else(|| InvalidState(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_leaves_a_final_state() {
        use Transition::{Claim, Fail, Finish, Release, StartRuns};
        for state in JudgementState::ALL.into_iter().filter(|state| state.is_final()) {
            for transition in [Claim, StartRuns, Finish, Fail, Release] {
                assert_eq!(state.after(transition), None);
            }
        }
    }

    #[test]
    fn only_an_unfinished_judgement_can_be_claimed() {
        let claimable: Vec<_> = JudgementState::allowing(Transition::Claim).collect();
        assert_eq!(
            claimable,
            [JudgementState::Queued, JudgementState::Compiling, JudgementState::Running]
        );
    }

    #[test]
    fn names_round_trip() {
        for state in JudgementState::ALL {
            assert_eq!(state.name().parse(), Ok(state));
            assert_eq!(serde_json::to_string(&state).unwrap(), format!("\"{state}\""));
        }
    }
}
