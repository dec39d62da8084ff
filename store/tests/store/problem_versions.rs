//! A package uploaded again is a new version; what was judged keeps naming the old one.

use crate::support::{TestDatabase, on_each_database, package, version};
use store::problems::NewVersion;
use store::{AnyConnection, contests, problems};

on_each_database! {
    new_content_is_a_new_version_and_the_same_content_is_not,
    a_deleted_problem_is_not_listed_until_it_is_uploaded_again,
    what_only_some_may_see_is_kept_for_each_package,
    a_contest_is_made_once_and_a_problem_added_once,
}

fn new_content_is_a_new_version_and_the_same_content_is_not(database: &TestDatabase) {
    let connection = &mut database.connection();
    let first = problems::save_version(connection, &version("sum", 'a')).unwrap();
    assert!(first.is_new_problem && first.is_new_version);
    let same = problems::save_version(connection, &version("sum", 'a')).unwrap();
    assert!(!same.is_new_version && same.version == 1);
    let second = problems::save_version(connection, &version("sum", 'b')).unwrap();
    assert_eq!((second.problem, second.version), (first.problem, 2));

    let current = problems::by_short_name(connection, "sum").unwrap().unwrap();
    assert_eq!(current.package, package('b'));
    let all = problems::versions(connection, first.problem).unwrap();
    assert_eq!(all.iter().map(|v| v.version).collect::<Vec<_>>(), [2, 1]);
}

fn a_deleted_problem_is_not_listed_until_it_is_uploaded_again(database: &TestDatabase) {
    let connection = &mut database.connection();
    let saved = problems::save_version(connection, &version("sum", 'a')).unwrap();
    assert!(problems::delete(connection, saved.problem).unwrap());
    assert!(!problems::delete(connection, saved.problem).unwrap());
    assert!(problems::list(connection).unwrap().is_empty());
    assert!(problems::by_id(connection, saved.problem).unwrap().unwrap().is_deleted);
    problems::save_version(connection, &version("sum", 'a')).unwrap();
    assert_eq!(problems::list(connection).unwrap().len(), 1);
}

fn what_only_some_may_see_is_kept_for_each_package(database: &TestDatabase) {
    let connection = &mut database.connection();
    let save = |connection: &mut AnyConnection, digit, guarded_content| {
        let new = NewVersion { guarded_content, ..version("sum", digit) };
        problems::save_version(connection, &new).unwrap().problem
    };
    let problem = save(connection, 'a', "first");
    let guarded = |connection: &mut AnyConnection, digit| {
        problems::guarded_content(connection, problem, &package(digit)).unwrap()
    };
    assert_eq!(guarded(connection, 'a').as_deref(), Some("first"));
    // An older version of the judge may have left something out.
    save(connection, 'a', "first, and more");
    save(connection, 'b', "second");
    assert_eq!(guarded(connection, 'a').as_deref(), Some("first, and more"));
    assert_eq!(guarded(connection, 'b').as_deref(), Some("second"));
    assert_eq!(guarded(connection, 'c'), None);
}

fn a_contest_is_made_once_and_a_problem_added_once(database: &TestDatabase) {
    let connection = &mut database.connection();
    let demo = contests::ensure(connection, "demo", "Demo").unwrap();
    assert_eq!(contests::ensure(connection, "demo", "Demo").unwrap(), demo);
    let problem = problems::save_version(connection, &version("sum", 'a')).unwrap().problem;
    assert_eq!(contests::of_problem(connection, problem).unwrap(), None);
    contests::add_problem(connection, demo.id, problem).unwrap();
    contests::add_problem(connection, demo.id, problem).unwrap();
    assert_eq!(contests::of_problem(connection, problem).unwrap(), Some(demo.id));
    assert_eq!(contests::list(connection).unwrap(), [demo]);
}
