//! The same attacks in other languages, where they take another way.

use sandbox::Policy;

use crate::attack::*;
use crate::workshop::{Program, Trial};

macro_rules! source {
    ($name:literal) => {
        ($name, include_str!(concat!("../../programs/languages/", $name)))
    };
}

fn trial(words: &'static str, argument: &'static str, end: End) -> Trial {
    Trial { words, argument, end, bare: None }
}

pub fn programs() -> Vec<Program> {
    let bounded = || contained("at most as many as the limit says");
    let refused = || contained("refused: EACCES");
    vec![
        Program {
            name: "C++",
            sources: &[source!("hostile.cpp")],
            compile: Some("g++ -std=c++20 -O1 -pthread -o hostile hostile.cpp"),
            run: "./hostile",
            policy: Policy::native,
            attacks: vec![
                trial("std::thread without end", "threads", bounded()),
                trial("vectors without end", "memory", MEMORY),
                trial(
                    "a handler of exceptions in every frame of a deep recursion",
                    "exceptions",
                    MEMORY,
                ),
                trial("an exit handler that never ends", "exit-handler", CPU),
                trial("system(\"cat /etc/shadow\")", "system", contained("not in the box")),
                Trial {
                    bare: Some(open("what everyone on the host may read")),
                    ..trial(
                        "walking through the host's folders",
                        "walk",
                        contained("not in the box"),
                    )
                },
            ],
        },
        Program {
            name: "Rust",
            sources: &[source!("hostile.rs")],
            compile: Some("{rust}/bin/rustc -C linker=cc -O -o hostile hostile.rs"),
            run: "./hostile",
            policy: Policy::native,
            attacks: vec![
                trial("threads without end", "threads", bounded()),
                trial("processes without end", "processes", bounded()),
                trial("vectors without end", "memory", MEMORY),
                trial("std::net", "network", killed("socket")),
            ],
        },
        Program {
            name: "Python",
            sources: &[source!("hostile.py")],
            compile: None,
            run: "/usr/bin/python3 hostile.py",
            policy: Policy::vm,
            attacks: vec![
                trial("os.fork without end", "processes", bounded()),
                trial("threads without end", "threads", bounded()),
                trial("bytearrays without end", "memory", MEMORY),
                trial("socket, getaddrinfo, urllib", "network", refused()),
                trial("a shell that reads /etc/shadow", "shell", contained("not in the box")),
                trial("ignoring signals and exceptions", "deaf", CPU),
            ],
        },
        Program {
            name: "Java",
            sources: &[source!("Hostile.java")],
            compile: Some("javac -J-Xmx256m -J-XX:-UsePerfData Hostile.java"),
            run: "java -Xmx2g -XX:MaxDirectMemorySize=2g -XX:+UseSerialGC -XX:-UsePerfData -cp . Hostile",
            policy: Policy::vm,
            attacks: vec![
                trial("threads without end", "threads", bounded()),
                trial("processes without end", "processes", bounded()),
                trial("objects without end", "memory", MEMORY),
                trial("direct buffers, outside the heap", "off-heap", MEMORY),
                trial("java.net", "network", refused()),
                trial("a shutdown hook that never ends", "exit-hook", CPU),
            ],
        },
        Program {
            name: "Node",
            sources: &[source!("hostile.js")],
            compile: None,
            run: "node --max-old-space-size=2048 hostile.js",
            policy: Policy::vm,
            attacks: vec![
                trial("child_process without end", "processes", bounded()),
                trial("arrays without end", "memory", MEMORY),
                trial("Buffers, outside the heap", "buffers", MEMORY),
                trial("net.connect", "network", refused()),
                trial("dns.lookup", "names", refused()),
                trial("an exit handler that never ends", "rejections", CPU),
            ],
        },
        Program {
            name: "Go",
            sources: &[source!("hostile.go")],
            compile: Some(
                "sh -ec 'GOCACHE=${TMPDIR:-/tmp}/go exec go build -o hostile hostile.go'",
            ),
            run: "./hostile",
            policy: Policy::vm,
            attacks: vec![
                trial("goroutines without end", "goroutines", MEMORY),
                trial(
                    "threads without end",
                    "threads",
                    End::Failed(2, "at most as many as the limit says"),
                ),
                trial(
                    "processes without end",
                    "processes",
                    either([bounded(), End::Failed(2, "at most as many as the limit says")]),
                ),
                trial("slices without end", "memory", MEMORY),
                trial("net.Dial", "network", refused()),
                trial("ignoring every signal", "deaf", CPU),
            ],
        },
    ]
}
