//! What the judge gave up on: what the jury sees and does, and what the team is told meanwhile.

use crate::support::{JURY_ERROR, On, Person, TestApp, answer, on_each_database, refusal, refused};
use judge_types::{
    ExecutionUsage, JudgementId, JudgingError, JudgingErrorKind, Lane, Role, SubmissionId, Verdict,
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use store::{leases, outbox};

on_each_database! {
    the_jury_sees_why_and_has_it_judged_again,
    what_is_ignored_says_by_whom_and_why_and_stays_listed,
    what_was_rejudged_since_is_no_longer_waiting,
    the_newest_come_first_in_pages,
    its_team_sees_that_it_is_being_judged_by_every_address,
    other_submissions_of_the_problem_go_on,
    the_page_has_buttons_and_the_navigation_a_count,
}

/// A task that killed its functions: delivered twice, then given up.
async fn given_up(app: &TestApp, team: &Person) -> (SubmissionId, JudgementId) {
    let submission = app.submit(team).await;
    let judgement = app.judgement(submission);
    let message = "tried 2 times; the last function's log ends with:\nfirst line\nout of memory";
    app.db(|db| {
        let error = JudgingError::new(JudgingErrorKind::DeliveryLimit, message);
        assert!(leases::fail_unheld(db, judgement, &error).unwrap());
    });
    (submission, judgement)
}

async fn people(app: &TestApp) -> (Person, Person) {
    (app.person("ada", Role::Contestant), app.person("judith", Role::Jury))
}

async fn listed(app: &TestApp, jury: &Person, query: &str) -> Value {
    let request = app.get(&format!("/api/v1/dead-letters{query}")).bearer_auth(&jury.token);
    let (status, page) = answer(request).await;
    assert_eq!(status, StatusCode::OK, "{page}");
    page
}

async fn the_jury_sees_why_and_has_it_judged_again(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (ada, jury) = people(&app).await;
    let (submission, judgement) = given_up(&app, &ada).await;
    let page = listed(&app, &jury, "").await;
    let letter = &page["dead_letters"][0];
    assert_eq!(page["open"], 1);
    assert_eq!(letter["judgement_id"], json!(judgement));
    assert_eq!(letter["submission_id"], json!(submission));
    assert_eq!(letter["reason"], "tried 2 times; the last function's log ends with:");
    assert_eq!(letter["log"], "first line\nout of memory");
    assert_eq!(
        (&letter["kind"], &letter["problem_id"], &letter["username"], &letter["language_id"]),
        (&json!("delivery_limit"), &json!("sum"), &json!("ada"), &json!("python3"))
    );

    let retry =
        || app.post(&format!("/api/v1/dead-letters/{judgement}/retry")).bearer_auth(&jury.token);
    let (status, made) = answer(retry()).await;
    assert_eq!((status, &made["state"]), (StatusCode::CREATED, &json!("queued")));
    let (status, again) = answer(retry()).await;
    assert_eq!((status, &again["id"]), (StatusCode::OK, &made["id"]), "asked for twice");
    // In the lane of the contest, because the team waits; not in that of rejudgings.
    assert_eq!(app.db(|db| outbox::lanes_to_publish(db).unwrap()), [Lane::Contest]);
    assert_eq!(listed(&app, &jury, "").await["open"], 0);
    let handled = listed(&app, &jury, "?state=handled").await;
    let retried = &handled["dead_letters"][0]["retried"];
    assert_eq!((&retried["by"], &retried["judgement_id"]), (&json!("judith"), &made["id"]));
    assert!(retried["time"].is_string());

    app.judge(submission, Verdict::Accepted);
    let path = format!("/api/v1/submissions/{submission}");
    let (_, detail) = answer(app.get(&path).bearer_auth(&ada.token)).await;
    assert_eq!(detail["judgement_type_id"], "AC");
}

async fn what_is_ignored_says_by_whom_and_why_and_stays_listed(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (ada, jury) = people(&app).await;
    let (_, judgement) = given_up(&app, &ada).await;
    let path = format!("/api/v1/dead-letters/{judgement}/ignore");
    let ignore = |body: Value| app.post(&path).bearer_auth(&jury.token).json(&body);
    let long = json!({ "note": "x".repeat(1_001) });
    assert_eq!(refusal(ignore(long)).await, refused(422, "invalid", Some("note")));
    assert_eq!(refusal(ignore(json!({ "notes": "" }))).await.0, 400);
    assert_eq!(listed(&app, &jury, "").await["open"], 1, "nothing has happened yet");
    let (status, letter) = answer(ignore(json!({ "note": " a test of ours " }))).await;
    assert_eq!((status, &letter["state"]), (StatusCode::OK, &json!("handled")));
    let (status, again) = answer(ignore(json!({ "note": "something else" }))).await;
    assert_eq!((status, &again["ignored"]), (StatusCode::OK, &letter["ignored"]));
    assert_eq!(letter["ignored"]["by"], "judith");
    assert_eq!(letter["ignored"]["note"], "a test of ours");
    let handled = listed(&app, &jury, "?state=handled").await;
    assert_eq!(handled["dead_letters"], json!([again]));
    assert_eq!(listed(&app, &jury, "?state=open").await["dead_letters"], json!([]));

    // A change of mind is possible, once.
    let retry = app.post(&format!("/api/v1/dead-letters/{judgement}/retry"));
    assert_eq!(answer(retry.bearer_auth(&jury.token)).await.0, StatusCode::CREATED);
    assert_eq!(refusal(ignore(json!({}))).await, refused(409, "superseded", None));
}

async fn what_was_rejudged_since_is_no_longer_waiting(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (ada, jury) = people(&app).await;
    let (submission, judgement) = given_up(&app, &ada).await;
    let rejudge = app.post(&format!("/api/v1/submissions/{submission}/rejudge"));
    answer(rejudge.bearer_auth(&jury.token)).await;
    assert_eq!(listed(&app, &jury, "").await["open"], 0);
    for (action, body) in [("retry", json!({})), ("ignore", json!({}))] {
        let path = format!("/api/v1/dead-letters/{judgement}/{action}");
        let request = app.post(&path).bearer_auth(&jury.token).json(&body);
        assert_eq!(refusal(request).await, refused(409, "superseded", None), "{action}");
    }
    // One that is being judged, or was, is no dead letter.
    let other = app.judgement(app.submit(&ada).await);
    for id in [other.to_string(), JudgementId::new().to_string(), "x".into()] {
        let request = app.post(&format!("/api/v1/dead-letters/{id}/retry"));
        assert_eq!(refusal(request.bearer_auth(&jury.token)).await.0, 404, "{id}");
    }
}

async fn the_newest_come_first_in_pages(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (ada, jury) = people(&app).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(json!(given_up(&app, &ada).await.1));
    }
    let first = listed(&app, &jury, "?limit=2").await;
    let of = |page: &Value| -> Vec<Value> {
        let letters = page["dead_letters"].as_array().unwrap().iter();
        letters.map(|letter| letter["judgement_id"].clone()).collect()
    };
    assert_eq!(of(&first), [ids[2].clone(), ids[1].clone()]);
    let next = format!("?limit=2&before={}", first["next"].as_str().unwrap());
    let second = listed(&app, &jury, &next).await;
    assert_eq!((of(&second), second.get("next")), (vec![ids[0].clone()], None));
    let wrong = app.get("/api/v1/dead-letters?limit=0").bearer_auth(&jury.token);
    assert_eq!(refusal(wrong).await, refused(422, "invalid", Some("limit")));
}

