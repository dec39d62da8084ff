//! Fairness within a lane.

/// The turn for a user's next task, where the lane is at `lane_turn` and the user's last task, wherever it is by
/// now, had the turn `last_of_user`.
///
/// A lane goes round in turns, and a user has one task in a turn. Turns only move on, so who sends many at once
/// waits behind others, and is not kept waiting by those who send again and again.
#[must_use]
pub fn turn_for(lane_turn: u64, last_of_user: Option<u64>) -> u64 {
    last_of_user.map_or(lane_turn, |last| lane_turn.max(last + 1))
}
