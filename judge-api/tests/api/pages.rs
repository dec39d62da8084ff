//! The pages, used as a browser without JavaScript uses them.

use crate::package::Package;
use crate::support::{CODE, On, TestApp, on_each_database};
use judge_types::{Role, Verdict};
use reqwest::multipart::{Form, Part};
use reqwest::{Client, RequestBuilder, Response, StatusCode};

on_each_database! {
    one_registers_reads_submits_and_sees_the_verdict,
    a_form_with_a_mistake_comes_back_with_what_was_wrong,
    a_session_is_a_cookie_that_scripts_and_other_sites_cannot_use,
    logging_in_leads_back_and_logging_out_ends_the_session,
    an_account_page_makes_and_revokes_tokens_and_changes_the_password,
    an_administrator_manages_packages_and_users_without_scripts,
    a_statement_is_shown_in_the_readers_language,
    pages_hold_no_script_of_their_own_and_escape_what_people_wrote,
    style_and_script_may_be_kept_for_ever,
    an_address_that_is_none_shows_a_page,
}

/// A browser: keeps cookies, says where its requests come from, follows redirects.
struct Browser<'a> {
    client: Client,
    app: &'a TestApp,
}

impl<'a> Browser<'a> {
    fn new(app: &'a TestApp) -> Self {
        Self { client: Client::builder().cookie_store(true).build().unwrap(), app }
    }

    async fn see(&self, path: &str) -> (StatusCode, String) {
        read(self.client.get(self.app.url(path))).await
    }

    fn post(&self, path: &str) -> RequestBuilder {
        self.client.post(self.app.url(path)).header("Origin", self.app.url(""))
    }

    async fn send(&self, path: &str, fields: &[(&str, &str)]) -> (StatusCode, String) {
        read(self.post(path).form(fields)).await
    }

    /// Registers, which logs in as well.
    async fn register(&self, name: &str) {
        let fields = [("username", name), ("password", "long enough")];
        let (status, page) = self.send("/register", &fields).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert!(page.contains(&format!("<a href=\"/account\">{name}</a>")), "{page}");
    }
}

async fn read(request: RequestBuilder) -> (StatusCode, String) {
    let response: Response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    (response.status(), response.text().await.unwrap())
}

async fn one_registers_reads_submits_and_sees_the_verdict(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let browser = Browser::new(&app);
    let (_, home) = browser.see("/").await;
    assert!(
        home.contains("Demo contest") && home.contains("<a href=\"/problems/sum\">Sum of two</a>")
    );
    browser.register("ada").await;
    let (_, problem) = browser.see("/problems/sum").await;
    assert!(problem.contains("Add ") && problem.contains("<math"), "{problem}");
    assert!(problem.contains("<pre id=\"in-1\" tabindex=\"0\">1 2\n</pre>"), "{problem}");
    let form = Form::new()
        .text("language_id", "python3")
        .part("file", Part::bytes(Vec::new()).file_name(""))
        .text("source", CODE);
    let (status, page) = read(browser.post("/problems/sum").multipart(form)).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Waiting") && page.contains("place 1 in the queue"), "{page}");
    assert!(page.contains("http-equiv=\"refresh\"") && page.contains("data-events="), "{page}");
    let (_, list) = browser.see("/submissions").await;
    let id = list.split("/submissions/").nth(1).unwrap().split('"').next().unwrap();
    app.judge(id.parse().unwrap(), Verdict::WrongAnswer);
    let (_, page) = browser.see(&format!("/submissions/{id}")).await;
    assert!(page.contains("✗</span> Wrong answer"), "{page}");
    assert!(!page.contains("refresh") && !page.contains("data-events="), "{page}");
    assert!(page.contains("a warning") && page.contains("print(sum"), "{page}");
    assert!(browser.see("/").await.1.contains("✗ Tried"));
}

