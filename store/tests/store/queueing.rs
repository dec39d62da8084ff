//! Tasks are served in order, and come back when their function does not.

use crate::support::{Scene, TestDatabase, on_each_database, package};
use diesel::connection::SimpleConnection;
use judge_types::{JudgingError, JudgingErrorKind, Lane};
use store::outbox::{self, PutBack};
use store::{judgements, leases, submissions};
use time::Duration;

on_each_database! {
    the_most_urgent_lane_comes_first_and_then_the_oldest,
    a_task_put_back_is_served_again_and_counts_only_where_it_was_to_blame,
    what_a_dead_scaler_had_taken_comes_back,
    of_two_scalers_none_takes_what_the_other_keeps,
    a_task_is_as_old_as_its_queueing,
    a_task_is_dropped_only_once_its_judgement_has_ended,
    what_is_not_taken_is_neither_put_back_nor_kept,
    a_task_does_not_wait_for_a_clock_that_is_set_back,
    a_rejudging_waits_behind_submissions,
}

const LONG: Duration = Duration::minutes(5);

fn the_most_urgent_lane_comes_first_and_then_the_oldest(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let mut submit = |lane| {
        let new = submissions::NewSubmission { lane, ..scene.submission() };
        match submissions::create(connection, &new, None).unwrap() {
            submissions::Submitted::Created(_, judgement) => judgement,
            other => panic!("{other:?}"),
        }
    };
    let rejudge = submit(Lane::Rejudge);
    let practice = submit(Lane::Practice);
    let contest = submit(Lane::Contest);
    let later = submit(Lane::Contest);

    let order = [contest, later, practice, rejudge];
    for (place, judgement) in (1..).zip(order) {
        assert_eq!(outbox::position(connection, judgement).unwrap(), Some(place));
    }
    for judgement in order {
        let delivery = outbox::take(connection, LONG).unwrap().unwrap();
        assert_eq!((delivery.judgement, delivery.deliveries), (judgement, 1));
        assert_eq!(outbox::position(connection, judgement).unwrap(), None);
    }
    assert_eq!(outbox::take(connection, LONG).unwrap(), None);
}

fn a_task_put_back_is_served_again_and_counts_only_where_it_was_to_blame(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (_, judgement) = Scene::new(connection).submit(connection);
    let taken = |connection: &mut _| outbox::take(connection, LONG).unwrap().unwrap().deliveries;

    assert_eq!(taken(connection), 1);
    outbox::put_back(connection, judgement, Duration::ZERO, PutBack::Uncounted).unwrap();
    assert_eq!(taken(connection), 1);
    outbox::put_back(connection, judgement, Duration::ZERO, PutBack::Counted).unwrap();
    assert_eq!(taken(connection), 2);

    outbox::put_back(connection, judgement, Duration::MAX, PutBack::Counted).unwrap();
    assert_eq!(outbox::take(connection, LONG).unwrap(), None, "not before its time");
    let wait = outbox::next_available(connection).unwrap().unwrap();
    assert!(wait > outbox::LONGEST_WAIT / 2 && wait <= outbox::LONGEST_WAIT, "{wait}");
}

fn what_a_dead_scaler_had_taken_comes_back(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let (_, expired) = scene.submit(connection);
    outbox::take(connection, Duration::ZERO).unwrap().unwrap();
    let again = outbox::take(connection, LONG).unwrap().unwrap();
    assert_eq!((again.judgement, again.deliveries), (expired, 2), "its time ran out");

    assert_eq!(outbox::take(connection, LONG).unwrap(), None);
    let due = outbox::next_available(connection).unwrap().unwrap();
    assert!(due > outbox::LONGEST_WAIT / 2, "the taker is waited for");
    outbox::renew(connection, expired, Duration::ZERO).unwrap();
    assert_eq!(outbox::take(connection, LONG).unwrap().unwrap().judgement, expired);
}

