//! Packages of Polygon, with checkers and interactors that answer as testlib's do.

use crate::{
    stand::{PackageFolder, bash, judged, source},
    tests_of,
};
use judge_types::{JudgingErrorKind, Score, Verdict};
use libtest_mimic::Trial;

pub(crate) fn trials() -> Vec<Trial> {
    tests_of![
        a_checker_answers_by_testlibs_exit_codes,
        an_interactor_talks_and_a_checker_has_the_last_word,
        a_checker_reads_no_log_of_another_test_case,
        files_with_names_take_the_place_of_streams,
        points_of_tests_and_groups_add_up,
        points_may_be_percent_and_a_part_of_a_plain_problem_is_wrong,
    ]
}

const CHECKER: &str = r#"
#include "codes.h"
#include <cstdio>
#include <fstream>
#include <string>
int main(int, char** arguments) {
    std::ifstream output(arguments[2]), answer(arguments[3]);
    std::string said, right;
    output >> said; answer >> right;
    std::fprintf(stderr, "expected '%s', found '%s'\n", right.c_str(), said.c_str());
    if (said == "break") return FAIL;
    if (said == "half") { std::fprintf(stderr, "points 2.5\n"); return POINTS; }
    if (said == "quarter") return 25;
    return said == right ? OK : said.empty() ? PRESENTATION : WRONG;
}
"#;

const CODES: &str = "enum { OK = 0, WRONG = 1, PRESENTATION = 2, FAIL = 3, POINTS = 7 };\n";

/// A package with two tests, whose answers are 2 and 4; `judging` and `tests` are attributes and elements.
fn package(judging: &str, tests: &str, assets: &str) -> PackageFolder {
    let package = PackageFolder::empty();
    let xml = format!(
        r#"<problem short-name="double"><names><name language="english" value="Double"/></names>
        <statements><statement language="english" path="statements/english/problem.tex" type="application/x-tex"/></statements>
        <judging {judging} run-count="1"><testset name="tests"><time-limit>1000</time-limit>
        <memory-limit>268435456</memory-limit><test-count>2</test-count>
        <input-path-pattern>tests/%02d</input-path-pattern><answer-path-pattern>tests/%02d.a</answer-path-pattern>
        {tests}</testset></judging>
        <files><resources><file path="files/codes.h" type="h.g++"/></resources></files>
        <assets><checker type="testlib"><source path="check.cpp" type="cpp.g++17"/></checker>{assets}
        <solutions><solution tag="main"><source path="solutions/main.cpp" type="cpp.g++17"/></solution></solutions></assets></problem>"#
    );
    package.file("problem.xml", &xml);
    package
        .file("statements/english/problem.tex", "\\begin{problem}{Double}{}{}{}{}\\end{problem}");
    for (test, input, answer) in [("01", "1", "2"), ("02", "2", "4")] {
        package.file(&format!("tests/{test}"), input);
        package.file(&format!("tests/{test}.a"), answer);
    }
    package.file("check.cpp", CHECKER);
    package.file("files/codes.h", CODES);
    package.file("solutions/main.cpp", "int main() {}\n");
    package
}

const TESTS: &str =
    r#"<tests><test method="manual" sample="true"/><test method="manual"/></tests>"#;

fn a_checker_answers_by_testlibs_exit_codes() {
    let package = package("", TESTS, "");
    let right = bash(&package, "read -r n; echo $((n * 2))\n");
    assert_eq!((right.verdict, right.runs.len()), (Verdict::Accepted, 2));
    let wrong = bash(&package, "echo 2\n");
    assert_eq!(wrong.verdict, Verdict::WrongAnswer);
    assert_eq!(wrong.runs[1].judge_message.as_deref(), Some("expected '4', found '2'"));
    assert_eq!(bash(&package, "exit 0\n").verdict, Verdict::WrongAnswer);
    let error = judged(&package, "bash", source("a.sh", "echo break\n")).unwrap_err();
    assert_eq!(error.kind, JudgingErrorKind::Package);
    assert!(error.message.contains("check.cpp ended with exit code 3"), "{error}");
}

/// Says the number and writes down what it is told.
const INTERACTOR: &str = r#"
#include "codes.h"
#include <fstream>
#include <iostream>
int main(int, char** arguments) {
    std::ifstream input(arguments[1]);
    std::ofstream log(arguments[2]);
    int number, said;
    input >> number;
    std::cout << number << std::endl;
    if (!(std::cin >> said)) return PRESENTATION;
    log << said << std::endl;
    return said < 0 ? WRONG : OK;
}
"#;

