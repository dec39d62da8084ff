//! Rejudgings that are made and closed while others do the same, and while their submissions are judged.

use crate::races::at_once;
use crate::rejudgings::{claim, create, finish, make, new_judgement};
use crate::support::{Scene, TestDatabase, on_each_database};
use judge_types::{RejudgingFilter, RejudgingKind, RejudgingState, Verdict};
use store::rejudgings::{self, Closed, Creation};
use store::{events, judgements, leases, submissions};
use time::Duration;

on_each_database! {
    of_those_who_apply_at_once_one_does,
    applying_and_cancelling_exclude_each_other,
    a_verdict_and_an_applying_do_not_wait_for_each_other,
    a_submission_is_judged_while_its_rejudging_is_made,
    claims_and_a_cancelling_exclude_each_other,
    direct_rejudgings_at_once_leave_one_current_judgement,
}

const ROUNDS: usize = 20;

fn of_those_who_apply_at_once_one_does(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let by = scene.user.id;
    let all: Vec<_> = (0..5).map(|_| scene.submit(connection)).collect();
    for (_, judgement) in &all {
        let lease = claim(connection, *judgement);
        finish(connection, &lease, Verdict::WrongAnswer);
    }
    for round in 1..=ROUNDS as u64 {
        let id = make(connection, by, RejudgingKind::Preview);
        for (submission, _) in &all {
            let new = new_judgement(connection, id, *submission);
            let lease = claim(connection, new);
            finish(connection, &lease, Verdict::Accepted);
        }
        let closed = at_once(database, 4, |connection, _| {
            rejudgings::apply(connection, id, by, None, false).unwrap()
        });
        assert_eq!(closed.iter().filter(|closed| **closed == Closed::Done).count(), 1);
        let before = Closed::Before(RejudgingState::Applied);
        assert_eq!(closed.iter().filter(|closed| **closed == before).count(), 3);
        for (submission, _) in &all {
            let told = events::list_after(connection, *submission, 0).unwrap();
            // Queued, started and finished, and once for each that was applied.
            assert_eq!(told.len() as u64, 3 + round);
            assert!(told.iter().map(|event| event.sequence).eq(1..=3 + round));
        }
    }
}

fn applying_and_cancelling_exclude_each_other(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let by = scene.user.id;
    let (submission, judgement) = scene.submit(connection);
    let lease = claim(connection, judgement);
    finish(connection, &lease, Verdict::WrongAnswer);
    for _ in 0..ROUNDS {
        let before = submissions::by_id(connection, submission).unwrap().unwrap().judgement.id;
        let id = make(connection, by, RejudgingKind::Preview);
        let new = new_judgement(connection, id, submission);
        let lease = claim(connection, new);
        finish(connection, &lease, Verdict::Accepted);
        let closed = at_once(database, 2, |connection, number| {
            if number == 0 {
                rejudgings::apply(connection, id, by, None, false).unwrap()
            } else {
                rejudgings::cancel(connection, id, by, None).unwrap()
            }
        });
        let after = submissions::by_id(connection, submission).unwrap().unwrap().judgement.id;
        match closed[..] {
            [Closed::Done, Closed::Before(RejudgingState::Applied)] => assert_eq!(after, new),
            [Closed::Before(RejudgingState::Cancelled), Closed::Done] => assert_eq!(after, before),
            _ => panic!("{closed:?}"),
        }
    }
}

fn a_verdict_and_an_applying_do_not_wait_for_each_other(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let by = scene.user.id;
    for _ in 0..ROUNDS {
        let all = [(); 4].map(|()| scene.submit(connection));
        let id = make(connection, by, RejudgingKind::Preview);
        let leases = all.map(|(submission, _)| {
            let new = new_judgement(connection, id, submission);
            claim(connection, new)
        });
        at_once(database, 1 + all.len(), |connection, number| match number.checked_sub(1) {
            None => {
                let closed = rejudgings::apply(connection, id, by, None, true).unwrap();
                assert_eq!(closed, Closed::Done);
            }
            Some(number) => finish(connection, &leases[number], Verdict::Accepted),
        });
        for (submission, old) in all {
            let new = new_judgement(connection, id, submission);
            let current = submissions::by_id(connection, submission).unwrap().unwrap().judgement;
            // Applied where its verdict came first, and skipped where not; never half.
            let is_applied = current.id == new;
            assert!(is_applied || current.id == old);
            let told = events::list_after(connection, submission, 0).unwrap();
            assert_eq!(told.iter().any(|event| event.judgement == new), is_applied);
            let kept = judgements::by_id(connection, new).unwrap().unwrap();
            assert_eq!((kept.is_preview, kept.verdict), (!is_applied, Some(Verdict::Accepted)));
        }
    }
}

