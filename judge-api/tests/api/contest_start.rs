//! Before a contest begins, its problems are the jury's.

use crate::package::Package;
use crate::support::{CODE, On, Person, TestApp, answer, on_each_database, refusal, refused};
use judge_types::{Role, Verdict};
use reqwest::multipart::Form;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

on_each_database! {
    administrators_set_when_a_contest_begins,
    a_start_that_is_none_is_refused,
    a_problem_is_the_jurys_until_its_contest_begins,
    what_was_submitted_before_stays_readable,
    a_problem_that_is_open_elsewhere_stays_so,
}

fn change(app: &TestApp, admin: &Person, body: &Value) -> RequestBuilder {
    let address = format!("/api/v1/contests/{}", app.contest);
    app.request(Method::PATCH, &address).bearer_auth(&admin.token).json(body)
}

/// Has the contest begin then; says when that is.
async fn begin(app: &TestApp, admin: &Person, from_now: Duration) -> String {
    let start = (OffsetDateTime::now_utc() + from_now).replace_nanosecond(0).unwrap();
    let start = start.format(&Rfc3339).unwrap();
    let (status, contest) = answer(change(app, admin, &json!({ "start_time": start }))).await;
    assert_eq!((status, &contest["start_time"]), (StatusCode::OK, &json!(start)));
    start
}

fn submission(app: &TestApp, person: &Person) -> RequestBuilder {
    let sent = json!({ "problem_id": "sum", "files": [{ "name": "a.py", "content": CODE }] });
    app.post("/api/v1/submissions").bearer_auth(&person.token).json(&sent)
}

async fn page(request: RequestBuilder) -> (StatusCode, String) {
    let response = request.header("Accept", "text/html").send().await.unwrap();
    (response.status(), response.text().await.unwrap())
}

async fn administrators_set_when_a_contest_begins(on: On) {
    let app = TestApp::start(on).await;
    let (ada, admin) = (app.person("ada", Role::Contestant), app.person("root", Role::Admin));
    let listed = async || {
        let listed = answer(app.get("/api/v1/contests").bearer_auth(&ada.token)).await.1;
        (listed[0]["start_time"].clone(), listed[0]["score_rule"].clone())
    };
    assert_eq!(listed().await, (Value::Null, json!("best")));
    let sent = json!({ "start_time": "2026-11-29T10:00:00+01:00", "score_rule": "last" });
    assert_eq!(answer(change(&app, &admin, &sent)).await.0, StatusCode::OK);
    assert_eq!(listed().await, (json!("2026-11-29T09:00:00Z"), json!("last")));
    answer(change(&app, &admin, &json!({ "score_rule": "best" }))).await;
    assert_eq!(listed().await, (json!("2026-11-29T09:00:00Z"), json!("best")));
    answer(change(&app, &admin, &json!({ "start_time": null }))).await;
    assert_eq!(listed().await, (Value::Null, json!("best")));
}

async fn a_start_that_is_none_is_refused(on: On) {
    let app = TestApp::start(on).await;
    let admin = app.person("root", Role::Admin);
    for start in ["1969-12-31T23:59:59Z", "1970-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"]
    {
        let sent = change(&app, &admin, &json!({ "start_time": start }));
        assert_eq!(refusal(sent).await, refused(422, "invalid", Some("start_time")), "{start}");
    }
    for sent in [json!({}), json!({ "start_time": "tomorrow" }), json!({ "start": null })] {
        let (status, code, _) = refusal(change(&app, &admin, &sent)).await;
        assert_eq!((status, code.as_str()), (400, "malformed"), "{sent}");
    }
    let contests = answer(app.get("/api/v1/contests").bearer_auth(&admin.token)).await.1;
    assert_eq!(contests[0]["start_time"], Value::Null);
}

