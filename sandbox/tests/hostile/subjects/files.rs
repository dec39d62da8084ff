//! Files that are not the program's to make, fill or change. What a program leaves in /work for the
//! judge to stumble over is in tests/work_folder.rs.

use super::{compiler, vm, writable};
use crate::attack::*;

pub fn attacks() -> Vec<Attack> {
    vec![
        attack(
            "writing outside its folders",
            "write-outside",
            contained("read-only, or not there"),
        ),
        attack("a hard link to a file of the host", "hard-link", contained("refused")),
        attack("a hard link into /work", "hard-link", contained("refused")).with(writable),
        attack("a device node", "make-device", contained("refused: EPERM")),
        attack("a device node, by a compiler", "make-device", contained("refused: EPERM"))
            .with(compiler),
        attack(
            "running a setuid program of root's",
            "run-setuid {setuid}",
            contained("it runs as nobody else"),
        ),
        attack(
            "making a setuid program of root's",
            "setuid-file {tmp}",
            contained("refused: EPERM"),
        )
        .bare(End::Failed(2, "refused: EACCES")),
        attack("the same by a compiler", "setuid-file .", contained("refused: EPERM"))
            .with(|spec| (writable(spec), compiler(spec)).1),
        attack(
            "a core dump",
            "core-dump",
            contained("none is made, and no program of the host's is started"),
        ),
        attack(
            "open files in sockets that hold each other",
            "leave-in-flight {tmp}",
            End::Failed(2, "sendmsg is refused: EACCES"),
        )
        .bare(End::Failed(1, "refused: EACCES"))
        .with(vm),
        attack("closing /work to others", "lock-folder .", contained("put back after the run"))
            .with(writable),
    ]
}
