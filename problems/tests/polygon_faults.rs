//! What is said of packages of Polygon that are not good.

mod draft;

use draft::polygon::{TESTS, faults, good, open, with};
use problems::Validation;
use std::time::{Duration, Instant};

#[test]
fn files_that_are_missing() {
    let standard = good();
    standard.remove("tests/02").remove("tests/01.a").remove("tests/02.a");
    assert_eq!(
        faults(&standard),
        [
            "tests/01.a: is missing, as are 2 more: a standard package holds no generated tests and no answers, so download the full package from Polygon"
        ]
    );
    for (file, fault) in [
        ("files/testlib.h", "files/testlib.h: is missing, and files/check.cpp includes it"),
        (
            "files/val.cpp",
            r#"problem.xml:38: assets.validators.validator.source.path: there is no file "files/val.cpp" in the package"#,
        ),
        (
            "solutions/main.cpp",
            r#"problem.xml:43: assets.solutions.solution.source.path: there is no file "solutions/main.cpp" in the package"#,
        ),
    ] {
        let draft = good();
        draft.remove(file);
        assert_eq!(faults(&draft)[0], fault, "{file}");
    }
    let copied = good();
    copied.remove("files/check.cpp");
    let Validation::Custom { validators, .. } = open(&copied).validation else { unreachable!() };
    assert_eq!(validators[0].files[0], copied.dir().join("check.cpp"));
    copied.remove("check.cpp");
    assert_eq!(
        faults(&copied)[0],
        r#"problem.xml:32: assets.checker.source.path: there is no file "files/check.cpp" in the package"#
    );
}

#[test]
fn statements_that_are_missing_are_no_fault() {
    let warnings = |draft: &draft::Draft| -> Vec<String> {
        open(draft).warnings.iter().map(ToString::to_string).collect()
    };
    let missing = good();
    missing.remove("statements/english/problem.tex").remove("statements/.pdf/russian/problem.pdf");
    assert_eq!(open(&missing).statements.len(), 1);
    assert_eq!(
        warnings(&missing),
        [
            r#"problem.xml:8: statements.statement.path: there is no file "statements/english/problem.tex" in the package; it is not shown"#,
            r#"problem.xml:10: statements.statement.path: there is no file "statements/.pdf/russian/problem.pdf" in the package; it is not shown"#,
        ]
    );
    let none = with(&[("statements>", "texts>")]);
    assert_eq!(open(&none).statements, []);
    assert_eq!(warnings(&none), ["problem.xml:2: statements: lists no statement"]);
}

#[test]
fn windows_line_ends_are_a_warning_of_their_own() {
    let draft = good();
    draft.write("tests/01", "1 2\r\n").write("tests/02", "3 4\r\n").write("tests/02.a", "7\r\n");
    let warnings: Vec<_> = open(&draft).warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        warnings,
        [
            "tests/01: has Windows line ends, which testlib's validators refuse: download the package for Linux from Polygon"
        ]
    );
    draft.write("tests/01", "1 2\n3\r\n").write("tests/02", "3 4\r");
    assert_eq!(open(&draft).warnings, []);
}

