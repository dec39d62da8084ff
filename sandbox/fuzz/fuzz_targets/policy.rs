#![no_main]
//! Whatever a policy holds, it is refused with a reason, or it is a filter.

use libfuzzer_sys::fuzz_target;
use sandbox::Policy;

fuzz_target!(|text: &str| {
    match Policy::parse("fuzzed", text) {
        Ok(policy) => assert_eq!(policy.name(), "fuzzed"),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
