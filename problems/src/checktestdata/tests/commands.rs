//! Every command, with inputs that it accepts and inputs that it does not.

use super::{hold, outcome};

#[test]
fn white_space_and_the_end() {
    hold(&[
        ("", &[""], &["\n", " "]),
        ("SPACE", &[" "], &["", "\t", "  ", "\n"]),
        ("NEWLINE", &["\n"], &["", "\r\n", "\n\n", " "]),
        ("EOF", &[""], &["x"]),
        ("NEWLINE EOF", &["\n"], &["\nx"]),
    ]);
}

#[test]
fn integers() {
    let huge = "123456789012345678901234567890";
    hold(&[
        (
            "INT(-5,10)",
            &["-5", "0", "10", "7"],
            &["-6", "11", "", "-", "+1", "-0", "00", "01", "-01", " 1", "1 ", "1.0", "0x1", "x"],
        ),
        ("INT(1,2*3+1,n) SPACE INT(n,n)", &["7 7", "1 1"], &["8 8", "7 6"]),
        ("INT(0,10^30)", &[huge], &[&format!("{huge}0"), "-1", &format!("0{huge}")]),
        ("INT(-10^30,-10^29)", &[&format!("-{huge}")], &[huge]),
        ("INT(3,2)", &[], &["2", "3"]),
    ]);
}

#[test]
fn floats() {
    hold(&[
        (
            "FLOAT(-1,1.5)",
            &["0", "1", "1.5", "-1", "-0", "0.0", "1e0", "15E-1", "1.50e+0", "0e9", "-0.000"],
            &[
                "1.51", "-1.01", "2e0", "", "-", ".5", "1.", "01", "00.1", "1e", "1e+", "1e01",
                "1e00", "+1", "1.5x",
            ],
        ),
        ("FLOAT(0,10,x,FIXED)", &["1.5", "2"], &["1e0", "1.5e0", "e"]),
        ("FLOAT(0,10,x,SCIENTIFIC)", &["1e0", "1.5E+0", "15e-1", "0e0"], &["1.5", "2", "1e"]),
        ("FLOAT(0.1,1E100000)", &["0.1", "9e99999", "1e100000"], &["1.0001e100000", "9.9999e-2"]),
        // The exact value counts, not the nearest double.
        ("FLOAT(0,0.1)", &["0.1"], &["0.1000000000000000000000000000000000001"]),
        ("FLOAT(1,2,x) ASSERT(x*3 == 4.5)", &["1.5"], &["1.50000000000000000000000001"]),
        ("INT(0,1,a) SPACE FLOAT(a,a+0.5,x)", &["1 1.25"], &["0 0.75"]),
    ]);
}

#[test]
fn floats_with_so_many_decimals() {
    hold(&[
        (
            "FLOATP(10,100,2,3)",
            &["10.00", "99.999", "1.25e1", "9.999E1"],
            &["10", "10.0", "10.0000", "12.5e1", "0.25e2", "2e1", "9.99", "100.001"],
        ),
        ("FLOATP(0,1,0,0)", &["0", "1"], &["0.", "0.0", "1e0"]),
        ("FLOATP(0,9,1,2,x,FIXED)", &["0.5", "0.25"], &["5.0e0", "5"]),
        ("FLOATP(0,9,1,2,x,SCIENTIFIC)", &["5.0e0", "2.5e-1"], &["5.0", "0.5e1"]),
        ("FLOATP(0,9,1,1,x) SPACE FLOATP(x,x,1,1)", &["1.5 1.5"], &["1.5 1.6"]),
    ]);
}