/// What is replaced, by what, and the fault that it makes.
const SPOILED: &[(&str, &str, &str)] = &[
    (
        "</names>",
        "</name>",
        "problem.xml:6: is not well-formed XML: expected 'names' tag, not 'name' at 6:3",
    ),
    (
        "<problem ",
        "<!DOCTYPE problem [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]>\n<problem ",
        "problem.xml: holds a document type (<!DOCTYPE), which is not allowed",
    ),
    (
        "Две суммы",
        "&bomb;",
        "problem.xml:5: is not well-formed XML: unknown entity reference 'bomb' at 5:37",
    ),
    ("<name language=\"english\" ", "<name ", "problem.xml:4: names.name.language: is missing"),
    (" value=\"Two Sums\"", " value=\" \"", "problem.xml:4: names.name.value: is missing"),
    (
        "charset=\"UTF-8\" language=\"english\" path=\"statements/english",
        "charset=\"windows-1251\" language=\"english\" path=\"statements/english",
        "problem.xml:8: statements.statement.charset: must be UTF-8, not \"windows-1251\"",
    ),
    (
        "statements/english/problem.tex",
        "../../etc/passwd",
        "problem.xml:8: statements.statement.path: the path leaves the package: \"../../etc/passwd\"",
    ),
    (
        "files/val.cpp",
        "/etc/passwd",
        "problem.xml:38: assets.validators.validator.source.path: the path is absolute: \"/etc/passwd\"",
    ),
    ("name=\"tests\"", "name=\"pretests\"", ""),
    ("testset", "set", "problem.xml:2: judging.testset: there is no testset \"tests\""),
    (
        "input-file=\"\"",
        "input-file=\"../in\"",
        "problem.xml:12: judging.input-file: must be the name of a file in no folder, not \"../in\"",
    ),
    (
        "run-count=\"1\"",
        "run-count=\"2\"",
        "problem.xml:12: judging.run-count: must be a number from 1 to 1, not \"2\": submissions are run once on each test",
    ),
    (
        "<time-limit>1500",
        "<time-limit>1.5 s",
        "problem.xml:14: judging.testset.time-limit: must be a number from 1 to 3600000000, not \"1.5 s\"",
    ),
    ("<time-limit>1500</time-limit>", "", "problem.xml:13: judging.testset.time-limit: is missing"),
    (
        "<memory-limit>67108864",
        "<memory-limit>-1",
        "problem.xml:15: judging.testset.memory-limit: must be a number from 1 to 1125899906842624, not \"-1\"",
    ),
    (
        "<test-count>2",
        "<test-count>3",
        "problem.xml:13: judging.testset.test-count: is 3, but there are 2 tests",
    ),
    (
        "tests/%02d.a",
        "tests/%s.a",
        "problem.xml:18: judging.testset.answer-path-pattern: must hold one %d, %02d or %03d, not \"tests/%s.a\"",
    ),
    (
        "tests/%02d<",
        "../%02d<",
        "../01: is missing, as are 1 more: a standard package holds no generated tests and no answers, so download the full package from Polygon",
    ),
    (
        "sample=\"true\"",
        "sample=\"maybe\"",
        "problem.xml:20: judging.testset.tests.test.sample: must be true or false, not \"maybe\"",
    ),
    (
        "sample=\"true\"",
        "points=\"many\"",
        "problem.xml:20: judging.testset.tests.test.points: must be a number from 0 to 1000000000000000, not \"many\"",
    ),
    (
        "sample=\"true\"",
        "points=\"NaN\"",
        "problem.xml:20: judging.testset.tests.test.points: must be a number from 0 to 1000000000000000, not \"NaN\"",
    ),
    (
        "</tests>",
        "</tests><groups><group/></groups>",
        "problem.xml:22: judging.testset.groups.group.name: is missing",
    ),
    (
        "</tests>",
        "</tests><groups><group name=\"a\" points-policy=\"half\"/></groups>",
        "problem.xml:22: judging.testset.groups.group.points-policy: must be complete-group or each-test, not \"half\"",
    ),
    (
        "</tests>",
        "</tests><groups><group name=\"a\"/><group name=\"a\"/></groups>",
        "problem.xml:22: judging.testset.groups.group.name: the group \"a\" stands here twice",
    ),
    (
        "</tests>",
        "</tests><groups><group name=\"a\"><dependencies><dependency group=\"b\"/></dependencies></group></groups>",
        "problem.xml:22: judging.testset.groups.group.dependencies: depends on \"b\", which is no group",
    ),
    (
        "<test cmd=\"gen 5\" method=\"generated\"/>\n      </tests>",
        "<test group=\"a\"/></tests><groups><group name=\"a\"><dependencies><dependency group=\"a\"/></dependencies></group></groups>",
        "problem.xml:21: judging.testset.groups.group.dependencies: depends on itself, by way of its dependencies",
    ),
    ("checker", "judge", "problem.xml:2: assets.checker: is missing"),
    (
        "type=\"testlib\"",
        "type=\"other\"",
        "problem.xml:31: assets.checker.type: only checkers of type testlib are run, not \"other\"",
    ),
    (
        "<source path=\"files/val.cpp\" type=\"cpp.g++17\"/>",
        "",
        "problem.xml:37: assets.validators.validator.source: is missing",
    ),
    (
        "<solution tag=\"main\">",
        "<solution>",
        "problem.xml:42: assets.solutions.solution.tag: is missing",
    ),
    (
        "tag=\"main\"",
        "tag=\"perfect\"",
        "problem.xml:42: assets.solutions.solution.tag: \"perfect\" is not one of main, accepted, wrong-answer, presentation-error, time-limit-exceeded, time-limit-exceeded-or-accepted, memory-limit-exceeded, rejected, failed, time-limit-exceeded-or-memory-limit-exceeded, do-not-run",
    ),
];

#[test]
fn every_attribute_that_is_wrong_is_named() {
    let mut wrong = String::new();
    for (from, to, expected) in SPOILED {
        let found = faults(&with(&[(from, to)]));
        let is_as_expected = match *expected {
            "" => found.is_empty(),
            expected => found == [expected],
        };
        if !is_as_expected {
            wrong += &format!("{from:?}: expected {expected}, found {found:#?}\n");
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn texts_that_are_not_xml() {
    let deep = format!("<problem>{}", "<a>".repeat(200_000));
    let shut = format!("{}{}</problem>", deep, "</a>".repeat(200_000));
    for (text, expected) in [
        (&b""[..], "problem.xml:1: is not well-formed XML: the document does not have a root node"),
        (b"<problem>\xff</problem>", "problem.xml:1: is not UTF-8"),
        (b"\xff\xfe<\0p\0/\0>\0", "problem.xml:1: is not UTF-8"),
        (
            b"<fps version=\"1.2\"/>",
            "problem.xml: the outermost element is \"fps\", not \"problem\"",
        ),
        (
            deep.as_bytes(),
            "problem.xml:1: is not well-formed XML: the root node was opened but never closed",
        ),
        (shut.as_bytes(), "problem.xml:1: judging.testset: there is no testset \"tests\""),
        (&vec![b' '; (4 << 20) + 1], "problem.xml: is longer than 4194304 bytes"),
    ] {
        let draft = good();
        draft.write("problem.xml", text);
        assert_eq!(faults(&draft)[0], expected);
    }
}

#[test]
fn thousands_of_faults_and_groups_are_read_soon() {
    let started = Instant::now();
    let bad = "<test points=\"x\"/>\n".repeat(100_000);
    let found = faults(&with(&[(TESTS, &bad)]));
    assert_eq!(found[1].split(": ").next(), Some("problem.xml:20"));
    let groups: String =
        (0..60_000).map(|number| format!("<test points=\"1\" group=\"{number}\"/>")).collect();
    assert!(!faults(&with(&[(TESTS, &groups)])).is_empty());
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

#[test]
fn the_standard_checker_without_its_source_is_named() {
    let draft = with(&[(
        "<source path=\"files/check.cpp\" type=\"cpp.g++17\"/>\n      <binary path=\"check.exe\" type=\"exe.win32\"/>\n      <copy path=\"check.cpp\"/>",
        "",
    )]);
    assert_eq!(
        faults(&draft),
        ["problem.xml:31: assets.checker.source: the source of std::wcmp.cpp is missing"]
    );
}
