//! Whatever dies: every submission gets its verdict, and one only.

use crate::judge::{PATIENCE, hello, signal};
use crate::stack::{Stack, on_each_stack};
use serde_json::Value;
use std::time::{Duration, Instant};

on_each_stack! {
    a_killed_function_is_replaced_within_seconds,
    a_function_that_hangs_is_replaced_long_before_its_hard_timeout,
    a_killed_judge_goes_on_where_it_was,
    a_function_that_outlives_its_judge_still_counts_once,
    ctrl_c_lets_running_functions_end_and_keeps_the_queue,
    a_second_judge_on_the_same_folder_is_refused,
}

/// Takes long enough to be killed in the middle, and then says what is right.
fn slow() -> String {
    format!("import time\ntime.sleep(3)\n{}", hello())
}

fn assert_one_verdict(detail: &Value, verdict: &str) {
    assert_eq!(detail["judgement_type_id"], verdict, "{detail:#}");
    let timeline = detail["timeline"].as_array().unwrap();
    let ends = timeline.iter().filter(|event| event["type"] == "finished").count();
    assert_eq!(ends, 1, "{detail:#}");
    let runs = detail["runs"].as_array().unwrap().len() as u64;
    assert_eq!(Some(runs), detail["judgement"]["tests_total"].as_u64(), "{detail:#}");
}

pub(crate) fn a_killed_function_is_replaced_within_seconds(stack: &Stack) {
    let judge = stack.start(&[]);
    let ada = judge.register("ada");
    let id = judge.submit(&ada, "hello", "python3", "a.py", &slow());
    judge.wait_for_event(&ada, &id, "compiled");
    let functions = judge.functions();
    assert_eq!(functions.len(), 1, "one function for one message");
    signal(functions[0], "KILL");

    let detail = judge.wait(&ada, &id);
    assert_one_verdict(&detail, "AC");
    let timeline = detail["timeline"].as_array().unwrap();
    let attempts: Vec<_> = timeline.iter().filter_map(|event| event["attempt"].as_u64()).collect();
    assert_eq!(attempts, [1, 2]);
    judge.interrupt();
}

fn a_function_that_hangs_is_replaced_long_before_its_hard_timeout(stack: &Stack) {
    let judge = stack.start(&[]);
    let ada = judge.register("ada");
    let id = judge.submit(&ada, "hello", "python3", "a.py", &slow());
    judge.wait_for_event(&ada, &id, "compiled");
    let functions = judge.functions();
    assert_eq!(functions.len(), 1, "one function for one message");
    signal(functions[0], "STOP");

    // Nobody lets it go on.
    let detail = judge.wait(&ada, &id);
    assert_one_verdict(&detail, "AC");
    let timeline = detail["timeline"].as_array().unwrap();
    let attempts: Vec<_> = timeline.iter().filter_map(|event| event["attempt"].as_u64()).collect();
    assert_eq!(attempts, [1, 2]);
    judge.interrupt();
}

pub(crate) fn a_killed_judge_goes_on_where_it_was(stack: &Stack) {
    let judge = stack.start(&["--slots", "1"]);
    let ada = judge.register("ada");
    let ids: Vec<_> =
        (0..4).map(|_| judge.submit(&ada, "hello", "python3", "a.py", &slow())).collect();
    judge.wait_for_event(&ada, &ids[0], "compiled");
    let functions = judge.functions();
    judge.kill();
    // Half of the time the function dies with its judge, half of the time it goes on alone; here it dies.
    functions.into_iter().for_each(|pid| signal(pid, "KILL"));

    let judge = stack.start(&[]);
    for id in &ids {
        assert_one_verdict(&judge.wait(&ada, id), "AC");
    }
    judge.interrupt();
}

fn a_function_that_outlives_its_judge_still_counts_once(stack: &Stack) {
    let judge = stack.start(&[]);
    let ada = judge.register("ada");
    let id = judge.submit(&ada, "hello", "python3", "a.py", &slow());
    judge.wait_for_event(&ada, &id, "compiled");
    judge.kill();

    let judge = stack.start(&[]);
    assert_one_verdict(&judge.wait(&ada, &id), "AC");
    judge.interrupt();
}

fn ctrl_c_lets_running_functions_end_and_keeps_the_queue(stack: &Stack) {
    let judge = stack.start(&["--slots", "1"]);
    let ada = judge.register("ada");
    let ids: Vec<_> =
        (0..3).map(|_| judge.submit(&ada, "hello", "python3", "a.py", &slow())).collect();
    judge.wait_for_event(&ada, &ids[0], "compiled");
    judge.interrupt();

    let judge = stack.start(&["--slots", "1"]);
    // The one that ran was not judged twice.
    let first = judge.wait(&ada, &ids[0]);
    assert_one_verdict(&first, "AC");
    let starts = first["timeline"].as_array().unwrap().iter();
    assert_eq!(starts.filter(|event| event["type"] == "started").count(), 1);
    for id in &ids[1..] {
        assert_one_verdict(&judge.wait(&ada, id), "AC");
    }
    let deadline = Instant::now() + PATIENCE;
    while !judge.functions().is_empty() {
        assert!(Instant::now() < deadline, "functions remain");
        std::thread::sleep(Duration::from_millis(20));
    }
    judge.interrupt();
}

fn a_second_judge_on_the_same_folder_is_refused(stack: &Stack) {
    let judge = stack.start(&[]);
    let second = std::process::Command::new(crate::judge::GAVEL)
        .args(["up", "--listen", "127.0.0.1:0", "--data"])
        .arg(stack.data.path())
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(3));
    let said = String::from_utf8_lossy(&second.stderr);
    assert!(said.contains("another gavel is running"), "{said}");
    judge.interrupt();
}
