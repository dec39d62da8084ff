//! `gavel simulate` as people and scripts use it.

use crate::judge::GAVEL;
use serde_json::Value;
use std::process::{Command, Output};

fn simulate(arguments: &[&str]) -> Output {
    Command::new(GAVEL).arg("simulate").args(arguments).output().unwrap()
}

fn json(arguments: &[&str]) -> Value {
    let output = simulate(&[&["--json", "--local-slots", "8"], arguments].concat());
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_seed_names_the_figures() {
    let of_seed = |seed| json(&["--submissions", "3000", "--seed", seed]);
    let figures = of_seed("7");
    assert_eq!(figures, of_seed("7"));
    assert_ne!(figures["platforms"], of_seed("8")["platforms"]);
    assert_eq!(figures["seed"], 7);
}

#[test]
fn every_platform_judges_every_submission() {
    let figures = json(&["--submissions", "3000", "--rejudge", "500"]);
    let platforms = figures["platforms"].as_array().unwrap();
    let names: Vec<_> = platforms.iter().map(|one| one["platform"].as_str().unwrap()).collect();
    assert_eq!(names, ["local", "keda", "keda-spread", "keda-count", "lambda"]);
    for platform in platforms {
        assert_eq!(platform["judged"], 3_500, "{platform:#}");
        let lanes = platform["lanes"].as_array().unwrap();
        let judged: u64 = lanes.iter().map(|lane| lane["judged"].as_u64().unwrap()).sum();
        assert_eq!(judged, 3_500, "{platform:#}");
        let seconds = |name: &str| platform[name].as_f64().unwrap();
        let overhead = seconds("slot_s") / seconds("busy_slot_s");
        assert!((overhead - seconds("overhead")).abs() < 1e-9 && overhead >= 1.0, "{platform:#}");
    }
}

#[test]
fn people_get_a_table_with_the_seed_and_what_they_asked_for() {
    let output = simulate(&["--submissions", "500", "--platform", "lambda", "--seed", "42"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("seed 42") && text.contains("lambda"), "{text}");
    assert!(!text.contains("keda-count"), "{text}");
    assert!(output.stderr.is_empty(), "no progress where there is no terminal");
}

#[test]
fn help_tells_the_exit_codes() {
    let help = String::from_utf8(simulate(&["--help"]).stdout).unwrap();
    assert!(help.contains("Exit codes: 0 simulated"), "{help}");
}

#[test]
fn contradictions_and_misunderstandings_have_their_exit_codes() {
    let code = |arguments: &[&str]| simulate(arguments).status.code();
    assert_eq!(code(&["--pod-slots", "9", "--max-slots", "4"]), Some(3));
    assert_eq!(code(&["--min-slots", "9", "--max-slots", "4"]), Some(3));
    for wrong in [
        ["--submissions", "0"],
        ["--duration", "0"],
        ["--poll", "0"],
        ["--growth", "0"],
        ["--median", "soon"],
        ["--practice", "1.5"],
        ["--platform", "moon"],
    ] {
        assert_eq!(code(&wrong), Some(2), "{wrong:?}");
    }
}
