//! Commands and their exit codes, as scripts use them.

use crate::judge::{GAVEL, Judge, example};
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

fn gavel(home: &Path, arguments: &[&str], input: &str) -> Output {
    let mut process = Command::new(GAVEL)
        .args(arguments)
        .env("XDG_CONFIG_HOME", home)
        .env_remove("GAVEL_URL")
        .env_remove("GAVEL_TOKEN")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    process.wait_with_output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_program_is_sent_and_its_verdict_is_the_exit_code() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("config");
    let judge = Judge::start(&folder.path().join("data"), &[]);
    let send = |path: &str, more: &[&str]| {
        let file = example("hello/submissions").join(path);
        let arguments = [&["submit", file.to_str().unwrap(), "--problem", "hello"], more].concat();
        gavel(&home, &arguments, "")
    };
    let refused = send("accepted/hello.py", &[]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(text(&refused.stderr).contains("gavel login"), "{}", text(&refused.stderr));

    judge.register("ada");
    let wrong = gavel(&home, &["login", &judge.url, "--username", "ada"], "wrong horse\n");
    assert_eq!(wrong.status.code(), Some(3));
    let login = gavel(&home, &["login", &judge.url, "--username", "ada"], "correct horse\n");
    assert_eq!(login.status.code(), Some(0), "{}", text(&login.stderr));

    let accepted = send("accepted/hello.py", &[]);
    assert_eq!(accepted.status.code(), Some(0), "{}", text(&accepted.stderr));
    assert!(text(&accepted.stdout).contains("AC accepted"), "{}", text(&accepted.stdout));
    let rejected = send("wrong_answer/no_comma.py", &["--json"]);
    assert_eq!(rejected.status.code(), Some(1));
    let summary: Value = serde_json::from_slice(&rejected.stdout).unwrap();
    assert_eq!(summary["verdict"], "WA");
    let sent = send("accepted/hello.py", &["--no-wait", "--json"]);
    assert_eq!(sent.status.code(), Some(0));
    let missing = send("accepted/hello.py", &["--problem", "none"]);
    assert_eq!(missing.status.code(), Some(2), "an option twice is no command");
    judge.interrupt();
}

#[test]
fn users_can_be_managed_without_a_browser() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let data = data.to_str().unwrap();
    let admin = |arguments: &[&str], input: &str| {
        gavel(folder.path(), &[&["admin", "--data", data], arguments].concat(), input)
    };
    let made = admin(&["create-user", "grace", "--role", "admin"], "correct horse\n");
    assert_eq!(made.status.code(), Some(0), "{}", text(&made.stderr));
    let again = admin(&["create-user", "Grace", "--generate"], "");
    assert_eq!(again.status.code(), Some(3));
    assert!(text(&again.stderr).contains("taken"), "{}", text(&again.stderr));
    let last = admin(&["set-role", "grace", "contestant"], "");
    assert!(text(&last.stderr).contains("last administrator"), "{}", text(&last.stderr));
    let reset = admin(&["reset-password", "grace"], "");
    let password = text(&reset.stdout);
    let password = password.trim().rsplit(' ').next().unwrap();
    let listed = admin(&["users", "--json"], "");
    let users: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert_eq!(users[0]["username"], "grace");

    let judge = Judge::start(Path::new(data), &["--no-examples"]);
    assert_eq!(judge.admin_password, None, "there is an administrator already");
    judge.log_in("grace", password);
    judge.interrupt();
}

#[test]
fn the_doctor_finds_this_machine_fit_to_judge() {
    let folder = tempfile::tempdir().unwrap();
    let output = gavel(folder.path(), &["doctor", "--json"], "");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{report:#}");
    assert!(report["sandbox"]["level"].is_string(), "{report:#}");
    let languages = report["languages"].as_array().unwrap();
    let missing: Vec<_> =
        languages.iter().filter(|language| language["available"] != true).collect();
    assert!(missing.is_empty(), "{missing:#?}");
    let output = gavel(folder.path(), &["doctor"], "");
    assert!(text(&output.stdout).contains("Languages"));
}
