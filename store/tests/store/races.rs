//! What happens when several do the same at once: one wins, the others are told, nobody sees an error.

use crate::support::{Scene, TestDatabase, on_each_database, package, user, version};
use judge_types::{
    Conclusion, ExecutionUsage, JudgementState, JudgingError, JudgingErrorKind, Lane, Limits, Role,
    RunUsage, SubmissionId, Verdict,
};
use std::collections::BTreeSet;
use std::sync::Barrier;
use store::judgements::NewJudgement;
use store::leases::{Claim, LeaseError};
use store::submissions::{Filter, NewSubmission, RateLimit, Submitted};
use store::users::RoleChange;
use store::{AnyConnection, contests, judgements, leases, problems, submissions, users};
use time::Duration;

on_each_database! {
    a_username_goes_to_one,
    of_two_administrators_who_step_down_one_stays,
    a_request_repeated_at_once_makes_one_submission,
    the_rate_limit_holds_for_requests_at_once,
    a_package_uploaded_many_times_at_once_is_one_version,
    packages_uploaded_at_once_get_versions_of_their_own,
    a_contest_is_made_once_and_its_problems_have_places_of_their_own,
    rejudgings_at_once_leave_one_current_judgement,
    a_verdict_and_a_rejudging_do_not_wait_for_each_other,
    a_claim_and_a_verdict_of_the_function_before_exclude_each_other,
    giving_up_and_a_claim_exclude_each_other,
}

const LONG: Duration = Duration::minutes(5);
const THREADS: usize = 8;

