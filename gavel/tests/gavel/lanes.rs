//! A contest goes before whatever is judged again.

use crate::judge::{Judge, PATIENCE};
use crate::rejudge::rejudge;
use crate::stack::{Stack, on_each_stack};
use judge_types::{ProgressKind, SubmissionId};
use std::time::Instant;
use store::{AnyConnection, events};
use time::OffsetDateTime;

on_each_stack! {
    a_rejudging_delays_a_submission_by_no_more_than_one_running_job,
}

const REJUDGEMENTS: u64 = 10_000;
const PROGRAM: &str = "echo 'Hello, Judge!'";
const SLOTS: usize = 2;

fn a_rejudging_delays_a_submission_by_no_more_than_one_running_job(stack: &Stack) {
    let judge = stack.start(&["--slots", &SLOTS.to_string()]);
    let (ada, grace) = (judge.register("ada"), judge.register("grace"));
    let slow = format!("sleep 1; {PROGRAM}");
    let old = judge.submit(&grace, "hello", "bash", "a.sh", &slow);
    judge.wait(&grace, &old);
    let connection = &mut stack.connect();
    let old: SubmissionId = old.parse().unwrap();
    rejudge(connection, old, REJUDGEMENTS);
    // Now every slot is taken by it.
    let deadline = Instant::now() + PATIENCE;
    while starts(connection, old).len() < 1 + SLOTS {
        assert!(Instant::now() < deadline, "the rejudging does not begin");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let sent: Vec<_> = (0..5).map(|_| submit_and_wait(&judge, &ada)).collect();
    let begun = starts(connection, old);
    for (submission, accepted) in sent {
        let started = starts(connection, submission)[0];
        // Each slot may have taken one before that begins a moment later; and where functions start slowly, each may
        // come to an end once more while that of the submission starts.
        let between = begun.iter().filter(|at| (accepted..started).contains(*at)).count();
        assert!(between <= 2 * SLOTS, "{between} of the rejudging went before {submission}");
    }
    assert!((begun.len() as u64) < REJUDGEMENTS / 2, "the rejudging was over too soon to tell");
    judge.kill();
}

/// Gives it and when it was known to be accepted: before, a machine with much to do may not have it in the queue yet.
fn submit_and_wait(judge: &Judge, token: &str) -> (SubmissionId, OffsetDateTime) {
    let id = judge.submit(token, "hello", "bash", "a.sh", PROGRAM);
    let accepted = OffsetDateTime::now_utc();
    assert_eq!(judge.wait(token, &id)["judgement_type_id"], "AC");
    (id.parse().unwrap(), accepted)
}

fn starts(connection: &mut AnyConnection, submission: SubmissionId) -> Vec<OffsetDateTime> {
    let all = events::list_after(connection, submission, 0).unwrap();
    let started = |kind: &ProgressKind| matches!(kind, ProgressKind::Started { .. });
    all.into_iter().filter(|event| started(&event.kind)).map(|event| event.at).collect()
}
