//! Programs and inputs, and what becomes of them.

mod commands;
mod faults;
mod grammar;
mod inputs;
mod limits;
mod operators;

use super::{CheckError, Checktestdata, Limits};
use std::io::{self, Read};

/// Hands out a few bytes at a time, as pipes do.
struct Trickle<'a>(&'a [u8], usize);

impl Read for Trickle<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let step = self.1.min(buffer.len());
        self.0.read(&mut buffer[..step])
    }
}

fn check(program: &str, input: &[u8]) -> Result<(), CheckError> {
    let program = Checktestdata::parse("p.ctd", program).unwrap();
    program.check(&mut Trickle(input, 3), &Limits::default())
}

/// `accepted`, or what is said instead.
fn outcome(program: &str, input: &str) -> String {
    match check(program, input.as_bytes()) {
        Ok(()) => "accepted".to_owned(),
        Err(error) => error.to_string(),
    }
}

/// Holds a table of programs, inputs that they accept and inputs that they do not.
fn hold(table: &[(&str, &[&str], &[&str])]) {
    for (program, good, bad) in table {
        for input in *good {
            assert_eq!(outcome(program, input), "accepted", "{program} of {input:?}");
        }
        for input in *bad {
            let result = check(program, input.as_bytes());
            let is_mismatch = matches!(result, Err(CheckError::Mismatch(_)));
            assert!(is_mismatch, "{program} of {input:?}: {result:?}");
        }
    }
}
