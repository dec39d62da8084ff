//! No team starves another within a lane.

use crate::support::{Scene, TestDatabase, on_each_database, user};
use judge_types::{JudgementId, Lane, UserId};
use store::submissions::{NewSubmission, Submitted};
use store::{AnyConnection, outbox, submissions};
use time::Duration;

on_each_database! {
    a_flood_does_not_keep_others_waiting,
    who_comes_later_is_not_served_before_those_who_wait_longer,
    turns_of_lanes_are_apart,
}

const LONG: Duration = Duration::minutes(5);

fn submit(connection: &mut AnyConnection, scene: &Scene, user: UserId, lane: Lane) -> JudgementId {
    let new = NewSubmission { user, lane, ..scene.submission() };
    match submissions::create(connection, &new, None).unwrap() {
        Submitted::Created(_, judgement) => judgement,
        other => panic!("{other:?}"),
    }
}

fn order(connection: &mut AnyConnection) -> Vec<JudgementId> {
    let next = || outbox::take(connection, LONG).unwrap().map(|delivery| delivery.judgement);
    std::iter::from_fn(next).collect()
}

fn a_flood_does_not_keep_others_waiting(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let [flooding, one, other] = ["flood", "one", "other"].map(|name| user(connection, name).id);
    let flood: Vec<_> =
        (0..5).map(|_| submit(connection, &scene, flooding, Lane::Contest)).collect();
    let first = submit(connection, &scene, one, Lane::Contest);
    let second = submit(connection, &scene, other, Lane::Contest);
    let again = submit(connection, &scene, one, Lane::Contest);
    assert_eq!(outbox::position(connection, first).unwrap(), Some(2));
    assert_eq!(outbox::position(connection, flood[4]).unwrap(), Some(8));
    let expected = [flood[0], first, second, flood[1], again, flood[2], flood[3], flood[4]];
    assert_eq!(order(connection), expected);
}

fn who_comes_later_is_not_served_before_those_who_wait_longer(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let [flooding, late] = ["flood", "late"].map(|name| user(connection, name).id);
    let flood: Vec<_> =
        (0..4).map(|_| submit(connection, &scene, flooding, Lane::Contest)).collect();
    // The first two are done, so the third's turn is the earliest.
    for _ in 0..2 {
        let done = outbox::take(connection, LONG).unwrap().unwrap().judgement;
        let error = judge_types::JudgingError::new(
            judge_types::JudgingErrorKind::DeliveryLimit,
            "for a test",
        );
        assert!(store::leases::fail_unheld(connection, done, &error).unwrap());
    }
    let newcomer = submit(connection, &scene, late, Lane::Contest);
    assert_eq!(order(connection), [flood[2], newcomer, flood[3]]);
}

fn turns_of_lanes_are_apart(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let [one, other] = ["one", "other"].map(|name| user(connection, name).id);
    for _ in 0..3 {
        submit(connection, &scene, one, Lane::Rejudge);
    }
    let contest = submit(connection, &scene, one, Lane::Contest);
    let later = submit(connection, &scene, other, Lane::Contest);
    assert_eq!(order(connection)[..2], [contest, later]);
}
