//! Statements as PDF and the files that statements show.

use crate::package::Package;
use crate::support::{On, TestApp, answer, on_each_database};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;

on_each_database! {
    a_statement_may_be_a_pdf,
    images_load_from_the_addresses_in_the_text_whatever_their_names,
    samples_stand_where_the_statement_has_them,
    a_sample_interaction_is_a_dialogue,
    the_page_says_in_which_language_the_statement_is,
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

async fn page(app: &TestApp, query: &str) -> String {
    let response = app.get(&format!("/problems/sum{query}")).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    response.text().await.unwrap()
}

/// Asserts that all of these stand in the page, in this order.
fn assert_in_order(page: &str, texts: &[&str]) {
    let mut rest = page;
    for text in texts {
        rest = rest.split_once(text).unwrap_or_else(|| panic!("no {text} there: {page}")).1;
    }
}

async fn samples_stand_where_the_statement_has_them(on: On) {
    let app = TestApp::start(on).await;
    let text = "First {{nextsample}} then {{nextsample}} last\n\n| a |\n|--:|\n| b |\n";
    let mut package = Package::sum().file("problem_statement/problem.en.md", text.as_bytes());
    for (name, content) in
        [("2.in", "5 6\n"), ("2.ans", "11\n"), ("3.in", "7 8\n"), ("3.ans", "15\n")]
    {
        package = package.file(&format!("data/sample/{name}"), content.as_bytes());
    }
    app.install(&package).await;
    let shown = page(&app, "").await;
    assert_in_order(
        &shown,
        &[
            "First",
            "id=\"in-1\"",
            "1 2\n",
            "then",
            "id=\"out-2\"",
            "11\n",
            "last",
            "</article>",
            "id=\"in-3\"",
        ],
    );
    // Each once, in whatever language it is read.
    for id in ["in-1", "in-2", "in-3", "out-1", "out-2", "out-3"] {
        assert_eq!(shown.matches(&format!("id=\"{id}\"")).count(), 1, "{id}");
        assert_eq!(
            page(&app, "?lang=de").await.matches(&format!("id=\"{id}\"")).count(),
            1,
            "{id}"
        );
    }
    assert!(shown.contains("<td class=\"right\">b</td>") && !shown.contains("style="), "{shown}");
}

async fn a_sample_interaction_is_a_dialogue(on: On) {
    let app = TestApp::start(on).await;
    let long = format!("<{}\n", "9".repeat(10_000));
    let package = Package::sum()
        .file("problem.yaml", b"name: Talk\nvalidation: custom interactive\n")
        .file("output_validators/talk.py", b"print()\n")
        .file("data/sample/1.interaction", b"<3\n>? <b>\n>? 2\n---\n<ok\n")
        .file("data/sample/2.interaction", long.as_bytes());
    app.install(&package).await;
    let (_, problem) = answer(app.get("/api/v1/problems/sum")).await;
    let expected = serde_json::json!([
        { "from": "judge", "text": "3\n" },
        { "from": "submission", "text": "? <b>\n? 2\n" },
        { "from": "next_pass", "text": "" },
        { "from": "judge", "text": "ok\n" },
    ]);
    let sample = &problem["samples"][0];
    assert_eq!((&sample["interaction"], &sample["input"]), (&expected, &"".into()));
    assert!(sample["interaction_file"].is_null());
    let shown = page(&app, "").await;
    assert_in_order(
        &shown,
        &[
            "Sample interaction 1",
            "<li class=\"judge\"><span class=\"unseen\">Your program reads: </span><pre>3\n</pre></li>",
            "<li class=\"submission\"><span class=\"unseen\">Your program writes: </span>",
            "? &#60;b&#62;\n? 2\n</pre></li>",
            "<li class=\"pass\">",
            "<pre>ok\n</pre>",
            "Sample interaction 2",
        ],
    );
    assert!(!shown.contains("id=\"in-1\""), "{shown}");
    let name = problem["samples"][1]["interaction_file"].as_str().unwrap();
    let (_, content) = fetch(&app, &format!("/api/v1/problems/sum/files/{name}")).await;
    assert_eq!(content, long.as_bytes());
}

async fn the_page_says_in_which_language_the_statement_is(on: On) {
    let app = TestApp::start(on).await;
    let hebrew = "שלום";
    app.install(&Package::sum().file("problem_statement/problem.he.md", hebrew.as_bytes())).await;
    let shown = page(&app, "?lang=he").await;
    assert_in_order(
        &shown,
        &[
            "<article class=\"problem\" lang=\"he\" dir=\"rtl\">",
            "<a href=\"?lang=de\" hreflang=\"de\" lang=\"de\">Deutsch</a>",
            "<a href=\"?lang=en\" hreflang=\"en\" lang=\"en\">English</a>",
            "<a href=\"?lang=he\" hreflang=\"he\" lang=\"he\" aria-current=\"true\">עברית</a>",
            hebrew,
        ],
    );
    assert!(page(&app, "").await.contains("<article class=\"problem\" lang=\"en\" dir=\"ltr\">"));
}
