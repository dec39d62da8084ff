//! Submissions are stored whole, once, and in order.

use crate::support::{Scene, TestDatabase, on_each_database, package, user};
use diesel::connection::SimpleConnection;
use judge_types::{JudgementState, Lane, ProgressKind, SourceFile};
use store::submissions::{Filter, RateLimit, Submitted};
use store::{events, judgements, outbox, submissions};
use time::Duration;

on_each_database! {
    a_submission_comes_with_its_judgement_its_task_and_its_first_event,
    files_of_any_bytes_come_back_as_they_were_sent,
    a_key_makes_a_request_repeatable_and_cannot_serve_another,
    the_rate_limit_names_the_moment_when_the_next_may_come,
    the_rate_limit_does_not_count_what_a_wrong_clock_put_into_the_future,
    lists_page_from_the_newest_and_keep_to_their_filter,
    a_rejudging_makes_a_new_current_judgement_and_keeps_the_old,
}

fn a_submission_comes_with_its_judgement_its_task_and_its_first_event(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let (id, judgement) = scene.submit(connection);

    let stored = submissions::by_id(connection, id).unwrap().unwrap();
    assert_eq!(stored.username, "ada");
    assert_eq!(stored.problem_short_name, "sum");
    assert_eq!(stored.code_bytes, 8);
    assert_eq!(stored.judgement.id, judgement);
    assert_eq!(stored.judgement.state, JudgementState::Queued);
    assert_eq!(submissions::files(connection, id).unwrap(), scene.files);

    let events = events::list_after(connection, id, 0).unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!((events[0].sequence, &events[0].kind), (1, &ProgressKind::Queued));

    let delivery = outbox::take(connection, Duration::seconds(5)).unwrap().unwrap();
    assert_eq!(delivery.judgement, judgement);
    let task: judge_types::JudgeTask = serde_json::from_str(&delivery.task).unwrap();
    assert_eq!((task.submission, task.package), (id, package('a')));
}

fn files_of_any_bytes_come_back_as_they_were_sent(database: &TestDatabase) {
    let connection = &mut database.connection();
    let mut scene = Scene::new(connection);
    scene.files = vec![
        SourceFile::new("text.c", "int ä;".into()).unwrap(),
        SourceFile::new("latin.c", vec![0xe4, 0xff]).unwrap(),
        SourceFile::new("nul.c", b"a\0b".to_vec()).unwrap(),
    ];
    let (id, _) = scene.submit(connection);
    assert_eq!(submissions::files(connection, id).unwrap(), scene.files);
}

fn a_key_makes_a_request_repeatable_and_cannot_serve_another(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let keyed = submissions::NewSubmission { idempotency_key: Some("k1"), ..scene.submission() };

    let Submitted::Created(first, _) = submissions::create(connection, &keyed, None).unwrap()
    else {
        panic!("the first request makes a submission");
    };
    let again = submissions::create(connection, &keyed, None).unwrap();
    assert_eq!(again, Submitted::Repeated(first));

    let other = [SourceFile::new("a.py", b"print(2)".to_vec()).unwrap()];
    let changed = submissions::NewSubmission { files: &other, ..keyed.clone() };
    let reused = submissions::create(connection, &changed, None).unwrap();
    assert_eq!(reused, Submitted::KeyReused(first));

    let someone_else = user(connection, "grace");
    let theirs = submissions::NewSubmission { user: someone_else.id, ..keyed };
    let created = submissions::create(connection, &theirs, None).unwrap();
    assert!(matches!(created, Submitted::Created(..)), "keys belong to their user");
    assert_eq!(submissions::list(connection, Filter::default(), 10).unwrap().len(), 2);
}

fn the_rate_limit_names_the_moment_when_the_next_may_come(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let limit = RateLimit { submissions: 2, period: Duration::minutes(1) };
    for _ in 0..2 {
        let made = submissions::create(connection, &scene.submission(), Some(limit)).unwrap();
        assert!(matches!(made, Submitted::Created(..)));
    }
    let Submitted::TooMany(wait) =
        submissions::create(connection, &scene.submission(), Some(limit)).unwrap()
    else {
        panic!("the third within a minute is refused");
    };
    assert!(wait > limit.period / 2 && wait <= limit.period, "{wait}");
    assert_eq!(submissions::list(connection, Filter::default(), 10).unwrap().len(), 2);
}

fn the_rate_limit_does_not_count_what_a_wrong_clock_put_into_the_future(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    scene.submit(connection);
    connection
        .batch_execute("UPDATE submissions SET submitted_at = '2999-01-01 00:00:00.000000'")
        .unwrap();
    let limit = RateLimit { submissions: 1, period: Duration::minutes(1) };
    let made = submissions::create(connection, &scene.submission(), Some(limit)).unwrap();
    assert!(matches!(made, Submitted::Created(..)), "{made:?}");
}

fn lists_page_from_the_newest_and_keep_to_their_filter(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let ids: Vec<_> = (0..5).map(|_| scene.submit(connection).0).collect();
    let page = |connection: &mut _, before| {
        let filter = Filter { user: Some(scene.user.id), before, ..Filter::default() };
        let page = submissions::list(connection, filter, 2).unwrap();
        page.iter().map(|submission| submission.id).collect::<Vec<_>>()
    };
    assert_eq!(page(connection, None), [ids[4], ids[3]]);
    assert_eq!(page(connection, Some(ids[3])), [ids[2], ids[1]]);
    let nobody = Filter { user: Some(judge_types::UserId::new()), ..Filter::default() };
    assert!(submissions::list(connection, nobody, 2).unwrap().is_empty());
}

fn a_rejudging_makes_a_new_current_judgement_and_keeps_the_old(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let (id, first) = scene.submit(connection);
    let second = judgements::rejudge(
        connection,
        &judgements::NewJudgement {
            submission: id,
            language: "python3",
            package: package('b'),
            limits: judge_types::Limits::default(),
            lane: Lane::Rejudge,
            trace: None,
        },
    )
    .unwrap();
    assert_eq!(submissions::by_id(connection, id).unwrap().unwrap().judgement.id, second);
    let all = judgements::of_submission(connection, id).unwrap();
    let seen: Vec<_> = all.iter().map(|j| (j.id, j.is_current, j.package.clone())).collect();
    assert_eq!(seen, [(second, true, package('b')), (first, false, package('a'))]);
    let both = connection.batch_execute("UPDATE judgements SET is_current = true");
    assert!(both.is_err(), "the database itself lets only one be current");
}
