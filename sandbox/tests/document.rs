//! The spec document: what it takes, what it refuses, and that printing keeps it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::PathBuf;
use std::time::Duration;

use proptest::prelude::*;
use sandbox::document::{
    BoxPlan, Document, Environment, GetPlan, LimitsPlan, MAX_DOCUMENT_BYTES, MountPlan, Pair,
    PolicyChoice, PutPlan, RunPlan, Series, SidePlan, Stream, WorkPlan,
};
use sandbox::{Helper, Level, Policy, WorkAccess};

#[test]
fn what_is_left_out_is_usual() {
    let document = Document::parse(r#"{"runs": [{"argv": ["true"]}]}"#).unwrap();
    let expected = RunPlan::new(vec!["true".to_owned()]);
    let place = BoxPlan::default();
    let series = Series { place, runs: vec![expected], keep_going: false };
    assert_eq!(document, Document::Series(series));
}

#[test]
fn every_key_reaches_the_sandbox() {
    let text = r#"{
        "box": {
            "level": "user-namespace", "system": false, "mounts": [{"source": "/data", "target": "/in"}],
            "work_bytes": 5000, "work_inodes": 6, "temporary_bytes": 7000,
            "put": [{"source": "a.out", "name": "bin/solution"}],
            "get": [{"name": "log", "target": "/tmp/log"}]
        },
        "runs": [{
            "argv": ["./solution", "-x"], "env": {"B": "2", "A": ""}, "cwd": "/work/bin",
            "policy": "vm", "work": "writable", "stdin": "in.txt", "stdout": "-", "stderr": "/dev/null",
            "limits": {
                "cpu_us": 1500000, "wall_us": 3000000, "memory_bytes": 67108864, "processes": 1,
                "output_bytes": 10, "file_bytes": 20, "open_files": 30, "stack_bytes": 1048576
            },
            "repeat": 3
        }],
        "keep_going": true
    }"#;
    let Document::Series(series) = Document::parse(text).unwrap() else { panic!("a series") };
    assert!(series.keep_going);
    let place = series.place.spec(Helper::CurrentExe);
    assert_eq!(place.level, Some(Level::UserNamespace));
    assert_eq!(place.mounts.len(), 1);
    assert_eq!((place.work_bytes, place.work_inodes, place.temporary_bytes), (5000, 6, 7000));
    assert_eq!(series.place.put[0].name, "bin/solution");
    assert_eq!(series.place.get[0].target, PathBuf::from("/tmp/log"));
    let run = &series.runs[0];
    assert_eq!(run.repeat, 3);
    assert_eq!(run.stdin, Stream::File("in.txt".into()));
    assert_eq!((&run.stdout, &run.stderr), (&Stream::Caller, &Stream::Nothing));
    let spec = run.spec().unwrap();
    assert_eq!(spec.argv, ["./solution", "-x"]);
    let variable = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(spec.env, [variable("B", "2"), variable("A", "")]);
    assert_eq!(spec.cwd, PathBuf::from("/work/bin"));
    assert_eq!(spec.policy.name(), Policy::vm().name());
    assert_eq!(spec.work, WorkAccess::Writable);
    let limits = &spec.limits;
    assert_eq!(limits.cpu, Duration::from_millis(1500));
    assert_eq!(limits.wall, Duration::from_secs(3));
    assert_eq!((limits.memory_bytes, limits.processes), (64 << 20, 1));
    assert_eq!((limits.output_bytes, limits.file_bytes, limits.open_files), (10, 20, 30));
    assert_eq!(limits.stack_bytes, Some(1 << 20));
}

#[test]
fn the_wall_limit_follows_the_cpu_limit() {
    let text = r#"{"runs": [{"argv": ["x"], "limits": {"cpu_us": 10000000}}]}"#;
    let Document::Series(series) = Document::parse(text).unwrap() else { panic!("a series") };
    assert_eq!(series.runs[0].limits.wall_us, 32_000_000);
}

