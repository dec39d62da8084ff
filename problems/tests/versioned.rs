//! Packages of version 2025-09: what is read of them, and what is wrong with those that are not good.

mod draft;

use draft::Draft;
use judge_types::Verdict;
use problems::{
    Aggregation, Grading, InputFlags, Judged, JudgedCase, Member, Note, OnReject, Package,
    PackageFormat, Shown, Tested, TimeBound, ValidationKind,
};

const HEAD: &str = "problem_format_version: 2025-09\nname: {en: Sums}\nuuid: 1-2-3\n";

/// A draft of the version, with `more` in its problem.yaml.
fn draft(more: &str) -> Draft {
    let draft = Draft::new();
    draft.write("problem.yaml", format!("{HEAD}{more}"));
    draft
}

fn open(draft: &Draft) -> Package {
    draft.open().unwrap_or_else(|faults| panic!("{faults}"))
}

fn faults(draft: &Draft) -> Vec<String> {
    draft.open().expect_err("it has faults").iter().map(ToString::to_string).collect()
}

#[test]
fn metadata_of_every_kind_is_read() {
    let draft = draft(
        "type: [scoring, multi-pass, interactive]\n\
         version: '1.0'\n\
         credits:\n  authors: [Ada L. <ada@example.org>, {name: Bo, orcid: 1}]\n  testers: Cy\n\
         source:\n- name: A Contest\n  url: https://example.org\n- Another\n\
         license: cc by-sa\n\
         embargo_until: 2030-01-02T03:04:05Z\n\
         keywords: [two words, one]\n\
         languages: [cpp, python3]\n\
         allow_file_writing: true\n\
         constants: {n: 5, big: {value: 1000, tex: '1{,}000'}}\n\
         limits:\n  time_limit: 1.5\n  time_resolution: 0.5\n  memory: 64\n  validation_passes: 7\n  \
         time_multipliers: {ac_to_time_limit: 3, time_limit_to_tle: 2}\n",
    );
    draft.write("output_validator/check.py", "").write("input_validators/check.py", "");
    let package = open(&draft);
    assert_eq!(package.format, PackageFormat::V2025);
    assert_eq!(package.kind.to_string(), "scoring multi-pass interactive");
    assert_eq!(package.kind.passes.get(), 7);
    assert_eq!(package.credits.author.as_deref(), Some("Ada L., Bo"));
    assert_eq!(package.credits.source.as_deref(), Some("A Contest, Another"));
    assert_eq!(package.credits.source_url.as_deref(), Some("https://example.org"));
    assert_eq!(
        package.languages.as_deref(),
        Some(["cpp", "python3"].map(str::to_owned).as_slice())
    );
    assert_eq!((package.limits.time_ms, package.limits.memory_bytes), (1_500, 64 << 20));
    assert_eq!(package.timing.time_limit_ms(510), 2_000);
    assert!(package.allow_file_writing);
    let applied = package.constants.apply_to_text("{{n}} {{big.tex}} {{x}}", 100);
    assert_eq!(applied.unwrap(), "5 1{,}000 {{x}}");
    assert!(package.warnings.is_empty(), "{:?}", package.warnings);
}

#[test]
fn what_the_version_requires_must_be_there() {
    let bare = Draft::new();
    bare.write("problem.yaml", "problem_format_version: 2025-09\ntype: [submit-answer, interactive]\nlicense: mine\nembargo_until: soon\n");
    assert_eq!(
        faults(&bare),
        [
            "output_validator: a problem that is pass-fail interactive submit-answer needs a program here",
            "problem.yaml:1: name: is missing",
            "problem.yaml:1: uuid: is missing",
            "problem.yaml:2: type: a problem cannot be interactive and submit-answer",
            r#"problem.yaml:3: license: must be unknown or public domain or cc0 or cc by or cc by-sa or educational or permission, not "mine""#,
            r#"problem.yaml:4: embargo_until: must be YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ, not "soon""#,
        ]
    );
    let owned =
        draft("license: public domain\nrights_owner: me\nconstants: {1a: x, b: {tex: y}}\n");
    assert_eq!(
        faults(&owned),
        [
            "problem.yaml:5: rights_owner: must not be given for a problem in the public domain",
            "problem.yaml:6: constants.1a: is no name: letters, digits and _, not a digit first",
            "problem.yaml:6: constants.b: lacks the key value",
        ]
    );
}

