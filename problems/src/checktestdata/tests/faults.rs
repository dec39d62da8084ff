//! Where an input is not as described, or a program cannot go on, and what is said of it.

use super::{check, outcome};
use crate::checktestdata::CheckError;

#[test]
fn a_mismatch_has_its_places() {
    let program = "INT(1,9,n) NEWLINE\nREP(n,SPACE)\n  INT(1,100) # no more\nEND\nNEWLINE";
    let error = check(program, b"3\n1 22 101\n").unwrap_err();
    let CheckError::Mismatch(mismatch) = error else { panic!("{error:?}") };
    assert_eq!((mismatch.line, mismatch.column), (2, 6));
    assert_eq!(mismatch.expected, "an integer from 1 to 100");
    assert_eq!(mismatch.found, "\"101\"");
    assert_eq!((mismatch.program.as_str(), mismatch.program_line), ("p.ctd", 3));
}

#[test]
fn what_is_found_is_shown_safely_and_shortened() {
    for (program, input, expected) in [
        (
            "SPACE",
            "\u{1b}[2J\"",
            r#"line 1, column 1: expected a space, found "\x1b[2J\"" (p.ctd:1)"#,
        ),
        (
            "NEWLINE",
            "",
            "line 1, column 1: expected the end of the line, found the end of the input (p.ctd:1)",
        ),
        (
            "EOF",
            "\nx",
            "line 1, column 1: expected the end of the input, found the end of the line (p.ctd:1)",
        ),
        ("STRING(\"ab\")", "ax", r#"line 1, column 2: expected "b", found "x" (p.ctd:1)"#),
        (
            "REGEX(\"\\\\.\")",
            "x",
            r#"line 1, column 1: expected a match of the regular expression \., found "x" (p.ctd:1)"#,
        ),
        (
            "INT(0,10^50)",
            "-",
            "line 1, column 1: expected an integer from 0 to 1000000000000000000000000000000000000000…, found \"-\" (p.ctd:1)",
        ),
        (
            "FLOATP(0.25,1e30,1,2,x,FIXED)",
            "x",
            "line 1, column 1: expected a floating point number in fixed notation with 1 to 2 decimals from 0.25 to 1e30, found \"x\" (p.ctd:1)",
        ),
    ] {
        assert_eq!(outcome(program, input), expected);
    }
    let long = outcome("EOF", &"x".repeat(1000));
    assert!(long.contains(&format!("\"{}…\"", "x".repeat(40))), "{long}");
}

#[test]
fn programs_that_cannot_go_on() {
    for (program, expected) in [
        ("SET(a=1/0)", "division by zero"),
        ("SET(a=1%0)", "division by zero"),
        ("SET(a=1/0.0)", "division by zero"),
        ("SET(a=1.5%2)", "% takes integers only"),
        ("SET(a=2^-1)", "^ takes an exponent that is an integer from 0 to 2^64 - 1"),
        ("SET(a=2^1.5)", "^ takes an exponent that is an integer from 0 to 2^64 - 1"),
        ("SET(a=\"x\"+1)", "+ takes numbers, not strings"),
        ("SET(a=-\"x\")", "- takes numbers, not strings"),
        ("SET(a=\"x\"^2)", "^ takes numbers, not strings"),
        ("ASSERT(\"1\"==1)", "a string and a number cannot be compared"),
        ("STRING(1)", "STRING takes a string, not 1"),
        ("REGEX(1.5)", "REGEX takes a string, not 1.5"),
        ("SET(p=\"(\") REGEX(p)", "regular expression, byte 2: a ( is not closed"),
        ("SET(a=STRLEN(5))", "STRLEN takes a string, not 5"),
        ("ASSERT(MATCH(5))", "MATCH takes a string, not 5"),
        ("INT(0.5,1)", "the least value of INT is an integer, not 0.5"),
        ("INT(0,1e5)", "the highest value of INT is an integer, not 100000"),
        ("SET(a[\"x\"]=1)", "an index is an integer, not \"x\""),
        ("REP(1.5) END", "the count of REP is an integer, not 1.5"),
        ("REP(-1) END", "the count of REP is from 0 to 4294967295, not -1"),
        ("REP(2^32) END", "the count of REP is from 0 to 4294967295, not 4294967296"),
        ("FLOATP(0,1,-1,2)", "a number of decimals is not negative, as -1 is"),
        ("FLOATP(0,1,3,2)", "FLOATP asks for 3 to 2 decimals"),
        ("FLOATP(0,1,0.5,2)", "a number of decimals is an integer, not 0.5"),
    ] {
        let error = check(&format!("\n{program}"), b"x").unwrap_err();
        assert!(matches!(error, CheckError::Program(_)), "{program}: {error:?}");
        assert_eq!(error.to_string(), format!("p.ctd:2: {expected}"), "{program}");
    }
    assert_eq!(outcome("FLOAT(\"a\",1)", "1"), "p.ctd:1: a string and a number cannot be compared");
}

#[test]
fn an_input_that_cannot_be_read_is_nobodys_mismatch() {
    struct Broken;
    impl std::io::Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
    }
    for program in
        ["EOF", "INT(0,1)", "REGEX(\"x\")", "STRING(\"x\")", "ASSERT(ISEOF)", "FLOAT(0,1)"]
    {
        let program = crate::Checktestdata::parse("p.ctd", program).unwrap();
        let result = program.check(&mut Broken, &Default::default());
        assert!(matches!(result, Err(CheckError::Read(_))), "{result:?}");
    }
}