async fn a_problem_is_the_jurys_until_its_contest_begins(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (ada, jury) = (app.person("ada", Role::Contestant), app.person("jo", Role::Jury));
    let admin = app.person("root", Role::Admin);
    let start = begin(&app, &admin, Duration::HOUR).await;
    let addresses = ["/api/v1/problems/sum", "/api/v1/problems/sum/files/statement/pic.png"];
    for address in addresses {
        let not_begun = refused(403, "not_begun", None);
        assert_eq!(refusal(app.get(address)).await, not_begun, "{address}");
        let request = app.get(address).bearer_auth(&ada.token);
        let said = request.send().await.unwrap().text().await.unwrap();
        assert!(said.contains("not_begun") && said.contains(&start), "{address}: {said}");
        for person in [&jury, &admin] {
            let status = app.get(address).bearer_auth(&person.token).send().await.unwrap().status();
            assert_eq!(status, 200, "{address}");
        }
    }
    let listed = async |person: &Person| {
        let listed = app.get("/api/v1/problems").bearer_auth(&person.token);
        answer(listed).await.1.as_array().unwrap().len()
    };
    assert_eq!((listed(&ada).await, listed(&jury).await), (0, 1));
    assert_eq!(answer(app.get("/api/v1/problems")).await.1, json!([]));
    let not_begun = refused(403, "not_begun", Some("problem_id"));
    assert_eq!(refusal(submission(&app, &ada)).await, not_begun);
    assert_eq!(answer(submission(&app, &jury)).await.0, StatusCode::CREATED);

    for (person, status, is_shown) in [(&ada, 403, false), (&jury, 200, true)] {
        let cookie = app.session(person);
        let (_, home) = page(app.get("/").header("Cookie", &cookie)).await;
        assert_eq!(home.contains("/problems/sum"), is_shown, "{home}");
        assert!(home.contains(&format!("Begins <time datetime=\"{start}\"")), "{home}");
        let (answered, problem) = page(app.get("/problems/sum").header("Cookie", &cookie)).await;
        assert_eq!(answered, status, "{problem}");
        assert_eq!(problem.contains("Sum of two"), is_shown, "{problem}");
        assert_eq!(problem.contains(&start), !is_shown, "{problem}");
    }
    let form = Form::new().text("language_id", "python3").text("source", CODE);
    let sent = app.post("/problems/sum").header("Cookie", app.session(&ada)).multipart(form);
    let (status, answered) = page(sent.header("Origin", app.url(""))).await;
    assert!(status == 403 && answered.contains(&start), "{status} {answered}");

    begin(&app, &admin, -Duration::SECOND).await;
    assert_eq!(listed(&ada).await, 1);
    for address in addresses {
        let status = app.get(address).send().await.unwrap().status();
        assert_eq!(status, 200, "{address}");
    }
    assert_eq!(answer(submission(&app, &ada)).await.0, StatusCode::CREATED);
    assert!(page(app.get("/")).await.1.contains("Began <time"));
}

async fn what_was_submitted_before_stays_readable(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (ada, admin) = (app.person("ada", Role::Contestant), app.person("root", Role::Admin));
    let sent = app.submit(&ada).await;
    app.judge(sent, Verdict::Accepted);
    begin(&app, &admin, Duration::HOUR).await;
    let cookie = app.session(&ada);
    let scores = format!("/api/v1/contests/{}/scores", app.contest);
    let one = format!("/api/v1/submissions/{sent}");
    let events = format!("{one}/events");
    for address in
        [&one, &events, &scores, "/api/v1/submissions", "/api/v1/submissions?problem_id=sum"]
    {
        let status = app.get(address).bearer_auth(&ada.token).send().await.unwrap().status();
        assert_eq!(status, 200, "{address}");
    }
    for address in [format!("/submissions/{sent}"), "/submissions".into()] {
        let (status, shown) = page(app.get(&address).header("Cookie", &cookie)).await;
        assert!(status == 200 && shown.contains("Accepted"), "{address}: {shown}");
    }
}

async fn a_problem_that_is_open_elsewhere_stays_so(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (ada, admin) = (app.person("ada", Role::Contestant), app.person("root", Role::Admin));
    let second = Package::sum().named("second");
    app.install(&second).await;
    let later = app.db(|connection| {
        let later = store::contests::ensure(connection, "later", "Later").unwrap();
        for name in ["sum", "second"] {
            let problem = store::problems::by_short_name(connection, name).unwrap().unwrap();
            store::contests::add_problem(connection, later.id, problem.id).unwrap();
        }
        later.id
    });
    let start = json!({ "start_time": "2999-01-01T00:00:00Z" });
    let address = format!("/api/v1/contests/{later}");
    let sent = app.request(Method::PATCH, &address).bearer_auth(&admin.token).json(&start);
    assert_eq!(answer(sent).await.0, StatusCode::OK);
    // It counts in the newest contest that has begun.
    let sent = app.submit(&ada).await;
    let contest =
        app.db(|connection| store::submissions::by_id(connection, sent).unwrap().unwrap().contest);
    assert_eq!(contest, Some(app.contest));
    let listed = answer(app.get("/api/v1/problems")).await.1;
    assert_eq!(listed.as_array().unwrap().len(), 2);
}