#[test]
fn a_test_case_has_arguments_files_and_notes_of_its_own() {
    let draft = draft("");
    draft
        .write("output_validator/check.py", "")
        .write("data/secret/test_group.yaml", "output_validator_args: [a, b]\nargs: [-x]\n")
        .write("data/secret/2.in", "")
        .write("data/secret/2.ans", "")
        .write("data/secret/2.files/deep/in.in", "not a test case")
        .write(
            "data/secret/2.yaml",
            "args: ['two words', -y]\ninput_validator_args: {v: [1]}\noutput_validator_args: [c]\n\
             full_feedback: true\nhint: look\ndescription: large\n",
        )
        .write("data/secret/deeper/3.in", "")
        .write("data/secret/deeper/3.ans", "");
    let package = open(&draft);
    let names: Vec<_> = package.test_cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(names, ["sample/1", "secret/1", "secret/2", "secret/deeper/3"]);
    let [one, two, deep] = &package.test_cases[1..] else { unreachable!() };
    assert_eq!((&one.arguments[..], one.full_feedback), (&["-x".to_owned()][..], false));
    assert_eq!(one.validator_flags, ["a", "b"]);
    assert_eq!(deep.validator_flags, ["a", "b"]);
    assert_eq!(two.arguments, ["two words", "-y"]);
    assert_eq!(two.validator_flags, ["c"]);
    assert_eq!(two.input_flags, InputFlags::Named(vec![("v".into(), vec!["1".into()])]));
    assert_eq!(two.hint, Some(Note::Text("look".into())));
    assert_eq!(two.files.len(), 1);
    assert_eq!(two.files[0].name, "deep/in.in");
    assert!(two.full_feedback && package.test_cases[0].full_feedback);
}

#[test]
fn who_fails_on_a_hidden_test_case_is_shown_it_where_that_is_said() {
    let draft = draft("");
    draft.remove("data/secret/1.in").remove("data/secret/1.ans");
    let write = |name: &str, content: &str| draft.write(&format!("data/secret/{name}"), content);
    for case in ["open/a", "open/b", "closed/c", "closed/d"] {
        write(&format!("{case}.in"), "1\n");
        write(&format!("{case}.ans"), "2\n");
    }
    write("open/test_group.yaml", "full_feedback: true\n");
    write("closed/test_group.yaml", "");
    write("open/b.yaml", "full_feedback: false\n");
    write("closed/d.yaml", "full_feedback: true\n");
    write("closed/d.in.statement", "one\n");
    write("closed/d.in.download", "one\n");
    let package = open(&draft);
    let shared: Vec<_> =
        package.shared_after_failing.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(shared, ["secret/closed/d", "secret/open/a"]);
    let Shown::Pair { input, output } = &package.shared_after_failing[0].shown else {
        panic!("{:?}", package.shared_after_failing)
    };
    assert!(input.ends_with("d.in.statement") && output.ends_with("d.ans"), "{input:?} {output:?}");
    let samples: Vec<_> = package.samples.iter().map(|sample| sample.name.as_str()).collect();
    assert_eq!(samples, ["sample/1"]);
}

#[test]
fn groups_of_a_scoring_problem() {
    let draft = draft("type: scoring\n");
    draft
        .remove("data/secret/1.in")
        .remove("data/secret/1.ans")
        .write(
            "data/secret/b/test_group.yaml",
            "max_score: 70\nscore_aggregation: sum\nrequire_pass: [sample, a]\n",
        )
        .write("data/secret/b/1.in", "")
        .write("data/secret/b/1.ans", "")
        .write("data/secret/a/test_group.yaml", "max_score: 30\n")
        .write("data/secret/a/inner/1.in", "")
        .write("data/secret/a/inner/1.ans", "");
    let package = open(&draft);
    let names: Vec<_> = package.groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(names, ["", "sample", "secret", "secret/a", "secret/b"]);
    let secret = &package.groups[2];
    assert_eq!(secret.members, [Member::Group(3), Member::Group(4)]);
    assert_eq!(secret.on_reject, OnReject::Continue);
    let aggregate = |aggregation, most| Grading::Aggregate { aggregation, max_score: Some(most) };
    assert_eq!(secret.grading, aggregate(Aggregation::Sum, 100.0));
    assert_eq!(package.groups[3].grading, aggregate(Aggregation::PassFail, 30.0));
    assert_eq!(package.groups[3].on_reject, OnReject::Break);
    assert_eq!(package.groups[4].grading, aggregate(Aggregation::Sum, 70.0));
    assert_eq!(package.groups[4].requires, [1, 3]);
    assert_eq!(package.test_cases[1].name, "secret/a/inner/1");
}

