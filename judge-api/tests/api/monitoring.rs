//! What the API tells those who run it.

use crate::exposition::Scrape;
use crate::support::{On, TestApp, answer, on_each_database};
use judge_api::Running;
use judge_api::monitoring::{self, Monitoring};
use judge_types::{JudgingError, JudgingErrorKind, Role, Verdict};
use reqwest::Method;
use serde_json::json;
use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};
use store::broker::Link;
use store::{Database, leases};

on_each_database! {
    a_judge_whose_broker_is_not_connected_is_not_ready,
    a_judge_whose_database_answers_is_alive_and_ready,
    metrics_are_not_among_the_addresses_of_the_api,
    the_backlog_is_told_as_it_is,
    requests_are_measured_by_the_pattern_of_their_address,
    a_request_is_in_flight_until_it_is_answered_or_its_client_goes,
}

/// An API with its own listener for monitoring.
struct Watched {
    app: TestApp,
    listener: Running,
}

impl Watched {
    async fn start(on: On) -> Self {
        let mut monitoring = None;
        let app =
            TestApp::start_with(on, |config| monitoring = Some(config.monitoring.clone())).await;
        let app = app.with_sum().await;
        let listener = monitoring::start(([127, 0, 0, 1], 0).into(), monitoring.unwrap()).unwrap();
        Self { app, listener }
    }

    async fn scrape(&self) -> Scrape {
        scrape(&self.listener).await
    }
}

async fn scrape(listener: &Running) -> Scrape {
    let response = reqwest::get(format!("http://{}/metrics", listener.addr())).await.unwrap();
    assert_eq!(response.status(), 200);
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(kind.starts_with("text/plain; version=0.0.4"), "{kind}");
    Scrape::parse(&response.text().await.unwrap())
}

async fn a_judge_whose_database_answers_is_alive_and_ready(on: On) {
    let watched = Watched::start(on).await;
    for address in [watched.app.running.addr(), watched.listener.addr()] {
        let get = |path| answer(watched.app.client.get(format!("http://{address}{path}")));
        assert_eq!(get("/healthz").await, (200.try_into().unwrap(), json!({ "status": "ok" })));
        let ready = json!({ "ready": true, "not_ready": [] });
        assert_eq!(get("/readyz").await, (200.try_into().unwrap(), ready));
    }
    watched.listener.stop().await.unwrap();
}

#[tokio::test]
async fn a_judge_without_its_database_is_alive_and_not_ready() {
    let server = test_servers::Postgres::start();
    let database = server.new_database();
    let url = database.url().parse().unwrap();
    let monitoring = Monitoring::of_api(Database::open(url, 2).unwrap(), None);
    let listener = monitoring::start(([127, 0, 0, 1], 0).into(), monitoring).unwrap();
    let client = reqwest::Client::new();
    let get = |path| answer(client.get(format!("http://{}{path}", listener.addr())));
    // No tables are there, which is the start's to see to; the database answers.
    assert_eq!(get("/readyz").await.0, 200);

    server.stop_immediately();
    let (status, body) = get("/readyz").await;
    assert_eq!(status, 503);
    assert_eq!(body["not_ready"][0]["name"], "database", "{body}");
    assert!(!body.to_string().contains("postgres"), "{body}");
    assert_eq!(get("/healthz").await.0, 200);
    let scrape = scrape(&listener).await;
    assert!(scrape.get("gavel_database_up", &[]) == 0.0);
    assert_eq!(scrape.find("gavel_dead_letters", &[]), None, "nothing that nobody knows");
    assert_eq!(scrape.find("gavel_queue_ready", &[("lane", "contest")]), None);

    server.restart();
    let deadline = Instant::now() + Duration::from_secs(60);
    while get("/readyz").await.0 != 200 {
        assert!(Instant::now() < deadline, "not ready again");
    }
}

async fn a_judge_whose_broker_is_not_connected_is_not_ready(on: On) {
    let app = TestApp::start_with(on, |config| {
        config.monitoring = Monitoring::of_api(config.database.clone(), Some(Link::default()));
    });
    let (status, body) = answer(app.await.get("/readyz")).await;
    assert_eq!(status, 503);
    let missing = json!({ "name": "broker", "reason": "not connected; the log says why" });
    assert_eq!(body, json!({ "ready": false, "not_ready": [missing] }));
}

