//! What relays take out of the outbox, and what they put back.

use crate::support::{Scene, TestDatabase, on_each_database};
use diesel::connection::SimpleConnection;
use judge_types::{JudgementId, Lane};
use std::collections::HashSet;
use store::outbox::{self, PutBack};
use store::{AnyConnection, leases};
use time::Duration;

on_each_database! {
    a_held_task_is_nobody_elses_until_it_is_published_or_the_hold_is_over,
    what_was_no_use_is_published_again_when_its_time_has_come,
    what_was_no_use_before_it_was_said_to_be_published_is_published_again,
    what_a_broker_has_lost_is_published_again,
    only_what_nobody_has_claimed_is_forgotten,
    two_relays_never_hold_the_same,
}

const LONG: Duration = Duration::minutes(5);

fn hold(connection: &mut AnyConnection, length: Duration) -> Vec<outbox::Waiting> {
    outbox::hold_to_publish(connection, Lane::Contest, 100, length).unwrap()
}

fn ids(waiting: &[outbox::Waiting]) -> Vec<JudgementId> {
    waiting.iter().map(|waiting| waiting.judgement).collect()
}

fn a_held_task_is_nobody_elses_until_it_is_published_or_the_hold_is_over(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let (_, first) = scene.submit(connection);
    let (_, second) = scene.submit(connection);
    assert_eq!(outbox::lanes_to_publish(connection).unwrap(), [Lane::Contest]);
    assert_eq!(ids(&hold(connection, Duration::ZERO)), [first, second]);
    let held = hold(connection, LONG);
    assert_eq!(ids(&held), [first, second], "the hold was over at once");
    assert_eq!(hold(connection, LONG), []);
    assert_eq!(outbox::lanes_to_publish(connection).unwrap(), []);
    outbox::mark_published(connection, &held).unwrap();
    assert_eq!(hold(connection, LONG), []);
    assert_eq!(outbox::position(connection, second).unwrap(), Some(2), "nobody judges it yet");
}

fn what_was_no_use_is_published_again_when_its_time_has_come(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (_, judgement) = Scene::new(connection).submit(connection);
    for (counted, deliveries) in [(PutBack::Uncounted, 0), (PutBack::Counted, 1)] {
        let held = hold(connection, LONG);
        outbox::mark_published(connection, &held).unwrap();
        outbox::unpublish(connection, judgement, Duration::ZERO, counted).unwrap();
        let again = hold(connection, Duration::ZERO);
        assert_eq!((again[0].judgement, again[0].deliveries), (judgement, deliveries));
    }
    outbox::unpublish(connection, judgement, LONG, PutBack::Counted).unwrap();
    assert_eq!(hold(connection, LONG), [], "not before its time");
}

/// A task may have come to a scaler, and from there back, before its relay has heard that the broker took it.
fn what_was_no_use_before_it_was_said_to_be_published_is_published_again(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (_, judgement) = Scene::new(connection).submit(connection);
    let held = hold(connection, LONG);
    outbox::unpublish(connection, judgement, Duration::ZERO, PutBack::Uncounted).unwrap();
    outbox::mark_published(connection, &held).unwrap();
    let again = hold(connection, LONG / 2);
    assert_eq!(ids(&again), [judgement]);
    outbox::mark_published(connection, &held).unwrap();
    assert_eq!(outbox::unpublish_lanes(connection, &Lane::ALL).unwrap(), 1, "the other one's hold");
    outbox::mark_published(connection, &again).unwrap();
    assert_eq!(ids(&hold(connection, LONG)), [judgement], "its queue was lost meanwhile");
}

fn what_a_broker_has_lost_is_published_again(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (_, judgement) = Scene::new(connection).submit(connection);
    let held = hold(connection, LONG);
    outbox::mark_published(connection, &held).unwrap();
    assert_eq!(outbox::unpublish_lanes(connection, &[Lane::Practice]).unwrap(), 0);
    assert_eq!(outbox::unpublish_lanes(connection, &Lane::ALL).unwrap(), 1);
    assert_eq!(ids(&hold(connection, LONG)), [judgement]);
}

fn only_what_nobody_has_claimed_is_forgotten(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let (_, claimed) = scene.submit(connection);
    let (_, forgotten) = scene.submit(connection);
    let held = hold(connection, LONG);
    outbox::mark_published(connection, &held).unwrap();
    leases::claim(connection, claimed, "a function", LONG).unwrap();
    assert_eq!(outbox::unpublish_forgotten(connection, LONG).unwrap(), 0);
    assert_eq!(outbox::unpublish_forgotten(connection, Duration::ZERO).unwrap(), 1);
    let held = hold(connection, LONG);
    assert_eq!(ids(&held), [forgotten]);

    outbox::mark_published(connection, &held).unwrap();
    connection
        .batch_execute("UPDATE outbox SET published_at = '2999-01-01 00:00:00.000000'")
        .unwrap();
    assert_eq!(
        outbox::unpublish_forgotten(connection, LONG).unwrap(),
        1,
        "by a clock since set back"
    );
}

fn two_relays_never_hold_the_same(database: &TestDatabase) {
    const TASKS: usize = 300;
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    for _ in 0..TASKS {
        scene.submit(connection);
    }
    let relay = || {
        let connection = &mut database.connection();
        let mut held = Vec::new();
        loop {
            let batch = outbox::hold_to_publish(connection, Lane::Contest, 7, LONG).unwrap();
            if batch.is_empty() && outbox::lanes_to_publish(connection).unwrap().is_empty() {
                return held;
            }
            held.extend(ids(&batch));
        }
    };
    let held: Vec<_> = std::thread::scope(|scope| {
        let relays: Vec<_> = (0..4).map(|_| scope.spawn(relay)).collect();
        relays.into_iter().flat_map(|relay| relay.join().unwrap()).collect()
    });
    assert_eq!((held.len(), held.iter().collect::<HashSet<_>>().len()), (TASKS, TASKS));
}
