//! The judge in parts: a broker between its web server and its functions.

use crate::judge::{GAVEL, Judge, PATIENCE, hello, signal};
use crate::stack::Stack;
use serde_json::Value;
use std::process::{Child, Command, Output, Stdio};
use std::time::Instant;

/// A command on the stack's database, broker and packages.
fn command(stack: &Stack, arguments: &[&str]) -> Command {
    let mut command = Command::new(GAVEL);
    command.args(arguments).arg("--data").arg(stack.data.path());
    command.envs(stack.environment());
    command.env("GAVEL_LOG", "info,lapin=off").stdin(Stdio::null());
    command
}

/// A judge whose functions the test starts itself.
fn without_functions(stack: &Stack) -> Judge {
    Judge::start_api(stack.data.path(), &stack.environment())
}

fn run(stack: &Stack, arguments: &[&str]) -> Output {
    command(stack, arguments).output().unwrap()
}

fn finished(judge: &Judge, token: &str, submission: &str) -> bool {
    judge.get(token, &format!("submissions/{submission}"))["state"] == "finished"
}

#[test]
fn a_function_takes_one_message_and_exits() {
    let stack = Stack::on_parts();
    let judge = without_functions(&stack);
    let ada = judge.register("ada");
    let ids: Vec<_> =
        (0..2).map(|_| judge.submit(&ada, "hello", "python3", "a.py", &hello())).collect();
    for judged in 1..=2 {
        // The relay may not have passed it on yet.
        let deadline = Instant::now() + PATIENCE;
        while ids.iter().filter(|id| finished(&judge, &ada, id)).count() < judged {
            assert!(Instant::now() < deadline, "not judged");
            let output = run(&stack, &["function", "--once"]);
            assert_eq!(output.status.code(), Some(0), "{output:?}");
        }
        assert_eq!(ids.iter().filter(|id| finished(&judge, &ada, id)).count(), judged);
    }
    let output = run(&stack, &["function", "--once"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("there was no message"), "{said}");
    judge.interrupt();
}

#[test]
fn a_draining_function_leaves_when_nothing_comes_any_more() {
    let stack = Stack::on_parts();
    let judge = without_functions(&stack);
    let ada = judge.register("ada");
    let ids: Vec<_> =
        (0..5).map(|_| judge.submit(&ada, "hello", "python3", "a.py", &hello())).collect();
    let output = run(&stack, &["function", "--drain", "--slots", "2", "--idle", "12s"]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(ids.iter().all(|id| finished(&judge, &ada, id)), "{output:?}");
    judge.interrupt();
}

#[test]
fn submissions_are_accepted_while_the_broker_is_away() {
    let stack = Stack::on_parts();
    let judge = stack.start(&[]);
    let ada = judge.register("ada");
    // The queues are there for good once the broker has been stopped in order.
    judge.wait(&ada, &judge.submit(&ada, "hello", "python3", "a.py", &hello()));
    stack.broker().unwrap().stop();
    let ids: Vec<_> =
        (0..3).map(|_| judge.submit(&ada, "hello", "python3", "a.py", &hello())).collect();
    let places: Vec<Value> = ids
        .iter()
        .map(|id| judge.get(&ada, &format!("submissions/{id}"))["position"].clone())
        .collect();
    assert_eq!(places, [1, 2, 3]);
    stack.broker().unwrap().restart();
    for id in &ids {
        assert_eq!(judge.wait(&ada, id)["judgement_type_id"], "AC");
    }
    judge.interrupt();
}

#[test]
fn passwords_are_read_from_files_and_never_shown() {
    let stack = Stack::on_parts();
    let folder = tempfile::tempdir().unwrap();
    let [database, broker] =
        [("database", stack.url().unwrap().to_owned()), ("broker", stack.broker().unwrap().url())]
            .map(|(name, url)| {
                let path = folder.path().join(name);
                std::fs::write(&path, format!("{url}\n")).unwrap();
                path
            });
    let mut once = command(&stack, &["function", "--once"]);
    once.env_remove("GAVEL_DATABASE").env("GAVEL_DATABASE_FILE", &database);
    once.env_remove("GAVEL_BROKER").env("GAVEL_BROKER_FILE", &broker);
    let output = once.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    // Both at once is a mistake, and the message about it shows neither.
    let output = once.env("GAVEL_BROKER", stack.broker().unwrap().url()).output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("GAVEL_BROKER_FILE") && !said.contains("gavel:"), "{said}");
}

#[test]
fn a_judge_in_parts_needs_a_broker() {
    for subcommand in [&["api"][..], &["scale"], &["function", "--once"]] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(GAVEL);
        command.args(subcommand).arg("--data").arg(folder.path()).env_remove("GAVEL_BROKER");
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(3), "{subcommand:?}: {output:?}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("--broker"), "{subcommand:?}: {said}");
    }
}

/// A scaler that is gone without a word, and the function that it had started.
#[test]
fn a_killed_scaler_is_replaced_by_another_within_seconds() {
    let stack = Stack::on_parts();
    let judge = without_functions(&stack);
    let ada = judge.register("ada");
    let start = || command(&stack, &["scale"]).stdout(Stdio::null()).spawn().unwrap();
    let mut first: Child = start();
    let slow = format!("import time\ntime.sleep(3)\n{}", hello());
    let id = judge.submit(&ada, "hello", "python3", "a.py", &slow);
    judge.wait_for_event(&ada, &id, "compiled");
    let functions = crate::judge::children(first.id());
    first.kill().unwrap();
    first.wait().unwrap();
    functions.into_iter().for_each(|pid| signal(pid, "KILL"));
    // Another folder, as on another machine.
    let mut second = start();
    assert_eq!(judge.wait(&ada, &id)["judgement_type_id"], "AC");
    signal(second.id(), "INT");
    assert!(second.wait().unwrap().success());
    judge.interrupt();
}
