//! The function: claim, judge, write; and what happens when it dies on the way.

use crate::{
    stand::{Judge, PackageFolder},
    tests_on_each_database,
};
use executor::FunctionExit;
use judge_types::{
    HELP_TASK_VERSION, JudgementState, JudgingErrorKind, ProgressKind, TASK_VERSION, Verdict,
};
use libtest_mimic::Trial;
use std::time::Duration;
use store::{events, leases, runs};

pub(crate) fn trials() -> Vec<Trial> {
    tests_on_each_database![
        a_message_becomes_a_verdict,
        a_compile_error_is_a_verdict_too,
        the_limits_of_the_message_count,
        a_message_delivered_twice_changes_nothing,
        a_judgement_that_is_held_is_left_alone,
        a_killed_function_is_replaced_after_its_lease,
        a_function_that_lost_its_lease_writes_nothing,
        the_hard_timeout_ends_a_function,
        a_fault_of_the_package_fails_the_judgement,
        a_fault_that_may_pass_hands_the_judgement_back,
        a_message_of_another_version_is_handed_back,
    ]
}

const HELLO: (&str, &str) = ("a.sh", "read -r n; echo hello $n\n");
/// Ends a second or so after it began, by its time limit; long enough to be killed on the way.
const ENDLESS: (&str, &str) = ("a.sh", "while true; do :; done\n");

fn exit(code: Option<i32>) -> FunctionExit {
    FunctionExit::from_code(code.expect("not killed"))
}

fn a_message_becomes_a_verdict(mut judge: Judge) {
    let id = judge.submit(&PackageFolder::greeting(), "bash", HELLO);
    let delivery = judge.take();
    assert_eq!(exit(judge.run(&delivery.task)), FunctionExit::Done);
    let judgement = judge.judgement(id);
    assert_eq!(judgement.verdict, Some(Verdict::Accepted), "{judgement:?}");
    assert_eq!((judgement.attempt, judgement.tests_total), (1, 2));
    let runs = runs::list(&mut judge.connection, id, 1).unwrap();
    assert_eq!(runs.len(), 2);
    let events = events::list_after(&mut judge.connection, judgement.submission, 0).unwrap();
    let names: Vec<_> = events.iter().map(|event| event.kind.name()).collect();
    assert_eq!(names, ["queued", "started", "fetched", "compiled", "run", "run", "finished"]);
    let executions = store::executions::of_judgement(&mut judge.connection, id).unwrap();
    let (attempt, usage) = executions[0];
    assert_eq!((executions.len(), attempt), (1, 1));
    assert!(
        usage.memory_bytes > 0 && usage.wall_ms > 0 && usage.transferred_bytes > 0,
        "{usage:?}"
    );
}

fn a_compile_error_is_a_verdict_too(mut judge: Judge) {
    let id = judge.submit(&PackageFolder::greeting(), "bash", ("a.sh", "if true; then\n"));
    let delivery = judge.take();
    assert_eq!(exit(judge.run(&delivery.task)), FunctionExit::Done);
    let judgement = judge.judgement(id);
    assert_eq!(judgement.verdict, Some(Verdict::CompileError));
    assert!(judgement.compile_output.unwrap().contains("syntax error"));
}

fn the_limits_of_the_message_count(mut judge: Judge) {
    let package = PackageFolder::greeting();
    let id = judge.submit_with(&package, "bash", ENDLESS, |limits| limits.time_ms = 100);
    let delivery = judge.take();
    assert_eq!(exit(judge.run(&delivery.task)), FunctionExit::Done);
    let judgement = judge.judgement(id);
    assert_eq!(judgement.verdict, Some(Verdict::TimeLimitExceeded));
    assert!((100..1_000).contains(&judgement.usage.cpu_ms), "{:?}", judgement.usage);
}

fn a_message_delivered_twice_changes_nothing(mut judge: Judge) {
    let id = judge.submit(&PackageFolder::greeting(), "bash", HELLO);
    let delivery = judge.take();
    judge.run(&delivery.task);
    let first = judge.judgement(id);
    assert_eq!(exit(judge.run(&delivery.task)), FunctionExit::Done);
    assert_eq!(judge.judgement(id), first);
    assert_eq!(judge.executions(id), 1);
}

fn a_judgement_that_is_held_is_left_alone(mut judge: Judge) {
    let id = judge.submit(&PackageFolder::greeting(), "bash", HELLO);
    let delivery = judge.take();
    leases::claim(&mut judge.connection, id, "other", time::Duration::seconds(60)).unwrap();
    assert_eq!(exit(judge.run(&delivery.task)), FunctionExit::HeldElsewhere);
    let judgement = judge.judgement(id);
    assert_eq!((judgement.state, judgement.attempt), (JudgementState::Compiling, 1));
}

