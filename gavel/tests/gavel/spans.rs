//! Spans as a collector gets them, by OTLP over HTTP.

use crate::judge::{Judge, PATIENCE, hello};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::{Span, span::SpanKind};
use prost::Message;
use serde_json::json;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// A collector on a port of its own; every request comes out of the channel.
fn collector() -> (String, Receiver<ExportTraceServiceRequest>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (sender, received) = channel();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let sender = sender.clone();
            thread::spawn(move || answer(&stream, &sender));
        }
    });
    (url, received)
}

/// Answers the requests of one connection until it ends.
fn answer(mut stream: &TcpStream, sender: &Sender<ExportTraceServiceRequest>) -> Option<()> {
    let mut reader = BufReader::new(stream);
    loop {
        let mut lines = reader.by_ref().lines().map_while(Result::ok).take_while(|l| !l.is_empty());
        assert_eq!(lines.next()?, "POST /v1/traces HTTP/1.1");
        let headers: Vec<String> = lines.map(|line| line.to_lowercase()).collect();
        let header = |name: &str| headers.iter().find_map(|line| line.strip_prefix(name)).unwrap();
        assert_eq!(header("content-type: "), "application/x-protobuf");
        let mut body = vec![0; header("content-length: ").parse().unwrap()];
        reader.read_exact(&mut body).ok()?;
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").ok()?;
        sender.send(ExportTraceServiceRequest::decode(body.as_slice()).unwrap()).ok()?;
    }
}

/// The spans of a trace in what came, until one has each of these names.
fn spans(received: &Receiver<ExportTraceServiceRequest>, trace: &str, names: &[&str]) -> Vec<Span> {
    let mut found: Vec<Span> = Vec::new();
    while !names.iter().all(|name| found.iter().any(|span| span.name == *name)) {
        let request = received.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("only {found:#?}"));
        for of_resource in request.resource_spans {
            let resource = of_resource.resource.unwrap();
            let service = resource.attributes.iter().find(|given| given.key == "service.name");
            let service = service.and_then(|given| given.value.clone()?.value);
            assert_eq!(service, Some(Value::StringValue("gavel".into())));
            let spans = of_resource.scope_spans.into_iter().flat_map(|scope| scope.spans);
            found.extend(spans.filter(|span| hex(&span.trace_id) == trace));
        }
    }
    found
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_collector_gets_a_submissions_way_from_the_request_to_the_function() {
    let (url, received) = collector();
    let data = tempfile::tempdir().unwrap();
    let mut command = Judge::command(data.path());
    command.env("GAVEL_LOG", "warn").env("OTEL_EXPORTER_OTLP_ENDPOINT", &url);
    let judge = Judge::run(&mut command);
    let ada = judge.register("ada");
    let (trace, caller) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
    let body = json!({ "problem_id": "hello", "files": [{ "name": "a.py", "content": hello() }] });
    let mut answer = ureq::post(format!("{}/api/v1/submissions", judge.url))
        .header("Authorization", format!("Bearer {ada}"))
        .header("traceparent", format!("00-{trace}-{caller}-01"))
        .send_json(&body)
        .unwrap();
    let submission: serde_json::Value = answer.body_mut().read_json().unwrap();
    let detail = judge.wait(&ada, submission["id"].as_str().unwrap());
    // What is left is sent at the end.
    judge.interrupt();

    let names = ["POST /api/v1/submissions", "delivery", "judgement"];
    let spans = spans(&received, trace, &names);
    let [request, delivery, judgement] = names.map(|name| {
        let mut named = spans.iter().filter(|span| span.name == name);
        let span = named.next().unwrap();
        assert_eq!(named.next(), None, "one {name}");
        span
    });
    assert_eq!(hex(&request.parent_span_id), caller);
    assert_eq!(request.kind(), SpanKind::Server);
    for span in [delivery, judgement] {
        assert_eq!(span.parent_span_id, request.span_id);
        assert_eq!(span.kind(), SpanKind::Consumer);
    }
    assert!(judgement.start_time_unix_nano > request.start_time_unix_nano);
    assert!(judgement.end_time_unix_nano > judgement.start_time_unix_nano);
    assert!(delivery.end_time_unix_nano > judgement.end_time_unix_nano);
    let attribute = |span: &Span, key: &str| {
        let found = span.attributes.iter().find(|attribute| attribute.key == key);
        found.and_then(|attribute| attribute.value.clone()?.value)
    };
    assert_eq!(attribute(request, "http.response.status_code"), Some(Value::IntValue(201)));
    let id = detail["judgement"]["id"].as_str().unwrap().to_owned();
    assert_eq!(attribute(judgement, "id"), Some(Value::StringValue(id)));
}

#[test]
fn a_collector_that_is_away_keeps_nobody_from_judging() {
    let data = tempfile::tempdir().unwrap();
    // Nobody answers on a port that was free a moment ago.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", taken.local_addr().unwrap());
    drop(taken);
    let mut command = Judge::command(data.path());
    command.env("GAVEL_LOG", "error").env("OTEL_EXPORTER_OTLP_ENDPOINT", url);
    let judge = Judge::run(&mut command);
    let ada = judge.register("ada");
    let id = judge.submit(&ada, "hello", "python3", "a.py", &hello());
    assert_eq!(judge.wait(&ada, &id)["judgement_type_id"], "AC");
    judge.interrupt();
}
