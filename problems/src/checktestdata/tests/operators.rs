//! Arithmetic, comparisons, and every test and function.

use super::{hold, outcome};

/// Whether the program accepts an empty input where this is asserted.
fn holds(test: &str) -> bool {
    match outcome(&format!("SET(s=\"abc\",t=\"abd\",e=\"\",n=7,x=1.5)\nASSERT({test})"), "")
        .as_str()
    {
        "accepted" => true,
        other if other.contains("p.ctd:2)") => false,
        other => panic!("{test}: {other}"),
    }
}

#[test]
fn true_tests_hold_and_their_negations_do_not() {
    for test in [
        "1+2*3==7",
        "(1+2)*3==9",
        "7-2-3==2",
        "2*3%4==2",
        "7/2==3",
        "-7/2==-3",
        "-7%3==-1",
        "7%-3==1",
        "7/2.0==3.5",
        "7/2.==3.5",
        "1/4.0*4==1",
        "2^10==1024",
        "2^3^2==64",
        "-2^2==-4",
        "(-2)^3==-8",
        "2^-(-2)==4",
        "1.5^2==2.25",
        "0^0==1",
        "(-1)^10000000000000001==-1",
        "--3==3",
        "3--3==6",
        "1==1.0",
        "1e2==100",
        "1.50==x",
        "10^40+1>10^40",
        "10^40/10^38==100",
        "9223372036854775807+1==9223372036854775808",
        "-9223372036854775808-1==-9223372036854775809",
        "-9223372036854775808/-1==9223372036854775808",
        "4611686018427387904*2==2^63",
        "0.1+0.2==0.3",
        "1E-300+1>0.9999",
        "1E300000>1E299999",
        "-1E300000<1E-300000",
        "0==-0.0",
        "n<8 && n<=7 && n>6 && n>=7 && n!=6",
        "s<t",
        "s<=s && s>=s && s==\"abc\"",
        "e<s && s>e && s!=t",
        "\"Z\"<\"a\" && \"a\"<\"aa\"",
        "STRLEN(s)==3",
        "STRLEN(e)==0",
        "STRLEN(\"a\\n\\\"\")==3",
        "STRLEN(s)+STRLEN(t)==6",
        "ISEOF",
        "(ISEOF)",
        "((1)<(2))",
        "(1+1)*(1)<3 && ((n)==7)",
        "(1==1)",
        "1==1 || 1/0==1",
    ] {
        assert!(holds(test), "{test}");
        assert!(!holds(&format!("!({test})")), "!({test})");
    }
}

#[test]
fn logical_operators_have_one_rank_and_not_takes_all_that_follows() {
    assert!(!holds("1==1 || 1==1 && 1==2"));
    assert!(holds("1==1 || (1==1 && 1==2)"));
    assert!(holds("1==2 && 1==1 || 1==1"));
    assert!(holds("!1==1 && 1==2"));
    assert!(!holds("(!1==1) && 1==2"));
    assert!(holds("!!1==1"));
}

#[test]
fn what_does_not_matter_is_not_computed() {
    assert!(!holds("1==2 && 1/0==1"));
    assert_eq!(outcome("ASSERT(1==1 && 1/0==1)", ""), "p.ctd:1: division by zero");
}

#[test]
fn the_next_byte() {
    let program = "WHILE(MATCH(\"ab\")) REGEX(\".\") END";
    hold(&[(program, &["", "abba"], &["c", "abc"])]);
    hold(&[
        ("ASSERT(!MATCH(\"\"))", &[""], &["a"]),
        ("ASSERT(MATCH(\"a\")) STRING(\"a\")", &["a"], &["", "b"]),
    ]);
}

#[test]
fn uniqueness() {
    let one = "INT(0,9,n) NEWLINE REPI(i,n) INT(0,9,a[i]) SPACE END ASSERT(UNIQUE(a))";
    let two = "REPI(i,3) INT(0,9,a[i]) SPACE INT(0,9,b[i]) SPACE END ASSERT(UNIQUE(a,b))";
    hold(&[
        (one, &["3\n1 2 3 ", "0\n", "1\n5 "], &["3\n1 2 1 ", "2\n4 4 "]),
        (two, &["1 1 1 2 2 1 ", "1 2 2 3 3 1 "], &["1 2 3 4 1 2 "]),
        (
            "REPI(i,2) REGEX(\"[a-z]*\",w[i]) SPACE END ASSERT(UNIQUE(w))",
            &["a b ", " a "],
            &["a a ", "  "],
        ),
        (
            "INT(0,9,a[0]) SPACE FLOAT(0,9,a[1]) ASSERT(UNIQUE(a))",
            &["1 1.5"],
            &["1 1.0", "1 10e-1"],
        ),
        // It can be negated, and forgotten.
        ("REPI(i,2) INT(0,9,a[i]) SPACE END ASSERT(!UNIQUE(a))", &["1 1 "], &["1 2 "]),
        (
            "REP(2) REPI(i,2) INT(0,9,a[i]) SPACE END ASSERT(UNIQUE(a)) UNSET(a) END",
            &["1 2 1 2 "],
            &["1 2 1 1 "],
        ),
        ("SET(a[0]=1,b[1]=1) INT(0,1) ASSERT(UNIQUE(a,b))", &[], &["1"]),
        ("SET(a[1]=1,a[2]=2,b[1]=1) INT(0,1) ASSERT(UNIQUE(a,b))", &[], &["1"]),
    ]);
    assert_eq!(
        outcome("REPI(i,4) INT(0,9,a[i+1]) NEWLINE END\nASSERT(UNIQUE(a))", "3\n4\n5\n4\n"),
        "line 5, column 1: expected UNIQUE(a), found a is the same at [2] and [4], beginning with 4 (p.ctd:2)"
    );
    assert_eq!(
        outcome("SET(a[1]=1,b=1)\nASSERT(UNIQUE(a,b))", ""),
        "line 1, column 1: expected UNIQUE(a,b), found not all of a,b have an element without an index (p.ctd:2)"
    );
}

#[test]
fn membership() {
    let program = "REPI(i,2) INT(0,9,a[i]) SPACE END INT(0,99,v) ASSERT(INARRAY(v,a))";
    hold(&[
        (program, &["1 2 1", "1 2 2"], &["1 2 3"]),
        ("SET(a[0]=10) FLOAT(0,99,v) ASSERT(INARRAY(v,a))", &["10", "10.0", "1e1"], &["10.5"]),
        ("SET(a[0]=\"x\") REGEX(\".\",v) ASSERT(INARRAY(v,a))", &["x"], &["y", "1"]),
        // A value that was overwritten or unset is not there any more; one that came twice still is.
        ("SET(a[0]=1) SET(a[0]=2) INT(0,9,v) ASSERT(INARRAY(v,a))", &["2"], &["1"]),
        ("SET(a[0]=1,a[1]=1) SET(a[0]=2) INT(0,9,v) ASSERT(INARRAY(v,a))", &["1", "2"], &["3"]),
        ("SET(a[0]=1) UNSET(a) INT(0,9,v) ASSERT(!INARRAY(v,a))", &["1"], &[]),
    ]);
}
