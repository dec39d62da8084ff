//! Submitting, and what becomes of it.

use crate::package::Package;
use crate::support::{CODE, On, Person, TestApp, answer, on_each_database, refusal, refused};
use judge_types::{Role, SubmissionId, Verdict};
use reqwest::multipart::{Form, Part};
use reqwest::{RequestBuilder, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use store::submissions::RateLimit;
use time::Duration;

on_each_database! {
    a_submission_is_stored_queued_and_announced,
    a_form_may_hold_several_files_or_text,
    source_that_is_not_text_is_kept_as_it_is,
    what_cannot_be_judged_is_refused_by_field,
    source_above_the_limit_is_refused_with_the_limit,
    too_many_submissions_are_told_when_to_come_back,
    a_repeated_request_makes_one_submission,
    the_author_sees_the_verdict_and_the_jury_sees_why,
    a_failure_of_the_judge_is_never_shown_to_the_author,
    judging_again_uses_the_current_package_and_keeps_the_old_judgement,
    lists_come_in_pages_and_hold_only_what_one_may_see,
}

fn python(name: &str, content: &str) -> Value {
    json!({ "problem_id": "sum", "files": [{ "name": name, "content": content }] })
}

fn submit(app: &TestApp, person: &Person, sent: &Value) -> RequestBuilder {
    app.post("/api/v1/submissions").bearer_auth(&person.token).json(sent)
}

async fn detail(app: &TestApp, person: &Person, id: SubmissionId) -> Value {
    answer(app.get(&format!("/api/v1/submissions/{id}")).bearer_auth(&person.token)).await.1
}

async fn a_submission_is_stored_queued_and_announced(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let person = app.person("ada", Role::Contestant);
    let (status, first) = answer(submit(&app, &person, &python("a.py", CODE))).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(first["language_id"], "python3");
    assert_eq!(first["state"], "queued");
    assert_eq!(first["position"], 1);
    // The bell was rung: waiting for it ends.
    app.bell.rung().await;
    let (_, second) = answer(submit(&app, &person, &python("b.py", CODE))).await;
    assert_eq!(second["position"], 2);
    let id = first["id"].as_str().unwrap().parse().unwrap();
    let seen = detail(&app, &person, id).await;
    assert_eq!(seen["files"], json!([{ "name": "a.py", "content": CODE }]));
    assert_eq!(seen["timeline"][0]["type"], "queued");
}

async fn a_form_may_hold_several_files_or_text(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let person = app.person("ada", Role::Contestant);
    let file = |name: &str, text: &str| Part::text(text.to_owned()).file_name(name.to_owned());
    let form = Form::new()
        .text("problem_id", "sum")
        .text("language_id", "")
        .part("file", file("C:\\work\\main.cpp", "#include \"lib.h\"\nint main() {}\n"))
        .part("file", file("lib.h", "int f();\n"));
    let request = app.post("/api/v1/submissions").bearer_auth(&person.token).multipart(form);
    let (status, made) = answer(request).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    assert_eq!(made["language_id"], "cpp20");
    let id = made["id"].as_str().unwrap().parse().unwrap();
    let names = detail(&app, &person, id).await["files"].clone();
    assert_eq!((&names[0]["name"], &names[1]["name"]), (&"main.cpp".into(), &"lib.h".into()));

    let form = Form::new()
        .text("problem_id", "sum")
        .text("language_id", "java")
        // What a browser sends for a file that was not chosen.
        .part(
            "file",
            Part::bytes(Vec::new()).file_name("").mime_str("application/octet-stream").unwrap(),
        )
        .text("source", "class A {\r\n}\r\n");
    let request = app.post("/api/v1/submissions").bearer_auth(&person.token).multipart(form);
    let (status, made) = answer(request).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let id = made["id"].as_str().unwrap().parse().unwrap();
    let files = detail(&app, &person, id).await["files"].clone();
    assert_eq!(files, json!([{ "name": "main.java", "content": "class A {\n}\n" }]));
}

async fn source_that_is_not_text_is_kept_as_it_is(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let person = app.person("ada", Role::Contestant);
    let sent =
        json!({ "problem_id": "sum", "files": [{ "name": "a.py", "content_base64": "I+T2/A==" }] });
    let (status, made) = answer(submit(&app, &person, &sent)).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    let id = made["id"].as_str().unwrap().parse().unwrap();
    let files = detail(&app, &person, id).await["files"].clone();
    assert_eq!(files, json!([{ "name": "a.py", "content_base64": "I+T2/A==" }]));
}

async fn what_cannot_be_judged_is_refused_by_field(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    app.install(
        &Package::sum().named("only-java").file("problem.yaml", b"name: X\nlanguages: java\n"),
    )
    .await;
    let person = app.person("ada", Role::Contestant);
    let files = json!([{ "name": "a.py", "content": "1" }]);
    for (sent, status, code, field) in [
        (json!({ "problem_id": "none", "files": files }), 404, "not_found", "problem_id"),
        (json!({ "problem_id": "", "files": files }), 422, "invalid", "problem_id"),
        (json!({ "problem_id": "sum", "files": [] }), 422, "invalid", "files"),
        (json!({ "problem_id": "sum", "files": [{ "name": "a.py" }] }), 422, "invalid", "files"),
        (
            json!({ "problem_id": "sum", "files": [{ "name": "a.py", "content_base64": "?" }] }),
            422,
            "invalid",
            "files",
        ),
        (python("../a.py", "1"), 422, "invalid", "files"),
        (python("a.py", ""), 422, "invalid", "files"),
        (python("a.xyz", "1"), 422, "invalid", "language_id"),
        (python("a.rs", "1"), 422, "invalid", "language_id"),
        (
            json!({ "problem_id": "sum", "language_id": "rust", "files": files }),
            422,
            "invalid",
            "language_id",
        ),
        (json!({ "problem_id": "only-java", "files": files }), 422, "invalid", "language_id"),
        (json!({ "problem_id": "sum", "files": [files[0], files[0]] }), 422, "invalid", "files"),
        (json!({ "problem_id": "sum", "files": vec![&files[0]; 17] }), 422, "invalid", "files"),
    ] {
        let refusal = refusal(submit(&app, &person, &sent)).await;
        assert_eq!(refusal, refused(status, code, Some(field)), "{sent}");
    }
}

async fn source_above_the_limit_is_refused_with_the_limit(on: On) {
    let app =
        TestApp::start_with(on, |config| config.limits.source_bytes = 2000).await.with_sum().await;
    let small = b"name: X\nlimits:\n  code: 1\n";
    app.install(&Package::sum().named("golf").file("problem.yaml", small)).await;
    let person = app.person("ada", Role::Contestant);
    let two = |problem: &str, bytes: usize| {
        let half = "x".repeat(bytes / 2);
        json!({ "problem_id": problem, "files": [
            { "name": "a.py", "content": half }, { "name": "b.py", "content": half },
        ] })
    };
    for (problem, limit) in [("sum", 2000), ("golf", 1024)] {
        let good = submit(&app, &person, &two(problem, limit));
        assert_eq!(answer(good).await.0, StatusCode::CREATED);
        let (status, error) = answer(submit(&app, &person, &two(problem, limit + 2))).await;
        assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
        let message = error["message"].as_str().unwrap();
        assert!(message.contains(&format!("{limit} bytes")), "{error}");
    }
    let form = Form::new()
        .text("problem_id", "sum")
        .part("file", Part::text("x".repeat(1200)).file_name("a.py"))
        .part("file", Part::text("x".repeat(1200)).file_name("b.py"));
    let request = app.post("/api/v1/submissions").bearer_auth(&person.token).multipart(form);
    let (status, error) = answer(request).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(error["message"].as_str().unwrap().contains("2000 bytes"), "{error}");
    let body = "x".repeat(100_000);
    assert_eq!(
        refusal(submit(&app, &person, &python("a.py", &body))).await,
        refused(413, "too_large", None)
    );
}

async fn too_many_submissions_are_told_when_to_come_back(on: On) {
    let limit = RateLimit { submissions: 2, period: Duration::minutes(5) };
    let app = TestApp::start_with(on, |config| config.limits.submissions = Some(limit)).await;
    let app = app.with_sum().await;
    let (ada, bob) = (app.person("ada", Role::Contestant), app.person("bob", Role::Contestant));
    app.submit(&ada).await;
    app.submit(&ada).await;
    let third = submit(&app, &ada, &python("a.py", CODE)).send().await.unwrap();
    assert_eq!(third.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = third.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=301).contains(&wait), "{wait}");
    let error: Value = third.json().await.unwrap();
    assert_eq!(error["code"], "rate_limited");
    assert!(error["message"].as_str().unwrap().contains("2 submissions in 300 s"), "{error}");
    app.submit(&bob).await;
}

