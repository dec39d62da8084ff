//! `gavel sandbox run --spec`: documents, and what is said of bad ones.

use crate::sandbox_runs::{results, run_in, text};
use serde_json::json;
use std::fs;
use std::path::Path;

#[test]
fn runs_share_a_box_and_stop_at_the_first_failure() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.c"), "int main() { return 3; }").unwrap();
    let mut document = json!({
        "box": { "put": [{ "source": "a.c", "name": "a.c" }], "get": [{ "name": "a.out", "target": "a" }] },
        "runs": [
            { "argv": ["gcc", "a.c"], "policy": "compiler", "work": "writable", "limits": { "cpu_us": 10_000_000 } },
            { "argv": ["./a.out"], "repeat": 2 },
            { "argv": ["true"] },
        ],
    });
    let run = |document: &serde_json::Value| {
        fs::write(folder.path().join("spec.json"), document.to_string()).unwrap();
        let output = run_in(folder.path(), &["--json", "--spec", "spec.json"], b"");
        let runs: Vec<_> = results(&output)
            .iter()
            .map(|result| (result["run"].as_u64().unwrap(), result["exit_code"].as_i64().unwrap()))
            .collect();
        (output.status.code(), runs)
    };
    assert_eq!(run(&document), (Some(1), vec![(0, 0), (1, 3)]));
    document["keep_going"] = true.into();
    assert_eq!(run(&document), (Some(1), vec![(0, 0), (1, 3), (1, 3), (2, 0)]));
    assert!(!folder.path().join("a").exists(), "nothing is taken out when a run failed");
    fs::write(folder.path().join("a.c"), "int main() { return 0; }").unwrap();
    assert_eq!(run(&document), (Some(0), vec![(0, 0), (1, 0), (1, 0), (2, 0)]));
    assert!(folder.path().join("a").exists());
}

#[test]
fn joined_programs_talk_and_have_their_own_accounts() {
    let folder = tempfile::tempdir().unwrap();
    let asker = "echo 20; read answer; echo got $answer >&2; test $answer = 21";
    let answerer = "import time, sys; n = int(input()); sum(range(2_000_000)); print(n + 1)";
    let document = json!({ "joined": [
        { "box": { "level": "full" }, "run": { "argv": ["sh", "-c", asker], "stderr": "asker.err" } },
        { "run": { "argv": ["python3", "-c", answerer], "policy": "vm", "limits": { "memory_bytes": 100 << 20 } } },
    ] });
    let output = run_in(folder.path(), &["--json", "--spec", "-"], document.to_string().as_bytes());
    let results = results(&output);
    assert_eq!(output.status.code(), Some(0), "{results:#?}");
    assert_eq!(fs::read_to_string(folder.path().join("asker.err")).unwrap(), "got 21\n");
    assert_eq!((&results[0]["run"], &results[1]["run"]), (&0.into(), &1.into()));
    let first = |side: usize| results[side]["ended_first"].as_bool().unwrap();
    assert!(first(0) != first(1), "one of them ended first");
    assert!(results[1]["cpu_us"].as_u64() > results[0]["cpu_us"].as_u64(), "{results:#?}");
    assert_eq!(results[1]["limits"]["memory_bytes"], 100 << 20);
}

#[test]
fn the_other_side_is_told_when_one_dies() {
    let document = json!({ "joined": [
        { "run": { "argv": ["sh", "-c", "exit 5"] } },
        { "run": { "argv": ["sh", "-c", "cat; echo alone >&2"], "limits": { "wall_us": 60_000_000 } } },
    ] });
    let output = run_in(Path::new("/"), &["--spec", "-"], document.to_string().as_bytes());
    assert_eq!(output.status.code(), Some(1));
    let said = text(&output.stderr);
    assert!(said.contains("alone\n"), "{said}");
    assert!(said.contains("[0] sh, which ended first: exit code 5"), "{said}");
    assert!(said.contains("[1] sh: exit code 0"), "{said}");
}

#[test]
fn the_options_print_the_document_that_does_the_same() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("in"), "input").unwrap();
    let options = [
        "--stdin", "in", "--put", "in:copy", "--time", "2s", "--repeat", "2", "--", "cat", "copy",
        "-",
    ];
    let document = run_in(folder.path(), &[&["--print-spec"], &options[..]].concat(), b"");
    assert_eq!(document.status.code(), Some(0));
    let by_document = run_in(folder.path(), &["--spec", "-"], &document.stdout);
    let by_options = run_in(folder.path(), &options, b"");
    assert_eq!(text(&by_document.stdout), "inputinputinputinput");
    assert_eq!(by_document.stdout, by_options.stdout);
}

/// Each with what is said of it; the parser's own tests have the rest.
#[test]
fn a_bad_document_is_refused_with_its_line_and_field() {
    let big = format!("{{\"runs\": [{{\"argv\": [\"{}\"]}}]}}", "x".repeat(1 << 20));
    let many = json!({ "runs": [{ "argv": vec!["x".repeat(1000); 200] }] }).to_string();
    let bad = [
        ("", "-: line 1, column 0: EOF while parsing"),
        (
            "{\"runs\": [{\"argv\": [\"true\"]}],\n \"tmie\": 1}",
            "-: line 2, column 7: tmie: unknown field",
        ),
        (
            "{\"runs\": [{\"argv\": [\"true\"], \"limits\": {\"cpu_us\": 5}}]}",
            "-: line 1, column 51: runs[0].limits.cpu_us: invalid value: integer `5`, expected a whole number from 1000 to 86400000000",
        ),
        (
            "{\"joined\": [{\"run\": {\"argv\": [\"true\"]}}]}",
            "joined: invalid length 1, expected an array of length 2",
        ),
        (
            "{\"box\": {\"put\": [{\"source\": \"no.such\", \"name\": \"x\"}]}, \"runs\": [{\"argv\": [\"true\"]}]}",
            "put no.such into the box: No such file",
        ),
        (
            "{\"runs\": [{\"argv\": [\"true\"], \"policy\": {\"file\": \"no.toml\"}}]}",
            "read the policy no.toml: No such file",
        ),
        (&big, "the document is 1048602 bytes long; the limit is 262144 bytes"),
        (&many, "argv and env"),
    ];
    for (document, expected) in bad {
        let output = run_in(Path::new("/"), &["--spec", "-"], document.as_bytes());
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(expected), "{said}\n  and not {expected}");
    }
    let missing = run_in(Path::new("/"), &["--spec", "/no/such/spec.json"], b"");
    assert_eq!(missing.status.code(), Some(2));
    assert!(text(&missing.stderr).contains("read /no/such/spec.json: No such file"));
    let both = run_in(Path::new("/"), &["--spec", "-", "--time", "1"], b"");
    assert_eq!(both.status.code(), Some(2));
    assert!(text(&both.stderr).contains("cannot be used with"));
}