fn a_killed_function_is_replaced_after_its_lease(mut judge: Judge) {
    judge.lease = Duration::from_millis(400);
    let package = PackageFolder::greeting();
    let id = judge.submit_with(&package, "bash", ENDLESS, |limits| limits.time_ms = 3_000);
    let delivery = judge.take();
    let mut child = judge.start(&delivery.task);
    judge.wait_for(id, |state| state == JudgementState::Running);
    child.kill().unwrap();
    child.wait().unwrap();
    let mut codes = Vec::new();
    while judge.judgement(id).verdict.is_none() {
        codes.push(exit(judge.run(&delivery.task)));
        assert!(codes.len() < 1_000, "the lease never ran out");
    }
    assert_eq!(codes.pop(), Some(FunctionExit::Done));
    assert!(codes.iter().all(|code| *code == FunctionExit::HeldElsewhere), "{codes:?}");
    let judgement = judge.judgement(id);
    assert_eq!((judgement.verdict, judgement.attempt), (Some(Verdict::TimeLimitExceeded), 2));
    assert_eq!(judge.executions(id), 2, "the killed one too");
}

fn a_function_that_lost_its_lease_writes_nothing(mut judge: Judge) {
    judge.lease = Duration::from_millis(400);
    let package = PackageFolder::greeting();
    let id = judge.submit_with(&package, "bash", ENDLESS, |limits| limits.time_ms = 20_000);
    let delivery = judge.take();
    let mut child = judge.start(&delivery.task);
    judge.wait_for(id, |state| state == JudgementState::Running);
    // As if its host had been asleep: the judgement is released and claimed by another.
    assert!(leases::release_dead(&mut judge.connection, id, "test").unwrap());
    leases::claim(&mut judge.connection, id, "other", time::Duration::seconds(60)).unwrap();
    assert_eq!(exit(child.wait().unwrap().code()), FunctionExit::HeldElsewhere);
    let judgement = judge.judgement(id);
    assert_eq!((judgement.state, judgement.attempt), (JudgementState::Compiling, 2));
    assert_eq!(judge.executions(id), 1, "written by whoever released it");
}

fn the_hard_timeout_ends_a_function(mut judge: Judge) {
    judge.hard_timeout = Duration::from_millis(700);
    let package = PackageFolder::greeting();
    let id = judge.submit_with(&package, "bash", ENDLESS, |limits| limits.time_ms = 60_000);
    let delivery = judge.take();
    assert_eq!(exit(judge.run(&delivery.task)), FunctionExit::Done);
    let judgement = judge.judgement(id);
    assert_eq!(judgement.state, JudgementState::Failed);
    assert_eq!(judgement.error.unwrap().kind, JudgingErrorKind::HardTimeout);
    assert_eq!(judge.executions(id), 1);
}

fn a_fault_of_the_package_fails_the_judgement(mut judge: Judge) {
    let package = PackageFolder::greeting().validated_by("check.sh", "exit 3\n");
    let id = judge.submit(&package, "bash", HELLO);
    let delivery = judge.take();
    assert_eq!(exit(judge.run(&delivery.task)), FunctionExit::Done);
    let judgement = judge.judgement(id);
    assert_eq!((judgement.state, judgement.verdict), (JudgementState::Failed, None));
    assert_eq!(judgement.error.unwrap().kind, JudgingErrorKind::Package);
    let events = events::list_after(&mut judge.connection, judgement.submission, 0).unwrap();
    assert_eq!(events.last().unwrap().kind, ProgressKind::Failed);
}

fn a_fault_that_may_pass_hands_the_judgement_back(mut judge: Judge) {
    let id = judge.submit(&PackageFolder::greeting(), "bash", HELLO);
    let delivery = judge.take();
    let packages = judge.folder().join("blobs/packages");
    let archive = std::fs::read_dir(packages).unwrap().next().unwrap().unwrap().path();
    let content = std::fs::read(&archive).unwrap();
    std::fs::write(&archive, &content[..content.len() / 2]).unwrap();
    assert_eq!(exit(judge.run(&delivery.task)), FunctionExit::HandedBack);
    assert_eq!(judge.judgement(id).state, JudgementState::Queued);
    std::fs::write(&archive, content).unwrap();
    assert_eq!(exit(judge.run(&delivery.task)), FunctionExit::Done);
    let judgement = judge.judgement(id);
    assert_eq!((judgement.verdict, judgement.attempt), (Some(Verdict::Accepted), 2));
}

fn a_message_of_another_version_is_handed_back(mut judge: Judge) {
    let id = judge.submit(&PackageFolder::greeting(), "bash", HELLO);
    let delivery = judge.take();
    let newer = HELP_TASK_VERSION + 1;
    let newer = delivery
        .task
        .replace(&format!("\"version\":{TASK_VERSION}"), &format!("\"version\":{newer}"));
    assert_ne!(newer, delivery.task);
    assert_eq!(exit(judge.run(&newer)), FunctionExit::OtherVersion);
    let odd = delivery.task.replace("\"version\":1", "\"version\":2");
    for message in ["", "{}", "[1]", "{\"version\":1}", &odd] {
        assert_eq!(exit(judge.run(message)), FunctionExit::HandedBack, "{message}");
    }
    assert_eq!(judge.judgement(id).attempt, 0);
}
