//! Statements as PDF and the files that statements show.

use crate::package::Package;
use crate::support::{On, TestApp, answer, on_each_database};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

on_each_database! {
    a_statement_may_be_a_pdf,
    images_load_from_the_addresses_in_the_text_whatever_their_names,
}

const PDF: &[u8] = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
const SVG: &[u8] = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(3)</script></svg>";

/// Fetches a file at first and then once more, known by its tag: both answers must guard it alike.
async fn fetch(app: &TestApp, address: &str) -> (HeaderMap, Vec<u8>) {
    let response = app.get(address).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK, "{address}");
    let headers = response.headers().clone();
    let again = app.get(address).header("If-None-Match", headers["etag"].clone());
    let again = again.send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{address}");
    for name in ["etag", "content-security-policy", "x-content-type-options"] {
        let values = |headers: &HeaderMap| headers.get_all(name).iter().cloned().collect();
        let (first, second): (Vec<_>, Vec<_>) = (values(&headers), values(again.headers()));
        assert_eq!(first.len(), 1, "{address}: {name}: {first:?}");
        assert_eq!(first, second, "{address}: {name}");
    }
    (headers, response.bytes().await.unwrap().to_vec())
}

/// The addresses of all images, in the order of the text.
fn images(html: &str) -> Vec<&str> {
    html.split("<img src=\"").skip(1).map(|rest| rest.split_once('"').unwrap().0).collect()
}

async fn a_statement_may_be_a_pdf(on: On) {
    let app = TestApp::start(on).await;
    let mut package = Package::sum().file("problem_statement/problem.en.pdf", PDF);
    package.files.remove("problem_statement/problem.en.md");
    app.install(&package).await;
    let (_, problem) = answer(app.get("/api/v1/problems/sum")).await;
    let english = &problem["statements"][1];
    assert_eq!((&english["language"], &english["html"]), (&"en".into(), &"".into()));
    let address = format!("/api/v1/problems/sum/files/{}", english["pdf"].as_str().unwrap());
    let (headers, content) = fetch(&app, &address).await;
    assert_eq!(content, PDF);
    assert_eq!(headers["content-type"], "application/pdf");
    assert_eq!(headers["content-disposition"], "inline");
    assert_eq!(headers["x-content-type-options"], "nosniff");
    // Not `sandbox`: in that, browsers show no PDF.
    let policy = headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("script"), "{policy}");
    let page = app.get("/problems/sum").header("Accept-Language", "en").send().await.unwrap();
    let page = page.text().await.unwrap();
    assert!(page.contains(&format!("href=\"{address}\"")), "{page}");
}

async fn images_load_from_the_addresses_in_the_text_whatever_their_names(on: On) {
    let app = TestApp::start(on).await;
    let names =
        ["100%.svg", "what?.svg", "part #1.svg", "a%20b.svg", "größe & \"co\".svg", "in/50%25.svg"];
    let mut text = String::from("Look:\n\n");
    let mut package = Package::sum();
    for name in names {
        text += &format!("![](<{name}>)\n");
        let content = [SVG, name.as_bytes()].concat();
        package = package.file(&format!("problem_statement/{name}"), &content);
    }
    let other = "<img src=\"what?.svg\"><img src=\"what%3F.svg\"><img src=\"/etc/x.svg\">";
    package = package.file("problem_statement/problem.de.html", other.as_bytes());
    package.files.remove("problem_statement/problem.de.md");
    app.install(&package.file("problem_statement/problem.en.md", text.as_bytes())).await;
    let (_, problem) = answer(app.get("/api/v1/problems/sum")).await;
    let html = |index: usize| problem["statements"][index]["html"].as_str().unwrap();
    let shown = images(html(1));
    assert_eq!(shown.len(), names.len(), "{}", html(1));
    for (address, name) in shown.into_iter().zip(names) {
        let (headers, content) = fetch(&app, address).await;
        assert!(content.ends_with(name.as_bytes()), "{address} is not {name}");
        assert_eq!(headers["content-type"], "image/svg+xml", "{address}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{address}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"), "{policy}");
    }
    let address = "/api/v1/problems/sum/files/statement/what%3F.svg";
    assert_eq!(images(html(0)), [address, address], "{}", html(0));
}