async fn a_repeated_request_makes_one_submission(on: On) {
    let limit = RateLimit { submissions: 1, period: Duration::HOUR };
    let app = TestApp::start_with(on, |config| config.limits.submissions = Some(limit)).await;
    let app = app.with_sum().await;
    let (ada, bob) = (app.person("ada", Role::Contestant), app.person("bob", Role::Contestant));
    let keyed = |person: &Person, sent: &Value, key: &str| {
        submit(&app, person, sent).header("Idempotency-Key", key)
    };
    let sent = python("a.py", CODE);
    let (status, first) = answer(keyed(&ada, &sent, "k1")).await;
    assert_eq!(status, StatusCode::CREATED);
    let (status, again) = answer(keyed(&ada, &sent, "k1")).await;
    assert_eq!((status, &again), (StatusCode::OK, &first));
    let other = python("a.py", "print(1)\n");
    assert_eq!(
        refusal(keyed(&ada, &other, "k1")).await,
        refused(409, "idempotency_key_reused", Some("Idempotency-Key"))
    );
    // Another user's key is another key.
    let (status, theirs) = answer(keyed(&bob, &sent, "k1")).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_ne!(theirs["id"], first["id"]);
    for key in ["", "a b", &"x".repeat(129)] {
        let refusal = refusal(keyed(&ada, &sent, key)).await;
        assert_eq!(refusal, refused(422, "invalid", Some("Idempotency-Key")), "{key:?}");
    }
}