#[test]
fn groups_that_contradict_each_other_are_refused() {
    let draft = draft("type: scoring\n");
    draft
        .remove("data/secret/1.in")
        .remove("data/secret/1.ans")
        .write("data/secret/test_group.yaml", "score_aggregation: pass-fail\nmax_score: 10\n")
        .write("data/secret/a/test_group.yaml", "score_aggregation: sum\nrequire_pass: [b, c]\n")
        .write("data/secret/a/1.in", "")
        .write("data/secret/a/1.ans", "")
        .write("data/secret/b/test_group.yaml", "static_validation_score: 3\nmax_score: few\n")
        .write("data/secret/b/1.in", "")
        .write("data/secret/b/1.ans", "")
        .write("data/sample/test_group.yaml", "max_score: 1\nstatic_validator_args: [x]\n");
    assert_eq!(
        faults(&draft),
        [
            "data/sample/test_group.yaml: max_score: is for groups of secret data of scoring problems only",
            "data/sample/test_group.yaml:2: static_validator_args: needs static_validation_score beside it",
            "data/secret/a/test_group.yaml:2: require_pass: \"b\" does not come earlier",
            "data/secret/a/test_group.yaml:2: require_pass: \"c\" is no group of test data",
            "data/secret/b/test_group.yaml: max_score: must be a number: the group's score is all of it or nothing",
            "data/secret/b/test_group.yaml: static_validation_score: must be pass-fail: nothing here has a score of its own",
            "data/secret/b/test_group.yaml:2: max_score: must be a number from 0 to 1000000000000000, not \"few\"",
            "data/secret/test_group.yaml: score_aggregation: is pass-fail, but that of secret/a is not",
            "data/secret/test_group.yaml: max_score: is a number, but secret/a has no max_score",
            "data/secret/test_group.yaml: max_score: is a number, but secret/b has no max_score",
            "static_validator: holds no program, but secret/b has a static validation",
        ]
    );
}

#[test]
fn groups_keep_the_rules_of_the_version() {
    let groups = |files: &[(&str, &str)]| {
        let draft = draft("type: scoring\n");
        draft.remove("data/secret/1.in").remove("data/secret/1.ans");
        draft.write("static_validator/look.py", "");
        for (file, content) in files {
            draft.write(&format!("data/secret/{file}"), content);
        }
        draft
    };
    fn of_a(yaml: &str) -> Vec<(&str, &str)> {
        vec![("a/1.in", ""), ("a/1.ans", ""), ("a/test_group.yaml", yaml)]
    }
    let sum = "score_aggregation: sum\nmax_score: 50\n";
    for (more, expected) in [
        (
            vec![("2.in", ""), ("2.ans", "")],
            "data/secret/2.in: stands beside groups (a); data/secret holds test cases or groups, not both",
        ),
        (
            vec![("a/b/test_group.yaml", "args: [x]\n")],
            "data/secret/a/b/test_group.yaml: stands in a folder that can be no group; they are in data/secret/",
        ),
        (
            vec![("b/test_group.yaml", "max_score: 1\n")],
            "data/secret/b: is a group that holds no test case and no static validation",
        ),
        (
            vec![
                ("b/test_group.yaml", "max_score: 1\nrequire_pass: a\n"),
                ("b/1.in", ""),
                ("b/1.ans", ""),
            ],
            "data/secret/b/test_group.yaml:2: require_pass: \"secret/a\" is not pass-fail",
        ),
    ] {
        let draft = groups(&[of_a(sum), more].concat());
        assert_eq!(faults(&draft), [expected]);
    }
    for (yaml, expected) in [
        ("pass-fail", "must be a number: the group is not pass-fail"),
        ("51", "is 51, more than the group can get"),
    ] {
        let yaml = format!("{sum}static_validation_score: {yaml}\n");
        let place = "data/secret/a/test_group.yaml: static_validation_score: ";
        assert_eq!(faults(&groups(&of_a(&yaml))), [format!("{place}{expected}")]);
    }
    // A group may consist of a static validation alone.
    let of_style = "max_score: 10\nscore_aggregation: sum\nstatic_validation_score: 10\n";
    let package = open(&groups(&[of_a(sum), vec![("style/test_group.yaml", of_style)]].concat()));
    let style = package.groups.last().unwrap();
    assert_eq!((style.name.as_str(), style.members.len()), ("secret/style", 0));
    assert!(style.static_validation.is_some());
    // The least of sums may still sink where a part of one has failed.
    let least = "score_aggregation: min\n";
    let package = open(&groups(&[of_a(sum), vec![("test_group.yaml", least)]].concat()));
    assert_eq!(package.groups[2].on_reject, OnReject::Continue);
}