#[test]
fn strings() {
    hold(&[
        (r#"STRING("abc")"#, &["abc"], &["", "ab", "abd", "abcd", "ABC"]),
        (r#"STRING("")"#, &[""], &["x"]),
        (r#"SET(s="x y") STRING(s)"#, &["x y"], &["xy"]),
        // Escapes: an octal number has three digits at most, and a backslash may stand for itself.
        (r#"STRING("\0410\t\r\b\f\"\\\n\q")"#, &["!0\t\r\u{8}\u{c}\"\\\n\\q"], &["!"]),
        ("STRING(\"a\\\nb\nc\")", &["ab\nc"], &["a\nb\nc"]),
        (r#"STRING("größe")"#, &["größe"], &["groesse"]),
    ]);
    assert!(super::check(r#"STRING("\377")"#, b"\xff").is_ok());
}

#[test]
fn regular_expressions() {
    hold(&[
        (r#"REGEX("[a-z]+") NEWLINE"#, &["a\n", "abc\n"], &["\n", "A\n", "aB\n"]),
        (r#"REGEX("a|ab|abc") STRING("c")"#, &["abcc"], &["abc", "abx"]),
        (r#"REGEX("x*",s) SPACE STRING(s)"#, &["xx xx", " "], &["xx x", "x xx"]),
        (r#"SET(p="[0-9]{2,3}") REGEX(p) SPACE REGEX(p)"#, &["12 345"], &["1 23", "1234 12"]),
        // A dot is a line's end too, and the longest match counts.
        (r#"REGEX(".*")"#, &["", "a\nb\n"], &[]),
        (r#"REGEX("[^\n]*") NEWLINE"#, &["a b\n", "\n"], &["a\nb\n"]),
        (r#"REGEX("(\([0-9]{1,2}\))?") EOF"#, &["", "(1)", "(12)"], &["()", "(123)", "(1"]),
        (r#"REGEX("\\\\")"#, &["\\"], &["/"]),
        (r#"REGEX("^a$")"#, &["a"], &["ab", ""]),
    ]);
}

#[test]
fn assertions() {
    hold(&[
        ("INT(0,9,n) ASSERT(n%2==0)", &["0", "8"], &["1", "7"]),
        ("INT(0,9,n) ASSERT(n>2 && n<5 || n==9)", &["3", "9"], &["2", "5"]),
    ]);
    assert_eq!(
        outcome("INT(0,9,n)\nASSERT(n > 2\n  && n < 5) NEWLINE", "7\n"),
        "line 1, column 2: expected n > 2 && n < 5, found 7 < 5, which is false (p.ctd:2)"
    );
}

#[test]
fn variables_are_set_and_unset() {
    hold(&[
        ("SET(a=1, b=a+1, c[a,b]=5) INT(c[1,2],c[1,2])", &["5"], &["4"]),
        // A variable and its elements are different things.
        (
            "SET(a=1,a[0]=2,a[a]=3) INT(a,a) SPACE INT(a[0],a[0]) SPACE INT(a[1],a[1])",
            &["1 2 3"],
            &["1 1 1"],
        ),
    ]);
    assert_eq!(outcome("SET(a=1) UNSET(a) INT(a,a)", "1"), "p.ctd:1: the variable a has no value");
    let program = "SET(a[1]=1,a=2) UNSET(a)\nINT(a[1],1)";
    assert_eq!(outcome(program, "1"), "p.ctd:2: the variable a[1] has no value");
    assert_eq!(
        outcome("SET(a[2^70,3]=1)\nINT(a[1,3],1)", "1"),
        "p.ctd:2: the variable a[1,3] has no value"
    );
    assert_eq!(outcome("SET(a[2^70,3]=1) INT(a[2^70,1+2],1)", "1"), "accepted");
}

#[test]
fn repetitions() {
    hold(&[
        (
            "INT(0,5,n) NEWLINE REP(n,SPACE) INT(1,9) END NEWLINE",
            &["3\n1 2 3\n", "0\n\n"],
            &["3\n1 2\n", "1\n1 2\n"],
        ),
        ("REP(2) REP(2,STRING(\",\")) INT(0,1) END NEWLINE END", &["0,1\n1,0\n"], &["0,1\n1\n"]),
        ("REPI(i,3) INT(i,i) NEWLINE END INT(i,i)", &["0\n1\n2\n3"], &["0\n1\n2\n2"]),
        ("REPI(i,0) END INT(i,i)", &["0"], &["1"]),
        // The loop counts for itself, whatever becomes of the variable.
        ("REPI(i,3) SET(i=9) REGEX(\"[0-9]\") END", &["123"], &["12", "1234"]),
        ("REPI(a[0],2) INT(a[0],a[0]) SPACE END", &["0 1 "], &["0 0 ", "1 0 "]),
        ("WHILE(!ISEOF) INT(0,9) NEWLINE END", &["", "1\n2\n"], &["1\n2", "1\n\n"]),
        (
            "WHILE(!MATCH(\"\\n\"),SPACE) INT(0,9) END NEWLINE",
            &["\n", "1\n", "1 2\n"],
            &["1 \n", "1 2", ""],
        ),
        (
            "WHILEI(i,!MATCH(\"\\n\"),SPACE) INT(i,i) END ASSERT(i==2) NEWLINE",
            &["0 1\n"],
            &["0\n", "0 1 2\n"],
        ),
    ]);
}

#[test]
fn conditions() {
    hold(&[
        ("IF(MATCH(\"-\")) STRING(\"-\") END INT(0,9)", &["-3", "3"], &["--3"]),
        (
            "INT(0,9,n) IF(n>5) STRING(\"b\") ELSE STRING(\"a\") END",
            &["6b", "5a"],
            &["6a", "5b", "5"],
        ),
        (
            "INT(0,9,n) IF(n>5) IF(n>7) STRING(\"c\") ELSE STRING(\"b\") END ELSE STRING(\"a\") END",
            &["8c", "7b", "5a"],
            &["8b", "7c", "5b"],
        ),
    ]);
}
