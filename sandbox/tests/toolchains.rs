//! Real compilers and runtimes, from source to answer, inside the box.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use common::*;
use sandbox::{
    BoxSpec, Ending, Input, Level, Mount, Policy, RunLimits, RunSpec, Sandbox, WorkAccess,
};

struct Toolchain {
    source: (&'static str, &'static str),
    /// None for interpreters.
    compile: Option<&'static str>,
    run: &'static str,
    policy: fn() -> Policy,
}

/// Each reads two numbers and prints their sum.
const TOOLCHAINS: [Toolchain; 13] = [
    Toolchain {
        source: (
            "a.c",
            "#include <stdio.h>\nint main(){int a,b;scanf(\"%d%d\",&a,&b);printf(\"%d\\n\",a+b);}",
        ),
        compile: Some("gcc -O2 -o a a.c"),
        run: "./a",
        policy: Policy::native,
    },
    Toolchain {
        source: (
            "a.cpp",
            "#include <bits/stdc++.h>\n#include <thread>\nint main(){int a,b;std::cin>>a>>b;int c=0;\
             std::thread([&]{c=a+b;}).join();std::cout<<c<<std::endl;}",
        ),
        compile: Some("g++ -std=c++20 -O2 -pthread -o a a.cpp"),
        run: "./a",
        policy: Policy::native,
    },
    Toolchain {
        source: (
            "a.py",
            "import threading, subprocess, random\nprint(sum(map(int, input().split())))",
        ),
        compile: None,
        run: "/usr/bin/python3 a.py",
        policy: Policy::vm,
    },
    Toolchain {
        source: ("a.py", "import threading\nprint(sum(map(int, input().split())))"),
        compile: None,
        run: "pypy3 a.py",
        policy: Policy::vm,
    },
    Toolchain {
        source: (
            "Main.java",
            "import java.util.*;class Main{public static void main(String[] x)throws Exception{\
             Scanner s=new Scanner(System.in);int[] r=new int[1];int a=s.nextInt(),b=s.nextInt();\
             Thread t=new Thread(()->r[0]=a+b);t.start();t.join();System.out.println(r[0]);}}",
        ),
        compile: Some("javac -J-Xmx256m Main.java"),
        run: "java -Xmx256m -XX:+UseSerialGC -XX:-UsePerfData -cp . Main",
        policy: Policy::vm,
    },
    Toolchain {
        source: (
            "a.js",
            "const [a,b]=require('fs').readFileSync('/dev/stdin','utf8').split(' ').map(Number);\
             console.log(a+b)",
        ),
        compile: None,
        run: "node a.js",
        policy: Policy::vm,
    },
    Toolchain {
        source: (
            "a.go",
            "package main\nimport \"fmt\"\nfunc main(){var a,b int;fmt.Scan(&a,&b);c:=make(chan int);\
             go func(){c<-a+b}();fmt.Println(<-c)}",
        ),
        compile: Some("go build -o a a.go"),
        run: "./a",
        policy: Policy::vm,
    },
    Toolchain {
        source: (
            "a.cs",
            "using System;class A{static void Main(){var p=Console.ReadLine().Split(' ');\
             Console.WriteLine(int.Parse(p[0])+int.Parse(p[1]));}}",
        ),
        compile: Some("mcs -out:a.exe a.cs"),
        run: "mono a.exe",
        policy: Policy::vm,
    },
    Toolchain {
        source: ("a.hs", "main = getLine >>= print . sum . map read . words"),
        compile: Some("ghc -O1 -o a a.hs"),
        run: "./a",
        policy: Policy::native,
    },
    Toolchain {
        source: ("a.pas", "var a,b:longint;begin read(a,b);writeln(a+b);end."),
        compile: Some("fpc -O2 a.pas"),
        run: "./a",
        policy: Policy::native,
    },
    Toolchain {
        source: ("a.rb", "puts gets.split.map(&:to_i).sum"),
        compile: None,
        run: "ruby a.rb",
        policy: Policy::vm,
    },
    Toolchain {
        source: ("a.pl", "my ($a, $b) = split ' ', <STDIN>; print $a + $b, \"\\n\";"),
        compile: None,
        run: "perl a.pl",
        policy: Policy::vm,
    },
    Toolchain {
        source: ("a.sh", "read a b; echo $((a + b)) | cat"),
        compile: None,
        run: "bash a.sh",
        policy: Policy::vm,
    },
];

/// What the toolchains of a Debian see of their host.
const SYSTEM: [&str; 10] = [
    "/usr",
    "/bin",
    "/lib",
    "/lib64",
    "/etc/alternatives",
    "/etc/java-17-openjdk",
    "/etc/mono",
    "/etc/fpc.cfg",
    "/etc/ld.so.cache",
    "/var/lib/ghc",
];

#[test]
fn toolchains_work_at_level_full() {
    work_at(Level::Full);
}

#[test]
fn toolchains_work_at_level_user_namespace() {
    work_at(Level::UserNamespace);
}

fn work_at(level: Level) {
    let mut wrong = Vec::new();
    for toolchain in &TOOLCHAINS {
        if let Err(what) = works(level, toolchain) {
            wrong.push(format!("{} at level {level}: {what}", toolchain.run));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn works(level: Level, toolchain: &Toolchain) -> Result<(), String> {
    let mounts = SYSTEM.into_iter().filter(|path| Path::new(path).exists()).map(Mount::same);
    let spec = BoxSpec {
        level: Some(level),
        mounts: mounts.collect(),
        helper: helper(),
        ..BoxSpec::default()
    };
    let mut sandbox = Sandbox::open(&spec).unwrap();
    let (name, text) = toolchain.source;
    sandbox.work().put(name, text.as_bytes(), false).unwrap();
    if let Some(compile) = toolchain.compile {
        let mut spec = spec_of(compile, Policy::compiler());
        spec.work = WorkAccess::Writable;
        let ran = run(&mut sandbox, &spec);
        if ran.outcome.ending != (Ending::Exited { code: 0 }) {
            return Err(format!("{compile}: {ran:?}"));
        }
    }
    let mut input = tempfile::tempfile().unwrap();
    writeln!(input, "19 23").unwrap();
    std::io::Seek::rewind(&mut input).unwrap();
    let spec = spec_of(toolchain.run, (toolchain.policy)());
    let ran = try_run(&mut sandbox, &spec, Input::File(input)).unwrap();
    if ran.outcome.ending == (Ending::Exited { code: 0 }) && ran.stdout == "42\n" {
        return Ok(());
    }
    Err(format!("{ran:?}"))
}

fn spec_of(line: &str, policy: Policy) -> RunSpec {
    let limits = RunLimits {
        cpu: Duration::from_secs(60),
        wall: Duration::from_secs(120),
        memory_bytes: 1 << 30,
        processes: 128,
        file_bytes: 128 * MIB,
        open_files: 1024,
        ..RunLimits::default()
    };
    let mut spec = RunSpec::new(line.split(' '), limits, policy);
    let env =
        [("PATH", "/usr/bin:/bin"), ("HOME", "/tmp"), ("GOCACHE", "/tmp/go"), ("LANG", "C.UTF-8")];
    spec.env = env.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    spec
}
