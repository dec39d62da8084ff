//! Full packages of Polygon: what is read of them.

mod draft;

use draft::{
    Draft,
    polygon::{TESTS, faults, good, open, with},
};
use judge_types::Verdict;
use problems::{
    Aggregation, ArchiveCaps, Grading, InputFlags, Member, OnReject, PackageFormat, Protocol,
    SaidScores, ScoreMode, Shown, Validation, ValidationKind, statement::Format,
};

#[test]
fn a_small_package_is_read_whole() {
    let draft = good();
    let package = open(&draft);
    let at = |path: &str| draft.dir().join(path);
    assert_eq!(package.warnings, []);
    assert_eq!(package.format, PackageFormat::Polygon);
    assert_eq!(package.short_name, "two-sums");
    assert_eq!((package.title(), package.titles["ru"].as_str()), ("Two Sums", "Две суммы"));
    assert_eq!(package.kind.to_string(), "pass-fail");
    assert_eq!((package.limits.time_ms, package.limits.memory_bytes), (1_500, 64 << 20));
    assert!(package.time_limit_stated);
    assert_eq!((&package.input_file, &package.output_file), (&None, &None));
    assert_eq!(package.keywords, ["two pointers"]);
    let statements: Vec<_> =
        package.statements.iter().map(|s| (s.language.as_str(), s.format)).collect();
    assert_eq!(statements, [("en", Format::Latex), ("en", Format::Html), ("ru", Format::Pdf)]);

    let [one, two] = &package.test_cases[..] else { panic!("{:?}", package.test_cases) };
    assert_eq!((one.name.as_str(), one.is_sample, one.points), ("tests/01", true, None));
    assert_eq!((&two.input, &two.answer), (&at("tests/02"), &at("tests/02.a")));
    assert!(!two.is_sample && !two.full_feedback);
    assert_eq!(two.input_flags, InputFlags::All(vec!["--testset".into(), "tests".into()]));
    assert_eq!(package.groups.len(), 1);
    assert_eq!(package.groups[0].members, [Member::Case(0), Member::Case(1)]);
    assert_eq!(package.groups[0].grading, Grading::pass_fail());
    let shown = Shown::Pair { input: at("tests/01"), output: at("tests/01.a") };
    assert_eq!(package.samples[0].shown, shown);

    let Validation::Custom { validators, flags, scores } = &package.validation else {
        panic!("{:?}", package.validation)
    };
    assert_eq!((flags.is_empty(), scores), (true, &SaidScores::Never));
    assert_eq!(validators[0].protocol, Protocol::Testlib);
    assert_eq!(validators[0].files, [at("files/check.cpp"), at("files/testlib.h")]);
    assert_eq!(package.input_validators[0].name, "val.cpp");
    assert_eq!(package.input_validators[0].protocol, Protocol::Testlib);
    assert_eq!(package.interactor, None);
    let main = &package.submissions[0];
    assert_eq!((main.name.as_str(), main.language.as_deref()), ("main/main.cpp", Some("cpp")));
    assert_eq!(main.expected.verdicts(), [Verdict::Accepted]);
}

#[test]
fn an_archive_of_it_is_taken_in() {
    let draft = good();
    for prefix in ["", "two-sums-3/"] {
        let package = draft.import(&draft.zip(prefix), &ArchiveCaps::default());
        let package = package.unwrap_or_else(|faults| panic!("{faults}"));
        assert_eq!(package.hash, open(&draft).hash);
        assert!(package.test_cases[1].answer.is_file());
        std::fs::remove_dir_all(&package.root).expect("it is removed");
    }
}

#[test]
fn beside_a_problem_yaml_it_says_nothing() {
    let draft = Draft::new();
    draft.write("problem.xml", "<problem");
    assert_eq!(open(&draft).format, PackageFormat::Legacy);
}

#[test]
fn groups_are_worth_points_and_come_after_what_they_depend_on() {
    let tests = r#"
        <test group="late" points="5"/>
        <test group="all" points="30"/>
        <test group="all" points="0"/>
        <test group="late" points="2.5"/>
        <test points="1" sample="true"/>
"#;
    let groups = r#"</tests><groups>
        <group name="late" points-policy="each-test"><dependencies><dependency group="all"/></dependencies></group>
        <group name="all" points="40" points-policy="complete-group"/>
      </groups>"#;
    let draft = with(&[(TESTS, tests), ("</tests>", groups), ("<test-count>2<", "<test-count>5<")]);
    for number in 3..=5 {
        draft.write(&format!("tests/0{number}"), "").write(&format!("tests/0{number}.a"), "");
    }
    let package = open(&draft);
    assert!(package.kind.scoring && package.show_groups);
    let names: Vec<_> = package.groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(names, ["", "all", "late"]);
    let cases: Vec<_> = package.test_cases.iter().map(|c| (c.name.as_str(), c.points)).collect();
    assert_eq!(
        cases,
        [
            ("tests/05", Some(1.0)),
            ("tests/02", None),
            ("tests/03", None),
            ("tests/01", Some(5.0)),
            ("tests/04", Some(2.5)),
        ]
    );
    let aggregate = |aggregation, most| Grading::Aggregate { aggregation, max_score: Some(most) };
    let [root, all, late] = &package.groups[..] else { unreachable!() };
    assert_eq!(root.grading, aggregate(Aggregation::Sum, 48.5));
    assert_eq!(root.members, [Member::Group(1), Member::Group(2), Member::Case(0)]);
    assert_eq!(all.grading, aggregate(Aggregation::PassFail, 40.0));
    assert_eq!((all.on_reject, late.on_reject), (OnReject::Break, OnReject::Continue));
    assert_eq!(late.grading, aggregate(Aggregation::Sum, 7.5));
    assert_eq!((&all.requires[..], &late.requires[..]), (&[][..], &[1][..]));
    assert_eq!(late.members, [Member::Case(3), Member::Case(4)]);
    assert_eq!(package.test_cases[1].input_flags.of("val.cpp")[2..], ["--group", "all"]);
}

