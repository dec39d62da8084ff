//! What the judge gave up on, and what the jury may do about it.

use crate::support::{Scene, TestDatabase, on_each_database, package, user};
use diesel::connection::SimpleConnection;
use judge_types::{
    JudgementId, JudgementState, JudgingError, JudgingErrorKind, Lane, Limits, SubmissionId,
};
use std::collections::HashSet;
use store::dead_letters::{self, Ignore, Retry, Which};
use store::judgements::{self, NewJudgement};
use store::{AnyConnection, leases, outbox};
use time::Duration;

on_each_database! {
    what_was_given_up_is_listed_until_it_is_handled,
    the_newest_come_first_in_pages,
    a_retry_makes_one_judgement_however_often_it_is_asked_for,
    of_many_who_retry_at_once_one_makes_a_judgement,
    what_is_ignored_keeps_its_reason_and_can_be_retried,
    a_rejudging_takes_the_place_of_a_dead_letter,
    what_is_no_dead_letter_cannot_be_handled,
    one_that_an_earlier_version_left_is_handled_too,
}

/// Takes the task twice and gives up.
fn given_up(connection: &mut AnyConnection, scene: &Scene) -> (SubmissionId, JudgementId) {
    let (submission, judgement) = scene.submit(connection);
    for _ in 0..2 {
        let taken = outbox::take(connection, Duration::MINUTE).unwrap().unwrap();
        assert_eq!(taken.judgement, judgement);
        outbox::put_back(connection, judgement, Duration::ZERO, outbox::PutBack::Counted).unwrap();
    }
    let error = JudgingError::new(JudgingErrorKind::DeliveryLimit, "tried 2 times");
    assert!(leases::fail_unheld(connection, judgement, &error).unwrap());
    (submission, judgement)
}

pub(crate) fn again(submission: SubmissionId) -> NewJudgement<'static> {
    NewJudgement {
        submission,
        language: "python3",
        package: package('a'),
        limits: Limits::default(),
        lane: Lane::Contest,
        trace: None,
    }
}

fn listed(connection: &mut AnyConnection, which: Which) -> Vec<JudgementId> {
    let letters = dead_letters::list(connection, which, None, 100).unwrap();
    letters.into_iter().map(|letter| letter.judgement.id).collect()
}

fn what_was_given_up_is_listed_until_it_is_handled(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let (submission, judgement) = given_up(connection, &scene);
    scene.submit(connection);
    assert_eq!(dead_letters::count_open(connection).unwrap(), 1);
    let letter = dead_letters::list(connection, Which::Open, None, 9).unwrap().pop().unwrap();
    assert_eq!((letter.judgement.id, letter.judgement.submission), (judgement, submission));
    assert_eq!((letter.username.as_str(), letter.problem_short_name.as_str()), ("ada", "sum"));
    assert_eq!((letter.language.as_str(), letter.deliveries), ("python3", 2));
    assert_eq!(letter.judgement.error.as_ref().unwrap().message, "tried 2 times");
    assert!(letter.is_open() && listed(connection, Which::Handled).is_empty());

    let jury = user(connection, "jury").id;
    dead_letters::ignore(connection, judgement, submission, jury, None).unwrap();
    assert_eq!(dead_letters::count_open(connection).unwrap(), 0);
    assert_eq!(listed(connection, Which::Open), []);
    assert_eq!(listed(connection, Which::Handled), [judgement]);
    assert_eq!(listed(connection, Which::All), [judgement]);
}

fn the_newest_come_first_in_pages(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let [first, second, third] = [(); 3].map(|()| given_up(connection, &scene).1);
    let page = |connection: &mut AnyConnection, before| {
        let letters = dead_letters::list(connection, Which::Open, before, 2).unwrap();
        letters.into_iter().map(|letter| letter.judgement.id).collect::<Vec<_>>()
    };
    assert_eq!(page(connection, None), [third, second]);
    assert_eq!(page(connection, Some(second)), [first]);
}

fn a_retry_makes_one_judgement_however_often_it_is_asked_for(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let (submission, judgement) = given_up(connection, &scene);
    let (jury, other) = (user(connection, "jury").id, user(connection, "other").id);
    let new = again(submission);
    let Retry::Queued(made) = dead_letters::retry(connection, judgement, jury, &new).unwrap()
    else {
        panic!("not queued")
    };
    let repeated = dead_letters::retry(connection, judgement, other, &new).unwrap();
    assert_eq!(repeated, Retry::Repeated(made));
    let current = judgements::by_id(connection, made).unwrap().unwrap();
    assert!(current.is_current && current.state == JudgementState::Queued);
    assert_eq!(judgements::of_submission(connection, submission).unwrap().len(), 2);
    assert_eq!(outbox::lanes_to_publish(connection).unwrap(), [Lane::Contest]);
    let letter = dead_letters::by_judgement(connection, judgement).unwrap().unwrap();
    let retried = letter.retried.clone().unwrap();
    assert_eq!((retried.by.as_str(), retried.judgement), ("jury", made));
    assert!(!letter.is_open());
    let ignored = dead_letters::ignore(connection, judgement, submission, jury, None).unwrap();
    assert_eq!(ignored, Ignore::Superseded);
}

