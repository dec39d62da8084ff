#![no_main]
//! Whatever a file of the Free Problem Set holds, what is made of it is packages, or its faults and nothing.

use libfuzzer_sys::fuzz_target;
use std::fs;

fuzz_target!(|data: &[u8]| {
    let work = tempfile::tempdir().expect("a folder");
    let file = work.path().join("set.xml");
    fs::write(&file, data).expect("a file");
    let store = work.path().join("store");
    fs::create_dir(&store).expect("a folder");
    if let Err(faults) = problems::import_fps(&file, &store.join("made")) {
        assert!(!faults.host_failed() && faults.iter().next().is_some());
        assert_eq!(fs::read_dir(&store).expect("the store").count(), 0);
    }
});
