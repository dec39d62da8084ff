//! Packages of other formats, made ones of version 2025-09.

mod draft;

use draft::{
    Draft,
    polygon::{TESTS, good, open, with},
};
use judge_types::Verdict;
use problems::{
    Aggregation, Converted, Grading, InputFlags, Package, PackageFormat, Validation, ValidationKind,
};

fn made(draft: &Draft) -> Converted {
    let converted = problems::convert(&open(draft), &draft.outside("made"));
    converted.unwrap_or_else(|faults| panic!("{faults}"))
}

fn faults(draft: &Draft) -> Vec<String> {
    let faults = problems::convert(&open(draft), &draft.outside("made")).expect_err("faults");
    assert!(!draft.outside("made").exists(), "nothing is left behind");
    faults.iter().map(ToString::to_string).collect()
}

fn warnings(converted: &Converted) -> Vec<String> {
    converted.warnings.iter().map(ToString::to_string).collect()
}

fn files(package: &Package) -> Vec<String> {
    let mut files = Vec::new();
    let mut left = vec![package.root.clone()];
    while let Some(folder) = left.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("one")) {
            let path = entry.path();
            if path.is_dir() {
                left.push(path);
            } else {
                let path = path.strip_prefix(&package.root).expect("below the root");
                files.push(path.display().to_string());
            }
        }
    }
    files.sort();
    files
}

#[test]
fn a_package_of_polygon() {
    let draft = good();
    let converted = made(&draft);
    assert_eq!(warnings(&converted), [""; 0]);
    let package = converted.package;
    assert_eq!(package.warnings, []);
    assert_eq!(package.format, PackageFormat::V2025);
    assert_eq!(package.titles, open(&draft).titles);
    assert_eq!((package.limits.time_ms, package.limits.memory_bytes), (1_500, 64 << 20));
    assert_eq!(package.keywords, ["two pointers"]);
    assert_eq!(
        files(&package),
        [
            "data/sample/01.ans",
            "data/sample/01.in",
            "data/sample/test_group.yaml",
            "data/secret/02.ans",
            "data/secret/02.in",
            "data/secret/test_group.yaml",
            "input_validators/val.cpp/adapter.cpp",
            "input_validators/val.cpp/testlib.h",
            "input_validators/val.cpp/val.cpp",
            "output_validator/check.cpp/adapter.cpp",
            "output_validator/check.cpp/check.cpp",
            "output_validator/check.cpp/testlib.h",
            "problem.yaml",
            "statement/problem.en.tex",
            "statement/problem.ru.pdf",
            "submissions/accepted/main-main.cpp",
            "submissions/submissions.yaml",
        ]
    );
    let case = &package.test_cases[1];
    assert_eq!(case.input_flags, InputFlags::All(vec!["--testset".into(), "tests".into()]));
    assert_eq!(package.submissions[0].language.as_deref(), Some("cpp"));
    assert_eq!(package.submissions[0].expected.verdicts(), [Verdict::Accepted]);
}

#[test]
fn groups_of_polygon_keep_their_points() {
    let tests = r#"<test group="none" sample="true"/>
        <test group="full" points="30"/><test group="full" points="0"/>
        <test group="each" points="2"/><test group="each" points="2"/>
        <test points="1"/><test points="3"/>"#;
    let groups = r#"</tests><groups><group name="none"/>
        <group name="full" points="30" points-policy="complete-group">
          <dependencies><dependency group="none"/></dependencies></group>
        <group name="each"><dependencies><dependency group="full"/></dependencies></group></groups>"#;
    let draft = with(&[(TESTS, tests), ("</tests>", groups), ("<test-count>2<", "<test-count>7<")]);
    for number in 3..=7 {
        draft.write(&format!("tests/0{number}"), "").write(&format!("tests/0{number}.a"), "");
    }
    let converted = made(&draft);
    assert_eq!(
        warnings(&converted),
        [
            "problem.xml: judging.testset.tests.test.points: the tests of group \"\" are worth the same here, their sum stays",
            "problem.xml: assets.checker: the checker may only accept or refuse here, not give a part of the points",
        ]
    );
    let groups = &converted.package.groups;
    let names: Vec<_> = groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(names, ["", "sample", "secret", "secret/0", "secret/2-full", "secret/3-each"]);
    let aggregate = |aggregation, most| Grading::Aggregate { aggregation, max_score: Some(most) };
    assert_eq!(groups[2].grading, aggregate(Aggregation::Sum, 38.0));
    assert_eq!(groups[3].grading, aggregate(Aggregation::Sum, 4.0));
    assert_eq!(groups[4].grading, aggregate(Aggregation::PassFail, 30.0));
    assert_eq!(groups[5].grading, aggregate(Aggregation::Sum, 4.0));
    assert_eq!((&groups[4].requires[..], &groups[5].requires[..]), (&[1][..], &[4][..]));
}

