//! Starting: what is refused, what may be cut off, and who may look into the data folder.

use crate::judge::{GAVEL, Judge, PATIENCE, example, signal};
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Instant;

fn gavel(arguments: &[&str]) -> Output {
    Command::new(GAVEL).args(arguments).stdin(Stdio::null()).output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn an_address_that_is_taken_is_refused_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = holder.local_addr().unwrap().to_string();
    let output = gavel(&["up", "--listen", &address, "--data", data.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains(&format!("listen on {address}")), "{}", stderr(&output));
    assert!(output.stdout.is_empty(), "no password is shown");
    assert!(!data.join("gavel.db").exists());
}

#[test]
fn a_first_start_that_was_cut_off_is_made_good_by_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Command::new(GAVEL)
        .args(["up", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let is_loading = |line: &String| line.starts_with("Loading example problem 2 ");
    lines.by_ref().map(Result::unwrap).find(is_loading).expect("it loads examples");
    signal(process.id(), "INT");
    let rest: Vec<_> = lines.map(Result::unwrap).collect();
    assert!(process.wait().unwrap().success());
    assert!(!rest.iter().any(|line| line.starts_with("Open ")), "stopped at once: {rest:?}");

    let judge = Judge::start(folder.path(), &[]);
    assert_eq!(judge.admin_password, None, "the administrator was made and shown");
    let examples = fs::read_dir(example("")).unwrap().count();
    assert_eq!(judge.get("", "problems").as_array().unwrap().len(), examples);
    judge.interrupt();
}

#[test]
fn other_users_cannot_look_into_the_data_folder() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    Judge::start(&data, &["--no-examples"]).interrupt();
    assert_eq!(mode(&data), 0o700);
    assert_eq!(mode(&data.join("gavel.db")), 0o600);

    // Also where the folder was made by somebody else, open to all.
    let open = folder.path().join("open");
    fs::create_dir(&open).unwrap();
    fs::set_permissions(&open, fs::Permissions::from_mode(0o755)).unwrap();
    Judge::start(&open, &["--no-examples"]).interrupt();
    assert_eq!((mode(&open.join("gavel.db")), mode(&open.join("blobs"))), (0o600, 0o700));
}

#[test]
fn a_judge_goes_on_when_nobody_reads_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Command::new(GAVEL)
        .args(["up", "--no-examples", "--listen", "127.0.0.1:0", "--data"])
        .arg(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    lines.by_ref().map(Result::unwrap).find(|line| line.starts_with("Open ")).unwrap();
    drop(lines);
    signal(process.id(), "INT");
    let deadline = Instant::now() + PATIENCE;
    let status = loop {
        if let Some(status) = process.try_wait().unwrap() {
            break status;
        }
        assert!(Instant::now() < deadline, "it does not stop");
        std::thread::sleep(std::time::Duration::from_millis(20));
    };
    assert!(status.success(), "{status}");
}

#[test]
fn settings_that_make_no_sense_are_no_command() {
    for arguments in
        [["up", "--slots", "0"], ["up", "--slots", "70000"], ["up", "--listen", "here"]]
    {
        assert_eq!(gavel(&arguments).status.code(), Some(2), "{arguments:?}");
    }
    let doctor = Command::new(GAVEL).arg("doctor").env("GAVEL_ALL_TESTS", "1").output().unwrap();
    assert_eq!(doctor.status.code(), Some(0), "{}", stderr(&doctor));
}

#[test]
fn users_are_looked_for_only_where_a_judge_has_been() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("none");
    let output = gavel(&["admin", "--data", data.to_str().unwrap(), "users"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(stderr(&output).contains("no judge's data"), "{}", stderr(&output));
    assert!(!data.exists());
}
