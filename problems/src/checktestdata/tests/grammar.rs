//! Texts that are no programs, and some that look as if they were not.

use super::outcome;
use crate::Checktestdata;

#[test]
fn faults_have_their_line() {
    for (program, expected) in [
        ("SPACE\nFOO", "2: FOO is no command; commands are in upper case, variables in lower case"),
        ("INT(1,2", "1: expected ), found the end of the program"),
        ("INT(1)", "1: expected ,, found )"),
        ("INT 1", "1: expected (, found 1"),
        ("INT(1,2,3)", "1: expected a variable, found 3"),
        ("INT(1,2,x[])", "1: expected a value, found ]"),
        ("INT(1,2,x[1)", "1: expected ], found )"),
        ("FLOAT(1,2,FIXED)", "1: expected a variable, found FIXED"),
        (
            "FLOAT(1,2,x,FAST)",
            "1: FAST is no command; commands are in upper case, variables in lower case",
        ),
        ("FLOAT(1,2,x,INT)", "1: expected FIXED or SCIENTIFIC, found INT"),
        ("FLOATP(1,2,3)", "1: expected ,, found )"),
        ("SET(a)", "1: expected =, found )"),
        ("SET(1=2)", "1: expected a variable, found 1"),
        ("UNSET()", "1: expected a variable, found )"),
        ("ASSERT(1)", "1: expected a comparison, found )"),
        ("ASSERT((1)", "1: expected a comparison, found the end of the program"),
        ("ASSERT(1=1)", "1: expected a comparison, found ="),
        ("ASSERT(UNIQUE(1))", "1: expected a variable, found 1"),
        ("SET(a=1) ASSERT(INARRAY(1,a[1]))", "1: expected ), found ["),
        ("SET(a=1<2)", "1: expected ), found <"),
        ("SET(a=(1<2))", "1: expected ), found <"),
        ("STRLEN(\"a\")", "1: expected a command, found STRLEN"),
        ("5", "1: expected a command, found 5"),
        ("a", "1: expected a command, found a"),
        ("\nEND", "2: this END ends nothing"),
        ("ELSE", "1: this ELSE belongs to no IF"),
        ("REP(2)\nELSE END", "2: this ELSE belongs to no IF"),
        ("IF(1==1)\nELSE\nELSE END", "3: this ELSE belongs to no IF"),
        ("\nWHILE(ISEOF)\n", "3: the WHILE of line 2 has no END"),
        ("IF(ISEOF) REP(1) END", "1: the IF of line 1 has no END"),
        (
            "REP(2,REP(2)) END",
            "1: expected a command that is no block, between iterations, found REP",
        ),
        ("REP(2,END) END", "1: expected a command that is no block, between iterations, found END"),
        ("REPI(2) END", "1: expected a variable, found 2"),
        ("SET(a=007)", "1: an integer does not begin with 0"),
        ("SET(a=1)\nSTRING(\"\n\n", "2: this string has no end"),
        ("STRING(\"\n\\400\")", "2: \\400 is no byte: the highest is \\377"),
        ("INT(1,2) ;", "1: unexpected character ';'"),
        ("INT(1,2) é", "1: unexpected character 'é'"),
        ("SET(a=1)\nINT(a,b)\nINT(1,c)", "2: the variable b is never set"),
        ("ASSERT(\nUNIQUE(q))", "2: the variable q is never set"),
        (
            "REGEX(\"a\n**\")",
            "1: regular expression, byte 4: * has nothing to repeat; a backslash before it takes its meaning away",
        ),
    ] {
        let fault = Checktestdata::parse("p.ctd", program).unwrap_err();
        assert_eq!(fault.to_string(), format!("p.ctd:{expected}"), "{program}");
    }
}

#[test]
fn layout_and_comments_do_not_matter() {
    let program = "# INT(\nINT(# one\n1 , 2\t,x) #\r\n NEWLINE#\"\nSTRING( \"# no comment\" )";
    assert_eq!(outcome(program, "1\n# no comment"), "accepted");
    assert_eq!(outcome("SPACENEWLINESPACE", " \n "), "accepted");
}

#[test]
fn sizes_are_limited() {
    let fault = |program: &str| Checktestdata::parse("p.ctd", program).unwrap_err().to_string();
    let nested = "p.ctd:1: nested more than 100 deep";
    let deep = 200_000;
    assert_eq!(fault(&format!("SET(a={}", "(".repeat(deep))), nested);
    assert_eq!(fault(&format!("SET(a={}", "-".repeat(deep))), nested);
    assert_eq!(fault(&format!("SET(a={}", "a[".repeat(deep))), nested);
    assert_eq!(fault(&format!("SET(a={}", "2^-".repeat(deep))), nested);
    assert_eq!(fault(&format!("SET(a={}", "STRLEN(".repeat(deep / 2))), nested);
    assert_eq!(fault(&format!("ASSERT({}", "!".repeat(deep))), nested);
    assert_eq!(fault(&format!("ASSERT({}", "(!".repeat(deep))), nested);
    assert_eq!(fault(&"REP(1)".repeat(deep / 2)), nested);
    assert_eq!(fault(&"IF(ISEOF)ELSE ".repeat(deep / 4)), nested);
    assert_eq!(fault(&" ".repeat(1_100_000)), "p.ctd: the program has more than 1048576 bytes");
    let digits = "1".repeat(10_002);
    assert_eq!(fault(&format!("SET(a={digits})")), "p.ctd:1: a number has more than 10000 digits");
    assert_eq!(
        fault(&format!("SET(a=0.{digits})")),
        "p.ctd:1: a number has more than 10000 digits"
    );
    let exponent = "p.ctd:1: a number is out of range: its exponent is beyond a thousand million";
    assert_eq!(fault("SET(a=1e1000000001)"), exponent);
    assert_eq!(fault(&format!("SET(a=1e-{digits})")), exponent);
    let long = "a".repeat(10_001);
    assert_eq!(
        fault(&format!("REGEX(\"{long}\")")),
        "p.ctd:1: a regular expression has more than 10000 bytes"
    );
    let big = "REGEX(\"((a{1000}){1000}){1000}\")";
    assert!(
        fault(big).starts_with("p.ctd:1: regular expressions take more than "),
        "{}",
        fault(big)
    );
    let many = "REGEX(\"[a-z]{1,100000}\")\n".repeat(100);
    assert!(fault(&many).contains(": regular expressions take more than "), "{}", fault(&many));
    let groups = format!("REGEX(\"{}a{}\")", "(".repeat(200), ")".repeat(200));
    assert!(fault(&groups).contains("its groups lie more than 100 deep"), "{}", fault(&groups));
}

#[test]
fn what_goes_on_at_one_level_may_be_long() {
    let sum = format!("ASSERT(1{} == 100001)", "+1".repeat(100_000));
    let all = format!("ASSERT(1==1{})", " && ISEOF".repeat(50_000));
    for program in [sum, all, "REP(1) END ".repeat(50_000)] {
        assert_eq!(outcome(&program, ""), "accepted");
    }
}
