//! Before its contest begins a problem is closed, and its package is wanted.

use crate::support::{TestDatabase, on_each_database, package, version};
use judge_types::{ContestId, PackageHash, ProblemId, ScoreRule};
use std::collections::HashSet;
use store::contests::{self, Contest, ContestChange, Opening};
use store::problems::NewVersion;
use store::{AnyConnection, clock, problems};
use time::Duration;

on_each_database! {
    what_is_not_changed_stays,
    a_problem_is_closed_until_the_first_of_its_contests_begins,
    packages_are_due_around_the_beginning_of_their_contest,
    the_current_version_is_due_once_and_a_deleted_problem_is_not,
}

const AHEAD: Duration = Duration::minutes(15);
const AGO: Duration = Duration::hours(1);

fn contest(connection: &mut AnyConnection, name: &str, from_now: Duration) -> Contest {
    let id = contests::ensure(connection, name, name).unwrap().id;
    begin(connection, id, from_now)
}

fn begin(connection: &mut AnyConnection, id: ContestId, from_now: Duration) -> Contest {
    let start = clock::now(connection).unwrap() + from_now;
    let change = ContestChange { start_time: Some(Some(start)), ..ContestChange::default() };
    let changed = contests::change(connection, id, change).unwrap().unwrap();
    assert_eq!(changed.start_time, Some(start));
    changed
}

/// A problem whose package has this digit's hash, and ten bytes.
fn problem(
    connection: &mut AnyConnection,
    name: &'static str,
    digit: char,
    contests: &[&Contest],
) -> ProblemId {
    let problem = problems::save_version(connection, &version(name, digit)).unwrap().problem;
    for contest in contests {
        contests::add_problem(connection, contest.id, problem).unwrap();
    }
    problem
}

fn due(connection: &mut AnyConnection) -> Vec<PackageHash> {
    let due = contests::packages_due(connection, AHEAD, AGO).unwrap();
    due.into_iter().map(|due| due.package).collect()
}

fn what_is_not_changed_stays(database: &TestDatabase) {
    let connection = &mut database.connection();
    let made = contests::ensure(connection, "demo", "Demo").unwrap();
    assert_eq!(made.start_time, None);
    let begun = begin(connection, made.id, Duration::ZERO);
    let rule = ContestChange { score_rule: Some(ScoreRule::Last), start_time: None };
    let ruled = contests::change(connection, made.id, rule).unwrap().unwrap();
    assert_eq!(ruled, Contest { score_rule: ScoreRule::Last, ..begun });
    let always = ContestChange { score_rule: None, start_time: Some(None) };
    let always = contests::change(connection, made.id, always).unwrap().unwrap();
    assert_eq!(always, Contest { start_time: None, ..ruled });
    assert_eq!(contests::list(connection).unwrap(), [always]);
    let nobody = contests::change(connection, ContestId::new(), ContestChange::default()).unwrap();
    assert_eq!(nobody, None);
}

fn a_problem_is_closed_until_the_first_of_its_contests_begins(database: &TestDatabase) {
    let connection = &mut database.connection();
    let past = contest(connection, "past", -Duration::MINUTE);
    let later = contest(connection, "later", Duration::hours(2));
    let soon = contest(connection, "soon", Duration::hours(1));
    let practice = problem(connection, "practice", 'a', &[]);
    let both = problem(connection, "both", 'b', &[&past, &later]);
    let closed = problem(connection, "closed", 'c', &[&later, &soon]);
    let mut opening = |problem| contests::opening(connection, problem).unwrap();
    assert_eq!(opening(practice), Opening::OutsideContests);
    assert_eq!(opening(both), Opening::Open(past));
    assert_eq!(opening(closed), Opening::NotBegun(soon.clone()));
    assert_eq!(opening(closed).contest(), Some(soon.id));
    assert_eq!(contests::unopened(connection).unwrap(), HashSet::from([closed]));

    let later = begin(connection, later.id, -Duration::SECOND);
    assert_eq!(contests::opening(connection, closed).unwrap(), Opening::Open(later.clone()));
    assert_eq!(contests::opening(connection, both).unwrap(), Opening::Open(later));
    assert!(contests::unopened(connection).unwrap().is_empty());
}

fn packages_are_due_around_the_beginning_of_their_contest(database: &TestDatabase) {
    let connection = &mut database.connection();
    let always = contests::ensure(connection, "always", "Always").unwrap();
    problem(connection, "practice", 'a', &[]);
    problem(connection, "always", 'b', &[&always]);
    for (name, digit, from_now) in [
        ("far", 'c', AHEAD + Duration::MINUTE),
        ("soon", 'd', AHEAD - Duration::MINUTE),
        ("begun", 'e', Duration::MINUTE - AGO),
        ("over", 'f', -AGO - Duration::MINUTE),
    ] {
        let contest = contest(connection, name, from_now);
        problem(connection, name, digit, &[&contest]);
    }
    assert_eq!(due(connection), [package('e'), package('d')]);
    let due = contests::packages_due(connection, AHEAD, AGO).unwrap();
    assert!(due.iter().all(|due| due.package_bytes == 10), "{due:?}");
}

fn the_current_version_is_due_once_and_a_deleted_problem_is_not(database: &TestDatabase) {
    let connection = &mut database.connection();
    let soon = contest(connection, "soon", Duration::MINUTE);
    let too = contest(connection, "too", Duration::MINUTE * 2);
    problem(connection, "one", 'a', &[&soon, &too]);
    problem(connection, "two", 'b', &[&soon]);
    let gone = problem(connection, "gone", 'c', &[&soon]);
    problem(connection, "same", 'b', &[&soon]);
    problems::delete(connection, gone).unwrap();
    assert_eq!(due(connection), [package('a'), package('b')]);
    let newer = NewVersion { package_bytes: 20, ..version("one", 'd') };
    problems::save_version(connection, &newer).unwrap();
    assert_eq!(due(connection), [package('d'), package('b')]);
}