/// Everything a team can ask about its submissions, by every address; without what differs from one to the other.
async fn as_the_team_sees_it(app: &TestApp, team: &Person, submission: SubmissionId) -> String {
    let seen = async |path: String| {
        let response = app.get(&path).bearer_auth(&team.token).send().await.unwrap();
        format!("{path}: {}\n{}\n", response.status(), response.text().await.unwrap())
    };
    let mut text = seen(format!("/api/v1/submissions/{submission}")).await;
    text += &seen(format!("/submissions/{submission}")).await;
    text += &seen("/api/v1/submissions".into()).await;
    text += &seen("/submissions".into()).await;
    text += &seen("/".into()).await;
    text
}

async fn its_team_sees_that_it_is_being_judged_by_every_address(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (ada, jury) = people(&app).await;
    let submission = app.submit(&ada).await;
    let first = app.claim(submission);
    let used = ExecutionUsage { wall_ms: 321, ..ExecutionUsage::default() };
    app.db(|db| first.release(db, &used).unwrap());
    let lease = app.claim(submission);
    app.run_tests(&lease, Verdict::Accepted);
    let before = as_the_team_sees_it(&app, &ada, submission).await;
    assert!(
        before.contains("Being judged")
            && before.contains("321")
            && before.contains("\"state\":\"running\"")
    );

    app.fail(&lease);
    let after = as_the_team_sees_it(&app, &ada, submission).await;
    // Nothing at all has changed for them.
    assert_eq!(after, before);
    for hint in [JURY_ERROR, "failed", "gave up", "dead"] {
        assert!(!after.to_lowercase().contains(hint), "{hint}: {after}");
    }
    // Their stream does not end, and says nothing of it.
    let mut stream = app
        .get(&format!("/api/v1/submissions/{submission}/events"))
        .bearer_auth(&ada.token)
        .send()
        .await
        .unwrap();
    let mut heard = String::new();
    while !heard.contains("\"ordinal\":2") {
        heard += std::str::from_utf8(&stream.chunk().await.unwrap().unwrap()).unwrap();
    }
    assert!(!heard.contains("failed"), "{heard}");
    // Judged again, the same stream brings it to its verdict.
    let judgement = app.judgement(submission);
    let retry = app.post(&format!("/api/v1/dead-letters/{judgement}/retry"));
    assert_eq!(answer(retry.bearer_auth(&jury.token)).await.0, StatusCode::CREATED);
    app.judge(submission, Verdict::Accepted);
    while let Some(chunk) = stream.chunk().await.unwrap() {
        heard += std::str::from_utf8(&chunk).unwrap();
    }
    assert!(heard.contains("\"type\":\"finished\"") && !heard.contains("failed"), "{heard}");
    for path in ["/api/v1/dead-letters", "/api/v1/metering?by=team&format=csv"] {
        assert_eq!(refusal(app.get(path).bearer_auth(&ada.token)).await.0, 403, "{path}");
    }
}