async fn metrics_are_not_among_the_addresses_of_the_api(on: On) {
    let watched = Watched::start(on).await;
    let ada = watched.app.person("ada", Role::Admin);
    let response = watched.app.get("/metrics").bearer_auth(&ada.token).send().await.unwrap();
    assert_eq!(response.status(), 404);
}

async fn the_backlog_is_told_as_it_is(on: On) {
    let watched = Watched::start(on).await;
    let app = &watched.app;
    let ada = app.person("ada", Role::Contestant);
    let contest = [("lane", "contest")];
    let before = watched.scrape().await;
    for name in ["gavel_queue_ready", "gavel_queue_in_flight", "gavel_queue_oldest_age_seconds"] {
        assert!(before.get(name, &contest) == 0.0, "{name}");
    }
    assert!(before.get("gavel_judgements_queued_total", &contest) == 0.0);

    let (first, second) = (app.submit(&ada).await, app.submit(&ada).await);
    let lease = app.claim(first);
    let during = watched.scrape().await;
    assert!(during.get("gavel_judgements_queued_total", &contest) == 2.0);
    assert!(during.get("gavel_queue_ready", &contest) == 1.0);
    assert!(during.get("gavel_queue_in_flight", &contest) == 1.0);
    assert!(during.get("gavel_queue_oldest_age_seconds", &contest) > 0.0);
    assert!(during.get("gavel_queue_ready", &[("lane", "rejudge")]) == 0.0);

    app.run_tests(&lease, Verdict::Accepted);
    app.finish(&lease, Verdict::Accepted);
    let error = JudgingError::new(JudgingErrorKind::DeliveryLimit, "tried too often");
    let judgement = app.judgement(second);
    assert!(app.db(|connection| leases::fail_unheld(connection, judgement, &error)).unwrap());
    let after = watched.scrape().await;
    assert!(after.get("gavel_queue_ready", &contest) == 0.0);
    assert!(after.get("gavel_queue_in_flight", &contest) == 0.0);
    assert!(after.get("gavel_dead_letters", &[]) == 1.0);
    assert!(after.get("gavel_judgements_queued_total", &contest) == 2.0);
}

async fn requests_are_measured_by_the_pattern_of_their_address(on: On) {
    let watched = Watched::start(on).await;
    for path in ["/api/v1/problems/sum", "/api/v1/problems/none", "/what/ever", "/what/else"] {
        watched.app.get(path).send().await.unwrap();
    }
    let method = Method::from_bytes(b"BREW").unwrap();
    watched.app.request(method, "/what/ever").send().await.unwrap();
    let scrape = watched.scrape().await;
    let count = |method, route, status| {
        let labels = [("method", method), ("route", route), ("status", status)];
        scrape.get("gavel_http_request_duration_seconds_count", &labels)
    };
    assert!(count("GET", "/api/v1/problems/{id}", "200") == 1.0);
    assert!(count("GET", "/api/v1/problems/{id}", "404") == 1.0);
    assert!(count("GET", "unmatched", "404") == 2.0);
    assert!(count("other", "unmatched", "404") == 1.0);
    assert!(scrape.get("gavel_http_requests_in_flight", &[]) == 0.0);
}

async fn a_request_is_in_flight_until_it_is_answered_or_its_client_goes(on: On) {
    let watched = Watched::start(on).await;
    let wait_for = async |wanted: f64| {
        let deadline = Instant::now() + Duration::from_secs(60);
        while watched.scrape().await.get("gavel_http_requests_in_flight", &[]) != wanted {
            assert!(Instant::now() < deadline, "never {wanted}");
        }
    };
    let mut client = TcpStream::connect(watched.app.running.addr()).unwrap();
    let head = "POST /api/v1/login HTTP/1.1\r\nhost: judge\r\ncontent-type: application/json\r\n";
    // Half of its body is still to come.
    write!(client, "{head}content-length: 40\r\n\r\n{{").unwrap();
    wait_for(1.0).await;
    drop(client);
    wait_for(0.0).await;
}
