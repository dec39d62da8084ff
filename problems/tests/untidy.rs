//! Packages as they are found in the wild: odd, and accepted.

mod draft;

use draft::Draft;
use judge_types::{Limits, Verdict};
use problems::{
    CompareFlags, Grading, OnReject, Package, SaidScores, ScoreMode, TimeBound, Validation,
};

fn open(draft: &Draft) -> Package {
    draft.open().unwrap_or_else(|faults| panic!("{faults}"))
}

fn warnings(package: &Package) -> Vec<String> {
    package.warnings.iter().map(ToString::to_string).collect()
}

#[test]
fn every_key_is_read() {
    let draft = Draft::new();
    draft.write(
        "problem.yaml",
        "\u{feff}name:\r\n  en: Two\r\n  sv: Tv\u{e5}\r\nauthor: [A, B]\r\nsource: S\r\nlicense: cc by\r\n\
         keywords: a, b c\r\nlanguages: python3 cpp\r\nvalidator_flags: float_tolerance 1e-6\r\n\
         limits:\r\n  memory: 64\r\n  output: 2\r\n  code: 16\r\n  compilation_time: 7.5\r\n\
         \x20 time_multiplier: 3\r\n  time_safety_margin: 1.5\r\nuuid: x\r\n",
    );
    let package = open(&draft);
    assert_eq!(package.title(), "Two");
    assert_eq!(package.titles["sv"], "Två");
    assert_eq!(package.credits.author.as_deref(), Some("A, B"));
    assert_eq!(package.credits.license.as_deref(), Some("cc by"));
    assert_eq!(package.keywords, ["a", "b c"]);
    assert_eq!(package.languages, Some(vec!["python3".to_owned(), "cpp".to_owned()]));
    assert_eq!(package.limits.memory_bytes, 64 << 20);
    assert_eq!(package.limits.output_bytes, 2 << 20);
    assert_eq!(package.limits.code_bytes, 16 << 10);
    assert_eq!(package.limits.compilation_time_ms, 7_500);
    assert_eq!(package.timing.time_limit_ms(1_100), 4_000);
    assert_eq!(package.timing.time_limit_ms(0), 1_000);
    assert_eq!(
        warnings(&package),
        ["problem.yaml: name: is given in sv, in which there is no statement"]
    );
}

#[test]
fn unknown_keys_are_warned_of() {
    let draft = Draft::new();
    draft.write("problem.yaml", "name: x\nflavour: sweet\nlimits:\n  patience: 5\n");
    assert_eq!(
        warnings(&open(&draft)),
        [
            "problem.yaml:2: flavour: is not a known key; ignored",
            "problem.yaml:4: limits.patience: is not a known key; ignored",
        ]
    );
}

#[test]
fn a_missing_name_is_the_statement_s_title_or_else_the_short_name() {
    let draft = Draft::new();
    draft.write("problem.yaml", "");
    assert_eq!(open(&draft).title(), "A Draft");
    draft.write("problem_statement/problem.en.tex", "\\problemname{ The \\emph{Big} $n$ }");
    assert_eq!(open(&draft).title(), "The Big n");
    draft
        .remove("problem_statement/problem.en.tex")
        .write("problem_statement/problem.md", "# My *Own*\n");
    assert_eq!(open(&draft).title(), "My Own");
    draft.write("problem_statement/problem.md", "# Input\n\nNothing.\n");
    assert_eq!(open(&draft).title(), "draft");
}

#[test]
fn time_limits_come_from_three_places() {
    let draft = Draft::new();
    let limit = |draft: &Draft| {
        let package = open(draft);
        (package.limits.time_ms, package.time_limit_stated)
    };
    assert_eq!(limit(&draft), (Limits::DEFAULT_TIME_MS, false));
    draft.write("problem.yaml", "name: x\nlimits: {time_limit: 7}\n");
    assert_eq!(limit(&draft), (7_000, true));
    draft.write(".timelimit", " 4 \r\n");
    assert_eq!(limit(&draft), (7_000, true));
    let warnings: Vec<_> = open(&draft).warnings.iter().map(ToString::to_string).collect();
    let warning =
        ".timelimit: the time limit is 4000 ms here, and 7000 ms in problem.yaml, which counts";
    assert_eq!(warnings, [warning]);
    draft.write("problem.yaml", "");
    assert_eq!(limit(&draft), (4_000, true));
    let ini = "# comment\nshort-name = S\nname = \"Big; bad\"\ntimelimit = 1.5 ; seconds\n";
    draft.write("domjudge-problem.ini", ini);
    assert_eq!(limit(&draft), (1_500, true));
    draft.remove("problem.yaml").remove("problem_statement");
    let package = open(&draft);
    assert_eq!((package.short_name.as_str(), package.title()), ("S", "Big; bad"));
}

