//! Problems that give scores: groups, graders, and what validators say.

use crate::{
    stand::{PackageFolder, bash, judged, source},
    tests_of,
};
use executor::Judged;
use judge_types::{JudgingErrorKind, Score, Verdict};
use libtest_mimic::Trial;

pub(crate) fn trials() -> Vec<Trial> {
    tests_of![
        groups_of_the_legacy_format_are_graded_by_their_flags,
        groups_made_for_domjudge_are_worth_all_or_nothing,
        a_grader_of_the_package_has_the_last_word,
        a_validator_says_scores,
        validators_are_called_by_name_and_all_have_their_say,
        groups_of_the_newer_format_keep_their_bounds,
        groups_of_the_newer_format_add_up_and_depend,
    ]
}

pub(crate) fn summary(judged: &Judged) -> (Verdict, Option<f64>) {
    (judged.verdict, judged.score.map(Score::get))
}

/// Two groups of echoing numbers: those below ten, and all.
pub(crate) fn scored(yaml: &str, groups: &[(&str, &str)]) -> PackageFolder {
    let package = PackageFolder::new(&[("1", "1")]);
    package.file("problem.yaml", yaml);
    for (group, config) in groups {
        let folder = format!("data/secret/{group}");
        let file = if yaml.contains("2025-09") { "test_group.yaml" } else { "testdata.yaml" };
        package.file(&format!("{folder}/{file}"), config);
        let numbers = if *group == "a" { ["2", "3"] } else { ["4", "55"] };
        for number in numbers {
            package.file(&format!("{folder}/{number}.in"), number);
            package.file(&format!("{folder}/{number}.ans"), number);
        }
    }
    package
}

const ONE_DIGIT: &str = "read -r n; echo ${n:0:1}\n";

fn groups_of_the_legacy_format_are_graded_by_their_flags() {
    let package = scored(
        "name: Test\ntype: scoring\ngrading: {show_test_data_groups: true}\n",
        &[
            ("a", "on_reject: break\naccept_score: 30\ngrader_flags: min\n"),
            ("b", "on_reject: break\naccept_score: 70\ngrader_flags: min\n"),
        ],
    );
    package.file("data/testdata.yaml", "on_reject: continue\ngrader_flags: ignore_sample\n");
    package.file("data/secret/testdata.yaml", "grader_flags: sum first_error\n");
    assert_eq!(summary(&bash(&package, "cat\n")), (Verdict::Accepted, Some(100.0)));
    let partial = bash(&package, ONE_DIGIT);
    // A submission that is not accepted has no score; its groups have.
    assert_eq!(summary(&partial), (Verdict::WrongAnswer, None));
    assert!(partial.shows_groups);
    let groups: Vec<_> = partial
        .groups
        .iter()
        .map(|group| (group.name.as_str(), group.verdict.unwrap(), group.score.unwrap().get()))
        .collect();
    assert_eq!(
        groups,
        [
            ("", Verdict::WrongAnswer, 30.0),
            ("sample", Verdict::Accepted, 1.0),
            ("secret", Verdict::WrongAnswer, 30.0),
            ("secret/a", Verdict::Accepted, 30.0),
            ("secret/b", Verdict::WrongAnswer, 0.0),
        ]
    );
    package.file("data/secret/testdata.yaml", "grader_flags: sum always_accept\n");
    assert_eq!(summary(&bash(&package, ONE_DIGIT)), (Verdict::Accepted, Some(30.0)));
    // A sample that is ignored ends nothing, though the group stops at what is rejected.
    package.file("data/testdata.yaml", "on_reject: break\ngrader_flags: ignore_sample\n");
    package.file("data/secret/testdata.yaml", "grader_flags: sum first_error\n");
    let wrong = bash(&package, "echo wrong\n");
    assert_eq!(summary(&wrong), (Verdict::WrongAnswer, None));
    assert_eq!(wrong.groups[2].verdict, Some(Verdict::WrongAnswer));
    // What is out of a range is not cut off.
    package.file("data/secret/testdata.yaml", "grader_flags: sum first_error\nrange: 0 50\n");
    assert_eq!(summary(&bash(&package, "cat\n")), (Verdict::Accepted, Some(100.0)));
}

fn groups_made_for_domjudge_are_worth_all_or_nothing() {
    let package = scored(
        "name: Test\ntype: scoring\n",
        &[("a", "accept_score: 30\n"), ("b", "accept_score: 70\n")],
    );
    package.file("data/testdata.yaml", "on_reject: continue\ngrader_flags: min\n");
    package.file("data/secret/testdata.yaml", "on_reject: continue\n");
    package.file("submissions/accepted/a.sh", "# @EXPECTED_SCORE@: 100\ncat\n");
    // The samples are in no group, so that the least is that of the secret data.
    assert_eq!(summary(&bash(&package, "cat\n")), (Verdict::Accepted, Some(100.0)));
    assert_eq!(summary(&bash(&package, ONE_DIGIT)), (Verdict::WrongAnswer, Some(30.0)));
}

