//! The description says what there is, and all of it.

use crate::support::{On, TestApp, on_each_database};
use reqwest::Method;
use serde_json::Value;

on_each_database! {
    the_description_and_the_server_agree_on_every_address_and_method,
}

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

async fn the_description_and_the_server_agree_on_every_address_and_method(on: On) {
    let app = TestApp::start(on).await;
    let document: Value = app.get("/api/openapi.json").send().await.unwrap().json().await.unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in METHODS {
            let is_described = item.get(method).is_some();
            let address = path.replace("{id}", "0").replace("{name}", "x");
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let response = app.request(method.clone(), &address).send().await.unwrap();
            let is_taken = response.status() != 405;
            assert_eq!(is_described, is_taken, "{method} {path}");
        }
    }
}

#[test]
fn the_addresses_are_these() {
    let document = serde_json::to_value(judge_api::openapi()).unwrap();
    let mut addresses = String::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in METHODS {
            if let Some(operation) = item.get(method) {
                let method = method.to_uppercase();
                let summary = operation["summary"].as_str().unwrap();
                addresses.push_str(&format!("{method:6} {path}  {summary}\n"));
            }
        }
    }
    insta::assert_snapshot!(addresses);
}

/// Every reference within the document leads somewhere, and every error has the one shape. That the judge is not
/// ready is no error of whoever asks, but the answer.
#[test]
fn the_description_is_whole() {
    let document = serde_json::to_value(judge_api::openapi()).unwrap();
    let text = document.to_string();
    for reference in text.split("\"$ref\":\"#").skip(1) {
        let pointer = reference.split('"').next().unwrap();
        assert!(document.pointer(pointer).is_some(), "{pointer}");
    }
    for (path, item) in document["paths"].as_object().unwrap() {
        for operation in METHODS.iter().filter_map(|method| item.get(*method)) {
            let responses = operation["responses"].as_object().unwrap();
            for (status, response) in
                responses.iter().filter(|(status, _)| *status >= &"4".to_owned())
            {
                if path == "/readyz" {
                    assert_eq!(response["content"], responses["200"]["content"]);
                    continue;
                }
                let schema = &response["content"]["application/json"]["schema"]["$ref"];
                assert_eq!(schema, "#/components/schemas/Error", "{path} {status}");
            }
        }
    }
}