#[test]
fn test_cases_come_in_the_order_of_judging() {
    let draft = Draft::new();
    for name in ["secret/b", "secret/a/2", "secret/C", "secret/a/10", "sample/z"] {
        draft.write(&format!("data/{name}.in"), "").write(&format!("data/{name}.ans"), "");
    }
    draft
        .write("data/secret/b.desc", "why")
        .write("data/secret/b.hint", "how")
        .write("data/secret/b.png", "")
        .write("data/secret/lonely.ans", "")
        .write("data/secret/generator.py", "")
        .write("data/invalid_inputs/1.in", "")
        .write("data/bad/1.in", "")
        .write("data/old/1.in", "");
    let package = open(&draft);
    let names: Vec<_> = package.test_cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(
        names,
        ["sample/1", "sample/z", "secret/1", "secret/C", "secret/a/10", "secret/a/2", "secret/b"]
    );
    let last = package.test_cases.last().unwrap();
    assert!(last.description.is_some() && last.hint.is_some() && last.image.is_some());
    assert!(!last.is_sample && package.test_cases[0].is_sample);
    assert_eq!(
        warnings(&package),
        [
            "data/old: is neither sample nor secret; ignored",
            "data/secret/lonely.ans: has no input beside it; ignored",
        ]
    );
}

#[test]
fn validator_flags_are_inherited_by_groups() {
    let draft = Draft::new();
    draft
        .write("problem.yaml", "name: x\nvalidator_flags: case_sensitive\n")
        .write("data/testdata.yaml", "output_validator_flags: float_tolerance 1\n")
        .write("data/secret/testdata.yaml", "on_reject: continue\n")
        .write(
            "data/secret/exact/testdata.yaml",
            "output_validator_flags:\n- space_change_sensitive\n",
        )
        .write("data/secret/exact/1.in", "")
        .write("data/secret/exact/1.ans", "");
    let package = open(&draft);
    let case = |name| package.test_cases.iter().find(|case| case.name == name).unwrap();
    assert_eq!(case("secret/1").validator_flags, ["case_sensitive", "float_tolerance", "1"]);
    assert_eq!(case("secret/1").compare_flags.float_absolute_tolerance, Some(1.0));
    let exact = CompareFlags {
        case_sensitive: true,
        space_change_sensitive: true,
        ..CompareFlags::default()
    };
    assert_eq!(case("secret/exact/1").compare_flags, exact);
}

#[test]
fn a_custom_validator_is_a_folder_or_a_file() {
    let draft = Draft::new();
    draft
        .write("problem.yaml", "name: x\nvalidation: custom\nvalidator_flags: any thing\n")
        .write("output_validators/check/check.cc", "")
        .write("output_validators/check/check.h", "")
        .write("output_validators/check/check.o", "")
        .write("output_validators/loose.cpp", "")
        .write("output_validators/validate.h", "")
        .write("output_validators/README.md", "");
    let Validation::Custom { validators, flags, .. } = open(&draft).validation else {
        panic!("it is custom")
    };
    assert_eq!(flags, ["any", "thing"]);
    let files = |index: usize| -> Vec<_> {
        validators[index]
            .files
            .iter()
            .map(|file| file.file_name().unwrap().to_str().unwrap())
            .collect()
    };
    assert_eq!((validators.len(), validators[0].name.as_str()), (2, "check"));
    assert_eq!(files(0), ["check.cc", "check.h"]);
    assert_eq!(files(1), ["loose.cpp", "validate.h"]);
}

