//! Accounts, sessions and tokens.

use crate::support::{On, TestApp, answer, on_each_database, refusal, refused};
use judge_types::Role;
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::num::NonZeroU32;

on_each_database! {
    an_account_is_made_used_and_left,
    what_cannot_be_an_account_is_refused_by_field,
    a_wrong_name_and_a_wrong_password_look_the_same,
    guessing_is_slowed_down_by_name_and_by_address,
    tokens_are_made_listed_and_revoked,
    a_new_password_ends_all_other_sessions,
    where_organisers_make_accounts_nobody_else_does,
    an_administrator_manages_users_but_never_removes_the_last_one,
    a_sessions_secret_is_no_bearer_token_and_the_other_way_round,
    another_site_cannot_use_a_session,
}

fn ada(password: &str) -> Value {
    json!({ "username": "ada", "password": password })
}

async fn an_account_is_made_used_and_left(on: On) {
    let app = TestApp::start(on).await;
    let (status, made) = answer(app.post("/api/v1/register").json(&ada("long enough"))).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(made["role"], "contestant");

    let (status, login) = answer(app.post("/api/v1/login").json(&ada("long enough"))).await;
    assert_eq!(status, StatusCode::OK);
    let token = login["token"].as_str().unwrap();
    assert_eq!(login["account"]["id"], made["id"]);

    let me = || app.get("/api/v1/account").bearer_auth(token);
    assert_eq!(answer(me()).await.1["username"], "ada");
    let (status, _) = answer(app.post("/api/v1/logout").bearer_auth(token)).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(refusal(me()).await, refused(401, "unauthenticated", None));
}

async fn what_cannot_be_an_account_is_refused_by_field(on: On) {
    let app = TestApp::start(on).await;
    let register = |name: &str, password: &str| {
        let sent = json!({ "username": name, "password": password });
        refusal(app.post("/api/v1/register").json(&sent))
    };
    assert_eq!(register("a b", "long enough").await, refused(422, "invalid", Some("username")));
    assert_eq!(register("ada", "short").await, refused(422, "invalid", Some("password")));
    assert_eq!(register("ada", &"x".repeat(257)).await, refused(422, "invalid", Some("password")));
    assert_eq!(
        register("longername", "LongerName").await,
        refused(422, "invalid", Some("password"))
    );
    app.person("Taken", Role::Contestant);
    assert_eq!(
        register("taken", "long enough").await,
        refused(409, "username_taken", Some("username"))
    );
}

async fn a_wrong_name_and_a_wrong_password_look_the_same(on: On) {
    let app = TestApp::start(on).await;
    answer(app.post("/api/v1/register").json(&ada("long enough"))).await;
    let (status, wrong_password) = answer(app.post("/api/v1/login").json(&ada("something"))).await;
    let nobody = json!({ "username": "nobody", "password": "something" });
    let (other, wrong_name) = answer(app.post("/api/v1/login").json(&nobody)).await;
    assert_eq!((status, &wrong_password), (other, &wrong_name));
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert_eq!(wrong_name["code"], "wrong_credentials");
}

