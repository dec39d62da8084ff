#![no_main]
//! Whatever a statement holds, it is shown without anything that runs.

use libfuzzer_sys::fuzz_target;
use problems::{Package, statement};
use std::fs;

fuzz_target!(|text: &str| {
    for extension in ["tex", "md", "html"] {
        let folder = tempfile::tempdir().expect("a folder");
        let statement = format!("problem_statement/problem.en.{extension}");
        for (path, content) in [
            ("problem.yaml", "name: x"),
            ("data/secret/1.in", ""),
            ("data/secret/1.ans", ""),
            (&statement, text),
        ] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
            fs::write(path, content).expect("a file");
        }
        let Ok(package) = Package::open(folder.path()) else { continue };
        let shown = statement::render(&package, "en", "/").expect("it is shown");
        let html = shown.html.to_lowercase();
        assert!(!html.contains("<script") && !html.contains("href=\"javascript:"));
    }
});
