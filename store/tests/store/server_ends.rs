//! PostgreSQL ends in the middle: what was accepted is there, whole, and the pool goes on by itself.

use crate::support::Scene;
use judge_types::{JudgementId, SubmissionId};
use std::sync::mpsc::channel;
use store::{Database, DatabaseUrl, database, events, outbox, submissions};
use test_servers::Postgres;

#[test]
fn what_was_accepted_survives_an_immediate_stop() {
    nothing_is_lost_by(Postgres::stop_immediately);
}

#[test]
fn what_was_accepted_survives_a_crash() {
    nothing_is_lost_by(|server| server.kill());
}

fn nothing_is_lost_by(end: impl Fn(&Postgres)) {
    const WRITERS: u32 = 4;
    let server = Postgres::start();
    let kept = server.new_database();
    let url: DatabaseUrl = kept.url().parse().unwrap();
    database::migrate(&url).unwrap();
    let pool = Database::open(url, WRITERS).unwrap();
    let scene = Scene::new(&mut pool.get().unwrap());

    let mut accepted = Vec::new();
    for _ in 0..2 {
        let (sender, stored) = channel();
        std::thread::scope(|scope| {
            for _ in 0..WRITERS {
                let (sender, connection) = (sender.clone(), pool.get().unwrap());
                scope.spawn(|| submit_until_it_fails(&scene, connection, sender));
            }
            drop(sender);
            accepted.extend(stored.iter().take(100));
            end(&server);
            accepted.extend(stored.iter());
        });
        server.restart();
    }

    let connection = &mut pool.get().unwrap();
    for (submission, judgement) in &accepted {
        let found = submissions::by_id(connection, *submission).unwrap().expect("it was accepted");
        assert_eq!(found.judgement.id, *judgement);
        assert_eq!(events::list_after(connection, *submission, 0).unwrap().len(), 1);
        assert!(outbox::position(connection, *judgement).unwrap().is_some());
    }
    // One of each writer may have been stored without its answer having come back; nothing is stored by halves.
    let (waiting, _) = outbox::depth(connection).unwrap();
    let all = submissions::list(connection, submissions::Filter::default(), 100_000).unwrap();
    assert_eq!(all.len() as u64, waiting);
    assert!((accepted.len()..=accepted.len() + 2 * WRITERS as usize).contains(&all.len()));
}

fn submit_until_it_fails(
    scene: &Scene,
    mut connection: database::Pooled,
    stored: std::sync::mpsc::Sender<(SubmissionId, JudgementId)>,
) {
    while let Ok(answer) = submissions::create(&mut connection, &scene.submission(), None) {
        let submissions::Submitted::Created(submission, judgement) = answer else {
            panic!("{answer:?}")
        };
        stored.send((submission, judgement)).unwrap();
    }
}
