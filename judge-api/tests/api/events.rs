//! The live stream, fed by what a function writes.

use crate::support::{On, Person, TestApp, on_each_database, refusal, refused};
use futures_util::StreamExt;
use judge_types::{Role, SubmissionId, Verdict};
use reqwest::{Response, StatusCode};
use std::time::Duration;

on_each_database! {
    a_stream_follows_the_judging_and_ends_with_it,
    a_stream_goes_on_where_it_was_cut_off,
    a_stream_outlasts_the_end_of_an_older_judgement,
    a_failure_of_the_judge_ends_the_jurys_stream_only,
    many_streams_hear_of_one_verdict,
    too_many_streams_are_refused,
    a_user_takes_no_more_than_their_own_streams,
    a_stream_outlives_neither_its_token_nor_a_role,
    stopping_ends_open_streams,
}

/// Reads a stream of events, one at a time.
struct Reader {
    response: Response,
    text: String,
}

impl Reader {
    async fn open(app: &TestApp, person: &Person, id: SubmissionId, after: Option<u64>) -> Self {
        let mut request = app.get(&format!("/api/v1/submissions/{id}/events"));
        if let Some(after) = after {
            request = request.header("Last-Event-ID", after);
        }
        let response = request.bearer_auth(&person.token).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Self { response, text: String::new() }
    }

    /// The id and name of the next event; `None` at the end of the stream.
    async fn next(&mut self) -> Option<(u64, String)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    event.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned)
                };
                let found = field("id: ").map(|id| {
                    let data: serde_json::Value =
                        serde_json::from_str(&field("data: ").unwrap()).unwrap();
                    let name = field("event: ").unwrap();
                    assert_eq!(
                        (&data["type"], data["sequence"].to_string()),
                        (&name.clone().into(), id.clone())
                    );
                    (id.parse().unwrap(), name)
                });
                self.text = rest.to_owned();
                if found.is_some() {
                    return found;
                }
                continue;
            }
            // Bounded, so that a stream that never ends fails the test instead of hanging it.
            let chunk = tokio::time::timeout(Duration::from_secs(30), self.response.chunk());
            let chunk = chunk.await.expect("the stream went silent").unwrap()?;
            self.text.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }

    async fn rest(mut self) -> Vec<(u64, String)> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }
}

fn numbered(from: u64, names: &[&str]) -> Vec<(u64, String)> {
    (from..).zip(names.iter().map(|name| (*name).to_owned())).collect()
}

async fn a_stream_follows_the_judging_and_ends_with_it(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let person = app.person("ada", Role::Contestant);
    let id = app.submit(&person).await;
    let mut stream = Reader::open(&app, &person, id, None).await;
    assert_eq!(stream.next().await, Some((1, "queued".into())));
    let lease = app.claim(id);
    assert_eq!(stream.next().await, Some((2, "started".into())));
    app.run_tests(&lease, Verdict::Accepted);
    assert_eq!(stream.next().await, Some((3, "fetched".into())));
    app.finish(&lease, Verdict::Accepted);
    assert_eq!(stream.rest().await, numbered(4, &["compiled", "run", "run", "finished"]));
}

async fn a_stream_goes_on_where_it_was_cut_off(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let person = app.person("ada", Role::Contestant);
    let id = app.submit(&person).await;
    let lease = app.claim(id);
    app.run_tests(&lease, Verdict::WrongAnswer);
    let mut stream = Reader::open(&app, &person, id, Some(4)).await;
    assert_eq!(stream.next().await, Some((5, "run".into())));
    drop(stream);
    app.finish(&lease, Verdict::WrongAnswer);
    let stream = Reader::open(&app, &person, id, Some(5)).await;
    assert_eq!(stream.rest().await, numbered(6, &["run", "finished"]));

    let path = format!("/api/v1/submissions/{id}/events");
    let over = app.get(&format!("{path}?last_event_id=7")).bearer_auth(&person.token);
    assert_eq!(over.send().await.unwrap().status(), StatusCode::NO_CONTENT);
    let bad = app.get(&path).header("Last-Event-ID", "x").bearer_auth(&person.token);
    assert_eq!(refusal(bad).await, refused(400, "malformed", Some("Last-Event-ID")));
    let bad = app.get(&format!("{path}?last_event_id=-1")).bearer_auth(&person.token);
    assert_eq!(refusal(bad).await, refused(400, "malformed", None));
}

