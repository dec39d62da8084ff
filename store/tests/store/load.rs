//! Many at once: no task is served twice or lost, and events are seen in order.

use crate::support::{Scene, TestDatabase, on_each_database, package};
use judge_types::{
    Conclusion, ExecutionUsage, JudgementId, Lane, Limits, RunUsage, SubmissionId, Verdict,
};
use std::collections::BTreeSet;
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use store::judgements::NewJudgement;
use store::leases::Claim;
use store::{AnyConnection, Database, events, judgements, leases, outbox};
use time::Duration;

on_each_database! {
    two_thousand_tasks_are_taken_by_eight_and_each_by_one,
    events_are_seen_without_gaps_while_they_are_written,
}

const LONG: Duration = Duration::minutes(5);
const THREADS: usize = 8;

/// Runs `work` in each of eight threads, on connections of their own.
fn in_threads<T: Send>(pool: &Database, work: impl Fn(&mut AnyConnection) -> T + Sync) -> Vec<T> {
    std::thread::scope(|scope| {
        let work = &work;
        let threads: Vec<_> =
            (0..THREADS).map(|_| scope.spawn(move || work(&mut pool.get().unwrap()))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn judge(connection: &mut AnyConnection, judgement: JudgementId) {
    let claim = leases::claim(connection, judgement, "worker", LONG).unwrap();
    let Claim::Granted(lease) = claim else { panic!("not granted: {claim:?}") };
    let (usage, metered) = (RunUsage::default(), ExecutionUsage::default());
    lease.finish(connection, &Conclusion::pass_fail(Verdict::Accepted, usage), &metered).unwrap();
}

fn two_thousand_tasks_are_taken_by_eight_and_each_by_one(database: &TestDatabase) {
    const TASKS: usize = 2_000;
    let scene = Scene::new(&mut database.connection());
    in_threads(&database.pool, |connection| {
        for _ in 0..TASKS / THREADS {
            scene.submit(connection);
        }
    });
    let taken = in_threads(&database.pool, |connection| {
        let mut taken = Vec::new();
        while let Some(delivery) = outbox::take(connection, LONG).unwrap() {
            assert_eq!(delivery.deliveries, 1);
            taken.push(delivery.judgement);
        }
        // It is told that nothing waits only where the others are about to take what does.
        let (waiting, _) = outbox::depth(connection).unwrap();
        assert!(waiting < THREADS as u64, "{waiting} still wait");
        taken
    });
    let all: Vec<_> = taken.into_iter().flatten().map(|id| id.to_string()).collect();
    assert_eq!(all.len(), TASKS);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), TASKS);
    assert_eq!(outbox::depth(&mut database.connection()).unwrap(), (0, TASKS as u64));
}

fn events_are_seen_without_gaps_while_they_are_written(database: &TestDatabase) {
    const REJUDGINGS: usize = 25;
    let connection = &mut database.connection();
    let (submission, first) = Scene::new(connection).submit(connection);
    judge(connection, first);
    let rejudging = NewJudgement {
        submission,
        language: "python3",
        package: package('a'),
        limits: Limits::default(),
        lane: Lane::Rejudge,
        trace: None,
    };
    let (writing, until) = channel();
    std::thread::scope(move |scope| {
        // Dropped whatever happens to the writers: then the reader ends too.
        let writing: Sender<()> = writing;
        let reader = scope.spawn(move || read_until_the_end(database, submission, &until));
        in_threads(&database.pool, |connection| {
            for _ in 0..REJUDGINGS {
                let judgement = judgements::rejudge(connection, &rejudging).unwrap();
                judge(connection, judgement);
            }
        });
        drop(writing);
        // Queued, started and finished, each time.
        assert_eq!(reader.join().unwrap(), 3 * (1 + THREADS * REJUDGINGS));
    });
}

/// Follows the events as a stream does; says how many there were.
fn read_until_the_end(
    database: &TestDatabase,
    submission: SubmissionId,
    until: &Receiver<()>,
) -> usize {
    let connection = &mut database.connection();
    let mut seen = 0;
    loop {
        // Asked first: what is written before the end is seen by the last look.
        let last = until.try_recv() == Err(TryRecvError::Disconnected);
        for event in events::list_after(connection, submission, seen).unwrap() {
            assert_eq!(event.sequence, seen + 1, "a later event was seen first");
            seen = event.sequence;
        }
        if last {
            return usize::try_from(seen).unwrap();
        }
    }
}
