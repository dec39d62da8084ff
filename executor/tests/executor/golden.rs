//! Every jury submission of every example package comes to the verdict that is written down.

use crate::{stand::workbench, tests_of};
use executor::{VerifyOptions, verify};
use libtest_mimic::Trial;
use std::{fmt::Write, fs, path::Path};

pub(crate) fn trials() -> Vec<Trial> {
    tests_of![the_examples_come_to_the_golden_verdicts]
}

/// Verdicts as lines `package submission verdict first-failing-test`.
const GOLDEN: &str = include_str!("golden.txt");

fn the_examples_come_to_the_golden_verdicts() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../problems/examples");
    let mut folders: Vec<_> =
        fs::read_dir(examples).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.join("problem.yaml").exists());
    folders.sort();
    let place = tempfile::tempdir().unwrap();
    let bench = workbench(place.path(), None);
    let options = VerifyOptions { parallel: 2, ..VerifyOptions::default() };
    let mut got = String::new();
    for folder in folders {
        let report = verify(&folder, &bench, &options, &mut |_| {}).unwrap();
        for row in &report.rows {
            assert!(row.error.is_none() && !row.mismatch, "{}: {row:#?}", report.short_name);
            let verdict = row.verdict.unwrap();
            let failed = row.failed.as_deref().unwrap_or("-");
            let test = failed.split(':').next().unwrap_or(failed);
            writeln!(got, "{} {} {verdict} {test}", report.short_name, row.submission).unwrap();
        }
    }
    let (got, golden): (Vec<_>, Vec<_>) = (got.lines().collect(), GOLDEN.lines().collect());
    assert_eq!(got, golden, "as it would be written down:\n{}", got.join("\n"));
}
