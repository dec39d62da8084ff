#![no_main]
//! Whatever `problem.xml` holds, reading ends with a package or with its faults.

use libfuzzer_sys::fuzz_target;
use problems::Package;
use std::fs;

fuzz_target!(|data: &[u8]| {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, content) in [
        ("problem.xml", data),
        ("tests/01", b"".as_slice()),
        ("tests/01.a", b""),
        ("files/check.cpp", b""),
        ("solutions/main.cpp", b""),
        ("statements/english/problem.tex", b"Text"),
    ] {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, content).expect("a file");
    }
    if let Err(faults) = Package::open(folder.path()) {
        assert!(!faults.host_failed() && faults.iter().next().is_some());
    }
});
