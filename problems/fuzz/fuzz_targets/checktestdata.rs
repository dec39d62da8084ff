#![no_main]
//! Whatever the program, checking ends within its limits, and how an input is cut when it is read does not matter.

use libfuzzer_sys::fuzz_target;
use problems::{Checktestdata, checktestdata::Limits};
use std::io::{self, Read};

struct Trickle<'a>(&'a [u8]);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let step = buffer.len().min(1);
        self.0.read(&mut buffer[..step])
    }
}

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(2, |&byte| byte == 0);
    let program = String::from_utf8_lossy(parts.next().unwrap_or_default());
    let input = parts.next().unwrap_or_default();
    let Ok(program) = Checktestdata::parse("program.ctd", &program) else { return };
    let limits = Limits { steps: 1_000_000, memory_bytes: 1024 * 1024 };
    let said =
        |input: &mut dyn Read| program.check(input, &limits).map_err(|error| error.to_string());
    assert_eq!(said(&mut &*input), said(&mut Trickle(input)));
});