fn a_submission_is_judged_while_its_rejudging_is_made(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    for (round, kind) in RejudgingKind::ALL.into_iter().cycle().take(ROUNDS).enumerate() {
        let (submission, old) = scene.submit(connection);
        let lease = claim(connection, old);
        let filter =
            RejudgingFilter { submission_ids: vec![submission], ..RejudgingFilter::default() };
        let made = at_once(database, 2, |connection, number| {
            if number == 0 {
                finish(connection, &lease, Verdict::Accepted);
                return None;
            }
            match create(connection, scene.user.id, kind, &filter) {
                Creation::Made(id) => {
                    assert!(rejudgings::make_some(connection, id, None).unwrap().is_last);
                    Some(id)
                }
                other => panic!("{other:?}"),
            }
        });
        let id = made[1].unwrap();
        let new = new_judgement(connection, id, submission);
        let current = submissions::by_id(connection, submission).unwrap().unwrap();
        let is_direct = kind == RejudgingKind::Direct;
        assert_eq!(current.judgement.id, if is_direct { new } else { old }, "round {round}");
        let old = judgements::by_id(connection, old).unwrap().unwrap();
        assert_eq!(old.verdict, Some(Verdict::Accepted));
        let told = events::list_after(connection, submission, 0).unwrap();
        assert!(told.iter().map(|event| event.sequence).eq(1..=current.last_sequence));
    }
}

fn claims_and_a_cancelling_exclude_each_other(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let by = scene.user.id;
    let (submission, judgement) = scene.submit(connection);
    let lease = claim(connection, judgement);
    finish(connection, &lease, Verdict::WrongAnswer);
    for _ in 0..ROUNDS {
        let id = make(connection, by, RejudgingKind::Preview);
        let new = new_judgement(connection, id, submission);
        let granted = at_once(database, 2, |connection, number| {
            if number == 0 {
                assert_eq!(rejudgings::cancel(connection, id, by, None).unwrap(), Closed::Done);
                return None;
            }
            match leases::claim(connection, new, "worker", Duration::MINUTE).unwrap() {
                leases::Claim::Granted(lease) => Some(lease),
                leases::Claim::Final => None,
                other => panic!("{other:?}"),
            }
        });
        if let Some(lease) = granted[1] {
            finish(connection, &lease, Verdict::Accepted);
        }
        let new = judgements::by_id(connection, new).unwrap().unwrap();
        assert_eq!(new.verdict.is_some(), granted[1].is_some());
        assert!(new.is_preview && new.state.is_final());
    }
}

fn direct_rejudgings_at_once_leave_one_current_judgement(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let all = [(); 6].map(|()| scene.submit(connection).0);
    at_once(database, 6, |connection, number| {
        for _ in 0..5 {
            if number < 4 {
                make(connection, scene.user.id, RejudgingKind::Direct);
            } else {
                // One by one, in the other order.
                for submission in all.iter().rev() {
                    let again = crate::dead_letters::again(*submission);
                    judgements::rejudge(connection, &again).unwrap();
                }
            }
        }
    });
    for submission in all {
        let made = judgements::of_submission(connection, submission).unwrap();
        assert_eq!(made.len(), 1 + 6 * 5);
        assert_eq!(made.iter().filter(|judgement| judgement.is_current).count(), 1);
        let told = events::list_after(connection, submission, 0).unwrap();
        assert!(told.iter().map(|event| event.sequence).eq(1..=1 + 6 * 5));
    }
}
