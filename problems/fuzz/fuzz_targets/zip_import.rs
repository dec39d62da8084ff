#![no_main]
//! Whatever bytes are uploaded, the import ends, and what it refuses leaves nothing behind.

use libfuzzer_sys::fuzz_target;
use problems::ArchiveCaps;
use std::fs;

fuzz_target!(|data: &[u8]| {
    let work = tempfile::tempdir().expect("a folder");
    let zip = work.path().join("upload.zip");
    fs::write(&zip, data).expect("the archive is written");
    let store = work.path().join("store");
    fs::create_dir(&store).expect("a folder");
    let caps = ArchiveCaps { entries: 200, total_bytes: 1 << 20, ..ArchiveCaps::default() };
    if problems::import_zip(&zip, &store.join("package"), &caps).is_err() {
        assert_eq!(fs::read_dir(&store).expect("the store").count(), 0);
    }
});
