//! Judging many again: what the jury asks for and sees, and what nobody else does.

use crate::support::{On, Person, TestApp, answer, on_each_database, refusal, refused};
use judge_types::{
    Conclusion, ExecutionUsage, JudgementId, RejudgingFilter, RejudgingId, RejudgingKind, Role,
    RunUsage, Score, SubmissionId, Verdict,
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use store::leases::{self, Claim, Lease};
use store::rejudgings::{self, Creation, NewRejudging};

on_each_database! {
    the_jury_previews_compares_and_applies,
    the_jury_sees_how_scores_change,
    nobody_else_hears_of_a_preview_until_it_is_applied,
    a_direct_rejudging_is_seen_at_once,
    many_must_be_confirmed_by_their_number,
    what_makes_no_sense_is_refused_by_its_field,
    one_is_closed_once_and_only_when_it_is_judged,
    what_a_crash_cut_off_is_gone_on_with_at_the_next_start,
    rejudgings_come_in_pages_with_who_did_what_and_why,
    the_jury_does_it_all_without_scripts,
}

async fn people(app: &TestApp) -> (Person, Person) {
    (app.person("ada", Role::Contestant), app.person("judith", Role::Jury))
}

async fn post(app: &TestApp, who: &Person, path: &str, sent: &Value) -> (StatusCode, Value) {
    answer(app.post(&format!("/api/v1/{path}")).bearer_auth(&who.token).json(sent)).await
}

async fn get(app: &TestApp, who: &Person, path: &str) -> Value {
    let (status, answer) =
        answer(app.get(&format!("/api/v1/{path}")).bearer_auth(&who.token)).await;
    assert_eq!(status, StatusCode::OK, "{path}: {answer}");
    answer
}

/// Makes a rejudging; gives its id.
async fn make(app: &TestApp, jury: &Person, sent: Value) -> String {
    let (status, made) = post(app, jury, "rejudgings", &sent).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    made["id"].as_str().unwrap().to_owned()
}

/// The judgement of a rejudging on a submission.
async fn new_judgement(
    app: &TestApp,
    jury: &Person,
    rejudging: &str,
    submission: SubmissionId,
) -> JudgementId {
    let page = get(app, jury, &format!("rejudgings/{rejudging}/submissions?which=all")).await;
    let all = page["submissions"].as_array().unwrap();
    let own = all.iter().find(|one| one["submission_id"] == json!(submission)).unwrap();
    own["new_judgement_id"].as_str().unwrap().parse().unwrap()
}

fn claim(app: &TestApp, judgement: JudgementId) -> Lease {
    let length = time::Duration::MINUTE;
    match app.db(|connection| leases::claim(connection, judgement, "test", length).unwrap()) {
        Claim::Granted(lease) => lease,
        other => panic!("{other:?}"),
    }
}

fn judge(app: &TestApp, judgement: JudgementId, verdict: Verdict) {
    let lease = claim(app, judgement);
    app.run_tests(&lease, verdict);
    app.finish(&lease, verdict);
}

async fn the_jury_previews_compares_and_applies(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (ada, jury) = people(&app).await;
    let (right, wrong) = (app.submit(&ada).await, app.submit(&ada).await);
    app.judge(right, Verdict::Accepted);
    app.judge(wrong, Verdict::WrongAnswer);
    let filter = json!({ "problem_ids": ["sum"], "usernames": ["ada"] });
    let (status, count) = post(&app, &jury, "rejudgings/dry-run", &filter).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(count, json!({ "submissions": 2, "needs_confirmation": false }));
    assert_eq!(get(&app, &jury, "rejudgings").await, json!({ "rejudgings": [] }));

    let id = make(&app, &jury, json!({ "reason": " New tests ", "filter": filter })).await;
    let one = get(&app, &jury, &format!("rejudgings/{id}")).await;
    assert_eq!(
        (&one["reason"], &one["kind"], &one["state"], &one["made_by"]),
        (&json!("New tests"), &json!("preview"), &json!("judging"), &json!("judith"))
    );
    assert_eq!(
        (&one["submissions"], &one["waiting"], &one["filter"]),
        (&json!(2), &json!(2), &filter)
    );
    for submission in [right, wrong] {
        let new = new_judgement(&app, &jury, &id, submission).await;
        judge(&app, new, Verdict::Accepted);
    }
    let one = get(&app, &jury, &format!("rejudgings/{id}")).await;
    assert_eq!((&one["state"], &one["finished"]), (&json!("ready"), &json!(2)));
    let comparison = get(&app, &jury, &format!("rejudgings/{id}/comparison")).await;
    let cell = |old, new| json!({ "old": old, "new": new, "submissions": 1, "rescored": 0 });
    let expected =
        json!({ "changed": 1, "rescored": 0, "matrix": [cell("AC", "AC"), cell("WA", "AC")] });
    assert_eq!(comparison, expected);
    let page = get(&app, &jury, &format!("rejudgings/{id}/submissions")).await;
    let changed = page["submissions"].as_array().unwrap();
    assert_eq!(changed.len(), 1);
    assert_eq!(changed[0]["submission_id"], json!(wrong));
    assert_eq!((&changed[0]["old"], &changed[0]["new"]), (&json!("WA"), &json!("AC")));
    // Both judgements can be looked at.
    for (key, verdict, is_current) in
        [("old_judgement_id", "WA", true), ("new_judgement_id", "AC", false)]
    {
        let judgement = changed[0][key].as_str().unwrap();
        let path = format!("submissions/{wrong}?judgement_id={judgement}");
        let seen = get(&app, &jury, &path).await;
        assert_eq!(seen["judgement"]["judgement_type_id"], verdict);
        assert_eq!(
            (&seen["judgement"]["current"], seen["runs"].as_array().unwrap().len()),
            (&json!(is_current), 2)
        );
        assert_eq!(seen["judgement"]["preview"] == true, !is_current);
        assert_eq!(seen["judgement_type_id"], "WA", "what counts");
        let timeline = seen["timeline"].as_array().unwrap();
        assert!(timeline.iter().all(|event| event["judgement"] == judgement), "{timeline:?}");
        assert_eq!(timeline.last().unwrap()["type"], "finished");
        let page = app.get(&format!("/{path}")).bearer_auth(&jury.token).send().await.unwrap();
        let page = page.text().await.unwrap();
        assert_eq!(page.contains("A preview that only the jury sees"), !is_current, "{page}");
    }

    let (status, applied) =
        post(&app, &jury, &format!("rejudgings/{id}/apply"), &json!({ "note": "as agreed" })).await;
    assert_eq!((status, &applied["state"]), (StatusCode::OK, &json!("applied")));
    let outcomes = json!({ "applied": 2, "superseded": 0, "failed": 0, "unfinished": 0 });
    assert_eq!(applied["outcomes"], outcomes);
    assert_eq!(
        (&applied["closed"]["by"], &applied["closed"]["note"]),
        (&json!("judith"), &json!("as agreed"))
    );
    let seen = get(&app, &ada, &format!("submissions/{wrong}")).await;
    assert_eq!(
        (&seen["judgement_type_id"], seen["runs"].as_array().unwrap().len()),
        (&json!("AC"), 2)
    );
}

async fn the_jury_sees_how_scores_change(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (ada, jury) = people(&app).await;
    let finish = |judgement, number: f64| {
        let lease = claim(&app, judgement);
        let conclusion = Conclusion {
            score: Some(Score::new(number).unwrap()),
            ..Conclusion::pass_fail(Verdict::WrongAnswer, RunUsage::default())
        };
        app.db(|connection| lease.finish(connection, &conclusion, &ExecutionUsage::default()))
            .unwrap();
    };
    let (better, same) = (app.submit(&ada).await, app.submit(&ada).await);
    for submission in [better, same] {
        finish(app.judgement(submission), 30.0);
    }
    let id = make(&app, &jury, json!({ "reason": "New tests" })).await;
    for (submission, score) in [(better, 72.5), (same, 30.0)] {
        finish(new_judgement(&app, &jury, &id, submission).await, score);
    }
    let comparison = get(&app, &jury, &format!("rejudgings/{id}/comparison")).await;
    let cell = json!({ "old": "WA", "new": "WA", "submissions": 2, "rescored": 1 });
    assert_eq!(comparison, json!({ "changed": 1, "rescored": 1, "matrix": [cell] }));
    let listed = get(&app, &jury, &format!("rejudgings/{id}/submissions")).await;
    let listed = listed["submissions"].as_array().unwrap();
    assert_eq!((listed.len(), &listed[0]["submission_id"]), (1, &json!(better)));
    assert_eq!((&listed[0]["old_score"], &listed[0]["new_score"]), (&json!(30.0), &json!(72.5)));
    assert_eq!(listed[0]["changed"], true);
    let page = app.get(&format!("/jury/rejudgings/{id}")).bearer_auth(&jury.token);
    let page = page.send().await.unwrap().text().await.unwrap();
    for shown in [
        "Of 2, 0 submissions get another verdict, 1 another score.",
        "differs\">2<div class=\"quiet\">1 with another score</div>",
        "30 points",
        "72.5 points",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
}

/// All that a contestant can read of their submissions.
async fn read(app: &TestApp, who: &Person, submissions: &[SubmissionId]) -> Vec<String> {
    let mut paths: Vec<String> =
        ["/", "/submissions", "/api/v1/submissions", "/account", "/problems/sum"]
            .map(str::to_owned)
            .into();
    for id in submissions {
        paths.extend([format!("/submissions/{id}"), format!("/api/v1/submissions/{id}")]);
    }
    let mut answers = Vec::new();
    for path in paths {
        let response = app.get(&path).bearer_auth(&who.token).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        answers.push(format!("{path}: {}", response.text().await.unwrap()));
    }
    answers
}

async fn nobody_else_hears_of_a_preview_until_it_is_applied(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (ada, jury) = people(&app).await;
    let all = [app.submit(&ada).await, app.submit(&ada).await, app.submit(&ada).await];
    let [judged, running, waiting] = all;
    app.judge(judged, Verdict::WrongAnswer);
    let lease = app.claim(running);
    let stream = |submission| app.get(&format!("/api/v1/submissions/{submission}/events"));
    let mut open = stream(running).bearer_auth(&ada.token).send().await.unwrap();
    let mut heard = String::from_utf8(open.chunk().await.unwrap().unwrap().to_vec()).unwrap();
    assert!(heard.contains("event: started"), "{heard}");
    let before = read(&app, &ada, &all).await;

    let id = make(&app, &jury, json!({ "reason": "a secret plan" })).await;
    assert_eq!(read(&app, &ada, &all).await, before);
    let mut new = Vec::new();
    for submission in all {
        let judgement = new_judgement(&app, &jury, &id, submission).await;
        judge(&app, judgement, Verdict::Accepted);
        new.push(judgement);
    }
    assert_eq!(read(&app, &ada, &all).await, before);
    for (submission, judgement) in all.into_iter().zip(&new) {
        let path = format!("/api/v1/submissions/{submission}?judgement_id={judgement}");
        let asked = app.get(&path).bearer_auth(&ada.token);
        assert_eq!(refusal(asked).await, refused(404, "not_found", None));
    }
    let asked = app.get(&format!("/api/v1/rejudgings/{id}")).bearer_auth(&ada.token);
    assert_eq!(refusal(asked).await, refused(403, "forbidden", None));
    let response = stream(judged).bearer_auth(&ada.token).send().await.unwrap();
    let told = response.text().await.unwrap();
    assert!(!new.iter().any(|judgement| told.contains(&judgement.to_string())), "{told}");

    // The judging that counts goes on; its stream tells of it alone, in numbers without gaps.
    app.run_tests(&lease, Verdict::RunTimeError);
    while !heard.contains("event: run\n") || heard.matches("event: run\n").count() < 2 {
        heard.push_str(std::str::from_utf8(&open.chunk().await.unwrap().unwrap()).unwrap());
    }
    let ids: Vec<u64> =
        heard.lines().filter_map(|line| line.strip_prefix("id: ")?.parse().ok()).collect();
    assert!(ids.iter().copied().eq(1..=ids.len() as u64), "{heard}");

    // What is applied is told at once, to who is watching too.
    let (status, _) = post(&app, &jury, &format!("rejudgings/{id}/apply"), &json!({})).await;
    assert_eq!(status, StatusCode::OK);
    while let Some(chunk) = open.chunk().await.unwrap() {
        heard.push_str(std::str::from_utf8(&chunk).unwrap());
    }
    let last = heard.trim().rsplit("\n\n").next().unwrap();
    assert!(last.contains("event: finished") && last.contains("\"AC\""), "{last}");
    assert!(last.contains(&new[1].to_string()), "{last}");
    for submission in [judged, running, waiting] {
        let seen = get(&app, &ada, &format!("submissions/{submission}")).await;
        assert_eq!(
            (&seen["state"], &seen["judgement_type_id"]),
            (&json!("finished"), &json!("AC"))
        );
        assert!(!seen.to_string().contains("rejudging"), "{seen}");
    }
}

async fn a_direct_rejudging_is_seen_at_once(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (ada, jury) = people(&app).await;
    let submission = app.submit(&ada).await;
    app.judge(submission, Verdict::WrongAnswer);
    let id = make(&app, &jury, json!({ "reason": "why", "kind": "direct" })).await;
    let seen = get(&app, &ada, &format!("submissions/{submission}")).await;
    assert_eq!((&seen["state"], &seen["position"]), (&json!("queued"), &json!(1)));
    app.judge(submission, Verdict::Accepted);
    let one = get(&app, &jury, &format!("rejudgings/{id}")).await;
    assert_eq!(one["state"], "applied");
    for verb in ["apply", "cancel"] {
        let path = format!("/api/v1/rejudgings/{id}/{verb}");
        let asked = app.post(&path).bearer_auth(&jury.token).json(&json!({}));
        assert_eq!(refusal(asked).await, refused(409, "not_a_preview", None));
    }
}

async fn many_must_be_confirmed_by_their_number(on: On) {
    let app = TestApp::start_with(on, |config| config.limits.unconfirmed_rejudging = 1).await;
    let app = app.with_sum().await;
    let (ada, jury) = people(&app).await;
    for _ in 0..2 {
        app.submit(&ada).await;
    }
    let (_, count) = post(&app, &jury, "rejudgings/dry-run", &json!({})).await;
    assert_eq!(count, json!({ "submissions": 2, "needs_confirmation": true }));
    let send = |confirm: Value| {
        let sent = json!({ "reason": "why", "confirm": confirm });
        app.post("/api/v1/rejudgings").bearer_auth(&jury.token).json(&sent)
    };
    for confirm in [json!(null), json!(1), json!(3)] {
        let refused = refused(409, "confirmation_required", Some("confirm"));
        assert_eq!(refusal(send(confirm)).await, refused);
    }
    assert_eq!(get(&app, &jury, "rejudgings").await, json!({ "rejudgings": [] }));
    assert_eq!(send(json!(2)).send().await.unwrap().status(), StatusCode::CREATED);
}

async fn what_makes_no_sense_is_refused_by_its_field(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (_, jury) = people(&app).await;
    let long = "x".repeat(1_001);
    let ids: Vec<_> = (0..1_001).map(|_| SubmissionId::new()).collect();
    let cases = [
        (json!({}), 400, "malformed", Some("reason")),
        (json!({ "reason": " " }), 422, "invalid", Some("reason")),
        (json!({ "reason": long }), 422, "invalid", Some("reason")),
        (json!({ "reason": "a", "filter": {} }), 422, "invalid", Some("filter")),
        (json!({ "reason": "a", "filter": { "problem": 1 } }), 400, "malformed", Some("problem")),
        (
            json!({ "reason": "a", "filter": { "problem_ids": ["su\0m"] } }),
            422,
            "invalid",
            Some("problem_ids"),
        ),
        (
            json!({ "reason": "a", "filter": { "contest_ids": ["x"] } }),
            422,
            "invalid",
            Some("contest_ids"),
        ),
        (
            json!({ "reason": "a", "filter": { "usernames": ["x\0"] } }),
            422,
            "invalid",
            Some("usernames"),
        ),
        (
            json!({ "reason": "a", "filter": { "language_ids": ["x\0"] } }),
            422,
            "invalid",
            Some("filter"),
        ),
        (
            json!({ "reason": "a", "filter": { "submission_ids": ids } }),
            422,
            "invalid",
            Some("submission_ids"),
        ),
        (
            json!({ "reason": "a", "filter": { "submitted_from": "9999-12-31T23:59:59-23:59" } }),
            422,
            "invalid",
            Some("submitted_from"),
        ),
        (
            json!({ "reason": "a", "filter": { "submitted_until": "0000-01-01T00:00:00Z" } }),
            422,
            "invalid",
            Some("submitted_until"),
        ),
        (json!({ "reason": "a", "kind": "later" }), 400, "malformed", None),
    ];
    for (sent, status, code, field) in cases {
        let asked = app.post("/api/v1/rejudgings").bearer_auth(&jury.token).json(&sent);
        assert_eq!(refusal(asked).await, refused(status, code, field), "{sent}");
    }
    for path in ["?limit=0", "?limit=201", "?before=x", "?other=1"] {
        let asked = app.get(&format!("/api/v1/rejudgings{path}")).bearer_auth(&jury.token);
        let status = asked.send().await.unwrap().status().as_u16();
        assert_eq!(status, if path.contains("limit") { 422 } else { 400 }, "{path}");
    }
    let unknown = RejudgingId::new();
    for path in ["", "/comparison", "/submissions"] {
        let asked =
            app.get(&format!("/api/v1/rejudgings/{unknown}{path}")).bearer_auth(&jury.token);
        assert_eq!(refusal(asked).await, refused(404, "not_found", None));
    }
}

async fn one_is_closed_once_and_only_when_it_is_judged(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (ada, jury) = people(&app).await;
    let submission = app.submit(&ada).await;
    app.judge(submission, Verdict::WrongAnswer);
    let id = make(&app, &jury, json!({ "reason": "why" })).await;
    let send = |verb: &str, sent: Value| {
        app.post(&format!("/api/v1/rejudgings/{id}/{verb}")).bearer_auth(&jury.token).json(&sent)
    };
    let early = refusal(send("apply", json!({}))).await;
    assert_eq!(early, refused(409, "unfinished", Some("even_unfinished")));
    let long = json!({ "note": "x".repeat(1_001) });
    assert_eq!(refusal(send("cancel", long)).await, refused(422, "invalid", Some("note")));
    let (status, cancelled) = answer(send("cancel", json!({ "note": "no need" }))).await;
    assert_eq!((status, &cancelled["state"]), (StatusCode::OK, &json!("cancelled")));
    assert_eq!(cancelled["waiting"], 0);
    for verb in ["apply", "cancel"] {
        assert_eq!(refusal(send(verb, json!({}))).await, refused(409, "closed", None));
    }
    // Skipped where that is asked for.
    let id = make(&app, &jury, json!({ "reason": "why" })).await;
    let sent = json!({ "even_unfinished": true });
    let (status, applied) = post(&app, &jury, &format!("rejudgings/{id}/apply"), &sent).await;
    assert_eq!((status, &applied["outcomes"]["unfinished"]), (StatusCode::OK, &json!(1)));
    let page = get(&app, &jury, &format!("rejudgings/{id}/submissions?which=skipped")).await;
    assert_eq!(page["submissions"][0]["outcome"], "unfinished");
    let seen = get(&app, &ada, &format!("submissions/{submission}")).await;
    assert_eq!(seen["judgement_type_id"], "WA");
}

async fn what_a_crash_cut_off_is_gone_on_with_at_the_next_start(on: On) {
    let mut kept = None;
    let app = TestApp::start_with(on, |config| kept = Some(config.clone())).await.with_sum().await;
    let (ada, jury) = people(&app).await;
    let submission = app.submit(&ada).await;
    // As a server leaves it that dies after it has stored the rejudging.
    let id = app.db(|connection| {
        let filter = RejudgingFilter::default();
        let new = NewRejudging {
            reason: "why",
            kind: RejudgingKind::Preview,
            filter: &filter,
            by: jury.id,
            confirmed: None,
            most_unconfirmed: 9,
        };
        match rejudgings::create(connection, &new).unwrap() {
            Creation::Made(id) => id,
            other => panic!("{other:?}"),
        }
    });
    let another = judge_api::start(kept.unwrap()).unwrap();
    let deadline = Instant::now() + Duration::from_secs(60);
    while !app.db(|connection| rejudgings::unmade(connection).unwrap()).is_empty() {
        assert!(Instant::now() < deadline, "nobody goes on with it");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    another.stop().await.unwrap();
    let new = new_judgement(&app, &jury, &id.to_string(), submission).await;
    judge(&app, new, Verdict::Accepted);
    let one = get(&app, &jury, &format!("rejudgings/{id}")).await;
    assert_eq!(one["state"], "ready");
}

async fn rejudgings_come_in_pages_with_who_did_what_and_why(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (ada, jury) = people(&app).await;
    app.submit(&ada).await;
    app.submit(&ada).await;
    let first = make(&app, &jury, json!({ "reason": "first" })).await;
    let second = make(&app, &jury, json!({ "reason": "second" })).await;
    let admin = app.person("root", Role::Admin);
    post(&app, &admin, &format!("rejudgings/{first}/cancel"), &json!({ "note": "a slip" })).await;
    let page = get(&app, &jury, "rejudgings?limit=1").await;
    assert_eq!((&page["rejudgings"][0]["id"], &page["next"]), (&json!(second), &json!(second)));
    let page = get(&app, &jury, &format!("rejudgings?limit=1&before={second}")).await;
    let listed = &page["rejudgings"][0];
    assert_eq!((&listed["id"], &page["next"]), (&json!(first), &Value::Null));
    assert_eq!((&listed["made_by"], &listed["reason"]), (&json!("judith"), &json!("first")));
    assert_eq!(
        (&listed["closed"]["by"], &listed["closed"]["note"]),
        (&json!("root"), &json!("a slip"))
    );
    let path = format!("rejudgings/{second}/submissions?which=all&limit=1");
    let page = get(&app, &jury, &path).await;
    let next = page["next"].as_str().unwrap();
    let rest = get(&app, &jury, &format!("{path}&after={next}")).await;
    assert_ne!(rest["submissions"][0]["submission_id"], page["submissions"][0]["submission_id"]);
    assert_eq!(rest["next"], Value::Null);
}

async fn the_jury_does_it_all_without_scripts(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (ada, jury) = people(&app).await;
    let submission = app.submit(&ada).await;
    app.judge(submission, Verdict::WrongAnswer);
    let cookie = app.session(&jury);
    let see = async |path: &str| {
        let response = app.get(path).header("Cookie", &cookie).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        response.text().await.unwrap()
    };
    let send = async |path: &str, fields: &[(&str, &str)]| {
        let request = app.post(path).header("Cookie", &cookie).header("Origin", app.url(""));
        let response = request.form(fields).send().await.unwrap();
        let location = response.headers().get("Location").map(|to| to.to_str().unwrap().to_owned());
        (response.status().as_u16(), location, response.text().await.unwrap())
    };
    assert!(
        see("/submissions?problem_id=sum").await.contains("/jury/rejudgings/new?problem_ids=sum")
    );
    let form = see("/jury/rejudgings/new?problem_ids=sum&verdicts=WA").await;
    assert!(form.contains("name=\"problem_ids\" value=\"sum\""), "{form}");
    assert!(form.contains("value=\"WA\" checked"), "{form}");

    let mut fields = vec![
        ("problem_ids", "sum, "),
        ("verdicts", "WA"),
        ("verdicts", "AC"),
        ("submitted_from", "2020-01-01T00:00"),
        ("reason", "<b>new</b> tests"),
        ("action", "count"),
    ];
    let (status, _, page) = send("/jury/rejudgings/new", &fields).await;
    assert!(status == 200 && page.contains("It would be <strong>1</strong> submissions"), "{page}");
    assert!(page.contains("Wrong answer, Accepted") && !page.contains("<b>new"), "{page}");
    fields[5] = ("action", "make");
    let (status, _, page) =
        send("/jury/rejudgings/new", &[("problem_ids", "none"), ("reason", "x")]).await;
    assert!(status == 422 && page.contains("there is no problem"), "{page}");
    assert!(page.contains("name=\"problem_ids\" value=\"none\""), "{page}");
    for bad in [
        ("submitted_until", "now"),
        ("submission_ids", "x"),
        ("verdicts", "XX"),
        ("kind", "x"),
        ("confirm", "x"),
    ] {
        let (status, _, page) = send("/jury/rejudgings/new", &[bad, ("reason", "x")]).await;
        assert!(status == 422 && page.contains("role=\"alert\""), "{bad:?}: {page}");
    }
    let (status, address, _) = send("/jury/rejudgings/new", &fields).await;
    let address = address.unwrap();
    assert_eq!(status, 303);
    let page = see(&address).await;
    assert!(page.contains("Being judged") && page.contains("0 of 1 judged"), "{page}");
    assert!(page.contains("data-progress=") && page.contains("http-equiv=\"refresh\""), "{page}");
    assert!(page.contains("made by <strong>judith</strong>") && !page.contains("<b>new"), "{page}");
    let (status, _, page) = send(&format!("{address}/apply"), &[("note", "")]).await;
    assert!(status == 409 && page.contains("1 of its submissions are not judged"), "{page}");

    let id = address.rsplit('/').next().unwrap().to_owned();
    let new = new_judgement(&app, &jury, &id, submission).await;
    judge(&app, new, Verdict::Accepted);
    let page = see(&address).await;
    assert!(page.contains("Ready to be applied") && !page.contains("data-progress="), "{page}");
    assert!(page.contains("<td class=\"number differs\">1</td>"), "{page}");
    assert!(page.contains(&format!("/submissions/{submission}?judgement_id={new}")), "{page}");
    let (status, to, _) = send(&format!("{address}/apply"), &[("note", "as agreed")]).await;
    assert_eq!((status, to.as_ref()), (303, Some(&address)));
    let page = see(&address).await;
    assert!(
        page.contains("Applied by <strong>judith</strong>") && page.contains("as agreed"),
        "{page}"
    );
    assert!(page.contains("1 of the new judgements count.") && !page.contains("/apply"), "{page}");
    let list = see("/jury/rejudgings").await;
    assert!(list.contains(&address) && list.contains("✓ Applied"), "{list}");
    let page = see(&format!("/submissions/{submission}")).await;
    assert!(page.contains(&format!("<a href=\"{address}\">rejudging</a>")), "{page}");

    let (_, address, _) = send("/jury/rejudgings/new", &[("reason", "again")]).await;
    let address = address.unwrap();
    let (status, to, _) = send(&format!("{address}/cancel"), &[("note", "")]).await;
    assert_eq!((status, to.as_ref()), (303, Some(&address)));
    assert!(see(&address).await.contains("Cancelled by <strong>judith</strong>"));
}