#[test]
fn submissions_say_what_they_should_come_to() {
    let draft = Draft::new();
    draft
        .write("submissions/accepted/both/main.c", "")
        .write("submissions/accepted/both/sub/part.c", "")
        .write("submissions/accepted/good", b"\x7fELF\0\0")
        .write("submissions/accepted/good.exe", "x")
        .write("submissions/run_time_error/hungry.c", "// @EXPECTED_RESULTS@: MEMORY-LIMIT\n")
        .write("submissions/mixed/any.c", "")
        .write("submissions/mixed/unsure.c", "// @expected_results@: CHECK-MANUALLY\n")
        .write("submissions/wrong_answer/fine.c", "// @EXPECTED_RESULTS@: CORRECT\n")
        .write("submissions/rejected/some.c", "/* @EXPECTED_RESULTS@: timelimit, WRONG_ANSWER */")
        .write("submissions/brute_force/a.c", "")
        .write("submissions/notes.txt", "");
    let package = open(&draft);
    let found: Vec<_> = package
        .submissions
        .iter()
        .map(|it| format!("{} {} {}", it.name, it.expected, it.files.len()))
        .collect();
    assert_eq!(
        found,
        [
            "accepted/both AC 2",
            "accepted/good.py AC 1",
            "mixed/any.c any 1",
            "mixed/unsure.c any 1",
            "rejected/some.c TLE or WA 1",
            "run_time_error/hungry.c MLE 1",
            "wrong_answer/fine.c WA 1",
        ]
    );
    assert_eq!(package.submissions[0].expected.bounds(TimeBound::Lower), [None]);
    assert!(package.submissions[4].expected.allows(Verdict::WrongAnswer));
    assert!(!package.submissions[4].expected.allows(Verdict::Accepted));
    assert_eq!(package.warnings.len(), 6, "{:?}", package.warnings);
}

#[test]
fn attachments_and_included_files_are_found() {
    let draft = Draft::new();
    draft
        .write("attachments/help.zip", "")
        .write("include/default/a.txt", "")
        .write("include/cpp/deep/b.h", "");
    let package = open(&draft);
    assert_eq!(package.attachments, [draft.dir().join("attachments/help.zip")]);
    assert_eq!(package.include["default"], [draft.dir().join("include/default/a.txt")]);
    assert_eq!(package.include["cpp"], [draft.dir().join("include/cpp/deep/b.h")]);
}

