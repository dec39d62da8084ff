#![no_main]
//! Whatever the flags, an output is the same as itself, and comparing ends.

use libfuzzer_sys::fuzz_target;
use problems::{CompareFlags, Comparison, compare};

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(3, |&byte| byte == 0);
    let flags = String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let words: Vec<_> = flags.split_whitespace().collect();
    let flags = CompareFlags::parse(&words).unwrap_or_default();
    let (answer, output) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    compare(answer, output, &flags).expect("memory can be read");
    assert_eq!(compare(answer, answer, &flags).expect("memory can be read"), Comparison::Same);
});