/// Two tests with these attributes.
fn two_tests(first: &str, second: &str) -> String {
    format!("<test {first}/><test {second}/>")
}

#[test]
fn where_all_points_are_0_the_checker_says_the_score() {
    let package =
        open(&with(&[(TESTS, &two_tests("points=\"0.0\"", "points=\"0.0\" group=\"a\""))]));
    assert!(package.kind.scoring);
    for group in &package.groups {
        assert_eq!((group.grading.max_score(), group.on_reject), (None, OnReject::Continue));
        let Grading::Default { flags, scores } = group.grading else { panic!("{group:?}") };
        assert_eq!((scores.accept, scores.reject, flags.score), (0.0, 0.0, ScoreMode::Sum));
    }
    assert!(package.test_cases.iter().all(|case| case.points.is_none()));
    assert!(!open(&with(&[(TESTS, &two_tests("", "group=\"a\""))])).kind.scoring);
}

#[test]
fn points_of_the_checker_may_be_percent() {
    const RUN_COUNT: &str = "run-count=\"1\"";
    assert!(!open(&good()).points_are_percent);
    for (value, expected) in [("true", true), ("false", false)] {
        let judging = format!("{RUN_COUNT} treat-points-from-checker-as-percent=\"{value}\"");
        assert_eq!(open(&with(&[(RUN_COUNT, &judging)])).points_are_percent, expected);
    }
    let judging = format!("{RUN_COUNT} treat-points-from-checker-as-percent=\"yes\"");
    assert_eq!(
        faults(&with(&[(RUN_COUNT, &judging)])),
        [
            r#"problem.xml:12: judging.treat-points-from-checker-as-percent: must be true or false, not "yes""#
        ]
    );
}

#[test]
fn checkers_are_told_the_group_where_their_testlib_knows_it() {
    let draft = with(&[(TESTS, &two_tests("", "group=\"a\""))]);
    assert!(open(&draft).test_cases.iter().all(|case| case.validator_flags.is_empty()));
    draft.write("files/testlib.h", "class Checker { std::string group() const; } checker;");
    let package = open(&draft);
    assert_eq!(package.test_cases[0].validator_flags, ["--testset", "tests"]);
    assert_eq!(package.test_cases[1].validator_flags, ["--testset", "tests", "--group", "a"]);
}

#[test]
fn feedback_policies_that_are_not_kept_are_warned_of_once() {
    let groups = |policy: &str| {
        format!(
            "</tests><groups><group name=\"a\" feedback-policy=\"complete\"/><group name=\"b\" feedback-policy=\"{policy}\"/>\
             <group name=\"c\" feedback-policy=\"{policy}\"/></groups>"
        )
    };
    let tests = two_tests("points=\"1\" group=\"a\"", "points=\"1\" group=\"b\"");
    for (policy, shown, warning) in [
        ("complete", true, None),
        (
            "points",
            true,
            Some(
                r#""points" is not kept: contestants are shown the verdicts of tests and what each group came to"#,
            ),
        ),
        (
            "none",
            false,
            Some(
                r#""none" is kept for all groups: contestants are not shown what they came to, but the verdicts of tests"#,
            ),
        ),
    ] {
        let package = open(&with(&[(TESTS, &tests), ("</tests>", &groups(policy))]));
        assert_eq!(package.show_groups, shown, "{policy}");
        let warnings: Vec<_> = package.warnings.iter().map(|w| w.message.as_str()).collect();
        assert_eq!(warnings, warning.as_slice(), "{policy}");
    }
}

