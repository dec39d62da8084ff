//! Judging many again from the command line, with real functions.

use crate::judge::{GAVEL, Judge, hello};
use crate::stack::{Stack, on_each_stack};
use diesel::connection::SimpleConnection;
use serde_json::Value;
use std::process::{Command, Output, Stdio};

on_each_stack! {
    a_rejudging_is_previewed_compared_and_applied_by_commands,
}

fn rejudge(judge: &Judge, token: &str, arguments: &[&str]) -> Output {
    Command::new(GAVEL)
        .arg("rejudge")
        .args(arguments)
        .env("GAVEL_URL", &judge.url)
        .env("GAVEL_TOKEN", token)
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// Runs a command that must end with this code; gives what it prints.
fn expect(code: i32, output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{said}{error}");
    format!("{said}{error}")
}

fn json(code: i32, output: &Output) -> Value {
    let said = expect(code, output);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"))
}

fn a_rejudging_is_previewed_compared_and_applied_by_commands(stack: &Stack) {
    let judge = stack.start(&[]);
    let jury = judge.log_in("admin", judge.admin_password.as_deref().unwrap());
    let ada = judge.register("ada");
    let right = judge.submit(&ada, "hello", "python3", "a.py", &hello());
    let other = judge.submit(&ada, "hello", "python3", "b.py", "print('Hello')");
    for submission in [&right, &other] {
        judge.wait(&ada, submission);
    }
    let run = |arguments: &[&str]| rejudge(&judge, &jury, arguments);

    expect(2, &run(&["--problem", "hello"]));
    expect(2, &run(&["--reason", "a", "--verdict", "XX"]));
    expect(2, &run(&["--reason", "a", "--direct", "--preview"]));
    let refused = expect(3, &run(&["--reason", "a", "--problem", "none"]));
    assert!(refused.contains("problem_ids"), "{refused}");
    expect(3, &rejudge(&judge, &ada, &["--reason", "a"]));
    let counted = expect(0, &run(&["--dry-run", "--problem", "hello", "--user", "ada"]));
    assert!(counted.contains("It would be 2 submissions."), "{counted}");
    let none = json(0, &run(&["--dry-run", "--until", "2020-01-01T00:00:00Z", "--json"]));
    assert_eq!(none["submissions"], 0);

    // Nothing changes: the tests are as they were.
    let same = run(&["--reason", "to be sure", "--problem", "hello", "--confirm", "2", "--wait"]);
    let said = expect(0, &same);
    assert!(said.contains("ready: 2 of 2 judged, 0 get another verdict"), "{said}");
    assert_eq!(judge.get(&ada, &format!("submissions/{right}"))["timeline"][0]["type"], "queued");

    // As if the tests had been wrong when it was judged.
    let mistake = format!(
        "UPDATE judgements SET verdict = 'WA' WHERE is_current AND submission_id = '{right}'"
    );
    stack.connect().batch_execute(&mistake).unwrap();
    let options = ["--reason", "new tests", "--submission", &right, "--wait", "--json"];
    let compared = json(1, &run(&options));
    assert_eq!((&compared["state"], &compared["changed"]), (&"ready".into(), &1.into()));
    let id = compared["id"].as_str().unwrap();
    let shown = expect(0, &run(&["show", id]));
    assert!(shown.contains("hello by ada: WA → AC"), "{shown}");
    assert_eq!(judge.get(&ada, &format!("submissions/{right}"))["judgement_type_id"], "WA");
    let given = format!(
        "UPDATE judgements SET score = 7, verdict = 'AC' WHERE is_current AND submission_id = '{right}'"
    );
    stack.connect().batch_execute(&given).unwrap();
    let shown = expect(0, &run(&["show", id]));
    assert!(shown.contains("0 get another verdict, 1 another score"), "{shown}");
    assert!(shown.contains("AC → AC (1 with another score)"), "{shown}");
    assert!(shown.contains("hello by ada: AC 7 → AC"), "{shown}");
    let taken = given.replace("score = 7, verdict = 'AC'", "score = NULL, verdict = 'WA'");
    stack.connect().batch_execute(&taken).unwrap();
    let applied = expect(0, &run(&["apply", id, "--note", "as agreed"]));
    assert!(applied.contains("1 of the new judgements count"), "{applied}");
    assert_eq!(judge.get(&ada, &format!("submissions/{right}"))["judgement_type_id"], "AC");
    let again = expect(3, &run(&["apply", id]));
    assert!(again.contains("was applied before"), "{again}");

    let made = json(0, &run(&["--reason", "a slip", "--json"]));
    let id = made["id"].as_str().unwrap();
    assert!(made["url"].as_str().unwrap().ends_with(&format!("/jury/rejudgings/{id}")));
    expect(0, &run(&["cancel", id]));
    assert_eq!(json(0, &run(&["show", id, "--json"]))["state"], "cancelled");
    let said = expect(0, &run(&["--reason", "at once", "--direct", "--verdict", "AC", "--wait"]));
    assert!(said.contains("applied: 1 of 1 judged"), "{said}");
    let listed = expect(0, &run(&["list"]));
    assert!(listed.contains("admin: new tests") && listed.contains("cancelled"), "{listed}");
    judge.interrupt();
}
