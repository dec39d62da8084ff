//! What judging used and what it costs, as administrators see it.

use crate::support::{On, TestApp, answer, on_each_database, refusal, refused};
use judge_types::{Conclusion, ExecutionUsage, Role, RunUsage, Verdict};
use serde_json::{Value, json};

on_each_database! {
    sums_come_by_group_with_their_total,
    prices_are_shown_where_they_are_set,
    csv_is_for_spreadsheets_and_runs_nothing_in_them,
    groups_come_in_pages,
    what_cannot_be_asked_is_refused_by_name,
    the_page_shows_the_table_and_leads_to_the_csv,
}

/// What every execution here uses.
const USED: ExecutionUsage = ExecutionUsage {
    cpu_ms: 1_500,
    wall_ms: 2_000,
    memory_bytes: 500_000_000,
    cold_start_ms: 30,
    queue_wait_ms: 40,
    transferred_bytes: 1_000_000,
};

/// Two submissions of one team and one of another whose name begins like a formula.
async fn judged(app: &TestApp) -> String {
    let teams = [app.person("ada", Role::Contestant), app.person("-eve", Role::Contestant)];
    for team in [&teams[0], &teams[0], &teams[1]] {
        let lease = app.claim(app.submit(team).await);
        app.db(|db| {
            lease
                .finish(db, &Conclusion::pass_fail(Verdict::Accepted, RunUsage::default()), &USED)
                .unwrap()
        });
    }
    app.person("root", Role::Admin).token
}

async fn text(app: &TestApp, path: &str, token: &str, accept: &str) -> (String, String) {
    let request = app.get(path).bearer_auth(token).header("Accept", accept);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200, "{path}");
    let content_type = response.headers()["content-type"].to_str().unwrap().to_owned();
    (content_type, response.text().await.unwrap())
}

async fn sums_come_by_group_with_their_total(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let root = judged(&app).await;
    let (_, metering) = answer(app.get("/api/v1/metering?by=team").bearer_auth(&root)).await;
    let today = judge_types::now().date().to_string();
    assert_eq!((&metering["by"], &metering["to"]), (&json!("team"), &json!(today)));
    let sums = |executions: u64, key: Option<&str>| {
        let mut sums = json!({
            "executions": executions, "lost_executions": 0,
            "cpu_ms": 1_500 * executions, "wall_ms": 2_000 * executions,
            "gb_seconds": executions as f64, "cold_start_ms": 30 * executions,
            "queue_wait_ms": 40 * executions, "transferred_bytes": 1_000_000 * executions,
        });
        if let Some(key) = key {
            sums["key"] = json!(key);
        }
        sums
    };
    assert_eq!(metering["groups"], json!([sums(1, Some("-eve")), sums(2, Some("ada"))]));
    assert_eq!(metering["total"], sums(3, None));
    assert!(metering.get("currency").is_none() && metering.get("next").is_none(), "{metering}");
    for (by, key) in
        [("contest", "demo"), ("problem", "sum"), ("language", "python3"), ("day", &today)]
    {
        let path = format!("/api/v1/metering?by={by}");
        let (_, metering) = answer(app.get(&path).bearer_auth(&root)).await;
        assert_eq!(metering["groups"], json!([sums(3, Some(key))]), "{by}");
    }
    let before = "/api/v1/metering?by=day&from=2001-01-01&to=2001-12-31";
    let (_, metering) = answer(app.get(before).bearer_auth(&root)).await;
    assert_eq!((&metering["groups"], &metering["total"]["executions"]), (&json!([]), &json!(0)));
}

async fn prices_are_shown_where_they_are_set(on: On) {
    let app = TestApp::start_with(on, |config| {
        config.price.per_gb_second = 2.0;
        config.price.per_cpu_second = 4.0;
        config.price.per_execution = 1.0;
        config.price.per_gb_transferred = 1_000.0;
        config.price.currency = "EUR".into();
    });
    let app = app.await.with_sum().await;
    let root = judged(&app).await;
    let (_, metering) = answer(app.get("/api/v1/metering?by=team").bearer_auth(&root)).await;
    // 2 for memory, 6 for CPU time, 1 for itself and 1 for the transfer.
    let price = |value: &Value| value["price"].as_f64().unwrap();
    assert!((price(&metering["groups"][0]) - 10.0).abs() < 1e-9, "{metering}");
    assert!((price(&metering["total"]) - 30.0).abs() < 1e-9, "{metering}");
    assert_eq!(metering["currency"], "EUR");
    let (_, csv) = text(&app, "/api/v1/metering?by=team&format=csv", &root, "*/*").await;
    assert!(csv.lines().next().unwrap().ends_with(",price,currency"), "{csv}");
    assert!(csv.lines().nth(2).unwrap().ends_with(",20.000000,EUR"), "{csv}");
    let (_, page) = text(&app, "/admin/metering?by=team", &root, "text/html").await;
    assert!(page.contains("EUR</th>") && page.contains("20.000000"), "{page}");
}

