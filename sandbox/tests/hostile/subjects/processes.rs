//! Many processes, and processes that outlive or attack others.

use super::{ample_time, short_wall};
use crate::attack::*;

pub fn attacks() -> Vec<Attack> {
    let bounded = || contained("at most as many as the limit says");
    let gone = || contained("killed with the run");
    vec![
        attack("fork bomb", "fork-bomb 19", bounded()),
        attack("fork bomb in every process", "wild-fork-bomb", either([CPU, WALL]))
            .with(short_wall),
        attack("vfork bomb", "vfork-bomb", bounded()),
        attack("thread bomb", "thread-bomb 19", bounded()),
        attack("a thread where only one process may be", "thread-bomb 0", bounded())
            .with(|spec| spec.limits.processes = 1),
        attack("dead children that nobody waits for", "zombie-bomb", bounded()),
        attack("processes that start anew without end", "exec-bomb 0", either([CPU, WALL]))
            .with(|spec| spec.limits.processes = 8),
        attack("stopping itself", "stop-self", WALL).with(short_wall),
        attack("stopping or killing its parent", "stop-parent", contained("it has no right to")),
        attack("a daemon: double fork, setsid", "daemon", gone()),
        attack("a daemon without name and environment", "nameless-daemon", gone()),
        attack("kill(-1)", "kill-everyone", contained("reaches only the run")),
        attack("signals to every number", "kill-by-number", contained("reaches only the run"))
            .with(ample_time),
        attack("seeing other processes", "see-processes", contained("only its own are there"))
            .at_minimal(contained("/proc is closed"))
            .bare(open("/proc is the host's")),
        attack("taking process 1 its limits", "starve-init", contained("refused")),
        attack(
            "dying between a forbidden call and its report",
            "die-asking",
            either([killed("socket"), contained("no harm")]),
        )
        .with(|spec| spec.limits.cpu = std::time::Duration::from_secs(10)),
    ]
}
