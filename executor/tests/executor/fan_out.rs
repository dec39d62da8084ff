//! Several functions judge one submission, and it comes to what one alone would have said.

use crate::{
    scaler::{HELLO, config, functions, start},
    stand::{Judge, PackageFolder},
    tests_on_each_stack,
};
use executor::FanOutRules;
use judge_types::{JudgementId, JudgementState, RunResult, Score, Verdict};
use libtest_mimic::Trial;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::{
    fs, thread,
    time::{Duration, SystemTime},
};
use store::{executions, fan_out, runs};

pub(crate) fn trials() -> Vec<Trial> {
    tests_on_each_stack![
        helpers_come_to_what_one_alone_comes_to,
        what_comes_after_the_decision_is_not_judged,
        one_executor_gets_through_what_takes_longer_than_a_function_may,
        one_long_test_case_has_a_function_s_whole_time,
        what_was_judged_survives_who_has_died,
        who_submits_goes_before_helpers,
        a_short_judgement_stays_with_its_function,
    ]
}

/// Waits a little, and then answers with its input: to 7 wrongly. It waits rather than works, so that helpers come in time
/// on a busy machine too.
const SLOW: (&str, &str) = ("a.sh", "read -r n; sleep 0.2; ((n == 7)) && n=x; echo $n\n");

/// The same, with work.
const BUSY: (&str, &str) =
    ("a.sh", "read -r n; for ((i = 0; i < 120000; i++)); do :; done; ((n == 7)) && n=x; echo $n\n");

/// The same, to be compiled; it writes a file in its folder, where it finds none of the test case before.
const SLOW_IN_C: (&str, &str) = (
    "a.c",
    r#"
#include <stdio.h>
#include <time.h>
int main(void) {
    int n;
    FILE *note = fopen("note", "r");
    if (note != NULL || scanf("%d", &n) != 1) return 1;
    note = fopen("note", "w");
    fprintf(note, "%d\n", n);
    if (fclose(note) != 0) return 2;
    nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
    printf("%d\n", n == 7 ? 0 : n);
    return 0;
}
"#,
);

/// Soon, with as many helpers as there are slots besides.
const SOON: FanOutRules = FanOutRules { after: Duration::from_millis(300), helpers: 2 };

/// Test cases with these numbers as inputs and answers.
fn counting(numbers: impl IntoIterator<Item = u32>) -> PackageFolder {
    let texts: Vec<String> = numbers.into_iter().map(|n| format!("{n}\n")).collect();
    let cases: Vec<_> = texts.iter().map(|text| (text.as_str(), text.as_str())).collect();
    PackageFolder::new(&cases)
}

/// A scoring problem: the groups of a number in a thousand, in a hundred and so on; the second fails at its third test case.
fn scoring() -> PackageFolder {
    let folder = PackageFolder::new(&[("1\n", "1\n")]);
    folder.file("problem.yaml", "name: Test\ntype: scoring\nlimits:\n  memory: 256\n");
    folder.file("data/testdata.yaml", "on_reject: continue\ngrader_flags: ignore_sample\n");
    for (group, numbers) in [("a", 10..18), ("b", 5..13), ("c", 20..28)] {
        let rule = "on_reject: break\naccept_score: 10\ngrader_flags: min\n";
        folder.file(&format!("data/secret/{group}/testdata.yaml"), rule);
        for number in numbers {
            let text = format!("{number}\n");
            folder.file(&format!("data/secret/{group}/{number}.in"), &text);
            folder.file(&format!("data/secret/{group}/{number}.ans"), &text);
        }
    }
    folder.file("data/secret/testdata.yaml", "on_reject: continue\naccept_score: 0\n");
    folder
}

/// What does not differ from one judging to the next.
#[derive(Debug, PartialEq)]
struct Told {
    verdict: Option<Verdict>,
    score: Option<Score>,
    groups: String,
    runs: Vec<ToldOfRun>,
}

type ToldOfRun = (u32, String, Verdict, Option<Score>, [Option<String>; 3]);