fn of_two_scalers_none_takes_what_the_other_keeps(database: &TestDatabase) {
    let (first, second) = (&mut database.connection(), &mut database.connection());
    let scene = Scene::new(first);
    let (_, older) = scene.submit(first);
    let (_, newer) = scene.submit(first);
    assert_eq!(outbox::take(first, LONG).unwrap().unwrap().judgement, older);
    assert_eq!(outbox::take(second, LONG).unwrap().unwrap().judgement, newer);
    assert_eq!(outbox::take(first, LONG).unwrap(), None);
    assert_eq!(outbox::take(second, LONG).unwrap(), None);
}

fn a_task_is_as_old_as_its_queueing(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (_, judgement) = Scene::new(connection).submit(connection);
    let queued = judge_types::now();
    outbox::take(connection, LONG).unwrap();
    outbox::put_back(connection, judgement, LONG, PutBack::Uncounted).unwrap();
    let age = outbox::age(connection, judgement).unwrap();
    assert!(age <= judge_types::now() - queued + Duration::SECOND, "{age}");
    let later = outbox::age(connection, judgement).unwrap();
    assert!(later > age, "{later} after {age}");
    assert_eq!(outbox::age(connection, judge_types::JudgementId::new()).unwrap(), Duration::ZERO);
}

fn a_task_is_dropped_only_once_its_judgement_has_ended(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (_, judgement) = Scene::new(connection).submit(connection);
    outbox::take(connection, LONG).unwrap().unwrap();
    outbox::acknowledge(connection, judgement).unwrap();
    assert_eq!(outbox::depth(connection).unwrap(), (0, 1), "there is no verdict");

    let error = JudgingError::new(JudgingErrorKind::DeliveryLimit, "died 4 times");
    assert!(leases::fail_unheld(connection, judgement, &error).unwrap());
    outbox::acknowledge(connection, judgement).unwrap();
    assert_eq!(outbox::depth(connection).unwrap(), (0, 0));
}

fn what_is_not_taken_is_neither_put_back_nor_kept(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (_, judgement) = Scene::new(connection).submit(connection);
    for _ in 0..2 {
        outbox::put_back(connection, judgement, LONG, PutBack::Uncounted).unwrap();
        outbox::renew(connection, judgement, LONG).unwrap();
    }
    let delivery = outbox::take(connection, LONG).unwrap().expect("it still waits");
    assert_eq!(delivery.deliveries, 1);
}

fn a_task_does_not_wait_for_a_clock_that_is_set_back(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (_, judgement) = Scene::new(connection).submit(connection);
    let wait = |connection: &mut _| outbox::next_available(connection).unwrap();
    assert_eq!(wait(connection), Some(Duration::ZERO));
    for column in ["available_at", "taken_until"] {
        outbox::take(connection, LONG).unwrap().unwrap();
        outbox::put_back(connection, judgement, LONG, PutBack::Counted).unwrap();
        let later = format!("UPDATE outbox SET {column} = '2999-01-01 00:00:00.000000'");
        connection.batch_execute(&later).unwrap();
        if column == "taken_until" {
            let now = "UPDATE outbox SET available_at = '1970-01-01 00:00:00.000000'";
            connection.batch_execute(now).unwrap();
        }
        assert_eq!(wait(connection), Some(Duration::ZERO));
        assert_eq!(outbox::take(connection, LONG).unwrap().unwrap().judgement, judgement);
        outbox::put_back(connection, judgement, Duration::ZERO, PutBack::Counted).unwrap();
    }
}

fn a_rejudging_waits_behind_submissions(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let (submission, _) = scene.submit(connection);
    outbox::take(connection, LONG).unwrap();
    let again = judgements::rejudge(
        connection,
        &judgements::NewJudgement {
            submission,
            language: "python3",
            package: package('a'),
            limits: judge_types::Limits::default(),
            lane: Lane::Rejudge,
            trace: None,
        },
    )
    .unwrap();
    let (_, newer) = scene.submit(connection);
    assert_eq!(outbox::position(connection, newer).unwrap(), Some(1));
    assert_eq!(outbox::position(connection, again).unwrap(), Some(2));
}
