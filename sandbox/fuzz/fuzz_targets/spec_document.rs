#![no_main]
//! Whatever a spec document holds, it is refused with a reason, or printing keeps all of it.

use libfuzzer_sys::fuzz_target;
use sandbox::Helper;
use sandbox::document::Document;

fuzz_target!(|text: &str| {
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    let printed = document.print().expect("what was parsed can be printed");
    assert_eq!(Document::parse(&printed).as_ref(), Ok(&document));
    if let Document::Series(series) = &document {
        let place = series.place.spec(Helper::CurrentExe);
        assert!(place.mounts.iter().all(|mount| mount.target.is_absolute()));
    }
});