/// What each of so many threads says, which all begin at the same moment.
pub(crate) fn at_once<T: Send>(
    database: &TestDatabase,
    threads: usize,
    work: impl Fn(&mut AnyConnection, usize) -> T + Sync,
) -> Vec<T> {
    let barrier = Barrier::new(threads);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..threads)
            .map(|number| {
                let (barrier, work) = (&barrier, &work);
                // Made here, so that every thread reaches the barrier.
                let mut connection = database.connection();
                scope.spawn(move || {
                    barrier.wait();
                    work(&mut connection, number)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

fn rejudging(submission: SubmissionId) -> NewJudgement<'static> {
    NewJudgement {
        submission,
        language: "python3",
        package: package('a'),
        limits: Limits::default(),
        lane: Lane::Rejudge,
        trace: None,
    }
}

fn a_username_goes_to_one(database: &TestDatabase) {
    for round in 0..10 {
        let made = at_once(database, THREADS, |connection, number| {
            // Names that differ in case are one name.
            let name = format!("{}{round}", if number % 2 == 0 { "Ada" } else { "ada" });
            users::create(connection, &name, "hash", Role::Contestant).unwrap()
        });
        assert_eq!(made.iter().flatten().count(), 1);
    }
}

fn of_two_administrators_who_step_down_one_stays(database: &TestDatabase) {
    let connection = &mut database.connection();
    let both = [user(connection, "ada"), user(connection, "grace")];
    for _ in 0..20 {
        for admin in &both {
            users::set_role(connection, admin.id, Role::Admin).unwrap();
        }
        let changes = at_once(database, 2, |connection, number| {
            users::set_role(connection, both[number].id, Role::Jury).unwrap()
        });
        let refused = changes.iter().filter(|change| **change == RoleChange::LastAdmin).count();
        assert_eq!(refused, 1);
        assert_eq!(users::count_with_role(connection, Role::Admin).unwrap(), 1);
    }
}

fn a_request_repeated_at_once_makes_one_submission(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    for round in 0..10 {
        let key = format!("key {round}");
        let new = NewSubmission { idempotency_key: Some(&key), ..scene.submission() };
        let answers = at_once(database, THREADS, |connection, _| {
            submissions::create(connection, &new, None).unwrap()
        });
        let ids: BTreeSet<_> = answers
            .iter()
            .map(|answer| match answer {
                Submitted::Created(id, _) | Submitted::Repeated(id) => id.to_string(),
                other => panic!("{other:?}"),
            })
            .collect();
        let made = answers.iter().filter(|answer| matches!(answer, Submitted::Created(..)));
        assert_eq!((made.count(), ids.len()), (1, 1), "{answers:?}");
    }
}

fn the_rate_limit_holds_for_requests_at_once(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let limit = RateLimit { submissions: 3, period: Duration::hours(1) };
    let answers = at_once(database, THREADS, |connection, _| {
        submissions::create(connection, &scene.submission(), Some(limit)).unwrap()
    });
    let made = answers.iter().filter(|answer| matches!(answer, Submitted::Created(..)));
    assert_eq!(made.count(), 3, "{answers:?}");
    assert_eq!(submissions::list(connection, Filter::default(), 10).unwrap().len(), 3);
}

fn a_package_uploaded_many_times_at_once_is_one_version(database: &TestDatabase) {
    for (round, digit) in ('a'..='e').enumerate() {
        let saved = at_once(database, THREADS, |connection, _| {
            problems::save_version(connection, &version("sum", digit)).unwrap()
        });
        let expected = u32::try_from(round).unwrap() + 1;
        assert!(saved.iter().all(|saved| saved.version == expected), "{saved:?}");
        assert_eq!(saved.iter().filter(|saved| saved.is_new_version).count(), 1);
        let new = saved.iter().filter(|saved| saved.is_new_problem).count();
        assert_eq!(new, usize::from(round == 0));
    }
}

fn packages_uploaded_at_once_get_versions_of_their_own(database: &TestDatabase) {
    let digits = ['1', '2', '3', '4', '5', '6', '7', '8'];
    let saved = at_once(database, digits.len(), |connection, number| {
        problems::save_version(connection, &version("sum", digits[number])).unwrap()
    });
    let versions: BTreeSet<_> = saved.iter().map(|saved| saved.version).collect();
    assert!(versions.into_iter().eq(1..=8));
    let connection = &mut database.connection();
    let current = problems::by_short_name(connection, "sum").unwrap().unwrap();
    assert_eq!(current.version, 8, "the last one counts");
}

fn a_contest_is_made_once_and_its_problems_have_places_of_their_own(database: &TestDatabase) {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let connection = &mut database.connection();
    let problems =
        names.map(|name| problems::save_version(connection, &version(name, 'a')).unwrap().problem);
    let contests = at_once(database, names.len(), |connection, number| {
        let contest = contests::ensure(connection, "finals", "The finals").unwrap();
        contests::add_problem(connection, contest.id, problems[number]).unwrap();
        contests::add_problem(connection, contest.id, problems[0]).unwrap();
        contest
    });
    assert!(contests.iter().all(|contest| *contest == contests[0]));
    let listed = contests::problems(connection, contests[0].id).unwrap();
    assert_eq!(listed.len(), names.len());
}

fn rejudgings_at_once_leave_one_current_judgement(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (submission, _) = Scene::new(connection).submit(connection);
    at_once(database, THREADS, |connection, _| {
        for _ in 0..10 {
            judgements::rejudge(connection, &rejudging(submission)).unwrap();
        }
    });
    let all = judgements::of_submission(connection, submission).unwrap();
    assert_eq!(all.len(), 1 + THREADS * 10);
    assert_eq!(all.iter().filter(|judgement| judgement.is_current).count(), 1);
}

/// Both hold the submission and the judgement: in another order, each would wait for the other's.
fn a_verdict_and_a_rejudging_do_not_wait_for_each_other(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    for _ in 0..100 {
        let (submission, judgement) = scene.submit(connection);
        let claimed = leases::claim(connection, judgement, "worker", LONG).unwrap();
        let Claim::Granted(lease) = claimed else { panic!("{claimed:?}") };
        at_once(database, 2, |connection, number| {
            if number == 0 {
                let (usage, metered) = (RunUsage::default(), ExecutionUsage::default());
                lease
                    .finish(connection, &Conclusion::pass_fail(Verdict::Accepted, usage), &metered)
                    .unwrap();
            } else {
                judgements::rejudge(connection, &rejudging(submission)).unwrap();
            }
        });
    }
}

fn a_claim_and_a_verdict_of_the_function_before_exclude_each_other(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    for _ in 0..50 {
        let (_, judgement) = scene.submit(connection);
        let claimed = leases::claim(connection, judgement, "first", Duration::ZERO).unwrap();
        let Claim::Granted(lease) = claimed else { panic!("{claimed:?}") };
        let won = at_once(database, 2, |connection, number| {
            if number == 0 {
                let (usage, metered) = (RunUsage::default(), ExecutionUsage::default());
                match lease.finish(
                    connection,
                    &Conclusion::pass_fail(Verdict::Accepted, usage),
                    &metered,
                ) {
                    Ok(()) => true,
                    Err(LeaseError::Lost(_)) => false,
                    Err(error) => panic!("{error:?}"),
                }
            } else {
                match leases::claim(connection, judgement, "second", LONG).unwrap() {
                    Claim::Granted(_) => true,
                    Claim::Final => false,
                    other => panic!("{other:?}"),
                }
            }
        });
        assert!(won[0] != won[1], "{won:?}");
    }
}

fn giving_up_and_a_claim_exclude_each_other(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let error = JudgingError::new(JudgingErrorKind::DeliveryLimit, "died 4 times");
    for _ in 0..50 {
        let (_, judgement) = scene.submit(connection);
        let won = at_once(database, 2, |connection, number| {
            if number == 0 {
                leases::fail_unheld(connection, judgement, &error).unwrap()
            } else {
                let claimed = leases::claim(connection, judgement, "worker", LONG).unwrap();
                matches!(claimed, Claim::Granted(_))
            }
        });
        assert!(won[0] != won[1], "{won:?}");
        let state = judgements::by_id(connection, judgement).unwrap().unwrap().state;
        assert_eq!(state == JudgementState::Failed, won[0]);
    }
}
