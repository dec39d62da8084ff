//! Who may call what: every address with every role.

use crate::package::Package;
use crate::support::{On, TestApp, on_each_database};
use judge_types::{
    ContestId, JudgementId, RejudgingFilter, RejudgingId, RejudgingKind, Role, SubmissionId, UserId,
};
use reqwest::Method;
use serde_json::json;
use store::rejudgings::{self, Creation, NewRejudging};

on_each_database! {
    every_address_lets_in_only_whom_it_should,
}

/// Method, path, and the statuses for: nobody, a stranger, the author, the jury, an administrator.
type Row<'a> = (&'a str, String, [u16; 5]);

fn rows(
    submission: SubmissionId,
    user: &str,
    dead: JudgementId,
    rejudging: RejudgingId,
    contest: ContestId,
) -> Vec<Row<'static>> {
    let public = [200; 5];
    let everyone = [401, 200, 200, 200, 200];
    let own = [401, 404, 200, 200, 200];
    let jury = [401, 403, 403, 200, 200];
    let admin = [401, 403, 403, 403, 200];
    vec![
        ("GET", "/healthz".into(), public),
        ("GET", "/readyz".into(), public),
        ("GET", "/api/openapi.json".into(), public),
        ("GET", "/api/docs".into(), public),
        ("GET", "/api/v1/languages".into(), public),
        ("GET", "/api/v1/problems".into(), public),
        ("GET", "/api/v1/contests".into(), everyone),
        ("GET", format!("/api/v1/contests/{contest}/scores"), everyone),
        ("PATCH", format!("/api/v1/contests/{contest}"), [401, 403, 403, 403, 400]),
        ("GET", "/api/v1/problems/sum".into(), public),
        ("GET", "/api/v1/problems/sum/files/statement/pic.png".into(), public),
        ("GET", "/api/v1/account".into(), everyone),
        ("GET", "/api/v1/account/tokens".into(), everyone),
        ("POST", "/api/v1/account/tokens".into(), [401, 400, 400, 400, 400]),
        (
            "DELETE",
            format!("/api/v1/account/tokens/{}", JudgementId::new()),
            [401, 404, 404, 404, 404],
        ),
        ("POST", "/api/v1/account/password".into(), [401, 400, 400, 400, 400]),
        ("GET", "/api/v1/submissions".into(), everyone),
        ("POST", "/api/v1/submissions".into(), [401, 400, 400, 400, 400]),
        ("GET", format!("/api/v1/submissions/{submission}"), own),
        ("GET", format!("/api/v1/submissions/{submission}/events"), own),
        ("POST", format!("/api/v1/submissions/{submission}/rejudge"), [401, 403, 403, 201, 201]),
        (
            "GET",
            format!("/api/v1/submissions/{submission}/test-data/none"),
            [401, 404, 404, 404, 404],
        ),
        ("GET", "/api/v1/problems/sum/versions".into(), jury),
        ("GET", "/api/v1/problems/sum/solutions".into(), jury),
        ("GET", "/api/v1/problems/sum/solutions/files/none".into(), [401, 403, 403, 404, 404]),
        ("POST", "/api/v1/problems".into(), [401, 403, 403, 403, 415]),
        ("PUT", "/api/v1/problems/sum".into(), [401, 403, 403, 403, 415]),
        ("GET", "/api/v1/rejudgings".into(), jury),
        ("POST", "/api/v1/rejudgings".into(), [401, 403, 403, 400, 400]),
        ("POST", "/api/v1/rejudgings/dry-run".into(), jury),
        ("GET", format!("/api/v1/rejudgings/{rejudging}"), jury),
        ("GET", format!("/api/v1/rejudgings/{rejudging}/comparison"), jury),
        ("GET", format!("/api/v1/rejudgings/{rejudging}/submissions"), jury),
        ("POST", format!("/api/v1/rejudgings/{rejudging}/apply"), [401, 403, 403, 409, 409]),
        ("POST", format!("/api/v1/rejudgings/{rejudging}/cancel"), [401, 403, 403, 200, 409]),
        ("GET", "/jury/rejudgings".into(), [303, 403, 403, 200, 200]),
        ("GET", "/jury/rejudgings/new".into(), [303, 403, 403, 200, 200]),
        ("POST", "/jury/rejudgings/new".into(), [303, 403, 403, 415, 415]),
        ("GET", format!("/jury/rejudgings/{rejudging}"), [303, 403, 403, 200, 200]),
        ("POST", format!("/jury/rejudgings/{rejudging}/apply"), [303, 403, 403, 415, 415]),
        ("POST", format!("/jury/rejudgings/{rejudging}/cancel"), [303, 403, 403, 415, 415]),
        ("GET", "/api/v1/dead-letters".into(), jury),
        ("POST", format!("/api/v1/dead-letters/{dead}/ignore"), jury),
        ("POST", format!("/api/v1/dead-letters/{dead}/retry"), [401, 403, 403, 201, 200]),
        (
            "POST",
            format!("/api/v1/dead-letters/{}/retry", JudgementId::new()),
            [401, 403, 403, 404, 404],
        ),
        ("GET", "/api/v1/metering?by=team".into(), admin),
        ("GET", "/api/v1/metering?by=day&format=csv".into(), admin),
        ("GET", "/api/v1/users".into(), admin),
        ("POST", "/api/v1/users".into(), [401, 403, 403, 403, 400]),
        ("PATCH", format!("/api/v1/users/{user}"), [401, 403, 403, 403, 400]),
        ("POST", format!("/api/v1/users/{user}/password"), admin),
        ("DELETE", "/api/v1/problems/other".into(), [401, 403, 403, 403, 204]),
        ("GET", "/submissions".into(), [303, 200, 200, 200, 200]),
        ("GET", format!("/submissions/{submission}"), [303, 404, 200, 200, 200]),
        ("POST", format!("/submissions/{submission}/rejudge"), [303, 403, 403, 303, 303]),
        ("GET", "/jury/dead-letters".into(), [303, 403, 403, 200, 200]),
        ("POST", format!("/jury/dead-letters/{dead}/ignore"), [303, 403, 403, 415, 415]),
        ("POST", format!("/jury/dead-letters/{dead}/retry"), [303, 403, 403, 303, 303]),
        ("GET", "/admin/metering".into(), [303, 403, 403, 403, 200]),
        ("GET", "/account".into(), [303, 200, 200, 200, 200]),
        ("GET", "/admin/problems".into(), [303, 403, 403, 403, 200]),
        ("POST", "/admin/problems".into(), [303, 403, 403, 403, 415]),
        ("POST", "/admin/problems/sum/delete".into(), [303, 403, 403, 403, 303]),
        ("GET", "/admin/users".into(), [303, 403, 403, 403, 200]),
        ("POST", format!("/admin/users/{user}/role"), [303, 403, 403, 403, 415]),
        ("POST", format!("/admin/users/{user}/password"), [303, 403, 403, 403, 200]),
        ("POST", "/logout".into(), [303, 303, 303, 303, 303]),
    ]
}