async fn a_form_with_a_mistake_comes_back_with_what_was_wrong(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let browser = Browser::new(&app);
    let wrong = [("username", "ada"), ("password", "wrong password"), ("next", "/submissions")];
    let (status, page) = browser.send("/login", &wrong).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert!(page.contains("the username or the password is wrong"));
    assert!(page.contains("value=\"ada\"") && page.contains("value=\"/submissions\""), "{page}");
    let (status, page) = browser.send("/register", &[("username", "ada"), ("password", "x")]).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("at least 8 characters"), "{page}");
    browser.register("ada").await;
    let empty = Form::new().text("language_id", "");
    let (status, page) = read(browser.post("/problems/sum").multipart(empty)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("there is no source"), "{page}");
}

async fn a_session_is_a_cookie_that_scripts_and_other_sites_cannot_use(on: On) {
    let app = TestApp::start(on).await;
    let fields = [("username", "ada"), ("password", "long enough")];
    let response = app.post("/register").form(&fields).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::SEE_OTHER);
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("gavel_session="), "{cookie}");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age="] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let secure = TestApp::start_with(on, |config| config.secure_cookies = true).await;
    let response = secure.post("/register").form(&fields).send().await.unwrap();
    let cookie = response.headers()["set-cookie"].to_str().unwrap();
    assert!(cookie.starts_with("__Host-gavel_session=") && cookie.contains("Secure"), "{cookie}");
    assert!(response.headers().contains_key("strict-transport-security"));
}

async fn logging_in_leads_back_and_logging_out_ends_the_session(on: On) {
    let app = TestApp::start(on).await;
    Browser::new(&app).register("ada").await;
    let response = app.get("/submissions").send().await.unwrap();
    assert_eq!(response.headers()["location"], "/login?next=/submissions");
    let login = |next| {
        let fields = [("username", "ada"), ("password", "long enough"), ("next", next)];
        app.post("/login").form(&fields).send()
    };
    let back = login("/submissions").await.unwrap();
    assert_eq!(back.headers()["location"], "/submissions");
    assert_eq!(login("//evil.example").await.unwrap().headers()["location"], "/");
    let cookie = back.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap();
    let log_out = app.post("/logout").header("Cookie", cookie).header("Origin", app.url(""));
    let out = log_out.send().await.unwrap();
    assert!(out.headers()["set-cookie"].to_str().unwrap().contains("Max-Age=0"));
    let after = app.get("/account").header("Cookie", cookie).send().await.unwrap();
    assert_eq!(after.status(), StatusCode::SEE_OTHER);
}

async fn an_account_page_makes_and_revokes_tokens_and_changes_the_password(on: On) {
    let app = TestApp::start(on).await;
    let browser = Browser::new(&app);
    browser.register("ada").await;
    let (_, page) = browser.send("/account/tokens", &[("name", "laptop")]).await;
    let token = page.split("shown this once: ").nth(1).unwrap().split('<').next().unwrap();
    let me = app.get("/api/v1/account").bearer_auth(token).send().await.unwrap();
    assert_eq!(me.status(), StatusCode::OK);
    let path = page.split("action=\"/account/tokens/").nth(1).unwrap().split('"').next().unwrap();
    browser.send(&format!("/account/tokens/{path}"), &[]).await;
    let me = app.get("/api/v1/account").bearer_auth(token).send().await.unwrap();
    assert_eq!(me.status(), StatusCode::UNAUTHORIZED);
    let change = |current| [("current_password", current), ("new_password", "even longer")];
    assert_eq!(browser.send("/account/password", &change("no")).await.0, StatusCode::UNAUTHORIZED);
    let (status, page) = browser.send("/account/password", &change("long enough")).await;
    assert!(status == StatusCode::OK && page.contains("The password is changed"), "{page}");
}

