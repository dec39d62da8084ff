//! From sending a program to its verdict.

use crate::judge::{Judge, PATIENCE, children, example, hello};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

#[test]
fn a_judge_that_was_just_started_judges_its_examples() {
    let data = tempfile::tempdir().unwrap();
    let judge = Judge::start(data.path(), &[]);
    let admin = judge.log_in("admin", judge.admin_password.as_deref().unwrap());
    assert_eq!(judge.get(&admin, "account")["role"], "admin");
    let problems = judge.get("", "problems");
    assert!(problems.as_array().unwrap().len() >= 6, "{problems}");

    let ada = judge.register("ada");
    let read =
        |path: &str| std::fs::read_to_string(example("hello/submissions").join(path)).unwrap();
    let cases = [
        ("python3", "accepted/hello.py", "AC"),
        ("cpp20", "accepted/hello.cpp", "AC"),
        ("java", "accepted/Hello.java", "AC"),
        ("python3", "wrong_answer/no_comma.py", "WA"),
        ("c", "run_time_error/exit_code.c", "RTE"),
        ("c", "compiler_error/no_semicolon.c", "CE"),
    ];
    let sent: Vec<_> = cases
        .iter()
        .map(|(language, path, verdict)| {
            let name = path.rsplit('/').next().unwrap();
            (judge.submit(&ada, "hello", language, name, &read(path)), verdict, path)
        })
        .collect();
    for (id, verdict, path) in &sent {
        // The stream ends with the judgement, however long that takes.
        let events = judge.events(&ada, id);
        let numbers: Vec<_> = events.iter().map(|e| e["sequence"].as_u64().unwrap()).collect();
        assert!(numbers.iter().copied().eq(1..=numbers.len() as u64), "{numbers:?}");
        assert_eq!(types(&events)[..4], ["queued", "started", "fetched", "compiled"]);
        assert_eq!(*types(&events).last().unwrap(), "finished");
        assert_eq!(events.last().unwrap()["verdict"], **verdict, "{path}");
    }
    let detail = judge.wait(&ada, &sent[0].0);
    assert_eq!(detail["judgement_type_id"], "AC");
    assert!(detail["usage"]["memory_bytes"].as_u64().unwrap() > 1 << 20, "{detail:#}");
    assert!(detail["executions"][0]["wall_ms"].as_u64().is_some(), "{detail:#}");
    let compile_error = judge.wait(&ada, &sent[5].0);
    let output = compile_error["judgement"]["compile_output"].as_str().unwrap();
    assert!(output.contains("no_semicolon.c"), "{output}");

    let deadline = Instant::now() + PATIENCE;
    while !children(judge.pid()).is_empty() {
        assert!(Instant::now() < deadline, "nothing runs when nothing is queued");
        std::thread::sleep(Duration::from_millis(20));
    }
    judge.interrupt();
}

#[test]
fn a_judge_started_again_has_all_it_had() {
    let data = tempfile::tempdir().unwrap();
    let judge = Judge::start(data.path(), &[]);
    let ada = judge.register("ada");
    let id = judge.submit(&ada, "hello", "python3", "a.py", &hello());
    let before = judge.wait(&ada, &id);
    judge.interrupt();

    let judge = Judge::start(data.path(), &[]);
    assert_eq!(judge.admin_password, None, "the administrator is made once");
    assert_eq!(judge.get(&ada, &format!("submissions/{id}")), before);
    judge.interrupt();
}

#[test]
fn a_rejudging_gives_a_second_judgement() {
    let data = tempfile::tempdir().unwrap();
    let judge = Judge::start(data.path(), &[]);
    let admin = judge.log_in("admin", judge.admin_password.as_deref().unwrap());
    let id = judge.submit(&admin, "hello", "python3", "a.py", &hello());
    let first = judge.wait(&admin, &id);
    let (status, answer) = judge.post(&admin, &format!("submissions/{id}/rejudge"), &json!({}));
    assert!(status < 300, "{answer}");
    let second = judge.wait(&admin, &id);
    assert_ne!(first["judgement"]["id"], second["judgement"]["id"]);
    assert_eq!(second["judgement_type_id"], "AC");
    assert_eq!(second["judgements"].as_array().unwrap().len(), 2);
}