/// One that is not judged.
fn preview(app: &TestApp, by: UserId) -> RejudgingId {
    let new = NewRejudging {
        reason: "why",
        kind: RejudgingKind::Preview,
        filter: &RejudgingFilter::default(),
        by,
        confirmed: None,
        most_unconfirmed: 9,
    };
    match app.db(|connection| rejudgings::create(connection, &new).unwrap()) {
        Creation::Made(id) => id,
        other => panic!("{other:?}"),
    }
}

async fn every_address_lets_in_only_whom_it_should(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    app.install(&Package::sum().named("other")).await;
    let author = app.person("author", Role::Contestant);
    let people = [
        app.person("stranger", Role::Contestant),
        author.clone(),
        app.person("jury", Role::Jury),
        app.person("admin", Role::Admin),
    ];
    let target = app.person("target", Role::Contestant).id.to_string();
    let submission = app.submit(&author).await;
    // Judged, so that its stream of events has an end.
    app.judge(submission, judge_types::Verdict::Accepted);
    let given_up = app.submit(&author).await;
    app.fail(&app.claim(given_up));
    let dead = app.judgement(given_up);
    let rejudging = preview(&app, people[2].id);
    for (method, path, expected) in rows(submission, &target, dead, rejudging, app.contest) {
        // Sent without a content type where a wrong one is expected, and as empty JSON elsewhere.
        let wants_json = !expected.contains(&415);
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        let tokens = std::iter::once(None).chain(people.iter().map(|person| Some(&person.token)));
        let mut statuses = Vec::new();
        for token in tokens {
            let mut request = app.request(method.clone(), &path);
            if method != Method::GET && wants_json {
                request = request.json(&json!({}));
            }
            if let Some(token) = token {
                request = request.bearer_auth(token);
            }
            statuses.push(request.send().await.unwrap().status().as_u16());
        }
        if path.ends_with("/rejudge") {
            // Judge what the jury asked for, so that later rows find it judged.
            app.judge(submission, judge_types::Verdict::Accepted);
        }
        assert_eq!(statuses, expected, "{method} {path}");
    }
}