#[test]
fn what_polygon_has_and_the_format_has_not() {
    let named = with(&[("input-file=\"\"", "input-file=\"a.in\"")]);
    assert_eq!(
        warnings(&made(&named)),
        [
            "problem.xml: judging.input-file: submissions here use standard input and output, not the file \"a.in\""
        ]
    );
    let interactive = with(&[(
        "<validators>",
        "<interactor><source path=\"files/val.cpp\"/></interactor><validators>",
    )]);
    assert_eq!(
        faults(&interactive),
        [
            "problem.xml: assets.interactor: an interactor beside a checker has no counterpart: one program does both"
        ]
    );
    let pascal = with(&[("files/val.cpp", "files/val.pas")]);
    pascal.write("files/val.pas", "");
    assert_eq!(
        faults(&pascal),
        ["files/val.pas: must be C or C++ to become a validator of the format"]
    );
}

#[test]
fn tags_of_solutions_become_folders_or_rules() {
    use Verdict::{Accepted, RunTimeError, TimeLimitExceeded};
    for (tag, folder, expected) in [
        ("time-limit-exceeded", "time_limit_exceeded", vec![TimeLimitExceeded]),
        ("memory-limit-exceeded", "run_time_error", vec![RunTimeError]),
        ("time-limit-exceeded-or-accepted", "other", vec![Accepted, TimeLimitExceeded]),
        (
            "time-limit-exceeded-or-memory-limit-exceeded",
            "other",
            vec![TimeLimitExceeded, RunTimeError],
        ),
    ] {
        let converted = made(&with(&[("tag=\"main\"", &format!("tag=\"{tag}\""))]));
        let submission = &converted.package.submissions[0];
        assert!(submission.name.starts_with(folder), "{tag}: {}", submission.name);
        assert_eq!(submission.expected.verdicts(), expected, "{tag}");
    }
}

#[test]
fn a_legacy_package() {
    let draft = Draft::new();
    draft
        .write(
            "problem.yaml",
            "name: A: \"Draft\"\nauthor: Ada\nsource: Cup\nlicense: cc by\nvalidation: custom\nvalidator_flags: a b\n\
             limits: {memory: 100, output: 3}\nkeywords: x y\n"
                .replace("A: \"Draft\"", "'A: \"Draft\"'"),
        )
        .write("data/secret/1.hint", "Look.")
        .write("data/secret/more/2.in", "")
        .write("data/secret/more/2.ans", "")
        .write("data/invalid_inputs/bad.in", "x")
        .write("output_validators/check/check.cpp", "")
        .write("output_validators/check/lib/help.h", "")
        .write("input_validators/format.py", "")
        .write("problem_statement/picture.png", "")
        .write("submissions/slow_accepted/slow.py", "")
        .write("submissions/compile_error/bad.py", "")
        .write("attachments/kit/a.txt", "")
        .write("include/default/x.h", "")
        .write("generators/gen.py", "");
    let converted = made(&draft);
    assert_eq!(
        warnings(&converted),
        [
            "generators: is not needed to judge; left out",
            "submissions/compile_error/bad.py: version 2025-09 has no submissions that do not compile; left out",
        ]
    );
    let package = &converted.package;
    assert_eq!(package.title(), "A: \"Draft\"");
    assert_eq!((package.limits.memory_bytes, package.limits.output_bytes), (100 << 20, 3 << 20));
    assert_eq!(package.credits, open(&draft).credits);
    assert_eq!(package.timing.multiplier, 5.0);
    let names: Vec<_> = package.test_cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names, ["sample/1", "secret/1", "secret/more/2"]);
    assert!(package.test_cases[1].hint.is_some());
    assert!(package.test_cases.iter().all(|case| case.validator_flags == ["a", "b"]));
    let Validation::Custom { validators, .. } = &package.validation else { unreachable!() };
    assert_eq!(validators.len(), 1);
    assert_eq!(package.validation_cases[0].kind, ValidationKind::InvalidInput);
    let files = files(package);
    for file in [
        "output_validator/check/check.cpp",
        "output_validator/check/lib/help.h",
        "input_validators/format.py",
        "statement/picture.png",
        "attachments/kit/a.txt",
        "include/default/x.h",
        "submissions/other/slow_accepted-slow.py",
    ] {
        assert!(files.iter().any(|other| other == file), "{file}: {files:?}");
    }
}

#[test]
fn scores_by_legacy_rules_are_refused() {
    let draft = Draft::new();
    draft.write("problem.yaml", "name: x\ntype: scoring\n");
    assert_eq!(
        faults(&draft),
        ["problem.yaml: type: scores by the legacy rules have no counterpart"]
    );
}

#[test]
fn scores_that_only_a_checker_says_are_refused() {
    let tests = "<test points=\"0\"/><test points=\"0\"/>";
    assert_eq!(
        faults(&with(&[(TESTS, tests)])),
        ["problem.xml: assets.checker: scores that only the checker says have no counterpart"]
    );
}

#[test]
fn what_is_made_can_be_made_again_unchanged() {
    let draft = good();
    let first = made(&draft).package;
    let again = problems::convert(&first, &draft.outside("again")).expect("a package");
    assert_eq!(first.hash, again.package.hash);
}
