//! One trace from the request to the task that it queues.

use crate::support::{CODE, On, TestApp, on_each_database};
use judge_types::{JudgeTask, Role, TraceContext};
use serde_json::json;
use time::Duration;

on_each_database! {
    what_a_request_queues_is_of_its_trace,
    a_rejudging_is_of_the_trace_of_whoever_asked_for_it,
}

const HEADER: &str = "traceparent";

/// The trace in the task that a submission with these headers queues.
async fn queued(app: &TestApp, token: &str, headers: &[&str]) -> TraceContext {
    let sent = json!({ "problem_id": "sum", "files": [{ "name": "a.py", "content": CODE }] });
    let mut request = app.post("/api/v1/submissions").bearer_auth(token).json(&sent);
    for header in headers {
        request = request.header(HEADER, *header);
    }
    assert_eq!(request.send().await.unwrap().status(), 201);
    let taken = app.db(|connection| store::outbox::take(connection, Duration::HOUR)).unwrap();
    let task: JudgeTask = serde_json::from_str(&taken.unwrap().task).unwrap();
    task.traceparent.unwrap()
}

async fn what_a_request_queues_is_of_its_trace(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let ada = app.person("ada", Role::Contestant);
    let caller = TraceContext::new();
    let trace = queued(&app, &ada.token, &[&caller.to_string()]).await;
    assert_eq!(trace.trace_id(), caller.trace_id());
    assert_ne!(trace, caller, "a span of its own");

    let (one, other) = (caller.to_string(), TraceContext::new().to_string());
    for headers in [&[] as &[&str], &["00-nonsense"], &[&one, &other]] {
        let made = queued(&app, &ada.token, headers).await;
        assert_ne!(made.trace_id(), caller.trace_id(), "{headers:?}");
    }
}

async fn a_rejudging_is_of_the_trace_of_whoever_asked_for_it(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (ada, jury) = (app.person("ada", Role::Contestant), app.person("jury", Role::Jury));
    let submission = app.submit(&ada).await;
    app.judge(submission, judge_types::Verdict::Accepted);
    let caller = TraceContext::new();
    let path = format!("/api/v1/submissions/{submission}/rejudge");
    let request = app.post(&path).bearer_auth(&jury.token).header(HEADER, caller.to_string());
    assert_eq!(request.send().await.unwrap().status(), 201);
    let taken = app.db(|connection| store::outbox::take(connection, Duration::HOUR)).unwrap();
    let task: JudgeTask = serde_json::from_str(&taken.unwrap().task).unwrap();
    assert_eq!(task.traceparent.unwrap().trace_id(), caller.trace_id());
}
