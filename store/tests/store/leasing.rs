//! A judgement belongs to one function at a time, and gets one verdict.

use crate::support::{Scene, TestDatabase, on_each_database};
use diesel::connection::SimpleConnection;
use judge_types::{
    CompileResult, Conclusion, ExecutionUsage, JudgementState, JudgingError, JudgingErrorKind,
    ProgressKind, RunResult, RunUsage, Verdict,
};
use std::sync::atomic::{AtomicUsize, Ordering};
use store::leases::{Claim, Lease, LeaseError};
use store::{AnyConnection, events, executions, judgements, leases, outbox, runs};
use time::Duration;

const LONG: Duration = Duration::minutes(5);

fn claim(connection: &mut AnyConnection, judgement: judge_types::JudgementId) -> Lease {
    match leases::claim(connection, judgement, "worker", LONG).unwrap() {
        Claim::Granted(lease) => lease,
        other => panic!("not granted: {other:?}"),
    }
}

fn run(ordinal: u32, verdict: Verdict) -> RunResult {
    RunResult {
        ordinal,
        test_case: format!("secret/{ordinal}"),
        is_sample: false,
        score: None,
        transcript: None,
        output: None,
        error_output: None,
        verdict,
        usage: RunUsage { cpu_ms: 5, wall_ms: 6, memory_bytes: 7 },
        ending: String::new(),
        judge_message: Some("a NUL \0 is kept out".into()),
        team_message: None,
    }
}

const COMPILED: CompileResult = CompileResult {
    success: true,
    output: String::new(),
    usage: RunUsage { cpu_ms: 0, wall_ms: 0, memory_bytes: 0 },
};

on_each_database! {
    a_judgement_goes_from_the_queue_to_its_verdict,
    a_held_judgement_cannot_be_claimed_until_its_lease_runs_out,
    a_lease_from_a_clock_since_set_back_holds_nothing_up,
    no_lease_is_longer_than_the_longest,
    of_many_functions_exactly_one_gets_each_judgement,
    what_a_dead_function_held_is_free_at_once,
    giving_up_is_no_verdict_and_leaves_the_reason,
}

fn a_judgement_goes_from_the_queue_to_its_verdict(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (submission, judgement) = Scene::new(connection).submit(connection);
    let lease = claim(connection, judgement);
    assert_eq!((lease.attempt, lease.submission), (1, submission));

    lease.fetched(connection, 2).unwrap();
    lease.compiled(connection, &COMPILED).unwrap();
    lease.add_run(connection, &run(1, Verdict::Accepted), 2).unwrap();
    lease.add_run(connection, &run(2, Verdict::WrongAnswer), 2).unwrap();
    let usage = RunUsage { cpu_ms: 5, wall_ms: 6, memory_bytes: 7 };
    let metered = ExecutionUsage { queue_wait_ms: 3, ..Default::default() };
    lease
        .finish(connection, &Conclusion::pass_fail(Verdict::WrongAnswer, usage), &metered)
        .unwrap();

    let stored = judgements::by_id(connection, judgement).unwrap().unwrap();
    assert_eq!(stored.state, JudgementState::Finished);
    assert_eq!((stored.verdict, stored.usage), (Some(Verdict::WrongAnswer), usage));
    assert_eq!(runs::list(connection, judgement, 1).unwrap().len(), 2);
    assert_eq!(executions::of_judgement(connection, judgement).unwrap(), [(1, metered)]);
    assert_eq!(outbox::depth(connection).unwrap(), (0, 0));
    assert_eq!(leases::claim(connection, judgement, "x", LONG).unwrap(), Claim::Final);

    let events = events::list_after(connection, submission, 0).unwrap();
    let names: Vec<_> = events.iter().map(|event| event.kind.name()).collect();
    assert_eq!(names, ["queued", "started", "fetched", "compiled", "run", "run", "finished"]);
    assert!(events.iter().zip(1..).all(|(event, n)| event.sequence == n));
}