#[test]
fn auxiliary_files_are_as_if_they_were_not_there() {
    let draft = draft("limits:\n  time_limit: 3\n");
    draft
        .write(".timelimit", "soon\n")
        .write("data/secret/.2.in", "")
        .write("data/secret/-3.in", "")
        .write("data/secret/4 (copy).in", "")
        .write("output_validator/.gitignore", "*.o\n")
        .write("output_validator/check.py", "")
        .remove("input_validators")
        .write("input_validators/.directory", "[x]\n")
        .write("submissions/accepted/a.py", "")
        .write("submissions/wrong_answer/.gitkeep", "");
    let package = open(&draft);
    assert_eq!(package.limits.time_ms, 3_000);
    assert_eq!(package.test_cases.len(), 2);
    assert_eq!(package.input_validators, []);
    assert!(package.submissions.iter().all(|one| one.name.starts_with("accepted/")));
    let problems::Validation::Custom { validators, .. } = &package.validation else { panic!() };
    assert_eq!(validators.len(), 1);
    let warnings: Vec<_> = package.warnings.iter().map(ToString::to_string).collect();
    let ignored = "data/secret/4 (copy).in: has a name that the format does not allow; ignored";
    assert!(warnings.iter().any(|warning| warning == ignored), "{warnings:?}");
}

#[test]
fn an_output_validator_may_lie_in_its_folder_as_it_is() {
    let validators = |files: &[&str]| {
        let draft = draft("");
        for file in files {
            draft.write(&format!("output_validator/{file}"), "x");
        }
        draft
    };
    for (files, name, expected) in [
        (&["check.cpp", "util.cpp", "util.h"][..], "output_validator", 3),
        (&["build", "run", "jury.c"], "output_validator", 3),
        (&["check.py"], "check.py", 1),
        (&["check.cpp", "testlib.h"], "check.cpp", 2),
        (&["check/a.py", "check/b.py"], "check", 2),
    ] {
        let package = open(&validators(files));
        let problems::Validation::Custom { validators, .. } = &package.validation else { panic!() };
        let [validator] = &validators[..] else { panic!("{validators:?}") };
        assert_eq!((validator.name.as_str(), validator.files.len()), (name, expected));
        assert_eq!(validator.has_scripts(), files.contains(&"run"));
    }
    assert_eq!(
        faults(&validators(&["one/a.py", "two/b.py"])),
        ["output_validator: holds several programs; in version 2025-09 there is one"]
    );
}

#[test]
fn arguments_are_what_is_written() {
    let draft = draft("");
    let yaml = "args: ['a ', ' ']\ninput_validator_args: {check.py: [--set, a b, '']}\n";
    draft.write("data/secret/1.yaml", yaml);
    draft.write(
        "data/sample/1.yaml",
        "output_validator_args: [float_tolerance, 1, float_relative_tolerance, 2]\n",
    );
    assert_eq!(
        faults(&draft),
        ["data/sample/1.yaml:1: output_validator_args: float_relative_tolerance is given twice"]
    );
    draft.remove("data/sample/1.yaml");
    let package = open(&draft);
    let case = &package.test_cases[1];
    assert_eq!(case.arguments, ["a ", " "]);
    assert_eq!(case.input_flags.of("check.py"), ["--set", "a b", ""]);
}

#[test]
fn samples_are_shown_as_the_package_wants() {
    let draft = draft("type: interactive\n");
    draft
        .write("output_validator/check.py", "")
        .write("data/sample/1.interaction", "<1\n>2\n")
        .write("data/sample/1.in.download", "")
        .write("data/sample/1.ans.download", "")
        .write("data/sample/2.in", "")
        .write("data/sample/2.ans", "")
        .write("data/sample/2.out", "")
        .write("data/sample/3.interaction", ">1\n");
    let package = open(&draft);
    let at = |name: &str| draft.dir().join("data/sample").join(name);
    assert_eq!(package.samples.len(), 3);
    assert_eq!(package.samples[0].shown, Shown::Interaction(at("1.interaction")));
    assert_eq!(
        package.samples[0].downloads,
        [Some(at("1.in.download")), Some(at("1.ans.download"))]
    );
    assert_eq!(package.samples[1].shown, Shown::Pair { input: at("2.in"), output: at("2.out") });
    assert_eq!(package.samples[2].name, "sample/3");
    draft.write("data/sample/2.ans.statement", "");
    assert_eq!(
        faults(&draft),
        ["data/sample/2.ans.statement: stands beside .out; only one of them can be shown"]
    );
}

