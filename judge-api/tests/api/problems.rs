//! Problems and their packages.

use crate::package::Package;
use crate::support::{On, TestApp, answer, on_each_database, refusal, refused};
use judge_types::Role;
use reqwest::multipart::{Form, Part};
use reqwest::{Method, RequestBuilder, StatusCode};

on_each_database! {
    a_package_becomes_a_problem_with_versions,
    a_problem_shows_its_text_samples_and_limits,
    files_are_shown_or_saved_but_never_run,
    a_long_sample_is_cut_and_can_be_downloaded,
    a_bad_package_is_refused_whole_with_every_fault,
    a_package_above_the_limit_is_refused_with_the_limit,
    a_package_that_asks_for_more_memory_than_there_is_is_refused,
    a_deleted_problem_is_gone_until_it_is_uploaded_again,
    the_languages_on_offer_are_listed_by_name,
}

fn zipped(request: RequestBuilder, package: &Package) -> RequestBuilder {
    request.header("Content-Type", "application/zip").body(package.zip())
}

async fn a_package_becomes_a_problem_with_versions(on: On) {
    let app = TestApp::start(on).await;
    let admin = app.person("root", Role::Admin);
    let part = Part::bytes(Package::sum().zip()).file_name("whatever.zip");
    let form = Form::new().part("package", part);
    let upload = app.post("/api/v1/problems").bearer_auth(&admin.token).multipart(form);
    let (status, installed) = answer(upload).await;
    assert_eq!(status, StatusCode::CREATED, "{installed}");
    assert_eq!((&installed["id"], &installed["version"]), (&"sum".into(), &1.into()));

    let upload = || app.post("/api/v1/problems").bearer_auth(&admin.token);
    let (status, again) = answer(zipped(upload(), &Package::sum())).await;
    assert_eq!((status, &again["is_new_version"]), (StatusCode::OK, &false.into()));
    let changed =
        Package::sum().file("data/secret/2.in", b"5 5\n").file("data/secret/2.ans", b"10\n");
    let (_, second) = answer(zipped(upload(), &changed)).await;
    assert_eq!(second["version"], 2);

    // Put under the name in the address, whatever the package calls itself.
    let put = app.request(Method::PUT, "/api/v1/problems/sum").bearer_auth(&admin.token);
    let (status, third) = answer(zipped(put, &Package::sum().named("other"))).await;
    assert_eq!(
        (status, &third["id"], &third["version"]),
        (StatusCode::OK, &"sum".into(), &3.into())
    );
    let put = app.request(Method::PUT, "/api/v1/problems/nothing").bearer_auth(&admin.token);
    assert_eq!(refusal(zipped(put, &Package::sum())).await, refused(404, "not_found", None));

    let versions = app.get("/api/v1/problems/sum/versions").bearer_auth(&admin.token);
    let (_, versions) = answer(versions).await;
    let hashes: Vec<_> = versions.as_array().unwrap().iter().map(|v| &v["package"]).collect();
    assert_eq!(hashes.len(), 3);
    assert_eq!(hashes[0], hashes[2]);
    assert_ne!(hashes[0], hashes[1]);
}

async fn a_problem_shows_its_text_samples_and_limits(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (_, list) = answer(app.get("/api/v1/problems")).await;
    assert_eq!(list[0]["id"], "sum");
    assert_eq!(list[0]["name"], "Sum of two");
    assert_eq!(list[0]["limits"]["time_ms"], 1000);
    let (_, problem) = answer(app.get("/api/v1/problems/sum")).await;
    assert_eq!(problem["samples"][0]["input"], "1 2\n");
    assert_eq!(problem["samples"][0]["answer"], "3\n");
    assert_eq!(problem["test_data_count"], 2);
    let statements = problem["statements"].as_array().unwrap();
    let languages: Vec<_> = statements.iter().map(|s| s["language"].as_str().unwrap()).collect();
    assert_eq!(languages, ["de", "en"]);
    let html = statements[1]["html"].as_str().unwrap();
    assert!(html.contains("<math"), "{html}");
    assert!(!html.contains("script"), "{html}");
    assert!(html.contains("/api/v1/problems/sum/files/statement/pic.png"), "{html}");
    assert_eq!(refusal(app.get("/api/v1/problems/nothing")).await, refused(404, "not_found", None));
}