fn a_held_judgement_cannot_be_claimed_until_its_lease_runs_out(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (_, judgement) = Scene::new(connection).submit(connection);
    let lease = claim(connection, judgement);
    assert!(matches!(leases::claim(connection, judgement, "x", LONG).unwrap(), Claim::Held(_)));

    lease.renew(connection, Duration::ZERO).unwrap();
    let second = claim(connection, judgement);
    assert_eq!(second.attempt, 2);

    // The first function wakes up and finds that nothing it writes is taken.
    let usage = RunUsage::default();
    let metered = ExecutionUsage::default();
    let error = JudgingError::new(JudgingErrorKind::Host, "late");
    let lost = |result: Result<(), LeaseError>| matches!(result, Err(LeaseError::Lost(_)));
    assert!(lost(lease.renew(connection, LONG)));
    assert!(lost(lease.fetched(connection, 1)));
    assert!(lost(lease.compiled(connection, &COMPILED)));
    assert!(lost(lease.add_run(connection, &run(1, Verdict::WrongAnswer), 1)));
    assert!(lost(lease.finish(
        connection,
        &Conclusion::pass_fail(Verdict::WrongAnswer, usage),
        &metered
    )));
    assert!(lost(lease.fail(connection, &error, &metered)));
    assert!(lost(lease.release(connection, &metered)));

    second.compiled(connection, &COMPILED).unwrap();
    second.finish(connection, &Conclusion::pass_fail(Verdict::Accepted, usage), &metered).unwrap();
    let stored = judgements::by_id(connection, judgement).unwrap().unwrap();
    assert_eq!(stored.verdict, Some(Verdict::Accepted));
    assert!(runs::list(connection, judgement, 1).unwrap().is_empty());
}

fn a_lease_from_a_clock_since_set_back_holds_nothing_up(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (_, judgement) = Scene::new(connection).submit(connection);
    let first = claim(connection, judgement);
    connection
        .batch_execute("UPDATE judgements SET lease_expires_at = '2999-01-01 00:00:00.000000'")
        .unwrap();
    assert_eq!(claim(connection, judgement).attempt, 2);
    assert!(matches!(first.renew(connection, LONG), Err(LeaseError::Lost(_))));
}

fn no_lease_is_longer_than_the_longest(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (_, judgement) = Scene::new(connection).submit(connection);
    let lease = match leases::claim(connection, judgement, "worker", Duration::MAX).unwrap() {
        Claim::Granted(lease) => lease,
        other => panic!("not granted: {other:?}"),
    };
    lease.renew(connection, Duration::MAX).unwrap();
    let held = leases::claim(connection, judgement, "x", LONG).unwrap();
    let Claim::Held(until) = held else { panic!("not held: {held:?}") };
    assert!(until <= judge_types::now() + leases::LONGEST_LEASE);
}

fn of_many_functions_exactly_one_gets_each_judgement(database: &TestDatabase) {
    const JUDGEMENTS: usize = 60;
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let ids: Vec<_> = (0..JUDGEMENTS).map(|_| scene.submit(connection).1).collect();
    let granted = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                let connection = &mut database.connection();
                for id in &ids {
                    match leases::claim(connection, *id, "worker", LONG).unwrap() {
                        Claim::Granted(_) => granted.fetch_add(1, Ordering::Relaxed),
                        Claim::Held(_) => 0,
                        other => panic!("unexpected {other:?}"),
                    };
                }
            });
        }
    });
    assert_eq!(granted.into_inner(), JUDGEMENTS);
}

fn what_a_dead_function_held_is_free_at_once(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (submission, judgement) = Scene::new(connection).submit(connection);
    claim(connection, judgement);
    assert!(!leases::release_dead(connection, judgement, "another").unwrap());
    assert!(leases::release_dead(connection, judgement, "worker").unwrap());
    assert_eq!(claim(connection, judgement).attempt, 2);
    let events = events::list_after(connection, submission, 2).unwrap();
    assert_eq!(events[0].kind, ProgressKind::Released);
}

fn giving_up_is_no_verdict_and_leaves_the_reason(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (_, judgement) = Scene::new(connection).submit(connection);
    let error = JudgingError::new(JudgingErrorKind::DeliveryLimit, "died 4 times");
    let lease = claim(connection, judgement);
    assert!(!leases::fail_unheld(connection, judgement, &error).unwrap(), "it is held");
    lease.release(connection, &ExecutionUsage::default()).unwrap();
    assert!(leases::fail_unheld(connection, judgement, &error).unwrap());
    let stored = judgements::by_id(connection, judgement).unwrap().unwrap();
    assert_eq!((stored.state, stored.verdict), (JudgementState::Failed, None));
    assert_eq!(stored.error, Some(error));
    assert_eq!(outbox::depth(connection).unwrap(), (0, 0));
}
