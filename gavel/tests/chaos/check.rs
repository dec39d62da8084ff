//! What must be true once nothing goes wrong any more: none lost, none doubled, none wrong, every claim fenced.

use crate::client::Client;
use crate::journal::Journal;
use crate::load::Sent;
use crate::world::JURY;
use judge_types::{ProgressEvent, ProgressKind};
use std::collections::HashSet;
use std::time::{Duration, Instant};
use store::judgements::Judgement;
use store::{AnyConnection, events, executions, judgements, outbox, submissions};

/// How often a task is delivered again before it is the jury's: what scalers do unless told otherwise.
const DELIVERY_LIMIT: usize = executor::ScalerConfig::DEFAULT_DELIVERY_LIMIT as usize;

/// Waits until every submission has come to its end. What was given up on is judged again, as a jury would have it; that
/// it was given up on must have had a reason. Returns how much was.
pub(crate) fn settle(
    client: &Client,
    connection: &mut AnyConnection,
    journal: &Journal,
    patience: Duration,
) -> usize {
    let jury = client.log_in(JURY.0);
    let began = Instant::now();
    let mut given_up = 0;
    loop {
        let page = client.get(&jury, "dead-letters?limit=200");
        for letter in page["dead_letters"].as_array().unwrap() {
            assert_eq!(letter["kind"], "delivery_limit", "{letter:#}");
            let id = letter["judgement_id"].as_str().unwrap();
            let queued_at = judgements::by_id(connection, id.parse().unwrap());
            let queued_at = queued_at.unwrap().unwrap().created_at;
            let strikes = journal.strikes(id.parse().unwrap(), queued_at);
            assert!(strikes > DELIVERY_LIMIT, "given up after {strikes} strikes: {letter:#}");
            client.post(&jury, &format!("dead-letters/{id}/retry"));
            given_up += 1;
        }
        let (waiting, running) = outbox::depth(connection).unwrap();
        if waiting + running == 0 && page["open"] == 0 {
            return given_up;
        }
        assert!(
            began.elapsed() < patience,
            "{waiting} still wait, and {running} run: {:#?}",
            unfinished(connection)
        );
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// What is still to be judged, with what has happened to it.
fn unfinished(connection: &mut AnyConnection) -> Vec<(Judgement, Vec<ProgressEvent>)> {
    let all = submissions::list(connection, submissions::Filter::default(), u32::MAX).unwrap();
    let of_all = all.into_iter().map(|submission| submission.judgement);
    let unfinished = of_all.filter(|judgement| !judgement.state.is_final()).collect::<Vec<_>>();
    let with_events = |judgement: Judgement| {
        let events = events::list_after(connection, judgement.submission, 0).unwrap();
        (judgement, events)
    };
    unfinished.into_iter().map(with_events).collect()
}

/// Holds each submission against what it must be.
pub(crate) fn check(
    client: &Client,
    connection: &mut AnyConnection,
    sent: &[Sent],
    expected: usize,
) {
    let distinct: HashSet<_> = sent.iter().map(|sent| &sent.id).collect();
    assert_eq!(distinct.len(), expected, "a submission was lost");
    sent.iter().for_each(|sent| check_one(client, connection, sent));
    let all = submissions::list(connection, submissions::Filter::default(), u32::MAX).unwrap();
    assert_eq!(all.len(), expected, "a submission was stored twice");
}

fn check_one(client: &Client, connection: &mut AnyConnection, sent: &Sent) {
    let detail = client.get(&sent.token, &format!("submissions/{}", sent.id));
    let id = sent.id.parse().unwrap();
    let all = judgements::of_submission(connection, id).unwrap();
    let events = events::list_after(connection, id, 0).unwrap();
    assert_eq!(detail["state"], "finished", "{detail:#}\n{all:?}");
    assert_eq!(detail["judgement_type_id"], sent.verdict, "{detail:#}\n{all:?}");
    let finished = |event: &&ProgressEvent| matches!(event.kind, ProgressKind::Finished { .. });
    assert_eq!(events.iter().filter(finished).count(), 1, "{events:?}");
    assert_eq!(all.iter().filter(|judgement| judgement.is_current).count(), 1, "{all:?}");
    for judgement in &all {
        let of_it = events.iter().filter(|event| event.judgement == judgement.id);
        let claims = of_it.filter_map(|event| match event.kind {
            ProgressKind::Started { attempt } => Some(attempt),
            _ => None,
        });
        // Each claim has a number of its own, in order: none was granted twice.
        assert!(claims.eq(1..=judgement.attempt), "{judgement:?}\n{events:?}");
        // And each has left one reading, whatever became of its function.
        let metered = executions::of_judgement(connection, judgement.id).unwrap();
        let metered = metered.iter().map(|(attempt, _)| *attempt);
        assert!(metered.eq(1..=judgement.attempt), "{judgement:?}\n{events:?}");
    }
}
