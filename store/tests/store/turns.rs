//! No team starves another within a lane.

use crate::support::{Scene, TestDatabase, on_each_database, user};
use judge_types::{JudgementId, JudgingError, JudgingErrorKind, Lane, UserId};
use store::submissions::{NewSubmission, Submitted};
use store::{AnyConnection, leases, outbox, submissions};
use time::Duration;

on_each_database! {
    a_flood_does_not_keep_others_waiting,
    who_comes_later_is_not_served_before_those_who_wait_longer,
    turns_of_lanes_are_apart,
    positions_in_a_long_queue_are_told_from_a_view_of_it,
    who_sends_again_and_again_does_not_keep_a_flood_waiting,
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
    for _ in 0..3 {
        end_next(connection);
    }
    // The lane is at the third's turn; who comes now was kept waiting by nobody.
    let newcomer = submit(connection, &scene, late, Lane::Contest);
    assert_eq!(order(connection), [newcomer, flood[3]]);
}

/// Takes the next task and brings its judgement to an end.
fn end_next(connection: &mut AnyConnection) -> JudgementId {
    let done = outbox::take(connection, LONG).unwrap().unwrap().judgement;
    let error = JudgingError::new(JudgingErrorKind::DeliveryLimit, "for a test");
    assert!(leases::fail_unheld(connection, done, &error).unwrap());
    done
}

fn who_sends_again_and_again_does_not_keep_a_flood_waiting(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let [flooding, one, other] = ["flood", "one", "other"].map(|name| user(connection, name).id);
    let flood: Vec<_> =
        (0..4).map(|_| submit(connection, &scene, flooding, Lane::Contest)).collect();
    let mut served = Vec::new();
    // Two others always have a task waiting.
    for user in [one, other] {
        submit(connection, &scene, user, Lane::Contest);
    }
    for turn in 0..20 {
        served.push(end_next(connection));
        submit(connection, &scene, if turn % 2 == 0 { one } else { other }, Lane::Contest);
    }
    assert!(flood.iter().all(|judgement| served.contains(judgement)), "the flood starves");
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

fn positions_in_a_long_queue_are_told_from_a_view_of_it(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let users: Vec<_> = (0..4).map(|n| user(connection, &format!("user{n}")).id).collect();
    let mut send = |number: usize| {
        let lane = [Lane::Contest, Lane::Practice, Lane::Rejudge][number / 2 % 3];
        submit(connection, &scene, users[number % users.len()], lane)
    };
    let sent: Vec<_> = (0..1_200).map(&mut send).collect();
    let (positions, last) = (outbox::Positions::default(), send(5));
    // This one is far back, so that the whole queue is looked at for it; the others are found in that view.
    assert_eq!(positions.of(connection, last).unwrap(), Some(1_201));
    for judgement in sent.iter().step_by(97) {
        let exact = outbox::position(connection, *judgement).unwrap();
        assert!(exact.is_some());
        assert_eq!(positions.of(connection, *judgement).unwrap(), exact);
    }
    // One that is not in the view, and one that waits no more.
    let late = user(connection, "late").id;
    let newcomer = submit(connection, &scene, late, Lane::Contest);
    let exact = outbox::position(connection, newcomer).unwrap();
    assert_eq!(positions.of(connection, newcomer).unwrap(), exact);
    let taken = outbox::take(connection, LONG).unwrap().unwrap().judgement;
    assert_eq!(positions.of(connection, taken).unwrap(), None);
}