async fn the_author_sees_the_verdict_and_the_jury_sees_why(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (ada, jury) = (app.person("ada", Role::Contestant), app.person("jury", Role::Jury));
    let id = app.submit(&ada).await;
    app.judge(id, Verdict::WrongAnswer);
    let seen = detail(&app, &ada, id).await;
    assert_eq!((&seen["state"], &seen["judgement_type_id"]), (&"finished".into(), &"WA".into()));
    assert!(seen["position"].is_null());
    assert_eq!(seen["judgement"]["compile_output"], "a warning");
    assert_eq!(seen["usage"]["cpu_ms"], 20);
    assert_eq!(seen["executions"][0]["wall_ms"], 250);
    // Sorted: whether a JSON object keeps the order of its keys depends on how the parser was built.
    let hidden: BTreeSet<_> = seen["runs"][1].as_object().unwrap().keys().cloned().collect();
    let shown = ["is_sample", "judgement_type_id", "ordinal", "team_message", "usage"];
    assert_eq!(hidden, shown.map(str::to_owned).into());
    assert_eq!(seen["runs"][0]["test_case"], "sample/1");
    let kinds: Vec<_> =
        seen["timeline"].as_array().unwrap().iter().map(|e| e["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["queued", "started", "fetched", "compiled", "run", "run", "finished"]);
    assert!(seen.get("judgements").is_none());

    let seen = detail(&app, &jury, id).await;
    assert_eq!(seen["runs"][1]["test_case"], "secret/zz-hidden-case");
    assert_eq!(seen["runs"][1]["judge_message"], "jury-message-for-hidden-case");
    assert_eq!(seen["judgements"].as_array().unwrap().len(), 1);
}

async fn a_failure_of_the_judge_is_never_shown_to_the_author(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (ada, jury) = (app.person("ada", Role::Contestant), app.person("jury", Role::Jury));
    let id = app.submit(&ada).await;
    let lease = app.claim(id);
    app.run_tests(&lease, Verdict::Accepted);
    app.fail(&lease);
    let seen = detail(&app, &ada, id).await;
    assert_eq!(seen["state"], "running");
    assert_eq!(seen["judgement"]["state"], "running");
    assert!(seen["judgement"]["end_time"].is_null() && seen["judgement_type_id"].is_null());
    assert!(!seen.to_string().contains("failed"), "{seen}");
    let listed = answer(app.get("/api/v1/submissions").bearer_auth(&ada.token)).await.1;
    assert_eq!(listed["submissions"][0]["state"], "running");

    let seen = detail(&app, &jury, id).await;
    assert_eq!(seen["state"], "failed");
    assert_eq!(seen["judgement"]["error"]["kind"], "package");
    assert_eq!(seen["judgement"]["error"]["message"], "validator-of-the-jury-crashed");
}

async fn judging_again_uses_the_current_package_and_keeps_the_old_judgement(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (ada, jury) = (app.person("ada", Role::Contestant), app.person("jury", Role::Jury));
    let id = app.submit(&ada).await;
    app.judge(id, Verdict::WrongAnswer);
    let before = detail(&app, &jury, id).await["judgement"].clone();
    app.install(
        &Package::sum().file("data/secret/2.in", b"1 1\n").file("data/secret/2.ans", b"2\n"),
    )
    .await;
    let path = format!("/api/v1/submissions/{id}/rejudge");
    let (status, made) = answer(app.post(&path).bearer_auth(&jury.token)).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_ne!(made["package"], before["package"]);
    assert_eq!(detail(&app, &ada, id).await["state"], "queued");
    app.judge(id, Verdict::Accepted);
    let after = detail(&app, &jury, id).await;
    assert_eq!(after["judgement_type_id"], "AC");
    let judgements = after["judgements"].as_array().unwrap();
    let old = judgements.iter().find(|judgement| judgement["id"] == before["id"]).unwrap();
    assert_eq!((&old["current"], &old["judgement_type_id"]), (&false.into(), &"WA".into()));
    assert_eq!(old["package"], before["package"]);
    let nothing = format!("/api/v1/submissions/{}/rejudge", SubmissionId::new());
    assert_eq!(
        refusal(app.post(&nothing).bearer_auth(&jury.token)).await,
        refused(404, "not_found", None)
    );
}

async fn lists_come_in_pages_and_hold_only_what_one_may_see(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (ada, bob) = (app.person("ada", Role::Contestant), app.person("bob", Role::Contestant));
    let jury = app.person("jury", Role::Jury);
    let mut mine = Vec::new();
    for _ in 0..3 {
        mine.push(app.submit(&ada).await.to_string());
    }
    let theirs = app.submit(&bob).await.to_string();
    mine.reverse();
    let list = async |person: &Person, query: &str| {
        let request = app.get(&format!("/api/v1/submissions{query}")).bearer_auth(&person.token);
        let (_, page) = answer(request).await;
        let ids = page["submissions"].as_array().unwrap().iter();
        let ids: Vec<String> = ids.map(|s| s["id"].as_str().unwrap().to_owned()).collect();
        (ids, page["next"].as_str().map(str::to_owned))
    };
    let (first, next) = list(&ada, "?limit=2").await;
    assert_eq!(first, mine[..2]);
    let (rest, end) = list(&ada, &format!("?limit=2&before={}", next.unwrap())).await;
    assert_eq!((rest, end), (mine[2..].to_vec(), None));
    assert_eq!(list(&ada, &format!("?user_id={}", bob.id)).await.0, mine);
    assert_eq!(list(&ada, "?username=bob").await.0, mine);
    assert_eq!(list(&jury, "").await.0.len(), 4);
    assert_eq!(list(&jury, "?username=BOB").await.0, [theirs.as_str()]);
    assert_eq!(list(&jury, "?problem_id=sum").await.0.len(), 4);
    let unknown = app.get("/api/v1/submissions?problem_id=x").bearer_auth(&jury.token);
    assert_eq!(refusal(unknown).await, refused(404, "not_found", None));
    for limit in ["0", "201"] {
        let request = app.get(&format!("/api/v1/submissions?limit={limit}"));
        let request = request.bearer_auth(&ada.token);
        assert_eq!(refusal(request).await, refused(422, "invalid", Some("limit")));
    }
}