/// Each with what its error says.
#[test]
fn faults_are_named_with_their_line_and_field() {
    let run = |field: &str| format!("{{\"runs\": [{{\n\"argv\": [\"x\"],\n{field}}}]}}");
    let limit = |field: &str| run(&format!("\"limits\": {{{field}}}"));
    let place =
        |field: &str| format!("{{\n\"box\": {{{field}}}, \"runs\": [{{\"argv\": [\"x\"]}}]}}");
    let joined = |field: &str| {
        format!(
            "{{\"joined\": [{{\"run\": {{\"argv\": [\"x\"], {field}}}}}, {{\"run\": {{\"argv\": [\"y\"]}}}}]}}"
        )
    };
    let bad = [
        (String::new(), "line 1, column 0: EOF"),
        ("[]".into(), "line 1, column 0: the document: invalid type: sequence, expected an object"),
        (
            "{\"runs\": [[[\"true\"]]]}".into(),
            "runs[0]: invalid type: sequence, expected an object",
        ),
        (run("\"limits\": [5000]"), "runs[0].limits: invalid type: sequence, expected an object"),
        (
            place("\"put\": [[\"a\", \"b\"]]"),
            "box.put[0]: invalid type: sequence, expected an object",
        ),
        ("{}".into(), "the document: missing field `runs` or `joined`"),
        ("{\"runs\": []}".into(), "`runs` is empty"),
        ("{\"runs\": [{}]}".into(), "runs[0]: missing field `argv`"),
        ("{\"runs\": [{\"argv\": []}]}".into(), "runs[0].argv: it names no program"),
        ("{\"runs\": [{\"argv\": [\"a\\u0000\"]}]}".into(), "runs[0].argv: a nul byte"),
        ("{\"runs\": [{\"argv\": [\"x\"]}]} more".into(), "line 1, column 29: trailing characters"),
        ("{\"runs\": [{\"argv\": [\"x\"]}], \"joined\": []}".into(), "joined: invalid length 0"),
        ("{\n\n\"ruins\": []}".into(), "line 3, column 7: ruins: unknown field `ruins`"),
        (
            run("\"limits\": {\"cpu_ms\": 5}"),
            "line 3, column 19: runs[0].limits.cpu_ms: unknown field",
        ),
        (
            limit("\"cpu_us\": 1"),
            "runs[0].limits.cpu_us: invalid value: integer `1`, expected a whole number from 1000 to 86400000000",
        ),
        (
            limit("\"cpu_us\": 1.5"),
            "invalid type: floating point `1.5`, expected a whole number from 1000",
        ),
        (
            limit("\"cpu_us\": \"1s\""),
            "invalid type: string \"1s\", expected a whole number from 1000",
        ),
        (
            limit("\"memory_bytes\": -5"),
            "runs[0].limits.memory_bytes: invalid value: integer `-5`, expected a whole number from 1048576",
        ),
        (limit("\"memory_bytes\": 1000"), "from 1048576 to 1125899906842624"),
        (
            limit("\"processes\": 0"),
            "runs[0].limits.processes: invalid value: integer `0`, expected a whole number from 1 to 1000000",
        ),
        (
            limit("\"stack_bytes\": 1"),
            "runs[0].limits.stack_bytes: invalid value: integer `1`, expected a whole number from 65536",
        ),
        (limit("\"open_files\": 3"), "runs[0].limits.open_files"),
        (limit("\"cpu_us\": 2000, \"cpu_us\": 2000"), "duplicate field `cpu_us`"),
        (
            run("\"cwd\": \"work\""),
            "runs[0].cwd: invalid value: string \"work\", expected an absolute path",
        ),
        (run("\"cwd\": \"/work/../etc\""), "expected an absolute path without `..`"),
        (
            run("\"policy\": \"tight\""),
            "runs[0].policy: unknown variant `tight`, expected one of `native`, `vm`, `compiler`, `file`",
        ),
        (run("\"policy\": {\"file\": \"\"}"), "runs[0].policy.file: invalid value"),
        (
            run("\"work\": \"rw\""),
            "runs[0].work: unknown variant `rw`, expected `read-only` or `writable`",
        ),
        (run("\"env\": {\"A=B\": \"\"}"), "runs[0].env: \"A=B\" cannot be a variable"),
        (run("\"env\": {\"A\": \"\", \"A\": \"\"}"), "runs[0].env: \"A\" is there twice"),
        (run("\"env\": [\"A=B\"]"), "expected an object of names and values"),
        (
            run("\"stdin\": \"\""),
            "runs[0].stdin: invalid value: string \"\", expected the path of a file",
        ),
        (
            run("\"repeat\": 0"),
            "runs[0].repeat: invalid value: integer `0`, expected a whole number from 1 to 1000000",
        ),
        (place("\"level\": \"best\""), "line 2, column 23: box.level: unknown variant `best`"),
        (
            place("\"mounts\": [{\"source\": \"usr\"}]"),
            "box.mounts[0].source: invalid value: string \"usr\", expected an absolute path",
        ),
        (place("\"mounts\": [{\"source\": \"/usr\", \"target\": \"/\"}]"), "other than `/`"),
        (
            place("\"put\": [{\"source\": \"a\", \"name\": \"../a\"}]"),
            "box.put[0].name: invalid value: string \"../a\", expected a plain relative path",
        ),
        (place("\"get\": [{\"name\": \"/a\", \"target\": \"a\"}]"), "box.get[0].name"),
        (
            place("\"work_bytes\": 0"),
            "box.work_bytes: invalid value: integer `0`, expected a whole number from 4096",
        ),
        (joined("\"stdin\": \"a\""), "joined[0]: a joined run's stdin and stdout are pipes"),
        (joined("\"repeat\": 2"), "joined[0]: a joined run is made once"),
        (
            "{\"joined\": [{\"run\": {\"argv\": [\"x\"]}}]}".into(),
            "joined: invalid length 1, expected an array of length 2",
        ),
    ];
    for (text, expected) in &bad {
        let error = Document::parse(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{text}\n  says {error}\n  and not {expected}");
    }
}

#[test]
fn a_document_of_a_megabyte_is_refused_with_the_limit() {
    let text = " ".repeat(1 << 20);
    let error = Document::parse(&text).unwrap_err().to_string();
    assert_eq!(
        error,
        format!("the document is 1048576 bytes long; the limit is {MAX_DOCUMENT_BYTES} bytes")
    );
}

#[test]
fn deep_nesting_is_refused() {
    for before in ["", "{\"runs\": ", "{\"runs\": [{\"env\": {\"A\": "] {
        let deep = format!("{before}{}", "[".repeat(100_000));
        Document::parse(&deep).unwrap_err();
    }
}

#[test]
fn a_policy_file_is_named_in_its_faults() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    let mut run = RunPlan::new(vec!["x".to_owned()]);
    run.policy = PolicyChoice::File(path.clone());
    let missing = run.spec().unwrap_err().to_string();
    assert!(missing.contains("mine.toml"), "{missing}");
    std::fs::write(&path, "extends = \"native\"\nkill = [\"opne\"]").unwrap();
    let wrong = run.spec().unwrap_err().to_string();
    assert!(wrong.contains("mine.toml") && wrong.contains("opne"), "{wrong}");
    std::fs::write(&path, "extends = \"native\"\nkill = [\"mkdir\"]").unwrap();
    run.spec().unwrap();
}