async fn files_are_shown_or_saved_but_never_run(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let picture = app.get("/api/v1/problems/sum/files/statement/pic.png").send().await.unwrap();
    assert_eq!(picture.headers()["content-type"], "image/png");
    assert_eq!(picture.headers()["x-content-type-options"], "nosniff");
    assert!(picture.headers()["content-security-policy"].to_str().unwrap().contains("sandbox"));
    let tag = picture.headers()["etag"].clone();
    assert!(picture.bytes().await.unwrap().starts_with(b"\x89PNG"));
    let known =
        app.get("/api/v1/problems/sum/files/statement/pic.png").header("If-None-Match", tag);
    assert_eq!(known.send().await.unwrap().status(), StatusCode::NOT_MODIFIED);

    let page = app.get("/api/v1/problems/sum/files/attachments/helper.html").send().await.unwrap();
    assert_eq!(page.headers()["content-type"], "application/octet-stream");
    assert_eq!(page.headers()["content-disposition"], "attachment; filename=\"helper.html\"");
    assert_eq!(page.text().await.unwrap(), "<script>alert(2)</script>");
    for name in
        ["", "problem.yaml", "../problem.yaml", "data/secret/1.in", "statement/..%2fproblem.yaml"]
    {
        let request = app.get(&format!("/api/v1/problems/sum/files/{name}"));
        assert_eq!(refusal(request).await.0, 404, "{name}");
    }
}

async fn a_long_sample_is_cut_and_can_be_downloaded(on: On) {
    let app = TestApp::start(on).await;
    let long = "12345 ".repeat(5000);
    app.install(&Package::sum().file("data/sample/1.in", long.as_bytes())).await;
    let (_, problem) = answer(app.get("/api/v1/problems/sum")).await;
    let shown = problem["samples"][0]["input"].as_str().unwrap();
    assert!(shown.len() < long.len() && long.starts_with(shown));
    let name = problem["samples"][0]["input_file"].as_str().unwrap();
    let file = app.get(&format!("/api/v1/problems/sum/files/{name}")).send().await.unwrap();
    assert_eq!(file.text().await.unwrap(), long);
    assert!(problem["samples"][0]["answer_file"].is_null());
}

