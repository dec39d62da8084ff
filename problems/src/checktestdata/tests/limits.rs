//! That programs end, however they are made.

use crate::{
    Checktestdata,
    checktestdata::{CheckError, Limits},
};
use std::io::Read;

fn limited(program: &str, input: &[u8], limits: Limits) -> String {
    let program = Checktestdata::parse("p.ctd", program).unwrap();
    match program.check(&mut &*input, &limits) {
        Err(error @ CheckError::Limit(_)) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn steps_are_counted() {
    let limits = Limits { steps: 10_000, ..Limits::default() };
    for program in [
        "\nWHILE(1==1) END",
        "\nREP(4294967295) END",
        "\nREPI(i,100) REPI(j,100) SET(x=i*j) END END",
        "\nSET(a=2^33000) REP(3) SET(a=a*1) END",
        "\nSET(a=2^33000)",
        "\nSET(x=1e9999) REP(100) IF(x==1) END END",
        "\nSET(x=1.5) REP(10) SET(y=x^(2^30)) END",
        "\nREPI(i,1000) SET(a[i]=i) ASSERT(UNIQUE(a)) END",
        "\nREGEX(\"(a|b)*\")",
    ] {
        let said = limited(program, &[b'a'; 10_000], limits);
        assert_eq!(said, "p.ctd:2: ran more than 10000 steps", "{program}");
    }
    let computed = "SET(p=\"[a-z]{1,1000}\")\nREGEX(p)";
    assert_eq!(limited(computed, b"a", limits), "p.ctd:2: ran more than 10000 steps");
}

#[test]
fn no_regular_expression_is_slow() {
    // Backtracking would take years for each of these.
    let limits = Limits { steps: 1_000_000, ..Limits::default() };
    for pattern in ["(a*)*b", "(a|a)*b", "(a?){50}a{50}b", "((a+)+)+$"] {
        let program = Checktestdata::parse("p.ctd", &format!("REGEX(\"{pattern}\")")).unwrap();
        let input = [b'a'; 1_000];
        let result = program.check(&mut (&input[..]).chain(&b"!"[..]), &limits);
        assert!(matches!(result, Err(CheckError::Mismatch(_))), "{pattern}: {result:?}");
    }
}

#[test]
fn memory_is_counted() {
    let limits = Limits { memory_bytes: 10_000, ..Limits::default() };
    for (program, input) in [
        ("\nREPI(i,1000) SET(a[i]=i) END", "x"),
        ("\nREPI(i,1000) SET(a[i,i,i]=i) END", "x"),
        ("\nSET(a=10^9000) REPI(i,100) SET(a[i]=a) END", "x"),
        ("\nREGEX(\"x*\",s)", &"x".repeat(20_000)),
        // Nothing can be told of a match before its end.
        ("\nREGEX(\"x*y\")", &"x".repeat(20_000)),
        ("\nREPI(i,50) SET(a[i]=i) END ASSERT(UNIQUE(a,a,a,a))", "x"),
    ] {
        let said = limited(program, input.as_bytes(), limits);
        assert_eq!(said, "p.ctd:2: took more than 10000 bytes of memory", "{program}");
    }
}

#[test]
fn memory_is_given_back() {
    let limits = Limits { memory_bytes: 10_000, ..Limits::default() };
    for program in [
        "REPI(i,1000) SET(a=10^1000) END",
        "REPI(i,1000) SET(a[i]=i) UNSET(a) END",
        "REPI(i,1000) SET(a[0]=10^1000) ASSERT(INARRAY(10^1000,a)) END",
        "REPI(i,1000) SET(a[0,0,10^100]=i) END",
    ] {
        let program = Checktestdata::parse("p.ctd", program).unwrap();
        program.check(&mut std::io::empty(), &limits).unwrap();
    }
}

#[test]
fn numbers_are_limited() {
    let digits = "p.ctd:2: a number has more than 10000 digits";
    let exponent = "p.ctd:2: a number is out of range: its exponent is beyond a thousand million";
    let long = "9".repeat(20_000);
    for (program, input, expected) in [
        ("INT(0,1)", long.as_str(), digits),
        ("FLOAT(0,1)", &long, digits),
        ("FLOAT(0,1)", &format!("0.{long}"), digits),
        ("FLOAT(0,1)", "1e1000000001", exponent),
        ("FLOAT(0,1)", &format!("1e-{long}"), exponent),
        ("SET(a=10^10001)", "", digits),
        ("SET(a=2^(2^63))", "", digits),
        ("SET(a=10^9000*10^9000)", "", digits),
        ("SET(a=10^9999*9) SET(a=a+a)", "", digits),
        ("SET(a=10.0^1000001000)", "", exponent),
        ("SET(a=1e-999999999/10^50)", "", exponent),
    ] {
        let said = limited(&format!("\n{program}"), input.as_bytes(), Limits::default());
        assert_eq!(said, expected, "{program}");
    }
}

/// Numbers as far as this is asked for.
struct Endless(u64);

impl Read for Endless {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let length = self.0.min(buffer.len() as u64 / 2 * 2) as usize;
        buffer[..length].iter_mut().zip(b"7\n".iter().cycle()).for_each(|(to, from)| *to = *from);
        self.0 -= length as u64;
        Ok(length)
    }
}

#[test]
fn what_is_read_is_not_kept() {
    let limits = Limits { memory_bytes: 100_000, ..Limits::default() };
    for program in [
        "WHILE(!ISEOF) INT(7,7) NEWLINE END",
        "REGEX(\"(7\\n)*\")",
        "WHILE(!ISEOF) REGEX(\"7*\",s) NEWLINE END",
    ] {
        let program = Checktestdata::parse("p.ctd", program).unwrap();
        program.check(&mut Endless(2_000_000), &limits).unwrap();
    }
}