async fn csv_is_for_spreadsheets_and_runs_nothing_in_them(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let root = judged(&app).await;
    let expected = "team,executions,lost_executions,cpu_ms,wall_ms,gb_seconds,cold_start_ms,queue_wait_ms,transferred_bytes\r\n\
                    '-eve,1,0,1500,2000,1.000000,30,40,1000000\r\n\
                    ada,2,0,3000,4000,2.000000,60,80,2000000\r\n";
    for (path, accept) in
        [("/api/v1/metering?by=team", "text/csv"), ("/api/v1/metering?by=team&format=csv", "*/*")]
    {
        let (content_type, csv) = text(&app, path, &root, accept).await;
        assert!(content_type.starts_with("text/csv"), "{content_type}");
        assert_eq!(csv, expected);
    }
    let (content_type, _) =
        text(&app, "/api/v1/metering?by=team&format=json", &root, "text/csv").await;
    assert_eq!(content_type, "application/json");
}

async fn groups_come_in_pages(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let root = judged(&app).await;
    let page = async |after: &str| {
        let path = format!("/api/v1/metering?by=team&limit=1{after}");
        answer(app.get(&path).bearer_auth(&root)).await.1
    };
    let first = page("").await;
    assert_eq!((&first["groups"][0]["key"], &first["next"]), (&json!("-eve"), &json!("-eve")));
    assert_eq!(first["total"]["executions"], 3, "of all pages");
    let second = page("&after=-eve").await;
    assert_eq!((&second["groups"][0]["key"], second.get("next")), (&json!("ada"), None));
    let csv = app.get("/api/v1/metering?by=team&limit=1&format=csv").bearer_auth(&root);
    let link = csv.send().await.unwrap().headers()["link"].to_str().unwrap().to_owned();
    assert!(link.contains("after=%2Deve") && link.ends_with("rel=\"next\""), "{link}");
}

async fn what_cannot_be_asked_is_refused_by_name(on: On) {
    let app = TestApp::start(on).await;
    let root = app.person("root", Role::Admin).token;
    let get =
        |query: &str| refusal(app.get(&format!("/api/v1/metering{query}")).bearer_auth(&root));
    assert_eq!(get("").await, refused(422, "invalid", Some("by")));
    assert_eq!(get("?by=colour").await, refused(400, "malformed", None));
    assert_eq!(get("?by=day&colour=red").await, refused(400, "malformed", None));
    assert_eq!(get("?by=day&format=xls").await, refused(400, "malformed", None));
    for bad in ["yesterday", "2026-02-30", "2026-13-01", "-0001-01-01", "20000-01-01"] {
        let query = format!("?by=day&from={bad}");
        assert_eq!(get(&query).await, refused(422, "invalid", Some("from")), "{bad}");
    }
    let backwards = "?by=day&from=2026-02-02&to=2026-02-01";
    assert_eq!(get(backwards).await, refused(422, "invalid", Some("to")));
    for limit in ["0", "10001"] {
        let query = format!("?by=day&limit={limit}");
        assert_eq!(get(&query).await, refused(422, "invalid", Some("limit")));
    }
    // The ends of the calendar are days like others.
    let (status, _) =
        answer(app.get("/api/v1/metering?by=day&from=1970-01-01&to=9999-12-30").bearer_auth(&root))
            .await;
    assert_eq!(status, 200);
}

async fn the_page_shows_the_table_and_leads_to_the_csv(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let root = judged(&app).await;
    for by in ["contest", "problem", "team", "language", "day"] {
        let path = format!("/admin/metering?by={by}");
        let (_, page) = text(&app, &path, &root, "text/html").await;
        assert!(page.contains(&format!("aria-current=\"page\">By {by}")), "{page}");
        let link = page.split("href=\"/api/v1/metering?").nth(1).unwrap();
        let link = link.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
        let address = format!("/api/v1/metering?{link}");
        let (content_type, csv) = text(&app, &address, &root, "text/html").await;
        assert!(content_type.starts_with("text/csv") && csv.starts_with(by), "{csv}");
    }
    let (_, page) = text(&app, "/admin/metering?by=team", &root, "text/html").await;
    assert!(page.contains("4.50 s") && page.contains(">Total<"), "{page}");
    let past = "/admin/metering?from=2001-01-01&to=2001-01-02";
    assert!(text(&app, past, &root, "text/html").await.1.contains("Nothing was judged"));
}