fn validators_are_called_by_name_and_all_have_their_say() {
    let package = PackageFolder::new(&[("1", "1"), ("2", "2")]);
    package.file("problem.yaml", "name: Test\ntype: scoring\nvalidation: custom score\n");
    let says = |score: &str, code| {
        format!(
            "import sys\nsys.stdin.read()\nd = sys.argv[3]\n\
             open(d + 'judgemessage.txt', 'w').write('from {score}')\n\
             if {score}: open(d + 'score.txt', 'w').write('{score}')\nsys.exit({code})\n"
        )
    };
    package.file("output_validators/a.py", &says("7", 42));
    package.file("output_validators/b.py", &says("0", 42));
    let judged = bash(&package, "cat\n");
    assert_eq!(summary(&judged), (Verdict::Accepted, Some(14.0)));
    assert_eq!(judged.runs[0].judge_message.as_deref(), Some("from 7\nfrom 0"));
    // One of them alone, by its name without the extension.
    package.file("data/testdata.yaml", "output_validator_flags: {name: b}\n");
    let judged = bash(&package, "cat\n");
    assert_eq!(judged.runs[0].judge_message.as_deref(), Some("from 0"));
    // Both again, where a group says no name.
    package.file("data/secret/testdata.yaml", "output_validator_flags: ''\n");
    let judged = bash(&package, "cat\n");
    assert_eq!(judged.runs.last().unwrap().judge_message.as_deref(), Some("from 7\nfrom 0"));
}

fn a_grader_of_the_package_has_the_last_word() {
    let package = scored("name: Test\ntype: scoring\n", &[("a", ""), ("b", "")]);
    package.file("data/testdata.yaml", "on_reject: continue\n");
    package.file("data/secret/testdata.yaml", "grading: custom\ngrader_flags: deep 7\n");
    let grader = "import sys\n\
        lines = [line.split() for line in sys.stdin]\n\
        print('WA' if any(v != 'AC' for v, _ in lines) else 'AC', len(lines) * int(sys.argv[2]))\n";
    package.file("graders/grade.py", grader);
    // Two groups, each seven points, and the sample's one.
    package.file("data/secret/a/testdata.yaml", "grading: default\ngrader_flags: ''\n");
    package.file("data/secret/b/testdata.yaml", "grading: default\ngrader_flags: ''\n");
    assert_eq!(summary(&bash(&package, "cat\n")), (Verdict::Accepted, Some(15.0)));
    package.file("graders/grade.py", "print('maybe')\n");
    let error = judged(&package, "bash", source("a.sh", "cat\n")).unwrap_err();
    assert!(error.message.contains("grader grade.py must print a verdict"), "{error}");
}

/// Accepts everything and writes what the submission says into a file.
const SCORING: &str = "import sys\n\
    name, score = sys.stdin.read().split()\n\
    open(sys.argv[3] + name, 'w').write(score.strip(\"'\"))\n\
    sys.exit(42)\n";

fn a_validator_says_scores() {
    let package = scored(
        "name: Test\nproblem_format_version: 2025-09\nuuid: 1\ntype: scoring\n",
        &[
            ("a", "score_aggregation: min\nmax_score: 30\n"),
            ("b", "score_aggregation: sum\nmax_score: 70\n"),
        ],
    );
    package.file("output_validator/check.py", SCORING);
    let share = bash(&package, "echo score_multiplier.txt 0.5\n");
    assert_eq!(summary(&share), (Verdict::Accepted, Some(50.0)));
    let points = bash(&package, "echo score.txt 12\n");
    assert_eq!(summary(&points), (Verdict::Accepted, Some(36.0)));
    for (said, fault) in [
        ("score.txt 31", "the most is 30"),
        ("score.txt -1", "below 0"),
        ("score.txt many", "is no number"),
        ("score.txt ''", "wrote \"\" into score.txt"),
        ("score_multiplier.txt 1.5", "not from 0 to 1"),
    ] {
        let code = format!("echo \"{said}\"\n");
        let error = judged(&package, "bash", source("a.sh", &code)).unwrap_err();
        assert_eq!(error.kind, JudgingErrorKind::Package);
        assert!(error.message.contains(fault), "{error}");
    }
}

fn groups_of_the_newer_format_keep_their_bounds() {
    let yaml = "name: Test\nproblem_format_version: 2025-09\nuuid: 1\ntype: scoring\n";
    let sum = "max_score: 60\nscore_aggregation: sum\n";
    let package = scored(yaml, &[("a", sum), ("b", sum)]);
    let error = judged(&package, "bash", source("a.sh", "cat\n")).unwrap_err();
    assert_eq!(error.kind, JudgingErrorKind::Package);
    assert!(error.message.contains("secret comes to 120, and its max_score is 100"), "{error}");
    // Half of the first group, and nothing of the second, which is run all the same.
    package.file("data/secret/test_group.yaml", "score_aggregation: min\n");
    let half = bash(&package, "read -r n; [ $n = 3 ] || [ $n -gt 3 ] || echo $n\n");
    assert_eq!(summary(&half), (Verdict::WrongAnswer, Some(0.0)), "{half:?}");
    assert_eq!(half.groups[4].verdict, Some(Verdict::WrongAnswer));
    assert_eq!(summary(&bash(&package, "cat\n")), (Verdict::Accepted, Some(60.0)));
}

fn groups_of_the_newer_format_add_up_and_depend() {
    let package = scored(
        "name: Test\nproblem_format_version: 2025-09\nuuid: 1\ntype: scoring\n",
        &[
            ("a", "max_score: 40\n"),
            ("b", "max_score: 60\nscore_aggregation: sum\nrequire_pass: a\n"),
        ],
    );
    assert_eq!(summary(&bash(&package, "cat\n")), (Verdict::Accepted, Some(100.0)));
    assert_eq!(summary(&bash(&package, ONE_DIGIT)), (Verdict::WrongAnswer, Some(70.0)));
    let late = bash(&package, "read -r n; [ $n -gt 3 ] && echo $n\n");
    assert_eq!(summary(&late), (Verdict::RunTimeError, Some(0.0)));
    assert_eq!(late.groups[4].verdict, None, "it depends on a group that failed");
    assert_eq!(late.runs.len(), 2, "the sample, and the first of the first group");
}