fn an_interactor_talks_and_a_checker_has_the_last_word() {
    let assets =
        r#"<interactor><source path="files/interactor.cpp" type="cpp.g++17"/></interactor>"#;
    let package = package("", TESTS, assets);
    package.file("files/interactor.cpp", INTERACTOR);
    let right = bash(&package, "read -r n; echo $((n * 2))\n");
    assert_eq!(right.verdict, Verdict::Accepted, "{:?}", right.runs);
    assert_eq!(right.runs[1].transcript.as_deref(), Some("<2\n>4\n"));
    let checked = bash(&package, "read -r n; echo 2\n");
    assert_eq!((checked.verdict, checked.runs.len()), (Verdict::WrongAnswer, 2));
    assert_eq!(bash(&package, "read -r n; echo -1; sleep 60\n").verdict, Verdict::WrongAnswer);
    assert_eq!(bash(&package, "exit 1\n").verdict, Verdict::RunTimeError);
}

/// Answers 2 to both tests; the interactor writes a log for the first alone.
fn a_checker_reads_no_log_of_another_test_case() {
    let assets =
        r#"<interactor><source path="files/interactor.cpp" type="cpp.g++17"/></interactor>"#;
    let package = package("", TESTS, assets);
    package.file("tests/02.a", "2");
    let silent = INTERACTOR.replace(
        "std::ofstream log(arguments[2]);",
        "std::ofstream log(std::ifstream(arguments[1]).get() == '1' ? arguments[2] : \"/dev/null\");",
    );
    assert_ne!(silent, INTERACTOR);
    package.file("files/interactor.cpp", &silent);
    let judged = bash(&package, "read -r n; echo 2\n");
    assert_eq!(judged.verdict, Verdict::WrongAnswer, "{:?}", judged.runs);
    assert_eq!(judged.runs[1].judge_message.as_deref(), Some("expected '2', found ''"));
}

fn files_with_names_take_the_place_of_streams() {
    let package = package(r#"input-file="double.in" output-file="double.out""#, TESTS, "");
    let right = bash(&package, "read -r n < double.in; echo $((n * 2)) > double.out; echo no\n");
    assert_eq!(right.verdict, Verdict::Accepted, "{:?}", right.runs);
    assert_eq!(bash(&package, "echo 2\n").verdict, Verdict::WrongAnswer);
    // What a test case leaves is not there at the next.
    let once = "[ -e double.out ] && exit 3; read -r n < double.in; echo $((n * 2)) > double.out\n";
    assert_eq!(bash(&package, once).verdict, Verdict::Accepted);
    let large = bash(&package, "head -c 9000000 /dev/zero > double.out\n");
    assert_eq!(large.verdict, Verdict::OutputLimitExceeded);
    assert_eq!(bash(&package, "mkdir double.out\n").verdict, Verdict::OutputLimitExceeded);
}

fn points_of_tests_and_groups_add_up() {
    let tests = r#"<tests><test method="manual" points="10.0" group="1"/><test method="manual" points="20.0" group="2"/></tests>
        <groups><group name="1" points="10.0" points-policy="each-test"/>
        <group name="2" points="20.0" points-policy="complete-group"><dependencies><dependency group="1"/></dependencies></group></groups>"#;
    let package = package("", tests, "");
    let summary = |code: &str| -> Option<f64> { bash(&package, code).score.map(Score::get) };
    assert_eq!(summary("read -r n; echo $((n * 2))\n"), Some(30.0));
    assert_eq!(summary("echo 2\n"), Some(10.0));
    assert_eq!(summary("read -r n; [ $n = 1 ] && echo half || echo 4\n"), Some(22.5));
    assert_eq!(summary("read -r n; [ $n = 1 ] && echo quarter || echo 3\n"), Some(2.5));
    assert_eq!(summary("echo 4\n"), Some(0.0), "the second depends on the first");
    // No test is worth more than its points.
    let small = tests.replacen("points=\"10.0\" group", "points=\"2.0\" group", 1);
    let capped = crate::polygon::package("", &small, "");
    let half = bash(&capped, "read -r n; [ $n = 1 ] && echo half || echo 4\n");
    assert_eq!(half.score.map(Score::get), Some(22.0));
    // A part of what counts only as a whole is nothing.
    let part = bash(&package, "read -r n; [ $n = 1 ] && echo 2 || echo quarter\n");
    assert_eq!(part.score.map(Score::get), Some(10.0));
    assert_eq!(part.runs[1].verdict, Verdict::WrongAnswer);
}

fn points_may_be_percent_and_a_part_of_a_plain_problem_is_wrong() {
    let tests = r#"<tests><test method="manual" points="10.0"/><test method="manual" points="20.0"/></tests>"#;
    let percent = package("treat-points-from-checker-as-percent=\"true\"", tests, "");
    let judged = bash(&percent, "read -r n; [ $n = 1 ] && echo half || echo 4\n");
    assert_eq!(judged.score.map(Score::get), Some(20.25));
    let plain = package("", TESTS, "");
    assert_eq!(bash(&plain, "echo quarter\n").verdict, Verdict::WrongAnswer);
}