async fn a_bad_package_is_refused_whole_with_every_fault(on: On) {
    let app = TestApp::start(on).await;
    let admin = app.person("root", Role::Admin);
    let mut bad = Package::sum().file("problem.yaml", b"name: X\nlimits:\n  memory: lots\n");
    bad.files.retain(|path, _| !path.ends_with(".ans"));
    let upload = zipped(app.post("/api/v1/problems").bearer_auth(&admin.token), &bad);
    let (status, error) = answer(upload).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(error["code"], "bad_package");
    let faults = error["faults"].as_array().unwrap();
    let memory = faults.iter().find(|fault| fault["field"] == "limits.memory").unwrap();
    assert_eq!((&memory["file"], &memory["line"]), (&"problem.yaml".into(), &3.into()));
    assert!(faults.iter().any(|fault| fault["file"] == "data/sample/1.in"), "{error}");
    assert_eq!(answer(app.get("/api/v1/problems")).await.1, serde_json::json!([]));
    assert_eq!(app.blobs.list("packages").await.unwrap(), Vec::<String>::new());
    let left: Vec<_> = std::fs::read_dir(app.folder.path().join("work")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");

    let garbage = app.post("/api/v1/problems").bearer_auth(&admin.token);
    let garbage = garbage.header("Content-Type", "application/zip").body("not a zip");
    assert_eq!(refusal(garbage).await, refused(422, "bad_package", None));
    let named = Package::sum().named("bad name");
    let upload = zipped(app.post("/api/v1/problems").bearer_auth(&admin.token), &named);
    let (status, error) = answer(upload).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(error["faults"][0]["field"], "short_name");
    let no_file = Form::new().text("package", "x");
    let upload = app.post("/api/v1/problems").bearer_auth(&admin.token).multipart(no_file);
    assert_eq!(refusal(upload).await, refused(422, "invalid", Some("package")));
}

async fn a_package_above_the_limit_is_refused_with_the_limit(on: On) {
    let app = TestApp::start_with(on, |config| config.limits.package_bytes = 1000).await;
    let admin = app.person("root", Role::Admin);
    let upload = app.post("/api/v1/problems").bearer_auth(&admin.token);
    let upload = upload.header("Content-Type", "application/zip").body(vec![0; 1001]);
    let (status, error) = answer(upload).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(error["message"].as_str().unwrap().contains("1000 bytes"), "{error}");
    let left: Vec<_> = std::fs::read_dir(app.folder.path().join("work")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
}

async fn a_package_that_asks_for_more_memory_than_there_is_is_refused(on: On) {
    let most = Some(1 << 30);
    let app = TestApp::start_with(on, |config| config.limits.executor_memory_bytes = most).await;
    let admin = app.person("root", Role::Admin);
    let upload = |yaml: &str| {
        let package = Package::sum().file("problem.yaml", yaml.as_bytes());
        zipped(app.post("/api/v1/problems").bearer_auth(&admin.token), &package)
    };
    let (status, error) = answer(upload("name: X\nlimits: {memory: 1025}\n")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let fault = &error["faults"][0];
    assert_eq!(fault["field"], "limits.memory");
    assert_eq!(fault["message"], "asks for 1025 MiB, but no executor has more than 1024 MiB");
    assert_eq!(answer(upload("name: X\nlimits: {memory: 1024}\n")).await.0, StatusCode::CREATED);
    let silent = answer(upload("name: X\n")).await;
    assert_eq!(silent.0, StatusCode::OK, "the default asks for nothing: {}", silent.1);
}

async fn a_deleted_problem_is_gone_until_it_is_uploaded_again(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let (admin, person) = (app.person("root", Role::Admin), app.person("ada", Role::Contestant));
    let submission = app.submit(&person).await;
    let delete = || app.request(Method::DELETE, "/api/v1/problems/sum").bearer_auth(&admin.token);
    assert_eq!(answer(delete()).await.0, StatusCode::NO_CONTENT);
    assert_eq!(refusal(delete()).await, refused(404, "not_found", None));
    assert_eq!(refusal(app.get("/api/v1/problems/sum")).await.0, 404);
    let file = app.get("/api/v1/problems/sum/files/statement/pic.png");
    assert_eq!(refusal(file).await.0, 404);
    let sent =
        serde_json::json!({ "problem_id": "sum", "files": [{ "name": "a.py", "content": "1" }] });
    let submit = app.post("/api/v1/submissions").bearer_auth(&person.token).json(&sent);
    assert_eq!(refusal(submit).await, refused(404, "not_found", Some("problem_id")));
    let kept = app.get(&format!("/api/v1/submissions/{submission}")).bearer_auth(&person.token);
    assert_eq!(answer(kept).await.0, StatusCode::OK);
    let upload = zipped(app.post("/api/v1/problems").bearer_auth(&admin.token), &Package::sum());
    assert_eq!(answer(upload).await.1["is_new_problem"], false);
    assert_eq!(answer(app.get("/api/v1/problems/sum")).await.0, StatusCode::OK);
}

async fn the_languages_on_offer_are_listed_by_name(on: On) {
    let app = TestApp::start(on).await;
    let (_, languages) = answer(app.get("/api/v1/languages")).await;
    let ids: Vec<_> =
        languages.as_array().unwrap().iter().map(|l| l["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["cpp20", "c", "java", "python3"]);
}
