//! What a judge tells those who run it: metrics, as they are documented, and logs that belong together.

use crate::exposition::Scrape;
use crate::judge::{Judge, hello};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

const METRICS: &str = include_str!("../../../docs/metrics.md");

fn scrape(judge: &Judge) -> Scrape {
    let url = judge.metrics.as_ref().expect("the judge says where its metrics are");
    Scrape::parse(&ureq::get(url).call().unwrap().into_body().read_to_string().unwrap())
}

fn watched(data: &Path) -> Judge {
    Judge::run(
        Judge::command(data).env("GAVEL_LOG", "warn").env("GAVEL_METRICS_LISTEN", "127.0.0.1:0"),
    )
}

/// Name, type and help text of each row of the tables.
fn documented() -> BTreeMap<String, (String, String)> {
    let rows = METRICS.lines().filter_map(|line| line.strip_prefix("| `gavel_"));
    rows.map(|row| {
        let columns: Vec<_> = row.split('|').map(str::trim).collect();
        let [name, kind, _labels, help, ..] = columns[..] else { panic!("{row}") };
        let name = format!("gavel_{}", name.trim_end_matches('`'));
        (name, (kind.to_owned(), help.to_owned()))
    })
    .collect()
}

#[test]
fn a_judged_submission_moves_the_metrics_which_are_those_documented() {
    let data = tempfile::tempdir().unwrap();
    let judge = watched(data.path());
    let ada = judge.register("ada");
    let before = scrape(&judge);
    let contest = [("lane", "contest")];
    assert!(before.get("gavel_judgements_queued_total", &contest) == 0.0);
    assert!(before.get("gavel_time_to_verdict_seconds_count", &[]) == 0.0);

    let id = judge.submit(&ada, "hello", "python3", "a.py", &hello());
    judge.wait(&ada, &id);
    let deadline = std::time::Instant::now() + crate::judge::PATIENCE;
    // The verdict is there a moment before its function has ended.
    let done = [("end", "done")];
    while scrape(&judge).get("gavel_functions_total", &done) < 1.0 {
        assert!(std::time::Instant::now() < deadline, "the function does not end");
    }
    let after = scrape(&judge);
    assert!(after.get("gavel_judgements_queued_total", &contest) == 1.0);
    for histogram in [
        "gavel_time_to_verdict_seconds",
        "gavel_queue_wait_seconds",
        "gavel_function_start_seconds",
    ] {
        assert!(after.get(&format!("{histogram}_count"), &[]) == 1.0, "{histogram}");
    }
    let python = [("language", "python3")];
    assert!(after.get("gavel_function_service_seconds_count", &python) == 1.0);
    let submit = [("method", "POST"), ("route", "/api/v1/submissions"), ("status", "201")];
    assert!(after.get("gavel_http_request_duration_seconds_count", &submit) == 1.0);

    let mut documented = documented();
    // It is there where a broker is.
    assert!(documented.remove("gavel_broker_up").is_some());
    let told = after.0.into_iter().map(|(name, family)| (name, (family.kind, family.help)));
    assert_eq!(told.collect::<BTreeMap<_, _>>(), documented, "docs/metrics.md");
    judge.interrupt();
}

#[test]
fn a_judge_that_was_not_asked_shows_its_metrics_nowhere() {
    let data = tempfile::tempdir().unwrap();
    let judge = Judge::start(data.path(), &["--no-examples"]);
    assert_eq!(judge.metrics, None);
}

/// The value of a field in any of the line's spans.
fn of_spans<'a>(line: &'a Value, field: &str) -> Option<&'a str> {
    line["spans"].as_array()?.iter().find_map(|span| span[field].as_str())
}

#[test]
fn the_log_of_a_function_is_of_the_trace_of_its_request() {
    let data = tempfile::tempdir().unwrap();
    let log = data.path().join("log");
    let judge = Judge::run(
        Judge::command(&data.path().join("data"))
            .envs([("GAVEL_LOG", "info"), ("GAVEL_LOG_FORMAT", "json")])
            .stderr(File::create(&log).unwrap()),
    );
    let ada = judge.register("ada");
    let id = judge.submit(&ada, "hello", "python3", "a.py", &hello());
    let detail = judge.wait(&ada, &id);
    // Its end has come once the judge has stopped.
    judge.interrupt();

    let text = std::fs::read_to_string(log).unwrap();
    let line = |line| serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {line}"));
    let lines: Vec<Value> = text.lines().map(line).collect();
    let with_message = |message: &str| {
        let found = lines.iter().find(|line| line["message"] == message);
        found.unwrap_or_else(|| panic!("no line {message:?} in {text}"))
    };
    let (queued, judged) = (with_message("queued"), with_message("judged"));
    assert_eq!(queued["submission"], id);
    let judgement = queued["judgement"].as_str().unwrap();
    assert_eq!(detail["judgement"]["id"], judgement);
    assert_eq!(of_spans(judged, "id"), Some(judgement));
    let trace = of_spans(queued, "trace").expect("a trace");
    assert_eq!(trace.len(), 32);
    assert_eq!(of_spans(judged, "trace"), Some(trace));
    let of_request =
        |line: &&Value| of_spans(line, "trace") == Some(trace) && line["message"] == "request";
    let request = lines.iter().find(of_request).expect("the request's own line");
    assert_eq!(request["path"], "/api/v1/submissions");
}

#[test]
fn a_line_of_a_function_has_one_time() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join("log");
    let log = File::create(&path).unwrap();
    let judge = Judge::run(Judge::command(data.path()).env("GAVEL_LOG", "info").stderr(log));
    let ada = judge.register("ada");
    judge.wait(&ada, &judge.submit(&ada, "hello", "python3", "a.py", &hello()));
    judge.interrupt();
    let log = std::fs::read_to_string(path).unwrap();
    let line = log.lines().find(|line| line.contains("judged verdict=AC"));
    let line = line.unwrap_or_else(|| panic!("no verdict in\n{log}"));
    let year = format!("{}-", judge_types::now().year());
    let times = line.match_indices(&year).filter(|(at, _)| line[*at..].get(10..11) == Some("T"));
    assert_eq!(times.count(), 1, "{line}");
}
