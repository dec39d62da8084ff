#![no_main]
//! Whatever `problem.yaml` holds, reading ends with a package or with its faults.

use libfuzzer_sys::fuzz_target;
use problems::Package;
use std::fs;

fuzz_target!(|data: &[u8]| {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, content) in [
        ("problem.yaml", data),
        ("data/secret/1.in", b"".as_slice()),
        ("data/secret/1.ans", b""),
        ("problem_statement/problem.en.md", b"Text"),
    ] {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, content).expect("a file");
    }
    if let Err(faults) = Package::open(folder.path()) {
        assert!(!faults.host_failed() && faults.iter().next().is_some());
    }
});