async fn guessing_is_slowed_down_by_name_and_by_address(on: On) {
    let app = TestApp::start_with(on, |config| {
        config.limits.login_attempts = NonZeroU32::new(2).unwrap();
        config.limits.login_attempts_per_address = NonZeroU32::new(4).unwrap();
    })
    .await;
    let login = |name: &str| {
        app.post("/api/v1/login").json(&json!({ "username": name, "password": "something" })).send()
    };
    assert_eq!(login("ada").await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(login("Ada").await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let third = login("ada").await.unwrap();
    assert_eq!(third.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait: u64 = third.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait));
    let error: Value = third.json().await.unwrap();
    assert!(error["message"].as_str().unwrap().contains("2 attempts a minute"), "{error}");
    assert_eq!(login("bob").await.unwrap().status(), StatusCode::UNAUTHORIZED);
    assert_eq!(login("eve").await.unwrap().status(), StatusCode::TOO_MANY_REQUESTS);
}

async fn tokens_are_made_listed_and_revoked(on: On) {
    let app = TestApp::start(on).await;
    let person = app.person("ada", Role::Contestant);
    let tokens = "/api/v1/account/tokens";
    let new = json!({ "name": "laptop", "expires_in_days": 7 });
    let (status, made) = answer(app.post(tokens).bearer_auth(&person.token).json(&new)).await;
    assert_eq!(status, StatusCode::CREATED);
    let token = made["token"].as_str().unwrap().to_owned();

    let (_, listed) = answer(app.get(tokens).bearer_auth(&token)).await;
    let names: Vec<_> = listed.as_array().unwrap().iter().map(|token| &token["name"]).collect();
    assert_eq!(names, ["laptop", "test"]);
    assert_eq!(listed[0]["current"], true);
    assert!(!listed.to_string().contains(&token), "a list holds no secrets");

    let path = format!("{tokens}/{}", made["id"].as_str().unwrap());
    let stranger = app.person("eve", Role::Admin);
    let delete = |token: &str| app.request(reqwest::Method::DELETE, &path).bearer_auth(token);
    assert_eq!(refusal(delete(&stranger.token)).await, refused(404, "not_found", None));
    assert_eq!(answer(delete(&person.token)).await.0, StatusCode::NO_CONTENT);
    let me = app.get("/api/v1/account").bearer_auth(&token);
    assert_eq!(refusal(me).await.0, 401);

    for (bad, field) in [
        (json!({ "name": "" }), "name"),
        (json!({ "name": "x", "expires_in_days": 0 }), "expires_in_days"),
        (json!({ "name": "x", "expires_in_days": 367 }), "expires_in_days"),
    ] {
        let request = app.post(tokens).bearer_auth(&person.token).json(&bad);
        assert_eq!(refusal(request).await, refused(422, "invalid", Some(field)));
    }
}

async fn a_new_password_ends_all_other_sessions(on: On) {
    let app = TestApp::start(on).await;
    answer(app.post("/api/v1/register").json(&ada("long enough"))).await;
    let login = |password| answer(app.post("/api/v1/login").json(&ada(password)));
    let one = login("long enough").await.1["token"].as_str().unwrap().to_owned();
    let other = login("long enough").await.1["token"].as_str().unwrap().to_owned();
    let change = |current: &str, new: &str| {
        let sent = json!({ "current_password": current, "new_password": new });
        app.post("/api/v1/account/password").bearer_auth(&one).json(&sent)
    };
    assert_eq!(
        refusal(change("wrong", "even longer")).await,
        refused(401, "wrong_credentials", Some("current_password"))
    );
    assert_eq!(
        refusal(change("long enough", "short")).await,
        refused(422, "invalid", Some("new_password"))
    );
    assert_eq!(answer(change("long enough", "even longer")).await.0, StatusCode::NO_CONTENT);
    let me = |token: &str| app.get("/api/v1/account").bearer_auth(token);
    assert_eq!(answer(me(&one)).await.0, StatusCode::OK);
    assert_eq!(refusal(me(&other)).await.0, 401);
    assert_eq!(login("long enough").await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(login("even longer").await.0, StatusCode::OK);
}

async fn where_organisers_make_accounts_nobody_else_does(on: On) {
    let app = TestApp::start_with(on, |config| config.registration_open = false).await;
    let request = app.post("/api/v1/register").json(&ada("long enough"));
    assert_eq!(refusal(request).await, refused(403, "forbidden", None));
}

async fn an_administrator_manages_users_but_never_removes_the_last_one(on: On) {
    let app = TestApp::start(on).await;
    let admin = app.person("root", Role::Admin);
    let new = json!({ "username": "jane", "role": "jury" });
    let request = app.post("/api/v1/users").bearer_auth(&admin.token).json(&new);
    let (status, made) = answer(request).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(made["role"], "jury");
    let login = json!({ "username": "jane", "password": made["password"] });
    let (status, jane) = answer(app.post("/api/v1/login").json(&login)).await;
    assert_eq!(status, StatusCode::OK);

    let (_, listed) =
        answer(app.get("/api/v1/users?limit=1&offset=1").bearer_auth(&admin.token)).await;
    assert_eq!(listed[0]["username"], "root");
    let request = app.get("/api/v1/users?limit=501").bearer_auth(&admin.token);
    assert_eq!(refusal(request).await, refused(422, "invalid", Some("limit")));

    let set_role = |id: &str, role: &str| {
        let path = format!("/api/v1/users/{id}");
        app.request(reqwest::Method::PATCH, &path)
            .bearer_auth(&admin.token)
            .json(&json!({ "role": role }))
    };
    let root = admin.id.to_string();
    assert_eq!(refusal(set_role(&root, "jury")).await, refused(409, "last_admin", Some("role")));
    let jane_id = made["id"].as_str().unwrap();
    assert_eq!(answer(set_role(jane_id, "admin")).await.1["role"], "admin");
    assert_eq!(answer(set_role(&root, "contestant")).await.1["role"], "contestant");

    let jane_token = jane["token"].as_str().unwrap();
    let reset = |token: &str, id: &str, sent: Value| {
        app.post(&format!("/api/v1/users/{id}/password")).bearer_auth(token).json(&sent)
    };
    assert_eq!(refusal(reset(&admin.token, jane_id, json!({}))).await.0, 403);
    let (status, set) = answer(reset(jane_token, &root, json!({}))).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(refusal(app.get("/api/v1/account").bearer_auth(&admin.token)).await.0, 401);
    let login = json!({ "username": "root", "password": set["password"] });
    assert_eq!(answer(app.post("/api/v1/login").json(&login)).await.0, StatusCode::OK);
    let nobody = judge_types::UserId::new().to_string();
    assert_eq!(refusal(reset(jane_token, &nobody, json!({}))).await.0, 404);
}

async fn a_sessions_secret_is_no_bearer_token_and_the_other_way_round(on: On) {
    let app = TestApp::start(on).await;
    let person = app.person("ada", Role::Contestant);
    let session = app.session(&person);
    let secret = session.strip_prefix("gavel_session=").unwrap();
    let me = || app.get("/api/v1/account");
    assert_eq!(answer(me().header("Cookie", &session)).await.0, StatusCode::OK);
    assert_eq!(refusal(me().bearer_auth(secret)).await.0, 401);
    let forged = format!("gavel_session={}", person.token);
    assert_eq!(refusal(me().header("Cookie", forged)).await.0, 401);
    assert_eq!(
        refusal(me().header("Authorization", "Basic YTpi")).await,
        refused(401, "unauthenticated", Some("Authorization"))
    );
}

async fn another_site_cannot_use_a_session(on: On) {
    let app = TestApp::start(on).await;
    let person = app.person("ada", Role::Contestant);
    let session = app.session(&person);
    let own = app.url("");
    let make = || {
        let new = json!({ "name": "x" });
        app.post("/api/v1/account/tokens").header("Cookie", &session).json(&new)
    };
    let cross_site = refused(403, "cross_site", None);
    assert_eq!(refusal(make()).await, cross_site);
    assert_eq!(refusal(make().header("Sec-Fetch-Site", "cross-site")).await, cross_site);
    assert_eq!(refusal(make().header("Sec-Fetch-Site", "same-site")).await, cross_site);
    assert_eq!(refusal(make().header("Origin", "https://evil.example")).await, cross_site);
    assert_eq!(refusal(make().header("Origin", "null")).await, cross_site);
    assert_eq!(answer(make().header("Origin", &own)).await.0, StatusCode::CREATED);
    assert_eq!(answer(make().header("Sec-Fetch-Site", "same-origin")).await.0, StatusCode::CREATED);
    // Nor can it log a browser in as somebody else.
    let login = app.post("/login").header("Sec-Fetch-Site", "cross-site").body("");
    assert_eq!(login.send().await.unwrap().status(), StatusCode::FORBIDDEN);
    // Programs have no origin and need none.
    let new = json!({ "name": "x" });
    let program = app.post("/api/v1/account/tokens").bearer_auth(&person.token).json(&new);
    assert_eq!(answer(program).await.0, StatusCode::CREATED);
}
