//! A judge whose packages are in an S3 store, which is away for a while or has lost something.

use crate::judge::{Judge, PATIENCE, hello};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};
use test_servers::S3;

fn start(data: &Path, s3: &S3) -> Judge {
    let mut command = Judge::command(data);
    command.env("GAVEL_BLOBS", format!("{}/judge", s3.url())).envs(s3.environment());
    Judge::run(&mut command)
}

#[test]
fn a_store_that_is_away_is_waited_for() {
    let (data, s3) = (tempfile::tempdir().unwrap(), S3::start());
    let judge = start(data.path(), &s3);
    let ada = judge.register("ada");
    s3.stop();
    let id = judge.submit(&ada, "hello", "python3", "a.py", &hello());
    judge.wait_for_event(&ada, &id, "started");
    s3.restart();
    assert_eq!(judge.wait(&ada, &id)["judgement_type_id"], "AC");
    judge.interrupt();
}

#[test]
fn a_package_that_the_store_has_lost_is_the_jurys_trouble_not_the_teams() {
    let (data, s3) = (tempfile::tempdir().unwrap(), S3::start());
    let judge = start(data.path(), &s3);
    let admin = judge.log_in("admin", judge.admin_password.as_deref().unwrap());
    let ada = judge.register("ada");
    let (packages, aside) = (s3.bucket().join("judge/packages"), s3.bucket().join("aside"));
    fs::rename(&packages, &aside).unwrap();
    let id = judge.submit(&ada, "hello", "python3", "a.py", &hello());
    let deadline = Instant::now() + PATIENCE;
    let letter = loop {
        let page = judge.get(&admin, "dead-letters");
        if page["open"] == 1 {
            break page["dead_letters"][0].clone();
        }
        assert!(Instant::now() < deadline, "never told the jury: {page:#}");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!(letter["submission_id"], json!(id));
    let reason = letter["reason"].as_str().unwrap();
    assert!(reason.contains("no blob packages/"), "{letter:#}");
    let detail = judge.get(&ada, &format!("submissions/{id}"));
    assert_eq!((&detail["state"], &detail["judgement_type_id"]), (&json!("running"), &Value::Null));

    fs::rename(&aside, &packages).unwrap();
    let retry = format!("dead-letters/{}/retry", letter["judgement_id"].as_str().unwrap());
    assert_eq!(judge.post(&admin, &retry, &json!({})).0, 201);
    assert_eq!(judge.wait(&ada, &id)["judgement_type_id"], "AC");
    judge.interrupt();
}