fn of_many_who_retry_at_once_one_makes_a_judgement(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let (submission, judgement) = given_up(connection, &scene);
    let jury = user(connection, "jury").id;
    let outcomes: Vec<Retry> = std::thread::scope(|scope| {
        let ask = || {
            let connection = &mut database.connection();
            dead_letters::retry(connection, judgement, jury, &again(submission)).unwrap()
        };
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let queued = outcomes.iter().filter(|outcome| matches!(outcome, Retry::Queued(_))).count();
    let made: HashSet<String> = outcomes
        .iter()
        .map(|outcome| match outcome {
            Retry::Queued(made) | Retry::Repeated(made) => made.to_string(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!((queued, made.len()), (1, 1), "{outcomes:?}");
    assert_eq!(judgements::of_submission(connection, submission).unwrap().len(), 2);
}

fn what_is_ignored_keeps_its_reason_and_can_be_retried(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let (submission, judgement) = given_up(connection, &scene);
    let (jury, other) = (user(connection, "jury").id, user(connection, "other").id);
    let first = Some("the disk was full\0");
    let ignore = |connection: &mut AnyConnection, by, note| {
        dead_letters::ignore(connection, judgement, submission, by, note).unwrap()
    };
    assert_eq!(ignore(connection, jury, first), Ignore::Marked);
    assert_eq!(ignore(connection, other, Some("another reason")), Ignore::Repeated);
    let retried = dead_letters::retry(connection, judgement, other, &again(submission)).unwrap();
    assert!(matches!(retried, Retry::Queued(_)));
    let letter = dead_letters::by_judgement(connection, judgement).unwrap().unwrap();
    let ignored = letter.ignored.unwrap();
    assert_eq!(ignored.by, "jury");
    assert_eq!(ignored.note.as_deref(), Some("the disk was full\u{fffd}"));
    assert_eq!(letter.retried.unwrap().by, "other");
}

fn a_rejudging_takes_the_place_of_a_dead_letter(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let (submission, judgement) = given_up(connection, &scene);
    let jury = user(connection, "jury").id;
    judgements::rejudge(connection, &again(submission)).unwrap();
    assert_eq!(dead_letters::count_open(connection).unwrap(), 0);
    assert_eq!(listed(connection, Which::Handled), [judgement]);
    let retried = dead_letters::retry(connection, judgement, jury, &again(submission)).unwrap();
    assert_eq!(retried, Retry::Superseded);
    assert_eq!(judgements::of_submission(connection, submission).unwrap().len(), 2);
}

fn what_is_no_dead_letter_cannot_be_handled(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let jury = user(connection, "jury").id;
    let (submission, judgement) = scene.submit(connection);
    let (_, dead) = given_up_beside(connection, &scene);
    for (judgement, submission) in
        [(judgement, submission), (JudgementId::new(), submission), (dead, submission)]
    {
        let retried = dead_letters::retry(connection, judgement, jury, &again(submission)).unwrap();
        assert_eq!(retried, Retry::Unknown);
        let ignored = dead_letters::ignore(connection, judgement, submission, jury, None).unwrap();
        assert_eq!(ignored, Ignore::Unknown);
    }
    assert!(dead_letters::by_judgement(connection, judgement).unwrap().is_none());
}

/// One of another submission, while that of the scene's first still waits.
fn given_up_beside(connection: &mut AnyConnection, scene: &Scene) -> (SubmissionId, JudgementId) {
    let (submission, judgement) = scene.submit(connection);
    let error = JudgingError::new(JudgingErrorKind::DeliveryLimit, "tried 2 times");
    assert!(leases::fail_unheld(connection, judgement, &error).unwrap());
    (submission, judgement)
}

fn one_that_an_earlier_version_left_is_handled_too(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let (submission, judgement) = given_up(connection, &scene);
    connection.batch_execute("DELETE FROM dead_letters").unwrap();
    assert_eq!(listed(connection, Which::Open), [judgement]);
    let jury = user(connection, "jury").id;
    let ignored = dead_letters::ignore(connection, judgement, submission, jury, Some("seen"));
    assert_eq!(ignored.unwrap(), Ignore::Marked);
    let letter = dead_letters::by_judgement(connection, judgement).unwrap().unwrap();
    assert_eq!(letter.ignored.unwrap().note.as_deref(), Some("seen"));
    let retried = dead_letters::retry(connection, judgement, jury, &again(submission)).unwrap();
    assert!(matches!(retried, Retry::Queued(_)));
}
