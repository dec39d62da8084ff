#![no_main]
//! Whatever files of a folder are called, what is made of it is a package, or its faults and nothing.

use libfuzzer_sys::fuzz_target;
use problems::ArchiveCaps;
use std::fs;

fuzz_target!(|names: &str| {
    let work = tempfile::tempdir().expect("a folder");
    let [folder, store] = ["folder", "store"].map(|name| work.path().join(name));
    for made in [&folder, &store] {
        fs::create_dir(made).expect("a folder");
    }
    for name in names.lines().take(20) {
        let is_plain = name.split('/').all(|part| !matches!(part, "" | "." | ".."));
        let path = folder.join(name);
        // Names that the file system does not take are not what this is about.
        if is_plain && path.parent().is_some_and(|parent| fs::create_dir_all(parent).is_ok()) {
            let _ = fs::write(path, name);
        }
    }
    let made = problems::import_plain(&folder, &store.join("made"), &ArchiveCaps::default());
    if let Err(faults) = made {
        assert!(!faults.host_failed() && faults.iter().next().is_some());
        assert_eq!(fs::read_dir(&store).expect("the store").count(), 0);
    }
});