#[test]
fn an_interactive_problem_with_named_files_and_code_beside_submissions() {
    let draft = with(&[
        ("input-file=\"\" output-file=\"\"", "input-file=\"sums.in\" output-file=\"sums.out\""),
        ("<validators>", "<interactor><source path=\"files/talk.cpp\"/></interactor><validators>"),
        (
            "</resources>",
            r#"<file path="files/grader.cpp" for-types="cpp.*,c.*"><assets><asset name="SOLUTION"/></assets></file>
               <file path="files/data.txt"><assets><asset name="solution"/></assets></file></resources>"#,
        ),
    ]);
    draft
        .write("files/talk.cpp", "")
        .write("files/grader.cpp", "")
        .write("files/data.txt", "")
        .write("files/grader.h", "");
    let package = open(&draft);
    assert!(package.kind.interactive);
    let interactor = package.interactor.as_ref().expect("an interactor");
    assert_eq!((interactor.name.as_str(), interactor.protocol), ("talk.cpp", Protocol::Testlib));
    assert_eq!(interactor.files.len(), 3);
    assert_eq!(package.input_file.as_deref(), Some("sums.in"));
    assert_eq!(package.output_file.as_deref(), Some("sums.out"));
    let grader = vec![draft.dir().join("files/grader.cpp")];
    assert_eq!((&package.include["cpp"], &package.include["c"]), (&grader, &grader));
    assert_eq!(package.include["default"], [draft.dir().join("files/data.txt")]);
}

#[test]
fn every_tag_of_solutions_is_known() {
    use Verdict::{Accepted, MemoryLimitExceeded, TimeLimitExceeded, WrongAnswer};
    let rejected: Vec<_> = Verdict::all().filter(|verdict| !verdict.is_accepted()).collect();
    for (tag, expected) in [
        ("main", vec![Accepted]),
        ("accepted", vec![Accepted]),
        ("wrong-answer", vec![WrongAnswer]),
        ("presentation-error", vec![WrongAnswer]),
        ("time-limit-exceeded", vec![TimeLimitExceeded]),
        ("time-limit-exceeded-or-accepted", vec![Accepted, TimeLimitExceeded]),
        (
            "time-limit-exceeded-or-memory-limit-exceeded",
            vec![TimeLimitExceeded, MemoryLimitExceeded],
        ),
        ("memory-limit-exceeded", vec![MemoryLimitExceeded]),
        ("rejected", rejected.clone()),
        ("failed", rejected),
    ] {
        let package = open(&with(&[("tag=\"main\"", &format!("tag=\"{tag}\""))]));
        assert_eq!(package.submissions[0].expected.verdicts(), expected, "{tag}");
    }
    let package = open(&with(&[("tag=\"main\"", "tag=\"do-not-run\"")]));
    assert_eq!(package.submissions, []);
}

#[test]
fn programs_have_tests_of_their_own() {
    let draft = with(&[
        (
            "<copy path=\"check.cpp\"/>",
            r#"<copy path="check.cpp"/><testset>
            <input-path-pattern>files/c/%d</input-path-pattern>
            <output-path-pattern>files/c/%d.o</output-path-pattern>
            <answer-path-pattern>files/c/%d.a</answer-path-pattern>
            <tests><test verdict="ok"/><test verdict="crashed"/><test verdict="presentation-error"/></tests>
            </testset>"#,
        ),
        (
            "</validator>",
            r#"<testset><input-path-pattern>files/v/%d</input-path-pattern>
            <tests><test verdict="valid"/><test verdict="invalid"/></tests></testset></validator>"#,
        ),
    ]);
    for file in ["c/1", "c/1.o", "c/1.a", "c/3", "c/3.o", "c/3.a", "v/1", "v/2"] {
        draft.write(&format!("files/{file}"), "");
    }
    let package = open(&draft);
    let cases: Vec<_> =
        package.validation_cases.iter().map(|case| (case.name.as_str(), case.kind)).collect();
    assert_eq!(
        cases,
        [
            ("files/c/1", ValidationKind::ValidOutput),
            ("files/c/3", ValidationKind::InvalidOutput),
            ("files/v/2", ValidationKind::InvalidInput),
        ]
    );
    draft.remove("files/c/3.a").remove("files/v/2");
    assert_eq!(
        faults(&draft),
        [
            r#"problem.xml:37: assets.checker.testset.answer-path-pattern: there is no file "files/c/3.a" in the package"#,
            r#"problem.xml:44: assets.validators.validator.testset.input-path-pattern: there is no file "files/v/2" in the package"#,
        ]
    );
}

#[test]
fn samples_are_shown_as_the_statement_has_them() {
    let draft = good();
    draft
        .write(
            "statements/english/problem-properties.json",
            r#"{"name": "Two \"Sums\"", "sampleTests": [{"input": "1 2\n", "inputFile": "example.01", "outputFile": "example.01.a"}]}"#,
        )
        .write("statements/english/example.01", "1 2")
        .write("statements/english/example.01.a", "three");
    let at = |path: &str| draft.dir().join("statements/english").join(path);
    let package = open(&draft);
    let shown = Shown::Pair { input: at("example.01"), output: at("example.01.a") };
    assert_eq!(package.samples[0].shown, shown);
    assert_eq!(package.samples[0].downloads[1], Some(draft.dir().join("tests/01.a")));
    let nameless = with(&[("<name language=\"english\" value=\"Two Sums\"/>", "")]);
    nameless.write("statements/english/problem-properties.json", r#"{"name": "Sums, Two"}"#);
    assert_eq!(open(&nameless).title(), "Sums, Two");
    nameless.write("statements/english/problem-properties.json", "{");
    assert_eq!(open(&nameless).warnings.len(), 1);
}
