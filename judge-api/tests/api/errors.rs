//! Whatever goes wrong is answered in the one shape.

use crate::package::Package;
use crate::support::{On, TestApp, answer, on_each_database, refusal, refused};
use judge_types::Role;
use reqwest::Method;
use reqwest::multipart::{Form, Part};
use serde_json::json;

on_each_database! {
    a_name_that_no_database_can_hold_is_nobodys,
    every_refusal_has_a_code_and_a_message,
    a_wrong_method_is_told_the_right_ones,
    every_answer_is_safe_to_show_and_can_be_found_in_the_log,
}

async fn every_refusal_has_a_code_and_a_message(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let person = app.person("ada", Role::Contestant);
    let with_json = |path: &str, body: &'static str| {
        app.post(path)
            .bearer_auth(&person.token)
            .header("Content-Type", "application/json")
            .body(body)
    };
    let submissions = "/api/v1/submissions";
    let malformed = |field| refused(400, "malformed", field);

    assert_eq!(refusal(app.get("/api/v1/nothing")).await, refused(404, "not_found", None));
    assert_eq!(refusal(app.get("/api/")).await, refused(404, "not_found", None));
    let wrong_method = app.request(Method::PUT, "/api/v1/login");
    assert_eq!(refusal(wrong_method).await, refused(405, "method_not_allowed", None));

    assert_eq!(refusal(with_json("/api/v1/login", "{")).await, malformed(None));
    assert_eq!(refusal(with_json("/api/v1/login", "{}")).await, malformed(Some("username")));
    assert_eq!(
        refusal(with_json("/api/v1/login", r#"{"username":"a","password":"b","x":1}"#)).await,
        malformed(Some("x"))
    );
    assert_eq!(
        refusal(app.post("/api/v1/login").body("x")).await,
        refused(415, "unsupported_media_type", Some("Content-Type"))
    );
    let large = format!(r#"{{"username":"{}"}}"#, "x".repeat(70_000));
    let large = app.post("/api/v1/login").header("Content-Type", "application/json").body(large);
    assert_eq!(refusal(large).await, refused(413, "too_large", None));

    assert_eq!(refusal(with_json(submissions, "[]")).await, malformed(None));
    assert_eq!(
        refusal(app.post(submissions).bearer_auth(&person.token).body("x")).await,
        refused(415, "unsupported_media_type", Some("Content-Type"))
    );
    let cut_off = app
        .post(submissions)
        .bearer_auth(&person.token)
        .header("Content-Type", "multipart/form-data; boundary=x")
        .body("--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc");
    assert_eq!(refusal(cut_off).await, malformed(None));
    let no_boundary = app
        .post(submissions)
        .bearer_auth(&person.token)
        .header("Content-Type", "multipart/form-data")
        .body("x");
    assert_eq!(refusal(no_boundary).await, malformed(None));
    let unknown_part = Form::new().part("surprise", Part::text("x"));
    let unknown_part = app.post(submissions).bearer_auth(&person.token).multipart(unknown_part);
    assert_eq!(refusal(unknown_part).await, malformed(None));

    for query in ["?limit=x", "?before=x", "?surprise=1", "?limit=-1"] {
        let request = app.get(&format!("{submissions}{query}")).bearer_auth(&person.token);
        assert_eq!(refusal(request).await, malformed(None), "{query}");
    }
    for path in ["/api/v1/submissions/x", "/api/v1/submissions/x/events"] {
        let request = app.get(path).bearer_auth(&person.token);
        assert_eq!(refusal(request).await, refused(404, "not_found", None), "{path}");
    }
}

/// PostgreSQL refuses to compare with a text that has a NUL.
async fn a_name_that_no_database_can_hold_is_nobodys(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let root = app.person("root", Role::Admin);
    let [ada, nul] =
        ["ada", "a\0"].map(|name| json!({ "username": name, "password": "long enough" }));
    answer(app.post("/api/v1/register").json(&ada)).await;
    let login = refusal(app.post("/api/v1/login").json(&nul)).await;
    assert_eq!(login.0, 401, "{login:?}");
    let register = refusal(app.post("/api/v1/register").json(&nul)).await;
    assert_eq!(register, refused(422, "invalid", Some("username")));
    for path in [
        "/api/v1/problems/%00",
        "/api/v1/problems/sum%00",
        "/api/v1/submissions?problem_id=%00",
        "/api/v1/submissions?username=%00",
    ] {
        let status = app.get(path).bearer_auth(&root.token).send().await.unwrap().status();
        assert!(status.is_client_error(), "{path}: {status}");
    }
    let sent = json!({ "problem_id": "\0", "files": [{ "name": "a.py", "content": "\0" }] });
    let sent = refusal(app.post("/api/v1/submissions").bearer_auth(&root.token).json(&sent)).await;
    assert!(sent.0 < 500, "{sent:?}");
    let zip = Package::sum().file("problem.yaml", b"name: \"Sum\\0\"\nlicense: cc0\n").zip();
    let path = "/api/v1/problems";
    let part = Part::bytes(zip).file_name("other.zip");
    let upload =
        app.post(path).bearer_auth(&root.token).multipart(Form::new().part("package", part));
    let status = upload.send().await.unwrap().status();
    assert!(!status.is_server_error(), "{status}");
}

async fn a_wrong_method_is_told_the_right_ones(on: On) {
    let app = TestApp::start(on).await;
    let response = app.request(Method::PATCH, "/api/v1/submissions").send().await.unwrap();
    assert_eq!(response.status(), 405);
    assert_eq!(response.headers()["allow"], "GET, HEAD, POST");
}

async fn every_answer_is_safe_to_show_and_can_be_found_in_the_log(on: On) {
    let app = TestApp::start(on).await;
    for path in ["/", "/login", "/nothing", "/api/v1/languages", "/api/v1/nothing", "/healthz"] {
        let response = app.get(path).send().await.unwrap();
        let headers = response.headers();
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        assert!(!policy.contains("script-src 'self' 'unsafe-inline'"), "{path}: {policy}");
        assert_eq!(headers["referrer-policy"], "same-origin", "{path}");
        assert_eq!(headers["x-request-id"].len(), 32, "{path}");
    }
    let head = app.request(Method::HEAD, "/api/v1/languages").send().await.unwrap();
    assert_eq!(head.status(), 200);
}