#[test]
fn validators_are_tried_on_data_of_their_own() {
    let draft = draft("");
    draft
        .write("data/invalid_input/a.in", "")
        .write("data/invalid_output/b.in", "")
        .write("data/invalid_output/b.ans", "1")
        .write("data/invalid_output/b.out", "2")
        .write("data/valid_output/deep/c.in", "")
        .write("data/valid_output/deep/c.ans", "1")
        .write("data/valid_output/deep/c.out", "1")
        .write("data/valid_output/test_group.yaml", "output_validator_args: [case_sensitive]\n");
    let package = open(&draft);
    let kinds: Vec<_> =
        package.validation_cases.iter().map(|case| (case.name.as_str(), case.kind)).collect();
    assert_eq!(
        kinds,
        [
            ("invalid_input/a", ValidationKind::InvalidInput),
            ("invalid_output/b", ValidationKind::InvalidOutput),
            ("valid_output/deep/c", ValidationKind::ValidOutput),
        ]
    );
    assert!(package.validation_cases[2].compare_flags.case_sensitive);
    draft.remove("data/invalid_output/b.out");
    assert_eq!(faults(&draft), ["data/invalid_output/b.in: has no .out beside it"]);
}

/// What submissions come to here: 0 is a sample, 1 and 2 are secret.
fn judged(verdicts: &[Verdict]) -> Judged<'static> {
    Judged {
        verdict: verdicts.iter().copied().find(|v| !v.is_accepted()).unwrap_or(Verdict::Accepted),
        score: None,
        best_score: None,
        cases: verdicts
            .iter()
            .enumerate()
            .map(|(index, verdict)| JudgedCase {
                case: Tested::Data(index),
                name: ["sample/1", "secret/1", "secret/2"][index],
                verdict: *verdict,
                message: "",
            })
            .collect(),
        group_scores: vec![None; 3],
    }
}

#[test]
fn submissions_keep_the_rules_of_their_folder_and_of_the_file() {
    use Verdict::{Accepted, MemoryLimitExceeded, TimeLimitExceeded, WrongAnswer};
    let draft = draft("");
    draft
        .write("data/secret/2.in", "")
        .write("data/secret/2.ans", "")
        .write("submissions/time_limit_exceeded/slow.py", "")
        .write("submissions/brute_force/b.py", "")
        .write("submissions/mine/m.py", "")
        .write(
            "submissions/submissions.yaml",
            "time_limit_exceeded/*.py:\n  secret/1: {permitted: [AC]}\n  language: python3\n\
             'mine/{m,n}.py':\n  required: [WA]\n  message: off by one\n  entrypoint: m.py\n",
        );
    let package = open(&draft);
    let find =
        |name: &str| package.submissions.iter().find(|submission| submission.name == name).unwrap();
    let slow = find("time_limit_exceeded/slow.py");
    assert_eq!(slow.language.as_deref(), Some("python3"));
    assert_eq!(slow.expected.to_string(), "TLE");
    assert_eq!(slow.expected.bounds(TimeBound::Upper), [Some(&[0, 1, 2].map(Tested::Data)[..])]);
    assert_eq!(slow.expected.bounds(TimeBound::Lower), [Some(&[Tested::Data(1)][..])]);
    assert!(slow.expected.needs_all_cases(&package));
    let ok = [Accepted, Accepted, TimeLimitExceeded];
    assert!(slow.expected.contradictions(&judged(&ok)).is_empty());
    assert_eq!(
        slow.expected.contradictions(&judged(&[Accepted, TimeLimitExceeded, WrongAnswer])),
        [
            "time_limit_exceeded: secret/2 is WA, permitted is AC or TLE",
            "time_limit_exceeded/*.py: secret/1: secret/1 is TLE, permitted is AC",
        ]
    );
    let brute = find("brute_force/b.py");
    assert!(brute.expected.bounds(TimeBound::Lower).is_empty());
    assert!(brute.expected.contradictions(&judged(&[MemoryLimitExceeded])).is_empty());
    let mine = find("mine/m.py");
    assert_eq!(mine.entry_point.as_deref(), Some("m.py"));
    assert_eq!(
        mine.expected.contradictions(&judged(&ok)),
        [
            "'mine/{m,n}.py': no test case is WA".replace('\'', ""),
            "mine/{m,n}.py: no message of the validator holds \"off by one\"".to_owned(),
        ]
    );
    assert_eq!(
        find("accepted/good.py").expected.contradictions(&judged(&[WrongAnswer])),
        ["accepted: sample/1 is WA, permitted is AC"]
    );
}

