//! Whatever is sent, the answer is never that the judge failed.

use crate::support::{On, Person, TestApp};
use judge_types::Role;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use reqwest::Method;
use serde_json::Value;

const CONTENT_TYPES: [&str; 6] = [
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "application/zip",
    "text/plain",
];

const METHODS: [Method; 6] =
    [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

const PAGES: [&str; 19] = [
    "/",
    "/login",
    "/register",
    "/account/password",
    "/account/tokens",
    "/account/tokens/{id}/revoke",
    "/problems/{id}",
    "/submissions",
    "/submissions/{id}",
    "/submissions/{id}/rejudge",
    "/jury/rejudgings",
    "/jury/rejudgings/new",
    "/jury/rejudgings/{id}",
    "/jury/rejudgings/{id}/apply",
    "/jury/rejudgings/{id}/cancel",
    "/admin/problems",
    "/admin/users",
    "/admin/users/{id}/role",
    "/static/{id}/{name}",
];

#[derive(Debug)]
struct Sent {
    path: usize,
    method: usize,
    part: Vec<u8>,
    query: Vec<u8>,
    content_type: usize,
    body: Vec<u8>,
    wraps: bool,
}

fn sent() -> impl Strategy<Value = Sent> {
    let bytes = |most| proptest::collection::vec(any::<u8>(), 0..most);
    (
        any::<usize>(),
        any::<usize>(),
        bytes(40),
        bytes(40),
        any::<usize>(),
        bytes(600),
        any::<bool>(),
    )
        .prop_map(|(path, method, part, query, content_type, body, wraps)| Sent {
            path,
            method,
            part,
            query,
            content_type,
            body,
            wraps,
        })
}

fn escaped(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("%{byte:02x}")).collect()
}

fn paths() -> Vec<String> {
    let document: Value = serde_json::to_value(judge_api::openapi()).unwrap();
    let described = document["paths"].as_object().unwrap().keys().cloned();
    described.chain(PAGES.map(str::to_owned)).collect()
}

async fn send(app: &TestApp, person: &Person, paths: &[String], sent: &Sent) -> u16 {
    let part = escaped(&sent.part);
    let path = paths[sent.path % paths.len()].replace("{id}", &part).replace("{name}", &part);
    let query =
        if sent.wraps { format!("limit={}", escaped(&sent.query)) } else { escaped(&sent.query) };
    let content_type = CONTENT_TYPES[sent.content_type % CONTENT_TYPES.len()];
    let mut body = sent.body.clone();
    if sent.wraps && content_type.contains("boundary") {
        let head =
            b"--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.py\"\r\n\r\n";
        body = [head.as_slice(), &body, b"\r\n--x--\r\n"].concat();
    }
    let method = METHODS[sent.method % METHODS.len()].clone();
    let request = app
        .request(method, &format!("{path}?{query}"))
        .bearer_auth(&person.token)
        .header("Content-Type", content_type)
        .body(body);
    request.send().await.unwrap().status().as_u16()
}

#[test]
fn random_requests_never_make_the_judge_fail_on_sqlite() {
    send_random_requests(On::Sqlite);
}

#[test]
fn random_requests_never_make_the_judge_fail_on_postgres() {
    send_random_requests(On::Postgres);
}

fn send_random_requests(on: On) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let app = runtime.block_on(async { TestApp::start(on).await.with_sum().await });
    let people = [
        Person { token: "nobody".into(), ..app.person("x", Role::Contestant) },
        app.person("ada", Role::Contestant),
        app.person("root", Role::Admin),
    ];
    let paths = paths();
    let config = Config { cases: 600, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&(sent(), 0..people.len()), |(sent, person)| {
            let status = runtime.block_on(send(&app, &people[person], &paths, &sent));
            prop_assert!(status < 500, "{status}");
            Ok(())
        })
        .unwrap();
}
