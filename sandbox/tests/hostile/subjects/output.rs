//! Output, and what stands behind its descriptors.

use super::vm;
use crate::attack::*;

pub fn attacks() -> Vec<Attack> {
    vec![
        attack("output of just the limit", "print 1 1048576", contained("it is the limit")),
        attack("one byte more", "print 1 1048577", OUTPUT),
        attack("the same on standard error", "print 2 1048577", OUTPUT),
        attack("a flood that ignores SIGXFSZ", "print 1 100000000", OUTPUT),
        attack("a flood that knows nothing of limits", "print-unaware", OUTPUT),
        attack("the same where no file may be made", "print-unaware", OUTPUT)
            .with(|spec| spec.limits.file_bytes = 0),
        attack("a flood by several processes", "print-by-children", OUTPUT),
        attack("closed standard output", "print-nowhere", contained("nothing is written")),
        attack("a sparse file", "sparse {tmp}/huge", OUTPUT)
            .bare(End::Failed(1, "refused: EACCES")),
        attack("a sparse output", "sparse-output write", contained("refused: EFBIG")),
        attack("an output made long", "sparse-output truncate", contained("refused: EFBIG")),
        attack("an output given room", "sparse-output allocate", contained("refused: EFBIG")),
        attack("output copied by the kernel", "copied-output", OUTPUT)
            .bare(End::Failed(2, "refused: EACCES")),
        attack(
            "room on the host's disk that no size shows",
            "reserve",
            contained("refused: ENOTSUP, ENOTTY"),
        ),
        attack("the same from a virtual machine", "reserve", contained("refused: ENOTSUP, ENOTTY"))
            .with(vm),
        attack(
            "flags of the judge's own descriptors",
            "bewitch-outputs",
            contained("put back after the run"),
        ),
        attack(
            "mode of the judge's own files",
            "chmod-output",
            contained("refused: not the owner"),
        ),
    ]
}