async fn a_stream_outlasts_the_end_of_an_older_judgement(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (person, jury) = (app.person("ada", Role::Contestant), app.person("jury", Role::Jury));
    let id = app.submit(&person).await;
    app.judge(id, Verdict::WrongAnswer);
    let path = format!("/api/v1/submissions/{id}/rejudge");
    app.post(&path).bearer_auth(&jury.token).send().await.unwrap();
    let mut stream = Reader::open(&app, &person, id, Some(6)).await;
    assert_eq!(stream.next().await, Some((7, "finished".into())));
    assert_eq!(stream.next().await, Some((8, "queued".into())));
    app.judge(id, Verdict::Accepted);
    assert_eq!(stream.rest().await.last(), Some(&(14, "finished".into())));
}

async fn a_failure_of_the_judge_ends_the_jurys_stream_only(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (person, jury) = (app.person("ada", Role::Contestant), app.person("jury", Role::Jury));
    let id = app.submit(&person).await;
    let mut authors = Reader::open(&app, &person, id, None).await;
    let jurys = Reader::open(&app, &jury, id, None).await;
    let lease = app.claim(id);
    app.fail(&lease);
    assert_eq!(jurys.rest().await, numbered(1, &["queued", "started", "failed"]));
    assert_eq!(authors.next().await, Some((1, "queued".into())));
    assert_eq!(authors.next().await, Some((2, "started".into())));
    // To the author it goes on, up to the verdict of another try.
    let path = format!("/api/v1/submissions/{id}/rejudge");
    app.post(&path).bearer_auth(&jury.token).send().await.unwrap();
    assert_eq!(authors.next().await, Some((4, "queued".into())));
    app.judge(id, Verdict::Accepted);
    assert_eq!(authors.rest().await.last(), Some(&(10, "finished".into())));
}

async fn many_streams_hear_of_one_verdict(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let person = app.person("ada", Role::Contestant);
    let id = app.submit(&person).await;
    let mut streams = Vec::new();
    for _ in 0..40 {
        streams.push(Reader::open(&app, &person, id, None).await);
    }
    app.judge(id, Verdict::Accepted);
    let ends = futures_util::stream::iter(streams)
        .map(|stream| async { stream.rest().await.last().cloned() })
        .buffer_unordered(40)
        .collect::<Vec<_>>()
        .await;
    assert!(ends.iter().all(|end| *end == Some((7, "finished".into()))), "{ends:?}");
}

async fn too_many_streams_are_refused(on: On) {
    let app =
        TestApp::start_with(on, |config| config.limits.event_streams = 1).await.with_sum().await;
    let person = app.person("ada", Role::Contestant);
    let id = app.submit(&person).await;
    let open = Reader::open(&app, &person, id, None).await;
    let path = format!("/api/v1/submissions/{id}/events");
    let second = app.get(&path).bearer_auth(&person.token);
    assert_eq!(refusal(second).await, refused(503, "unavailable", None));
    drop(open);
}

async fn a_user_takes_no_more_than_their_own_streams(on: On) {
    let change = |config: &mut judge_api::ApiConfig| config.limits.event_streams_per_user = 1;
    let app = TestApp::start_with(on, change).await.with_sum().await;
    let (ada, grace) = (app.person("ada", Role::Contestant), app.person("grace", Role::Jury));
    let id = app.submit(&ada).await;
    let _open = Reader::open(&app, &ada, id, None).await;
    let second = app.get(&format!("/api/v1/submissions/{id}/events")).bearer_auth(&ada.token);
    assert_eq!(refusal(second).await, refused(503, "unavailable", None));
    Reader::open(&app, &grace, id, None).await;
}

async fn a_stream_outlives_neither_its_token_nor_a_role(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let ada = app.person("ada", Role::Contestant);
    let (grace, alan) = (app.person("grace", Role::Jury), app.person("alan", Role::Jury));
    let id = app.submit(&ada).await;
    let mut demoted = Reader::open(&app, &grace, id, None).await;
    let mut logged_out = Reader::open(&app, &alan, id, None).await;
    for stream in [&mut demoted, &mut logged_out] {
        assert_eq!(stream.next().await, Some((1, "queued".into())));
    }
    app.db(|connection| store::users::set_role(connection, grace.id, Role::Contestant)).unwrap();
    app.db(|connection| store::tokens::revoke_all(connection, alan.id)).unwrap();
    app.judge(id, Verdict::Accepted);
    assert_eq!(demoted.rest().await, []);
    assert_eq!(logged_out.rest().await, []);
}

async fn stopping_ends_open_streams(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let person = app.person("ada", Role::Contestant);
    let id = app.submit(&person).await;
    let mut stream = Reader::open(&app, &person, id, None).await;
    assert_eq!(stream.next().await, Some((1, "queued".into())));
    let TestApp { running, folder, .. } = app;
    let (stopped, rest) = tokio::join!(running.stop(), stream.rest());
    stopped.unwrap();
    assert_eq!(rest, []);
    drop(folder);
}