async fn an_administrator_manages_packages_and_users_without_scripts(on: On) {
    let app = TestApp::start(on).await;
    let root = app.person("root", Role::Admin);
    let session = app.session(&root);
    let post = |path: &str| app.post(path).header("Cookie", &session).header("Origin", app.url(""));
    let upload = |zip: Vec<u8>| {
        let part = Part::bytes(zip).file_name("sum.zip");
        read(post("/admin/problems").multipart(Form::new().part("package", part)))
    };
    let (status, page) = upload(Package::sum().zip()).await;
    assert!(status == StatusCode::OK && page.contains("Sum of two is in, as version 1"), "{page}");
    let (status, page) = upload(Package::sum().file("problem.yaml", b"name: [\n").zip()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("<code>problem.yaml"), "{page}");
    let deleted = post("/admin/problems/sum/delete").send().await.unwrap();
    assert_eq!(deleted.headers()["location"], "/admin/problems");
    assert_eq!(app.get("/problems/sum").send().await.unwrap().status(), StatusCode::NOT_FOUND);

    let (_, page) =
        read(post("/admin/users").form(&[("username", "jane"), ("role", "jury")])).await;
    assert!(page.contains("The password of jane, shown this once: "), "{page}");
    let role = format!("/admin/users/{}/role", root.id);
    let (status, page) = read(post(&role).form(&[("role", "contestant")])).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(page.contains("last administrator"), "{page}");
}

async fn a_statement_is_shown_in_the_readers_language(on: On) {
    let app = TestApp::start(on).await.with_sum().await;
    let page = async |query: &str, wish: &str| {
        let request = app.get(&format!("/problems/sum{query}")).header("Accept-Language", wish);
        request.send().await.unwrap().text().await.unwrap()
    };
    assert!(page("", "de-CH,de;q=0.9").await.contains("öfter"));
    assert!(!page("", "fr").await.contains("öfter"));
    assert!(page("?lang=de", "en").await.contains("öfter"));
}

async fn pages_hold_no_script_of_their_own_and_escape_what_people_wrote(on: On) {
    let app = TestApp::start(on).await;
    let title = "problem.yaml";
    app.install(&Package::sum().file(title, b"name: <script>alert(3)</script> & more\n")).await;
    let person = app.person("ada", Role::Contestant);
    let sent = serde_json::json!({ "problem_id": "sum", "files": [{ "name": "a.py", "content": "</pre><script>alert(4)</script>" }] });
    let request = app.post("/api/v1/submissions").bearer_auth(&person.token).json(&sent);
    let made: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
    let submission = format!("/submissions/{}", made["id"].as_str().unwrap());
    for path in ["/", "/problems/sum", "/submissions", &submission, "/login", "/api/docs"] {
        let page = app.get(path).bearer_auth(&person.token).send().await.unwrap();
        let page = page.text().await.unwrap();
        let scripts = page.matches("<script").count();
        assert_eq!(scripts, page.matches("<script src=\"/static/").count(), "{path}: {page}");
        for inline in ["onclick=", "onload=", "<style", "javascript:"] {
            assert!(!page.contains(inline), "{path}: {inline}");
        }
    }
}

async fn style_and_script_may_be_kept_for_ever(on: On) {
    let app = TestApp::start(on).await;
    let home = app.get("/").send().await.unwrap().text().await.unwrap();
    for (tag, content_type) in
        [("href=\"/static/", "text/css"), ("src=\"/static/", "text/javascript")]
    {
        let mut candidates = home.split(tag).skip(1).map(|rest| rest.split('"').next().unwrap());
        let path = candidates.find(|path| !path.ends_with(".svg")).unwrap();
        let file = app.get(&format!("/static/{path}")).send().await.unwrap();
        assert!(file.headers()["content-type"].to_str().unwrap().starts_with(content_type));
        assert!(file.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    }
    assert_eq!(app.get("/static/x/y").send().await.unwrap().status(), StatusCode::NOT_FOUND);
}

async fn an_address_that_is_none_shows_a_page(on: On) {
    let app = TestApp::start(on).await;
    let (status, page) = Browser::new(&app).see("/nothing").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(page.contains("<h1>Not Found</h1>"), "{page}");
}
