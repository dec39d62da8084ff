//! Scalers of this version among messages of others. What executors of another version do, the test does itself.

use crate::metrics::{counted, value, wait_for_count};
use crate::scaler::{HELLO, config, start};
use crate::stand::{Judge, PackageFolder};
use crate::{tests_on, tests_on_each_stack};
use executor::FunctionExit;
use judge_types::{HELP_TASK_VERSION, JudgementId, JudgementState, TASK_VERSION, Verdict};
use libtest_mimic::Trial;
use std::collections::HashMap;
use std::time::{Duration, Instant};

pub(crate) fn trials() -> Vec<Trial> {
    let mut trials: Vec<Trial> = tests_on_each_stack![
        a_newer_message_is_handed_back_until_an_executor_comes_that_reads_it,
        an_older_message_is_handed_back_until_an_executor_comes_that_reads_it,
    ];
    let with_a_broker: Vec<Trial> = tests_on!([
        executors_of_two_versions_share_a_queue,
        what_was_handed_back_is_published_as_the_database_has_it,
        a_message_as_an_older_build_writes_it_is_judged,
    ] [on_broker: "broker"]);
    trials.extend(with_a_broker);
    trials
}

/// Of a newer and of an older version nothing is known but that they have another number.
const OTHERS: [u32; 2] = [HELP_TASK_VERSION + 1, TASK_VERSION - 1];

const LEFT: &str = "gavel_tasks_left_to_other_versions_total";

/// A judgement's message as another version may write it: only two fields are in every version.
fn message_of(version: u32, id: JudgementId) -> String {
    format!(r#"{{"version":{version},"judgement":"{id}","what":["else"]}}"#)
}

/// A submission that a web server of another version has queued.
fn submit_as(judge: &mut Judge, version: u32) -> JudgementId {
    let id = judge.submit(&PackageFolder::greeting(), "bash", HELLO);
    judge.queue_instead(id, &message_of(version, id));
    id
}

/// What an executor that reads the message does with it.
fn judge_as_another_version(judge: &mut Judge, id: JudgementId) {
    let exit = judge.run(&judge.message(id)).map(FunctionExit::from_code);
    assert_eq!(exit, Some(FunctionExit::Done));
    let judgement = judge.judgement(id);
    assert_eq!((judgement.verdict, judgement.attempt), (Some(Verdict::Accepted), 1));
}

fn a_newer_message_is_handed_back_until_an_executor_comes_that_reads_it(judge: Judge) {
    hand_back_until_read(judge, HELP_TASK_VERSION + 1);
}

fn an_older_message_is_handed_back_until_an_executor_comes_that_reads_it(judge: Judge) {
    hand_back_until_read(judge, TASK_VERSION - 1);
}

fn hand_back_until_read(mut judge: Judge, version: u32) {
    let id = submit_as(&mut judge, version);
    let (config, registry) = counted(&mut judge);
    let began = Instant::now();
    let running = start(config);
    // Its tries would be over after two.
    wait_for_count(&registry, LEFT, 4.0);
    running.stop();
    let seconds = began.elapsed().as_secs_f64();
    assert!(value(&registry, LEFT) <= seconds + 1.0, "it pauses");
    assert_eq!(judge.judgement(id).state, JudgementState::Queued);
    assert!(value(&registry, "gavel_function_empty_handed_total") == 0.0, "no process");

    let taken = judge.take();
    assert_eq!((taken.deliveries, taken.task.as_str()), (1, &*message_of(version, id)));
    judge_as_another_version(&mut judge, id);
    judge.acknowledge(taken);
    assert_eq!(judge.depth(), (0, 0));
}

fn executors_of_two_versions_share_a_queue(mut judge: Judge) {
    let mut left: HashMap<_, _> =
        OTHERS.map(|version| (submit_as(&mut judge, version), version)).into();
    let ours = judge.submit(&PackageFolder::greeting(), "bash", HELLO);
    let running = start(config(&mut judge));
    // It reads both other versions, and hands back what is for the scaler, as that does what is for it.
    let other = judge.consumer();
    let give_up = Instant::now() + Duration::from_secs(120);
    while !(left.is_empty() && judge.judgement(ours).state.is_final()) {
        assert!(Instant::now() < give_up, "{left:?} after two minutes");
        let Some(message) = judge.next_of(&other) else { continue };
        let is_meant = |(id, version): &(&JudgementId, &u32)| {
            message_of(**version, **id).as_bytes() == message.body
        };
        let meant = left.iter().find(is_meant).map(|(id, _)| *id);
        if let Some(id) = meant {
            assert_eq!(message.deliveries, 1);
            judge_as_another_version(&mut judge, id);
            judge.tell(message.acknowledge());
            left.remove(&id);
        } else {
            judge.leave(&message);
        }
    }
    let judged = judge.judgement(ours);
    assert_eq!((judged.verdict, judged.attempt), (Some(Verdict::Accepted), 1));
    judge.tell(other.close());
    running.stop();
    assert_eq!(judge.depth(), (0, 0));
}

fn what_was_handed_back_is_published_as_the_database_has_it(mut judge: Judge) {
    let id = judge.submit(&PackageFolder::greeting(), "bash", HELLO);
    for version in OTHERS {
        judge.publish(&message_of(version, id));
    }
    let (config, registry) = counted(&mut judge);
    let running = start(config);
    wait_for_count(&registry, LEFT, 2.0);
    let judgement = judge.wait_for(id, JudgementState::is_final);
    assert_eq!(judgement.verdict, Some(Verdict::Accepted));
    running.stop();
    assert_eq!(judge.depth(), (0, 0));
}

/// Before there were traces.
fn a_message_as_an_older_build_writes_it_is_judged(mut judge: Judge) {
    let id = judge.submit(&PackageFolder::greeting(), "bash", HELLO);
    let mut message: serde_json::Value = serde_json::from_str(&judge.message(id)).unwrap();
    message.as_object_mut().unwrap().remove("traceparent").expect("this build writes one");
    judge.queue_instead(id, &message.to_string());
    let running = start(config(&mut judge));
    let judgement = judge.wait_for(id, JudgementState::is_final);
    assert_eq!((judgement.verdict, judgement.attempt), (Some(Verdict::Accepted), 1));
    running.stop();
}