fn path() -> impl Strategy<Value = PathBuf> {
    "(/[a-z .é]{0,3}[a-z])+".prop_map(PathBuf::from)
}

fn file() -> impl Strategy<Value = PathBuf> {
    "[^\0]{1,12}".prop_map(PathBuf::from)
}

fn stream() -> impl Strategy<Value = Stream> {
    "-|/dev/null|[^\0]{1,12}".prop_map(|text| Stream::from(text.as_str()))
}

prop_compose! {
    fn limits()(
        times in (1_000_u64..=86_400_000_000, 1_000_u64..=86_400_000_000),
        memory_bytes in (1_u64 << 20)..=(1 << 50),
        processes in 1_u32..=1_000_000,
        sizes in (0_u64..=(1 << 50), 0_u64..=(1 << 50)),
        open_files in 4_u64..=1_000_000,
        stack_bytes in proptest::option::of((64_u64 << 10)..=(1 << 50)),
    ) -> LimitsPlan {
        let ((cpu_us, wall_us), (output_bytes, file_bytes)) = (times, sizes);
        LimitsPlan { cpu_us, wall_us, memory_bytes, processes, output_bytes, file_bytes, open_files, stack_bytes }
    }
}

prop_compose! {
    fn run()(
        argv in ("[^\0]{1,8}", proptest::collection::vec("[^\0]{0,8}", 0..3)),
        env in proptest::collection::btree_map("[^\0=]{1,6}", "[^\0]{0,6}", 0..3),
        cwd in path(),
        policy in prop_oneof![
            Just(PolicyChoice::Native), Just(PolicyChoice::Vm), Just(PolicyChoice::Compiler),
            file().prop_map(PolicyChoice::File),
        ],
        work in prop_oneof![Just(WorkPlan::ReadOnly), Just(WorkPlan::Writable)],
        limits in limits(),
        streams in (stream(), stream(), stream()),
        repeat in 1_u32..=1_000_000,
    ) -> RunPlan {
        let ((program, arguments), (stdin, stdout, stderr)) = (argv, streams);
        let argv = std::iter::once(program).chain(arguments).collect();
        let env = Environment(env.into_iter().collect());
        RunPlan { argv, env, cwd, policy, work, limits, stdin, stdout, stderr, repeat }
    }
}

