//! Looking at what is not the program's to see.

use crate::attack::*;

pub fn attacks() -> Vec<Attack> {
    let readable = || open("what everyone on the host may read");
    let absent = || contained("not in the box");
    vec![
        attack("password hashes", "read /etc/shadow /etc/gshadow /etc/sudoers", absent()),
        attack(
            "a file of the judge's: answers, package cache, database",
            "read {secret}",
            absent(),
        )
        .bare(readable()),
        attack("the same, climbing out of the root", "climb {secret}", absent()).bare(readable()),
        attack("the same through a link of its own", "follow-link {secret}", absent())
            .bare(End::Failed(2, "refused: EACCES")),
        attack("folders of the host", "read-host", absent()).bare(readable()),
        attack("what the kernel tells of the host", "read-kernel", absent()).bare(readable()),
        attack(
            "environment, files and memory of process 1",
            "read-init",
            contained("no right to, or hidden"),
        ),
        attack("devices, terminals", "read-devices", absent()).bare(readable()),
        attack("control groups", "read-groups", absent()).bare(readable()),
        attack("connections and addresses of the host", "read-network", absent())
            .at(Column::MinimalBare, open("/proc/self/net shows them")),
        attack(
            "descriptors, variables, signals, session of the judge",
            "inherited {variables}",
            contained("none is inherited"),
        ),
        attack(
            "name of the input's file",
            "see-name-of-input {folder}",
            contained("a mount of its own has none"),
        )
        .reading_shared()
        .without_groups(open("readlink of /proc/self/fd/0 tells it")),
        attack(
            "names of the folders that are mounted",
            "see-names-of-mounts {folder}",
            open("/proc/self/mountinfo tells them"),
        )
        .at_minimal(contained("nothing is mounted")),
    ]
}
