//! Time, and whose turn it is.

use super::{short_wall, vm};
use crate::attack::*;

pub fn attacks() -> Vec<Attack> {
    vec![
        attack("endless sleep", "sleep", WALL).with(short_wall),
        attack("endless sleep with every signal ignored and blocked", "deaf-and-asleep", WALL)
            .with(short_wall),
        attack("work below the limit", "busy-for-ms 200", contained("it is below")),
        attack("busy loop", "busy 1", CPU),
        attack("busy loop in many threads", "busy 8", CPU),
        attack("busy loop in many processes", "busy-children 4", CPU),
        attack("busy loop with every signal ignored and blocked", "deaf-and-busy 1", CPU),
        attack("busy loop in the kernel", "busy-in-kernel", CPU),
        attack("short-lived children that nobody waits for", "busy-unwaited", CPU),
        attack("raising its limit, starting its timers anew", "more-time", CPU),
        attack(
            "higher priority, real time, deadlines",
            "more-priority",
            contained("refused: EPERM"),
        ),
        attack("the same from a virtual machine", "more-priority", contained("refused: EPERM"))
            .with(vm),
        attack("choosing its processor", "choose-processor", contained("refused: EPERM")),
        attack(
            "choosing its processor, from a virtual machine",
            "choose-processor",
            contained("refused: EPERM"),
        )
        .with(vm),
        attack(
            "setting the clock",
            format!("call {}", libc::SYS_clock_settime),
            killed("clock_settime"),
        ),
        attack(
            "adjusting the clock",
            format!("call {}", libc::SYS_clock_adjtime),
            killed("clock_adjtime"),
        ),
    ]
}
