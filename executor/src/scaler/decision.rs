//! What becomes of a task once its function has ended: one pure function.

use super::child::ChildEnd;
use crate::FunctionExit;
use std::time::Duration;
use store::outbox::PutBack;

/// What to tell the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// The task is done.
    Acknowledge,
    /// Deliver it again.
    PutBack { delay: Duration, counted: PutBack },
    /// Its function does not read it: one of another version is to judge it, and this delivery does not count.
    LeaveToOthers,
    /// Too many functions have died of it: the jury must look.
    GiveUp,
}

/// While another function holds the judgement, none can be started, the database is out of reach, or the disk is full.
pub(super) const LATER: Duration = Duration::from_secs(1);

/// Decides after delivery number `deliveries`, where `limit` repeated ones are allowed.
pub(super) fn decide(end: ChildEnd, deliveries: u32, limit: u32) -> Decision {
    match end {
        ChildEnd::Exited(FunctionExit::Done) => Decision::Acknowledge,
        // Its executable was replaced under the scaler, which reads the task.
        ChildEnd::Exited(FunctionExit::OtherVersion) => Decision::LeaveToOthers,
        ChildEnd::Exited(
            FunctionExit::HeldElsewhere | FunctionExit::Unreachable | FunctionExit::NoRoom,
        )
        | ChildEnd::NotStarted => Decision::PutBack { delay: LATER, counted: PutBack::Uncounted },
        ChildEnd::Exited(FunctionExit::HandedOver) => {
            Decision::PutBack { delay: Duration::ZERO, counted: PutBack::Anew }
        }
        ChildEnd::Stopped => {
            Decision::PutBack { delay: Duration::ZERO, counted: PutBack::Uncounted }
        }
        ChildEnd::Exited(FunctionExit::HandedBack) | ChildEnd::Died if deliveries > limit => {
            Decision::GiveUp
        }
        ChildEnd::Exited(FunctionExit::HandedBack) | ChildEnd::Died => {
            Decision::PutBack { delay: pause_before(deliveries), counted: PutBack::Counted }
        }
    }
}

/// A fault that passes is given time to pass: 0.2, 0.8, 3.2 … up to 30 seconds.
fn pause_before(deliveries: u32) -> Duration {
    let factor = 4_u32.saturating_pow(deliveries.saturating_sub(1));
    Duration::from_millis(200).saturating_mul(factor).min(Duration::from_secs(30))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_tried_once_and_again_up_to_the_limit() {
        for end in [ChildEnd::Died, ChildEnd::Exited(FunctionExit::HandedBack)] {
            let put_back = |delay_ms| Decision::PutBack {
                delay: Duration::from_millis(delay_ms),
                counted: PutBack::Counted,
            };
            assert_eq!(decide(end, 1, 2), put_back(200));
            assert_eq!(decide(end, 2, 2), put_back(800));
            assert_eq!(decide(end, 3, 2), Decision::GiveUp);
            assert_eq!(decide(end, 1, 0), Decision::GiveUp);
            assert_eq!(decide(end, 40, 50), put_back(30_000));
        }
    }

    #[test]
    fn what_is_not_the_tasks_fault_is_not_counted() {
        for end in [
            ChildEnd::Stopped,
            ChildEnd::NotStarted,
            ChildEnd::Exited(FunctionExit::HeldElsewhere),
            ChildEnd::Exited(FunctionExit::Unreachable),
            ChildEnd::Exited(FunctionExit::NoRoom),
        ] {
            let decision = decide(end, 100, 3);
            assert!(
                matches!(decision, Decision::PutBack { counted: PutBack::Uncounted, .. }),
                "{end:?}: {decision:?}"
            );
        }
    }

    #[test]
    fn what_gets_on_is_never_given_up() {
        let end = ChildEnd::Exited(FunctionExit::HandedOver);
        let at_once = Decision::PutBack { delay: Duration::ZERO, counted: PutBack::Anew };
        assert_eq!(decide(end, 100, 3), at_once);
    }

    #[test]
    fn what_is_of_another_version_is_never_given_up() {
        let end = ChildEnd::Exited(FunctionExit::OtherVersion);
        assert_eq!(decide(end, 100, 3), Decision::LeaveToOthers);
    }

    #[test]
    fn done_is_done() {
        assert_eq!(decide(ChildEnd::Exited(FunctionExit::Done), 9, 3), Decision::Acknowledge);
    }
}
