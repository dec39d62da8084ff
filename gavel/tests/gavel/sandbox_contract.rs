//! The manual page of `gavel sandbox` names what there is, and nothing else.

use crate::judge::{GAVEL, copy_of_gavel};
use crate::sandbox_runs::{results, run_in, text};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

type Names = BTreeSet<String>;

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/gavel-sandbox.1")
}

/// The lines of a section or subsection.
fn section(title: &str) -> Vec<String> {
    let page = std::fs::read_to_string(page()).unwrap();
    let is_title = |line: &&str| line.starts_with(".Sh ") || line.starts_with(".Ss ");
    let mut lines = page.lines().skip_while(|line| line.get(4..) != Some(title));
    assert!(lines.next().is_some_and(|line| is_title(&line)), "no section {title}");
    lines.take_while(|line| !is_title(line)).map(str::to_owned).collect()
}

/// The keys that a section has entries for: `.It Va one , another`.
fn entries(title: &str) -> Names {
    let section = section(title);
    let entries = section.iter().filter_map(|line| line.strip_prefix(".It Va "));
    entries.flat_map(|entry| entry.split(" , ")).map(str::to_owned).collect()
}

/// The options that a section has entries for.
fn options(title: &str) -> Names {
    let section = section(title);
    let entries = section.iter().filter_map(|line| line.strip_prefix(".It Fl \\-"));
    entries.filter_map(|entry| entry.split(' ').next()).map(str::to_owned).collect()
}

/// The options that the command itself names in its help.
fn help(subcommand: &str) -> Names {
    let output = Command::new(GAVEL).args(["sandbox", subcommand, "--help"]).output().unwrap();
    let help = text(&output.stdout);
    let options = help.lines().map(str::trim_start).filter_map(|line| line.split_once("--"));
    let at_start = options.filter(|(before, _)| before.is_empty() || before.starts_with('-'));
    let name = |rest: &str| {
        rest.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect::<String>()
    };
    at_start.map(|(_, rest)| name(rest)).filter(|name| name != "help").collect()
}

fn keys(object: &Value) -> Names {
    object.as_object().unwrap().keys().cloned().collect()
}

#[test]
fn every_option_is_in_the_page_and_every_one_there_exists() {
    let titles = ["What it may use", "What it finds", "What is done and said"];
    let written: Names = titles.into_iter().flat_map(options).collect();
    assert_eq!(written, help("run"));
    assert_eq!(options("OPTIONS OF CHECK"), help("check"));
}

#[test]
fn every_key_of_a_result_is_in_the_page_and_every_one_there_exists() {
    let run = |arguments: &[&str], input: &str| {
        results(&run_in(Path::new("/"), &[&["--json"], arguments].concat(), input.as_bytes()))
    };
    let joined =
        json!({ "joined": [{ "run": { "argv": ["true"] } }, { "run": { "argv": ["true"] } }] });
    let found: Vec<Value> = [
        run(&["--", "true"], ""),
        run(&["--", "sh", "-c", "kill $$"], ""),
        run(&["--", "python3", "-c", "import socket; socket.socket()"], ""),
        run(&["--spec", "-"], &joined.to_string()),
    ]
    .concat();
    let seen: Names = found.iter().flat_map(keys).collect();
    assert_eq!(seen, entries("RESULTS"));
    let words = |title: &str| {
        let entries = section(title);
        let words = entries.iter().filter_map(|line| line.strip_prefix(".It Cm "));
        words.map(str::to_owned).collect::<Names>()
    };
    for result in &found {
        assert!(words("ENDINGS").contains(result["ending"].as_str().unwrap()), "{result}");
        assert!(words("LEVELS").contains(result["level"].as_str().unwrap()), "{result}");
    }
    assert_eq!(words("ENDINGS").len(), 7);
    // What every run has, in the order in which it is printed.
    let plain = run_in(Path::new("/"), &["--json", "--", "true"], b"");
    let plain = text(&plain.stdout);
    let mut rest = plain.as_str();
    for key in [
        "run",
        "program",
        "ending",
        "exit_code",
        "cpu_us",
        "wall_us",
        "peak_memory_bytes",
        "level",
        "cgroup",
        "limits",
        "memory_bytes",
        "processes",
        "output_bytes",
        "file_bytes",
        "open_files",
        "stack_bytes",
    ] {
        let quoted = format!("\"{key}\":");
        rest = rest.split_once(quoted.as_str()).unwrap_or_else(|| panic!("no {key} in {rest}")).1;
    }
}

#[test]
fn every_key_of_a_document_is_in_the_page_and_every_one_there_exists() {
    let arguments = ["--print-spec", "--mount", "/a:/b", "--put", "a", "--get", "b", "--", "true"];
    let output = run_in(Path::new("/"), &arguments, b"");
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    let mut top = keys(&document);
    top.insert("joined".to_owned());
    assert_eq!(top, entries("DOCUMENTS"));
    assert_eq!(keys(&document["box"]), entries("Keys of a box"));
    assert_eq!(keys(&document["runs"][0]), entries("Keys of a run"));
    let page = [section("Keys of a box"), section("Keys of a run")].concat().join("\n");
    let mut inner = keys(&document["runs"][0]["limits"]);
    for list in ["mounts", "put", "get"] {
        inner.extend(keys(&document["box"][list][0]));
    }
    for key in inner {
        assert!(page.contains(&format!(".Va {key}")), "{key} is not in the page");
    }
}

#[test]
fn the_check_reports_each_level_with_the_keys_of_the_page() {
    let check = Command::new(GAVEL).args(["sandbox", "check", "--json"]).output().unwrap();
    assert_eq!(check.status.code(), Some(0), "{check:?}");
    let report: Value = serde_json::from_slice(&check.stdout).unwrap();
    assert_eq!(report["best"], "full", "{report:#}");
    let page = section("OPTIONS OF CHECK").join("\n");
    let levels = report["levels"].as_array().unwrap();
    for level in levels {
        for key in keys(level).iter().chain(&keys(&report)) {
            assert!(page.contains(&format!(".Va {key}")), "{key} is not in the page");
        }
    }
    let tried: Vec<_> = levels.iter().map(|level| level["tried"].as_str().unwrap()).collect();
    assert_eq!(tried, ["full", "user-namespace", "minimal"]);
    let said = Command::new(GAVEL).args(["sandbox", "check"]).output().unwrap();
    assert!(text(&said.stdout).contains("Level user-namespace"), "{said:?}");
}

/// Where no level works, which is so where no process may be made.
#[test]
fn the_check_fails_where_nothing_works() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .unwrap();
    let gavel = copy_of_gavel(folder.path());
    let output = Command::new("setpriv")
        .args(["--reuid=65533", "--regid=65533", "--clear-groups", "--", "bash", "-c"])
        .arg(format!("ulimit -u 1; exec {} sandbox check", gavel.display()))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert!(text(&output.stdout).contains("does not work here"), "{output:?}");
}

/// Needs mandoc.
#[test]
fn the_page_is_well_formed() {
    let output = Command::new("mandoc").args(["-T", "lint", "-W", "warning"]).arg(page()).output();
    let output = output.expect("mandoc is needed to check the manual page");
    let said = text(&[output.stdout, output.stderr].concat());
    let faults: Vec<_> = said.lines().filter(|line| line.contains("gavel-sandbox.1")).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}
