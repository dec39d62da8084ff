//! Hidden test cases that a package shares with those who failed on them.

use crate::package::Package;
use crate::support::{On, Person, TestApp, answer, hidden_run, on_each_database};
use judge_types::{Role, RunResult, SubmissionId, Verdict};
use reqwest::StatusCode;
use serde_json::{Value, json};

on_each_database! {
    who_failed_on_a_shared_test_case_sees_it,
    nobody_else_sees_it,
}

const SHARED_INPUT: &str = "731731 1\n";
const CLOSED_INPUT: &str = "942942 1\n";

/// A file that the submission finds.
const MAP: &[u8] = b"here be dragons\n";

/// A long answer, of which the page shows the beginning.
fn shared_answer() -> String {
    "731732\n".repeat(1_000)
}

/// A problem of 2025-09 with a group that is shared, one that is not, and a test case in each that says otherwise.
fn package() -> Package {
    let yaml = "problem_format_version: 2025-09\nname: Sum\nuuid: 5ca6ba5b-36d5-4eff-8aa7-d967cbc4375e\nlimits: {time_limit: 1}\ntype: scoring\n";
    let mut package = Package::sum().file("problem.yaml", yaml.as_bytes());
    package.files.retain(|name, _| {
        name != ".timelimit" && !name.starts_with("data/secret/") && !name.starts_with("problem_st")
    });
    package = package.file("statement/problem.en.md", b"Add.\n");
    for (group, yaml) in [("open", "full_feedback: true\n"), ("closed", "")] {
        let yaml = format!("max_score: 10\n{yaml}");
        package = package.file(&format!("data/secret/{group}/test_group.yaml"), yaml.as_bytes());
    }
    let answer = shared_answer();
    for (case, input, answer) in [
        ("open/1", SHARED_INPUT, answer.as_str()),
        ("open/not", CLOSED_INPUT, "942943\n"),
        ("closed/1", CLOSED_INPUT, "942943\n"),
        ("closed/shared", "5151 1\n", "5152\n"),
    ] {
        package = package
            .file(&format!("data/secret/{case}.in"), input.as_bytes())
            .file(&format!("data/secret/{case}.ans"), answer.as_bytes());
    }
    package
        .file("data/secret/open/not.yaml", b"full_feedback: false\n")
        .file("data/secret/open/1.yaml", b"args: [-v, two words]\n")
        .file("data/secret/open/1.files/map.txt", MAP)
        .file("data/secret/open/1.files/blob", b"\xff\xfe\0")
        .file("data/secret/closed/shared.yaml", b"full_feedback: true\n")
}

/// Judges a submission with these verdicts for the hidden test cases.
fn judge(app: &TestApp, submission: SubmissionId, runs: &[(&str, Verdict)]) {
    let lease = app.claim(submission);
    app.run_tests_with(&lease, |ordinal| {
        let (name, verdict) = runs.get(ordinal as usize)?;
        let printed = (!verdict.is_accepted()).then(|| format!("answer to {name}"));
        let error_output = Some(format!("errors in {name}"));
        let transcript = Some(format!("<talk about {name}"));
        let run = hidden_run(ordinal + 1, name, *verdict);
        Some(RunResult { output: printed, error_output, transcript, ..run })
    });
    app.finish(&lease, Verdict::WrongAnswer);
}

async fn read(app: &TestApp, who: &Person, id: SubmissionId) -> (Value, String) {
    let (status, detail) =
        answer(app.get(&format!("/api/v1/submissions/{id}")).bearer_auth(&who.token)).await;
    assert_eq!(status, StatusCode::OK, "{detail}");
    let page = app.get(&format!("/submissions/{id}")).bearer_auth(&who.token);
    (detail, page.send().await.unwrap().text().await.unwrap())
}

async fn file(app: &TestApp, who: &Person, id: SubmissionId, name: &str) -> (StatusCode, String) {
    let path = format!("/api/v1/submissions/{id}/test-data/{name}");
    let sent = app.get(&path).bearer_auth(&who.token).send().await.unwrap();
    (sent.status(), sent.text().await.unwrap())
}