fn told(judge: &mut Judge, id: JudgementId) -> Told {
    let judgement = judge.wait_for(id, JudgementState::is_final);
    assert_eq!(judgement.state, JudgementState::Finished, "{:?}", judgement.error);
    let runs = runs::list(&mut judge.connection, id, judgement.attempt).unwrap();
    let of_run = |run: RunResult| {
        let said = [run.judge_message, run.output, run.error_output];
        (run.ordinal, run.test_case, run.verdict, run.score, said)
    };
    Told {
        verdict: judgement.verdict,
        score: judgement.score,
        groups: serde_json::to_string(&judgement.groups).unwrap(),
        runs: runs.into_iter().map(of_run).collect(),
    }
}

/// CPU time of a judgement's helpers, in milliseconds.
fn help(judge: &mut Judge, id: JudgementId) -> u64 {
    let helps = executions::of_helpers(&mut judge.connection, id).unwrap();
    helps.iter().map(|help| help.usage.cpu_ms).sum()
}

/// Nothing of what was shared is left.
fn assert_swept(judge: &mut Judge, id: JudgementId) {
    assert_eq!(fan_out::find(&mut judge.connection, id).unwrap(), None);
    assert_eq!(judge.depth(), (0, 0));
    let compiled = judge.folder().join("blobs/compiled");
    let left = fs::read_dir(compiled).map_or(0, Iterator::count);
    assert_eq!(left, 0, "compiled submissions");
}

/// A problem of the newer format in which programs may write files, in two groups that add up.
fn writing() -> PackageFolder {
    let folder = PackageFolder::empty();
    folder.file(
        "problem.yaml",
        "problem_format_version: 2025-09\nname: Test\nuuid: 2f9ba0a5-7f54-4b53-9a23-60b1b7b53a24\ntype: scoring\n\
         allow_file_writing: true\nlimits:\n  memory: 256\n  time_limit: 3\n",
    );
    folder.file("statement/problem.en.md", "# Test\n\nA test.\n");
    for (group, numbers) in [("a", 10..18), ("b", 0..8)] {
        let rule = "max_score: 50\nscore_aggregation: min\n";
        folder.file(&format!("data/secret/{group}/test_group.yaml"), rule);
        for number in numbers {
            let text = format!("{number}\n");
            folder.file(&format!("data/secret/{group}/{number}.in"), &text);
            folder.file(&format!("data/secret/{group}/{number}.ans"), &text);
        }
    }
    folder
}

/// A problem whose validator breaks down at what comes after the test case that [`SLOW`] fails on.
fn breaking() -> PackageFolder {
    counting((100..125).chain([7]).chain(200..210)).validated_by(
        "check.sh",
        "read -r n < \"$1\"; ((n >= 200)) && exit 1; read -r said; [[ $said == $n ]] && exit 42; exit 43\n",
    )
}

fn helpers_come_to_what_one_alone_comes_to(mut judge: Judge) {
    for (package, language, file) in [
        (counting(100..120), "bash", SLOW),
        (scoring(), "bash", SLOW),
        (writing(), "c", SLOW_IN_C),
        (breaking(), "bash", SLOW),
    ] {
        judge.fan_out = FanOutRules { helpers: 0, ..SOON };
        let alone = judge.submit(&package, language, file);
        let running = start(config(&mut judge));
        let expected = told(&mut judge, alone);
        running.stop();
        assert!(expected.runs.len() > 10, "{expected:?}");
        assert_eq!(help(&mut judge, alone), 0);

        judge.fan_out = SOON;
        let shared = judge.submit(&package, language, file);
        let running = start(config(&mut judge));
        assert_eq!(told(&mut judge, shared), expected);
        running.stop();
        let helps = executions::of_helpers(&mut judge.connection, shared).unwrap();
        // Of who has run nothing, no memory was read.
        assert!(helps.iter().any(|help| help.usage.memory_bytes > 0), "{helps:?}");
        assert_swept(&mut judge, shared);
    }
}

fn what_comes_after_the_decision_is_not_judged(mut judge: Judge) {
    judge.fan_out = SOON;
    let id = judge.submit(&counting((100..108).chain([7]).chain(200..400)), "bash", BUSY);
    let running = start(config(&mut judge));
    let told = told(&mut judge, id);
    running.stop();
    assert_eq!(told.verdict, Some(Verdict::WrongAnswer));
    let last = told.runs.last().unwrap();
    assert_eq!((told.runs.len(), last.0, last.2), (9, 9, Verdict::WrongAnswer));
    // The other 200 would have taken 20 s of CPU time, or more.
    assert!(help(&mut judge, id) < 10_000);
    assert_swept(&mut judge, id);
}

