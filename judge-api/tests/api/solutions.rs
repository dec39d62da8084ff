//! How a problem is solved: for the jury, and for nobody else by any address.

use crate::package::Package;
use crate::support::{On, Person, TestApp, answer, on_each_database};
use judge_types::Role;
use reqwest::StatusCode;

on_each_database! {
    the_jury_reads_how_a_problem_is_solved,
    nobody_else_reads_how_a_problem_is_solved,
    solutions_change_with_the_package,
}

const SECRET: &str = "add-them-from-the-right";
const PDF: &[u8] = b"%PDF-1.4 add-them-from-the-right";
const PICTURE: &[u8] = b"<svg>add-them-from-the-right</svg>";

/// A problem of 2025-09 that describes its solution in three languages, each in another form.
fn package() -> Package {
    let yaml = "problem_format_version: 2025-09\nname: Sum\nuuid: 5ca6ba5b-36d5-4eff-8aa7-d967cbc4375e\nlimits: {time_limit: 1}\n";
    let mut package = Package::sum().file("problem.yaml", yaml.as_bytes());
    package.files.remove(".timelimit");
    let old: Vec<_> = package
        .files
        .keys()
        .filter(|name| name.starts_with("problem_statement/"))
        .cloned()
        .collect();
    for name in old {
        let content = package.files.remove(&name).unwrap();
        package.files.insert(name.replace("problem_statement/", "statement/"), content);
    }
    let english = format!("Just {SECRET}.\n\n<script>alert(1)</script>\n\n![how](how.svg)\n");
    package
        .file("solution/solution.en.md", english.as_bytes())
        .file("solution/solution.sv.tex", format!("\\textbf{{Bara}} {SECRET}.\n").as_bytes())
        .file("solution/solution.de.pdf", PDF)
        .file("solution/how.svg", PICTURE)
}

async fn people(app: &TestApp) -> [Person; 3] {
    [("ada", Role::Contestant), ("judith", Role::Jury), ("root", Role::Admin)]
        .map(|(name, role)| app.person(name, role))
}

async fn the_jury_reads_how_a_problem_is_solved(on: On) {
    let app = TestApp::start(on).await;
    app.install(&package()).await;
    let [_, jury, admin] = people(&app).await;
    for reader in [&jury, &admin] {
        let get = |path: &str| app.get(path).bearer_auth(&reader.token);
        let (status, found) = answer(get("/api/v1/problems/sum/solutions")).await;
        assert_eq!(status, StatusCode::OK, "{found}");
        let all = found["solutions"].as_array().unwrap();
        let languages: Vec<_> = all.iter().map(|one| one["language"].as_str().unwrap()).collect();
        assert_eq!(languages, ["de", "en", "sv"]);
        assert_eq!((&all[0]["html"], &all[0]["pdf"]), (&"".into(), &"solution.de.pdf".into()));
        let english = all[1]["html"].as_str().unwrap();
        assert!(english.contains(SECRET) && !english.contains("script"), "{english}");
        let picture = "/api/v1/problems/sum/solutions/files/images/how.svg";
        assert!(english.contains(picture), "{english}");
        assert!(all[2]["html"].as_str().unwrap().contains("<strong>Bara</strong>"), "{all:?}");
        let pdf = "/api/v1/problems/sum/solutions/files/solution.de.pdf";
        for (address, content_type, content) in
            [(picture, "image/svg+xml", PICTURE), (pdf, "application/pdf", PDF)]
        {
            let sent = get(address).send().await.unwrap();
            assert_eq!(sent.status(), StatusCode::OK, "{address}");
            assert_eq!(sent.headers()["content-type"], content_type, "{address}");
            assert_eq!(sent.bytes().await.unwrap(), content, "{address}");
        }
        let page = get("/problems/sum").send().await.unwrap().text().await.unwrap();
        for shown in ["id=\"solution\"", SECRET, "<strong>Bara</strong>", "Svenska", picture, pdf] {
            assert!(page.contains(shown), "{shown}: {page}");
        }
        let (status, _) = answer(get("/api/v1/problems/none/solutions")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let (status, _) = answer(get("/api/v1/problems/sum/solutions/files/solution.en.md")).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
}

async fn nobody_else_reads_how_a_problem_is_solved(on: On) {
    let app = TestApp::start(on).await;
    app.install(&package()).await;
    let [ada, jury, _] = people(&app).await;
    let (_, found) =
        answer(app.get("/api/v1/problems/sum/solutions").bearer_auth(&jury.token)).await;
    let mut addresses = vec![
        ("/api/v1/problems/sum/solutions".to_owned(), true),
        ("/api/v1/problems/sum".to_owned(), false),
        ("/problems/sum".to_owned(), false),
    ];
    let files = found["files"].as_array().unwrap();
    assert_eq!(files.len(), 2, "{found}");
    for file in files {
        let (name, hash) = (file["name"].as_str().unwrap(), file["sha256"].as_str().unwrap());
        addresses.push((format!("/api/v1/problems/sum/solutions/files/{name}"), true));
        for guess in [name.to_owned(), format!("solution/{name}"), hash.to_owned()] {
            addresses.push((format!("/api/v1/problems/sum/files/{guess}"), false));
        }
        for key in ["guarded", "public"] {
            addresses.push((format!("/api/v1/problems/sum/files/{key}/{hash}"), false));
            addresses.push((format!("/api/v1/problems/sum/files/../../{key}/{hash}"), false));
        }
    }
    for (address, is_guarded) in &addresses {
        for (who, refusal) in
            [(Some(&ada), StatusCode::FORBIDDEN), (None, StatusCode::UNAUTHORIZED)]
        {
            let request = app.get(address);
            let request = match who {
                Some(person) => request.bearer_auth(&person.token),
                None => request,
            };
            let answered = request.send().await.unwrap();
            if *is_guarded {
                assert_eq!(answered.status(), refusal, "{address}");
            }
            let text = answered.text().await.unwrap();
            assert!(
                !text.contains(SECRET) && !text.contains("id=\"solution\""),
                "{address}: {text}"
            );
        }
    }
}

async fn solutions_change_with_the_package(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let [_, jury, _] = people(&app).await;
    let solutions = async || {
        let request = app.get("/api/v1/problems/sum/solutions").bearer_auth(&jury.token);
        let (status, found) = answer(request).await;
        assert_eq!(status, StatusCode::OK, "{found}");
        found["solutions"].as_array().unwrap().len()
    };
    let page = || app.get("/problems/sum").bearer_auth(&jury.token).send();
    assert_eq!(solutions().await, 0);
    assert!(!page().await.unwrap().text().await.unwrap().contains("id=\"solution\""));
    app.install(&package()).await;
    assert_eq!(solutions().await, 3);
    let mut without_pdf = package();
    without_pdf.files.remove("solution/solution.de.pdf");
    app.install(&without_pdf).await;
    assert_eq!(solutions().await, 2);
}
