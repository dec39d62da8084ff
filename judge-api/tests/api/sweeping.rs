//! What functions left in the blob store that died is removed.

use crate::support::{On, TestApp, on_each_database};
use judge_types::{JudgementId, Role, Verdict};
use std::time::{Duration, Instant};
use store::blobs::{COMPILED, compiled_key};

on_each_database! {
    compiled_submissions_go_with_their_judgements,
}

async fn compiled_submissions_go_with_their_judgements(on: On) {
    let mut config = None;
    let app = TestApp::start_with(on, |used| config = Some(used.clone())).await.with_sum().await;
    let team = app.person("team", Role::Contestant);
    let (judged, waiting) = (app.submit(&team).await, app.submit(&team).await);
    app.judge(judged, Verdict::Accepted);
    let hash = "0".repeat(64);
    let key = |judgement| compiled_key(judgement, &hash);
    let (over, open) = (key(app.judgement(judged)), key(app.judgement(waiting)));
    let (unknown, other) = (key(JudgementId::new()), format!("{COMPILED}/notes"));
    for key in [&over, &open, &unknown, &other] {
        app.blobs.put(key, vec![1]).await.unwrap();
    }
    // It looks when it starts.
    let another = judge_api::start(config.unwrap()).unwrap();
    let give_up = Instant::now() + Duration::from_secs(60);
    while app.blobs.exists(&over).await.unwrap() || app.blobs.exists(&unknown).await.unwrap() {
        assert!(Instant::now() < give_up, "still there");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(app.blobs.exists(&open).await.unwrap(), "somebody may still need it");
    assert!(app.blobs.exists(&other).await.unwrap(), "not ours");
    another.stop().await.unwrap();
}