fn one_executor_gets_through_what_takes_longer_than_a_function_may(mut judge: Judge) {
    judge.fan_out = SOON;
    judge.hard_timeout = Duration::from_secs(4);
    let id = judge.submit(&counting(100..150), "bash", BUSY);
    let mut one = config(&mut judge);
    one.slots = 1;
    let running = start(one);
    let told = told(&mut judge, id);
    running.stop();
    assert_eq!((told.verdict, told.runs.len()), (Some(Verdict::Accepted), 50));
    let judgement = judge.judgement(id);
    assert!(judgement.attempt >= 2, "{judgement:?}");
    assert_swept(&mut judge, id);
}

fn one_long_test_case_has_a_function_s_whole_time(mut judge: Judge) {
    judge.fan_out = FanOutRules { helpers: 1, ..SOON };
    judge.hard_timeout = Duration::from_secs(8);
    // 1.6 s of short ones, then one that the first function has no time for, and another has, with more than half of its own.
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let first = now.as_secs() + 8;
    let code = format!(
        "read -r n; ((n == 9)) && sleep $((EPOCHSECONDS < {first} ? 60 : 5)); sleep 0.2; echo $n\n"
    );
    let id = judge.submit(&counting((100..108).chain([9, 10])), "bash", ("a.sh", &code));
    let mut one = config(&mut judge);
    one.slots = 1;
    let running = start(one);
    let told = told(&mut judge, id);
    running.stop();
    assert_eq!((told.verdict, told.runs.len()), (Some(Verdict::Accepted), 10));
    assert!(judge.judgement(id).attempt >= 2);
    assert_swept(&mut judge, id);
}

fn what_was_judged_survives_who_has_died(mut judge: Judge) {
    judge.fan_out = SOON;
    judge.lease = Duration::from_secs(1);
    let id = judge.submit(&counting(100..150), "bash", SLOW);
    let running = start(config(&mut judge));
    while help(&mut judge, id) == 0 {
        assert!(!judge.judgement(id).state.is_final(), "nobody helped");
        thread::sleep(Duration::from_millis(5));
    }
    for function in functions(&judge) {
        kill(Pid::from_raw(function), Signal::SIGKILL).unwrap();
    }
    let told = told(&mut judge, id);
    running.stop();
    assert_eq!((told.verdict, told.runs.len()), (Some(Verdict::Accepted), 50));
    assert_eq!(judge.judgement(id).attempt, 2);
    assert_swept(&mut judge, id);
}

fn a_short_judgement_stays_with_its_function(mut judge: Judge) {
    judge.fan_out = FanOutRules::default();
    let id = judge.submit(&counting(100..105), "bash", SLOW);
    let running = start(config(&mut judge));
    assert_eq!(told(&mut judge, id).verdict, Some(Verdict::Accepted));
    running.stop();
    assert!(executions::of_helpers(&mut judge.connection, id).unwrap().is_empty());
    assert!(!judge.folder().join("blobs/compiled").exists());
}

fn who_submits_goes_before_helpers(mut judge: Judge) {
    judge.fan_out = SOON;
    let long = judge.submit(&counting(100..200), "bash", SLOW);
    let running = start(config(&mut judge));
    let mut helps = || executions::of_helpers(&mut judge.connection, long).unwrap();
    while helps().iter().all(|help| help.usage.memory_bytes == 0) {
        thread::sleep(Duration::from_millis(5));
    }
    // Both slots are taken, and 10 s at least will go by until the long one is judged.
    judge.team = "another";
    let short = judge.submit(&PackageFolder::greeting(), "bash", HELLO);
    judge.bell.ring();
    let judged = judge.wait_for(short, JudgementState::is_final);
    assert_eq!(judged.verdict, Some(Verdict::Accepted));
    assert!(!judge.judgement(long).state.is_final());
    assert_eq!(told(&mut judge, long).runs.len(), 100);
    running.stop();
    assert_swept(&mut judge, long);
}