async fn other_submissions_of_the_problem_go_on(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (ada, jury) = people(&app).await;
    let earlier = app.submit(&ada).await;
    given_up(&app, &ada).await;
    let later = app.submit(&app.person("eve", Role::Contestant)).await;
    for submission in [earlier, later] {
        app.judge(submission, Verdict::Accepted);
        let path = format!("/api/v1/submissions/{submission}");
        let (_, detail) = answer(app.get(&path).bearer_auth(&jury.token)).await;
        assert_eq!(detail["judgement_type_id"], "AC");
    }
    let problem = app.get("/problems/sum").bearer_auth(&ada.token).send().await.unwrap();
    assert!(problem.text().await.unwrap().contains("<button"), "it still takes submissions");
}

async fn the_page_has_buttons_and_the_navigation_a_count(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (ada, jury) = people(&app).await;
    let session = app.session(&jury);
    let see = async |path: &str| {
        let page = app.get(path).header("Cookie", &session).send().await.unwrap();
        page.text().await.unwrap()
    };
    let post = |path: &str, origin: Option<String>| {
        let form = app.post(path).header("Cookie", &session).form(&[("note", "seen <b>")]);
        origin.into_iter().fold(form, |form, origin| form.header("Origin", origin))
    };
    assert!(!see("/submissions").await.contains("class=\"badge\""));
    let (_, first) = given_up(&app, &ada).await;
    let (_, second) = given_up(&app, &ada).await;
    assert!(see("/submissions").await.contains("<span class=\"badge\">2<"));
    let page = see("/jury/dead-letters").await;
    assert!(page.contains("out of memory") && page.contains("sum by ada"), "{page}");
    let (retry, ignore) = (
        format!("/jury/dead-letters/{first}/retry"),
        format!("/jury/dead-letters/{second}/ignore"),
    );
    assert!(page.contains(&format!("action=\"{retry}\"")), "{page}");
    assert!(page.contains(&format!("action=\"{ignore}\"")), "{page}");
    // Another site cannot press them.
    for origin in [None, Some("https://evil.example".to_owned())] {
        assert_eq!(post(&retry, origin).send().await.unwrap().status(), StatusCode::FORBIDDEN);
    }
    for path in [&retry, &ignore, &retry] {
        let done = post(path, Some(app.url(""))).send().await.unwrap();
        assert_eq!(done.headers()["location"], "/jury/dead-letters", "{path}");
    }
    let page = see("/jury/dead-letters").await;
    assert!(page.contains("There are none.") && !page.contains("class=\"badge\""), "{page}");
    let handled = see("/jury/dead-letters?state=handled").await;
    assert!(handled.contains("Ignored by <strong>judith</strong>"), "{handled}");
    assert!(handled.contains("seen &#60;b&#62;"), "{handled}");
    assert!(handled.contains("Judged again by <strong>judith</strong>"), "{handled}");
    // A team has neither the page nor the link.
    let home = app.get("/").bearer_auth(&ada.token).send().await.unwrap().text().await.unwrap();
    assert!(!home.contains("dead-letters"), "{home}");
}