async fn who_failed_on_a_shared_test_case_sees_it(on: On) {
    let app = TestApp::start(on).await;
    app.install(&package()).await;
    let (ada, jury) = (app.person("ada", Role::Contestant), app.person("judith", Role::Jury));
    let id = app.submit(&ada).await;
    let wrong = Verdict::WrongAnswer;
    let names = ["secret/open/1", "secret/open/not", "secret/closed/1", "secret/closed/shared"];
    judge(&app, id, &names.map(|name| (name, wrong)));
    for reader in [&ada, &jury] {
        let (detail, page) = read(&app, reader, id).await;
        let runs = detail["runs"].as_array().unwrap();
        let shared = &runs[0]["test_data"];
        assert_eq!(
            (&runs[0]["test_case"], &shared["input"]),
            (&json!(names[0]), &json!(SHARED_INPUT))
        );
        let shown = shared["answer"].as_str().unwrap();
        assert!(shared_answer().starts_with(shown) && shown.len() > 1_000, "{shown}");
        assert_eq!(shared["answer_file"], "secret/open/1.ans");
        assert_eq!(shared["arguments"], json!(["-v", "two words"]));
        let text = std::str::from_utf8(MAP).unwrap();
        let files = json!([
            { "name": "blob", "text": null, "file": "secret/open/1.files/blob" },
            { "name": "map.txt", "text": text, "file": "secret/open/1.files/map.txt" },
        ]);
        assert_eq!(shared["files"], files);
        let sent = file(&app, reader, id, "secret/open/1.files/map.txt").await;
        assert_eq!(sent, (StatusCode::OK, text.to_owned()));
        assert!(page.contains("<code>two words</code>") && page.contains("dragons"), "{page}");
        assert_eq!(runs[0]["output"], "answer to secret/open/1");
        assert_eq!(runs[0]["error_output"], "errors in secret/open/1");
        assert_eq!(runs[0]["transcript"], "<talk about secret/open/1");
        assert!(page.contains("errors in secret/open/1"), "{page}");
        assert_eq!(runs[3]["test_data"]["answer"], "5152\n");
        for run in &runs[1..=2] {
            assert!(run.get("test_data").is_none(), "{run}");
        }
        assert!(page.contains(SHARED_INPUT.trim()) && page.contains("731732"), "{page}");
        let address = format!("/api/v1/submissions/{id}/test-data/secret/open/1.ans");
        assert!(page.contains(&format!("href=\"{address}\"")), "{page}");
        let sent = file(&app, reader, id, "secret/open/1.ans").await;
        assert_eq!(sent, (StatusCode::OK, shared_answer()));
    }
    let (detail, page) = read(&app, &ada, id).await;
    for text in [detail.to_string(), page] {
        assert!(!text.contains("942942") && !text.contains("secret/open/not"), "{text}");
        assert!(!text.contains("secret/closed/1"), "{text}");
    }
    assert!(detail["runs"][1].get("test_case").is_none(), "{detail}");
}

async fn nobody_else_sees_it(on: On) {
    let app = TestApp::start(on).await;
    app.install(&package()).await;
    let (ada, eve) = (app.person("ada", Role::Contestant), app.person("eve", Role::Contestant));
    let right = app.submit(&ada).await;
    let case = "secret/open/1";
    let runs = [(case, Verdict::Accepted), ("secret/closed/1", Verdict::WrongAnswer)];
    judge(&app, right, &runs);
    let wrong = app.submit(&eve).await;
    judge(&app, wrong, &[(case, Verdict::WrongAnswer)]);
    let (detail, page) = read(&app, &ada, right).await;
    for text in [detail.to_string(), page] {
        assert!(
            !text.contains("731731") && !text.contains("731732") && !text.contains(case),
            "{text}"
        );
    }
    for id in [right, wrong] {
        let (status, text) = file(&app, &ada, id, "secret/open/1.ans").await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{text}");
    }
    // Not those of other test cases either, and not among what everybody may have.
    for name in ["secret/closed/1.in", "secret/open/not.in", "problem.yaml"] {
        assert_eq!(file(&app, &eve, wrong, name).await.0, StatusCode::NOT_FOUND, "{name}");
    }
    let path = "/api/v1/problems/sum/files/secret/open/1.ans";
    let sent = app.get(path).bearer_auth(&eve.token).send().await.unwrap();
    assert_eq!(sent.status(), StatusCode::NOT_FOUND);
    assert_eq!(file(&app, &eve, wrong, "secret/open/1.ans").await.0, StatusCode::OK);
}
