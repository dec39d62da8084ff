//! The test cases of an open judgement that a function has taken and not judged yet.

use super::{FunctionConfig, pace::Pace, storage, to_lease_length};
use judge_types::{JudgementId, JudgingError};
use std::collections::VecDeque;
use store::{AnyConnection, fan_out};

/// As far as test cases go.
const LAST: u32 = u32::MAX >> 1;

/// What one function has taken, in order.
pub(super) struct Taken<'a> {
    config: &'a FunctionConfig,
    judgement: JudgementId,
    ordinals: VecDeque<u32>,
    pace: Pace,
}

impl<'a> Taken<'a> {
    pub(super) fn none(config: &'a FunctionConfig, judgement: JudgementId, pace: Pace) -> Self {
        Self { config, judgement, ordinals: VecDeque::new(), pace }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ordinals.is_empty()
    }

    /// Takes a share of those that nobody has.
    pub(super) fn claim(&mut self, connection: &mut AnyConnection) -> Result<(), JudgingError> {
        self.claim_at_most(connection, self.pace.share(), LAST)
    }

    /// Takes this one, or one before it, if nobody has it.
    pub(super) fn claim_one(
        &mut self,
        connection: &mut AnyConnection,
        ordinal: u32,
    ) -> Result<(), JudgingError> {
        self.claim_at_most(connection, 1, ordinal)
    }

    fn claim_at_most(
        &mut self,
        connection: &mut AnyConnection,
        most: u32,
        up_to: u32,
    ) -> Result<(), JudgingError> {
        let (worker, length) = (&self.config.worker, to_lease_length(self.config.lease));
        let claimed = fan_out::claim(connection, self.judgement, worker, most, up_to, length);
        self.ordinals.extend(claimed.map_err(|e| storage(&e))?);
        Ok(())
    }

    /// The next one, which is judged from now on.
    pub(super) fn next(&mut self) -> Option<u32> {
        let next = self.ordinals.pop_front();
        if next.is_some() {
            self.pace.begin();
        }
        next
    }

    /// Keeps what one came to, and cancels those after it if it `decides`; false where nobody wants it any more.
    pub(super) fn judged(
        &mut self,
        connection: &mut AnyConnection,
        ordinal: u32,
        result: &str,
        decides: bool,
    ) -> Result<bool, JudgingError> {
        self.pace.end();
        let (judgement, worker) = (self.judgement, &self.config.worker);
        let kept = fan_out::store(connection, judgement, worker, ordinal, result);
        let kept = kept.map_err(|e| storage(&e))?;
        if kept && decides {
            fan_out::cancel_after(connection, judgement, ordinal).map_err(|e| storage(&e))?;
            self.ordinals.retain(|other| *other < ordinal);
        }
        Ok(kept)
    }

    /// Those before this one are skipped, whoever has them.
    pub(super) fn skip_before(
        &mut self,
        connection: &mut AnyConnection,
        ordinal: u32,
    ) -> Result<(), JudgingError> {
        fan_out::skip_before(connection, self.judgement, ordinal).map_err(|e| storage(&e))?;
        self.ordinals.retain(|other| *other >= ordinal);
        Ok(())
    }

    /// Gives back what is not judged.
    pub(super) fn release(&mut self, connection: &mut AnyConnection) -> Result<(), JudgingError> {
        self.ordinals.clear();
        fan_out::release(connection, self.judgement, &self.config.worker).map_err(|e| storage(&e))
    }
}