#[test]
fn rules_that_say_nothing_that_is_known_are_faults() {
    let draft = draft("");
    draft.write(
        "submissions/submissions.yaml",
        "accepted: fast\n'*/good.py':\n  permitted: [AC, CE]\n  score: [3, 1]\n  speed: high\n  secret/7: {use_for_time_limit: maybe}\n",
    );
    assert_eq!(
        faults(&draft),
        [
            "submissions/submissions.yaml:1: accepted: must be a mapping of keys to values, not a single value",
            "submissions/submissions.yaml:3: */good.py.permitted: \"CE\" is not one of AC, WA, TLE and RTE",
            "submissions/submissions.yaml:4: */good.py.score: must be a number, or a list of the least and the most",
            "submissions/submissions.yaml:5: */good.py.speed: is not a known key, nor a mapping for some test data",
            "submissions/submissions.yaml:6: */good.py.secret/7.use_for_time_limit: must be true or false or lower or upper, not \"maybe\"",
        ]
    );
}

#[test]
fn a_draft_package_adds_up_what_its_test_cases_are_worth() {
    adds_up("2023-07-draft");
    // Packages that were made by a draft and say that they are of what came of it.
    adds_up("2025-09");
}

fn adds_up(version: &str) {
    let draft = Draft::new();
    let head = format!("problem_format_version: {version}\nname: x\ntype: scoring\n");
    draft
        .write("problem.yaml", head + "uuid: 5ca6ba5b-36d5-4eff-8aa7-d967cbc4375e\n")
        .remove("problem_statement")
        .write("statement/problem.en.md", "Text\n")
        .remove("data/secret/1.in")
        .remove("data/secret/1.ans")
        .write("data/secret/testdata.yaml", "scoring: {aggregation: sum}\n");
    for (group, score, aggregation) in [("a", 30, "min"), ("b", 10, "sum")] {
        let folder = format!("data/secret/{group}");
        let scoring = format!("scoring: {{score: {score}, aggregation: {aggregation}}}\n");
        draft.write(&format!("{folder}/testdata.yaml"), scoring);
        for case in 1..=2 {
            draft.write(&format!("{folder}/{case}.in"), "");
            draft.write(&format!("{folder}/{case}.ans"), "");
        }
    }
    let package = open(&draft);
    let most: Vec<_> = package.groups[2..].iter().map(|group| group.grading.max_score()).collect();
    assert_eq!(most, [Some(50.0), Some(30.0), Some(20.0)]);
}

#[test]
fn drafts_said_scores_in_a_mapping() {
    let draft = Draft::new();
    let yaml = "problem_format_version: 2023-07-draft\nname: x\ntype: scoring\nvalidation: custom interactive\n";
    draft
        .write("problem.yaml", yaml)
        .write("output_validators/check.py", "")
        .write("data/secret/a/testdata.yaml", "grading:\n  score: 30\n")
        .write("data/secret/b/testdata.yaml", "scoring:\n  score: 50\n  require-pass: secret/a\n")
        .write("data/secret/c/test_group.yaml", "scoring: {score: 20, aggregation: sum}\n")
        .write("data/secret/test_group.yaml", "max_score: 100\n");
    for group in ["a", "b", "c"] {
        for name in ["1", "2"] {
            draft.write(&format!("data/secret/{group}/{name}.in"), "");
            draft.write(&format!("data/secret/{group}/{name}.ans"), "");
        }
    }
    draft.remove("data/secret/1.in").remove("data/secret/1.ans");
    let package = open(&draft);
    assert!(package.kind.interactive);
    let groups: Vec<_> = package
        .groups
        .iter()
        .filter(|group| group.name.starts_with("secret/"))
        .map(|group| (group.name.as_str(), group.grading.clone(), group.requires.len()))
        .collect();
    let grading = |aggregation, most| Grading::Aggregate { aggregation, max_score: Some(most) };
    assert_eq!(
        groups,
        [
            ("secret/a", grading(Aggregation::Min, 30.0), 0),
            ("secret/b", grading(Aggregation::Min, 50.0), 1),
            ("secret/c", grading(Aggregation::Sum, 20.0), 0),
        ]
    );
}