prop_compose! {
    fn place()(
        level in proptest::option::of(prop_oneof![Just(Level::Full), Just(Level::UserNamespace), Just(Level::Minimal)]),
        system in any::<bool>(),
        mounts in proptest::collection::vec((path(), proptest::option::of(path())), 0..3),
        sizes in (4096_u64..=(1 << 40), 2_u64..=100_000_000, 4096_u64..=(1 << 40)),
        put in proptest::collection::vec((file(), "[a-z]{1,4}(/[a-z]{1,4})?"), 0..2),
        get in proptest::collection::vec((file(), "[a-z]{1,4}(/[a-z]{1,4})?"), 0..2),
    ) -> BoxPlan {
        let (work_bytes, work_inodes, temporary_bytes) = sizes;
        let mounts = mounts.into_iter().map(|(source, target)| MountPlan { source, target }).collect();
        let put = put.into_iter().map(|(source, name)| PutPlan { source, name }).collect();
        let get = get.into_iter().map(|(target, name)| GetPlan { name, target }).collect();
        BoxPlan { level, system, mounts, work_bytes, work_inodes, temporary_bytes, put, get }
    }
}

fn side() -> impl Strategy<Value = SidePlan> {
    (place(), run()).prop_map(|(place, run)| {
        let run = RunPlan { stdin: Stream::Nothing, stdout: Stream::Caller, repeat: 1, ..run };
        SidePlan { place, run }
    })
}

fn document() -> impl Strategy<Value = Document> {
    let runs = proptest::collection::vec(run(), 1..4);
    let series = (place(), runs, any::<bool>())
        .prop_map(|(place, runs, keep_going)| Document::Series(Series { place, runs, keep_going }));
    let pair =
        (side(), side()).prop_map(|(a, b)| Document::Joined(Box::new(Pair { joined: [a, b] })));
    prop_oneof![series, pair]
}

proptest! {
    #[test]
    fn what_is_printed_parses_to_the_same(document in document()) {
        let text = document.print().unwrap();
        prop_assert_eq!(Document::parse(&text).unwrap(), document);
    }

    #[test]
    fn any_text_is_parsed_or_refused(text in ".{0,200}") {
        if let Err(error) = Document::parse(&text) {
            prop_assert!(!error.to_string().is_empty());
        }
    }
}
