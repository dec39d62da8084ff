//! Nothing that is the jury's reaches anybody else, by any address.

use crate::support::{
    HIDDEN_ENDING, JURY_CODE, JURY_ERROR, JURY_MESSAGE, On, SECRET_ANSWER, SECRET_INPUT,
    SECRET_NAME, TestApp, on_each_database,
};
use judge_types::{Role, Verdict};

on_each_database! {
    a_contestant_finds_no_secret_anywhere,
    nobody_sees_the_code_of_others,
}

const SECRETS: [&str; 7] =
    [SECRET_INPUT, SECRET_ANSWER, SECRET_NAME, JURY_CODE, JURY_MESSAGE, JURY_ERROR, HIDDEN_ENDING];

async fn a_contestant_finds_no_secret_anywhere(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (ada, jury) = (app.person("ada", Role::Contestant), app.person("jury", Role::Jury));
    let judged = app.submit(&ada).await;
    app.judge(judged, Verdict::RunTimeError);
    let failed = app.submit(&ada).await;
    let lease = app.claim(failed);
    app.run_tests(&lease, Verdict::WrongAnswer);
    app.fail(&lease);

    let mut paths: Vec<String> = [
        "/",
        "/problems/sum",
        "/submissions",
        "/account",
        "/api/docs",
        "/api/openapi.json",
        "/api/v1/problems",
        "/api/v1/problems/sum",
        "/api/v1/problems/sum/files/attachments/helper.html",
        "/api/v1/problems/sum/files/statement/pic.png",
        "/api/v1/problems/sum/files/problem.yaml",
        "/api/v1/submissions",
        "/api/v1/languages",
        "/healthz",
        "/readyz",
    ]
    .map(str::to_owned)
    .into();
    for id in [judged, failed] {
        paths.extend([format!("/submissions/{id}"), format!("/api/v1/submissions/{id}")]);
    }
    paths.push(format!("/api/v1/submissions/{judged}/events"));
    paths.push(format!("/api/v1/problems/sum/files/data/secret/{SECRET_NAME}.in"));
    for path in &paths {
        let text =
            app.get(path).bearer_auth(&ada.token).send().await.unwrap().text().await.unwrap();
        for secret in SECRETS {
            // An address that is not found may be repeated in the answer; what is asked for is no secret.
            assert!(
                !text.contains(secret) || path.contains(secret),
                "{path} shows {secret}: {text}"
            );
        }
    }
    // The search itself works: the jury does find them.
    let seen = |path: String| {
        let request = app.get(&path).bearer_auth(&jury.token).send();
        async { request.await.unwrap().text().await.unwrap() }
    };
    for path in [format!("/api/v1/submissions/{failed}"), format!("/submissions/{failed}")] {
        let text = seen(path).await;
        for secret in [SECRET_NAME, JURY_MESSAGE, JURY_ERROR, HIDDEN_ENDING] {
            assert!(text.contains(secret), "{secret}");
        }
    }
}

async fn nobody_sees_the_code_of_others(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (ada, eve) = (app.person("ada", Role::Contestant), app.person("eve", Role::Contestant));
    let id = app.submit(&ada).await;
    for path in [
        format!("/api/v1/submissions/{id}"),
        format!("/api/v1/submissions/{id}/events"),
        format!("/submissions/{id}"),
    ] {
        let response = app.get(&path).bearer_auth(&eve.token).send().await.unwrap();
        assert_eq!(response.status(), 404, "{path}");
        assert!(!response.text().await.unwrap().contains("print"), "{path}");
    }
    let list = app.get("/api/v1/submissions").bearer_auth(&eve.token).send().await.unwrap();
    assert!(!list.text().await.unwrap().contains(&id.to_string()));
}
