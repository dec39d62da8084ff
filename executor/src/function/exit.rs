//! How a function says what is to become of its message.

use std::process::ExitCode;

/// The exit code of a function; whoever delivered the message acts on it.
///
/// Any other code, and death by a signal, mean what [`FunctionExit::HandedBack`] means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionExit {
    /// 0: nothing more is to be done. There is a verdict or a judging error, stored by this function or
    /// before it. Acknowledge the message.
    Done = 0,
    /// 10: no verdict, for a reason that may pass. Deliver the message again and count it.
    HandedBack = 10,
    /// 11: another function holds the judgement. Deliver the message again later, without counting it;
    /// should that function die, someone must take over.
    HeldElsewhere = 11,
    /// 12: the message is of a version that this build does not read. Deliver it again later, without
    /// counting it: another build does.
    OtherVersion = 12,
    /// 13: the database was out of reach. Deliver the message again later, without counting it: no task can be
    /// judged now, and this one is not to blame.
    Unreachable = 13,
    /// 14: there is no room on this machine's disk. Deliver the message again later, without counting it, for the same
    /// reason.
    NoRoom = 14,
    /// 15: it has done as much as it has time for, and another function is to go on. Deliver the message again at once,
    /// without counting it.
    HandedOver = 15,
}

impl FunctionExit {
    /// What a process said that ended with `code`.
    #[must_use]
    pub fn from_code(code: i32) -> Self {
        use FunctionExit::{Done, HandedOver, HeldElsewhere, NoRoom, OtherVersion, Unreachable};
        [Done, HeldElsewhere, OtherVersion, Unreachable, NoRoom, HandedOver]
            .into_iter()
            .find(|exit| i32::from(exit.code()) == code)
            .unwrap_or(Self::HandedBack)
    }

    /// The code to exit with.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }
}

impl From<FunctionExit> for ExitCode {
    fn from(exit: FunctionExit) -> Self {
        exit.code().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_round_trip_and_unknown_ones_are_a_failure() {
        use FunctionExit::{
            Done, HandedBack, HandedOver, HeldElsewhere, NoRoom, OtherVersion, Unreachable,
        };
        for exit in [Done, HandedBack, HeldElsewhere, OtherVersion, Unreachable, NoRoom, HandedOver]
        {
            assert_eq!(FunctionExit::from_code(exit.code().into()), exit);
        }
        for code in [1, 2, 101, 137, -1] {
            assert_eq!(FunctionExit::from_code(code), HandedBack);
        }
    }
}
