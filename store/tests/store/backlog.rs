//! How much there is to do, as monitoring sees it.

use crate::support::{Scene, TestDatabase, on_each_database, package};
use judge_types::{JudgingError, JudgingErrorKind, Lane, Limits};
use store::judgements::{self, NewJudgement};
use store::outbox::{self, Backlog};
use store::submissions::NewSubmission;
use store::{database, leases, submissions};
use time::Duration;

on_each_database! {
    each_lane_tells_what_is_ready_and_what_is_in_flight,
    a_submission_given_up_is_a_dead_letter_until_it_is_judged_again,
    a_database_that_is_there_answers,
}

fn each_lane_tells_what_is_ready_and_what_is_in_flight(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let none = |lane| Backlog { lane, ready: 0, in_flight: 0, oldest: None };
    assert_eq!(outbox::backlog(connection).unwrap(), Lane::OF_JUDGEMENTS.map(none));

    let before = judge_types::now();
    let (_, claimed) = scene.submit(connection);
    scene.submit(connection);
    let between = judge_types::now();
    scene.submit(connection);
    let practice = NewSubmission { lane: Lane::Practice, ..scene.submission() };
    submissions::create(connection, &practice, None).unwrap();
    leases::claim(connection, claimed, "worker", Duration::MINUTE).unwrap();
    // Taken by a scaler is not yet with a function.
    outbox::take(connection, Duration::MINUTE).unwrap().unwrap();

    let [contest, practice, rejudge] = outbox::backlog(connection).unwrap();
    assert_eq!((contest.ready, contest.in_flight), (2, 1));
    let oldest = contest.oldest.unwrap();
    assert!(before <= oldest && oldest <= between, "{before} {oldest} {between}");
    assert_eq!((practice.ready, practice.in_flight), (1, 0));
    assert!(practice.oldest.unwrap() >= between);
    assert_eq!(rejudge, none(Lane::Rejudge));
}

fn a_submission_given_up_is_a_dead_letter_until_it_is_judged_again(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let mut give_up = |kind| {
        let (submission, judgement) = scene.submit(connection);
        let error = JudgingError::new(kind, "tried too often");
        assert!(leases::fail_unheld(connection, judgement, &error).unwrap());
        submission
    };
    give_up(JudgingErrorKind::Package);
    let submission = give_up(JudgingErrorKind::DeliveryLimit);
    assert_eq!(outbox::dead_letters(connection).unwrap(), 1);
    let again = NewJudgement {
        submission,
        language: "python3",
        package: package('a'),
        limits: Limits::default(),
        lane: Lane::Rejudge,
        trace: None,
    };
    judgements::rejudge(connection, &again).unwrap();
    assert_eq!(outbox::dead_letters(connection).unwrap(), 0);
}

fn a_database_that_is_there_answers(database: &TestDatabase) {
    let idle = database.pool.pool_use();
    let connection = &mut database.pool.get().unwrap();
    database::ping(connection).unwrap();
    let busy = database.pool.pool_use();
    assert!(busy.open >= 1 && busy.open <= busy.most, "{idle:?} {busy:?}");
    assert!(busy.idle < busy.open, "{busy:?}");
}