#[test]
fn names_that_differ_by_case_only_are_warned_of() {
    let draft = Draft::new();
    draft.write("attachments/a", "").write("attachments/A", "");
    assert_eq!(
        warnings(&open(&draft)),
        [r#"attachments/a: differs from "attachments/A" only by case"#]
    );
}

#[test]
fn an_installed_package_is_read_without_its_hash() {
    let draft = Draft::new();
    let opened = open(&draft);
    let again = Package::open_installed(&draft.dir(), opened.hash.clone(), "name").unwrap();
    assert_eq!((again.short_name.as_str(), again.hash), ("name", opened.hash));
    assert_eq!(again.test_cases, opened.test_cases);
}

#[test]
fn what_has_no_meaning_is_warned_of() {
    let draft = Draft::new();
    draft
        .write("problem.yaml", "name: x\nlicense: mine\ngrading: {objective: min}\n")
        .write("data/testdata.yaml", "grader_flags: sum most\nrange: 0 5\n")
        .write("data/1.in", "")
        .write("graders/grade.py", "")
        .write("submissions/partially_accepted/a.py", "")
        .write("submissions/accepted/good.py", "# @EXPECTED_RESULTS@: TIMELIMIT\n");
    assert_eq!(
        warnings(&open(&draft)),
        [
            "data/1.in: stands in neither data/sample nor data/secret; ignored",
            r#"data/testdata.yaml:1: grader_flags: "most" is not a flag of the default grader (worst_error, first_error, always_accept, sum, avg, min, max, ignore_sample, accept_if_any_accepted); ignored"#,
            "data/testdata.yaml:2: range: is for problems of type scoring only; ignored",
            "graders: is for problems of type scoring only",
            r#"problem.yaml:2: license: "mine" is none of unknown, public domain, cc0, cc by, cc by-sa, educational, permission"#,
            "problem.yaml:3: grading.objective: is for problems of type scoring only; ignored",
            "submissions/accepted/good.py: @EXPECTED_RESULTS@: is not what the folder accepted says, which counts",
            "submissions/partially_accepted: is for problems of type scoring only",
        ]
    );
    draft.remove("input_validators").write("problem.yaml", "name: x\nlicense: cc by\n");
    let found = warnings(&open(&draft));
    for warning in [
        "input_validators: holds no program, and must hold one",
        "problem.yaml:2: license: cc by needs a rights_owner, an author or a source",
    ] {
        assert!(found.iter().any(|found| found == warning), "{found:?}");
    }
}

#[test]
fn talks_hold_only_what_somebody_says() {
    let draft = Draft::new();
    draft
        .write("problem.yaml", "name: x\nvalidation: custom interactive\n")
        .write("output_validators/check.py", "")
        .write("data/sample/1.interaction", "<3\n>4\n---\nnoise\n<5\n");
    let warning =
        "data/sample/1.interaction:4: begins neither with < nor with >, nor is it ---; not shown";
    assert_eq!(warnings(&open(&draft)), [warning]);
}

#[test]
fn scoring_packages_for_domjudge_are_graded_as_it_does() {
    let draft = Draft::new();
    draft
        .write("problem.yaml", "name: x\ntype: scoring\nvalidation: custom\n")
        .write("output_validators/check.py", "")
        .write(".timelimit", "1")
        .write("data/secret/testdata.yaml", "accept_score: 30\ngrader_flags: min\n");
    let package = open(&draft);
    let is_legacy = |grading: &Grading| matches!(grading, Grading::Default { .. });
    assert!(package.groups.iter().all(|group| is_legacy(&group.grading)));
    assert!(!package.scores_of_rejected);
    draft.write("submissions/accepted/good.py", "# @EXPECTED_SCORE@: 30\n");
    let package = open(&draft);
    let grading: Vec<_> =
        package.groups.iter().map(|group| (group.name.as_str(), &group.grading)).collect();
    let secret = Grading::AllOrSaid { accept: 30.0, score: ScoreMode::Min };
    assert!(is_legacy(grading[0].1));
    assert_eq!(grading[1..], [("sample", &Grading::Nothing), ("secret", &secret)]);
    let Validation::Custom { scores, .. } = &package.validation else { panic!("it is custom") };
    assert!(package.scores_of_rejected && *scores == SaidScores::Always);
    let expected = &package.submissions[0].expected;
    assert_eq!(expected.to_string(), "AC, score 30");
}

#[test]
fn of_a_key_that_testdata_yaml_repeats_the_last_counts() {
    let draft = Draft::new();
    draft.write("data/testdata.yaml", "on_reject: stop\ngrader_flags: sum\non_reject: continue\n");
    let package = open(&draft);
    assert_eq!(package.groups[0].on_reject, OnReject::Continue);
    assert_eq!(
        warnings(&package),
        [r#"data/testdata.yaml:3: key "on_reject" stands here a second time"#]
    );
}

#[test]
fn links_that_leave_are_left_out_where_nothing_is_judged_by_them() {
    let draft = Draft::new();
    draft.link("attachments/shared.txt", "/etc/hostname").link("problem.pdf", "/nowhere");
    let package = open(&draft);
    assert!(package.attachments.is_empty());
    assert_eq!(
        warnings(&package),
        [
            "attachments/shared.txt: is a symbolic link that leaves the package; ignored",
            "problem.pdf: is a symbolic link that leads nowhere; ignored",
        ]
    );
    draft.link("data/secret/2.in", "/etc/hostname");
    let faults: Vec<_> = draft.open().unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(faults, ["data/secret/2.in: is a symbolic link that leaves the package"]);
}

#[test]
fn who_prints_without_end_may_be_stopped_for_that() {
    let draft = Draft::new();
    draft
        .write("submissions/time_limit_exceeded/a.py", "")
        .write("submissions/wrong_answer/a.py", "");
    let package = open(&draft);
    let judged = problems::Judged {
        verdict: Verdict::OutputLimitExceeded,
        score: None,
        best_score: None,
        cases: Vec::new(),
        group_scores: Vec::new(),
    };
    let found: Vec<_> =
        package.submissions.iter().map(|one| one.expected.contradictions(&judged)).collect();
    assert_eq!(found, [vec!["is OLE, not AC".to_owned()], vec![], vec!["is OLE, not WA".into()]]);
}
