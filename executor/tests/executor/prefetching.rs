//! A scaler fetches the packages of contests that are about to begin.

use crate::metrics::{counted, value, wait_for};
use crate::scaler::{HELLO, start};
use crate::stand::{Judge, PackageFolder};
use crate::tests_on_each_database;
use executor::{PackageCache, Prefetch, ScalerConfig};
use judge_types::{JudgementState, PackageHash};
use libtest_mimic::Trial;
use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};
use store::contests::{self, ContestChange};
use store::problems::Problem;
use store::{blobs, clock, executions};

pub(crate) fn trials() -> Vec<Trial> {
    tests_on_each_database![
        packages_are_here_before_their_contest_begins,
        what_does_not_fit_stays_away_and_takes_no_room_from_others,
        what_cannot_be_fetched_is_tried_again_and_holds_up_nothing,
    ]
}

const FETCHED: &str = "gavel_packages_prefetched_total";
const BEFORE: Duration = Duration::from_secs(15 * 60);

fn cache(judge: &Judge) -> PathBuf {
    judge.folder().join("cache/packages")
}

fn prefetch(judge: &Judge, limit_bytes: u64) -> Option<Prefetch> {
    Some(Prefetch {
        packages: PackageCache::new(cache(judge), limit_bytes),
        blobs: judge.blobs(),
        before: BEFORE,
        look_every: Duration::from_millis(50),
    })
}

/// A contest that begins in so long with these problems.
fn contest(judge: &mut Judge, name: &str, from_now: Duration, problems: &[&Problem]) {
    let connection = &mut judge.connection;
    let contest = contests::ensure(connection, name, name).unwrap();
    let start = clock::now(connection).unwrap() + from_now;
    let change = ContestChange { start_time: Some(Some(start)), ..ContestChange::default() };
    contests::change(connection, contest.id, change).unwrap();
    for problem in problems {
        contests::add_problem(connection, contest.id, problem.id).unwrap();
    }
}

fn is_here(judge: &Judge, package: &PackageHash) -> bool {
    cache(judge).join(package.as_str()).join("in-use").exists()
}

/// How large the package is in the cache, in bytes.
fn bytes(judge: &Judge, package: &PackageHash) -> u64 {
    let entry = cache(judge).join(package.as_str()).join("in-use");
    fs::read_to_string(entry).unwrap().parse().unwrap()
}

/// Packages of one size, each with a content of its own; the larger ones are small while they are packed.
fn sized(number: u32, bytes: usize) -> PackageFolder {
    let answer = format!("{number:04}{}\n", "0".repeat(bytes));
    PackageFolder::new(&[("1\n", "1\n"), ("2\n", &answer)])
}

fn packages_are_here_before_their_contest_begins(mut judge: Judge) {
    let greeting = PackageFolder::greeting();
    let soon = judge.store("test", &greeting);
    let far = judge.store("far", &sized(1, 1));
    let practice = judge.store("practice", &sized(2, 1));
    contest(&mut judge, "soon", BEFORE - Duration::from_secs(60), &[&soon]);
    contest(&mut judge, "far", BEFORE + Duration::from_secs(600), &[&far]);
    let (config, registry) = counted(&mut judge);
    let running = start(ScalerConfig { prefetch: prefetch(&judge, 1 << 30), ..config });
    wait_for(&registry, FETCHED, 1.0);
    assert!(is_here(&judge, &soon.package));

    let id = judge.submit(&greeting, "bash", HELLO);
    judge.bell.ring();
    judge.wait_for(id, JudgementState::is_final);
    let (_, usage) = executions::of_judgement(&mut judge.connection, id).unwrap().remove(0);
    assert_eq!(usage.transferred_bytes, 0, "its function fetched the package");

    let replaced = judge.store("test", &sized(3, 1));
    wait_for(&registry, FETCHED, 2.0);
    assert!(is_here(&judge, &replaced.package));
    assert!(!is_here(&judge, &far.package) && !is_here(&judge, &practice.package));
    running.stop();
}

fn what_does_not_fit_stays_away_and_takes_no_room_from_others(mut judge: Judge) {
    let size = 10_000;
    let old = judge.store("old", &sized(0, size));
    let recent = judge.store("recent", &sized(1, size));
    let one = judge.store("one", &sized(2, size));
    let large = judge.store("large", &sized(3, size * 2));
    let two = judge.store("two", &sized(4, size));
    let three = judge.store("three", &sized(5, size));
    let plain = PackageCache::new(cache(&judge), 1 << 30);
    for package in [&old.package, &recent.package] {
        drop(plain.get(package, &judge.blobs()).unwrap());
    }
    let hours_ago = SystemTime::now() - Duration::from_secs(2 * 3600);
    let last_wanted = File::open(cache(&judge).join(old.package.as_str()).join("in-use")).unwrap();
    last_wanted.set_modified(hours_ago).unwrap();
    // All of one size, but for a few digits: room for three, and for no more than a part of a fourth.
    let limit = bytes(&judge, &recent.package) * 7 / 2;
    contest(&mut judge, "soon", Duration::from_secs(60), &[&one, &large, &two, &three]);
    let (config, registry) = counted(&mut judge);
    let running = start(ScalerConfig { prefetch: prefetch(&judge, limit), ..config });
    wait_for(&registry, FETCHED, 2.0);
    // The look that fetches what is small enough for the rest has come by the others again.
    let small = judge.store("small", &sized(6, 1));
    contest(&mut judge, "soon", Duration::from_secs(60), &[&small]);
    wait_for(&registry, FETCHED, 3.0);
    running.stop();
    let here = |problem: &Problem| is_here(&judge, &problem.package);
    assert_eq!(
        [&old, &recent, &one, &large, &two, &three, &small].map(here),
        [false, true, true, false, true, false, true]
    );
    let kept: u64 =
        [&recent, &one, &two, &small].map(|one| bytes(&judge, &one.package)).iter().sum();
    assert!(kept <= limit);
    let left = fs::read_dir(cache(&judge)).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| !name.to_string_lossy().ends_with(".lock")).collect();
    assert_eq!(left.len(), 4, "{left:?}");
    assert!(value(&registry, FETCHED) == 3.0);
}

fn what_cannot_be_fetched_is_tried_again_and_holds_up_nothing(mut judge: Judge) {
    let lost = judge.store("lost", &sized(1, 1));
    let other = judge.store("other", &sized(2, 1));
    let blob = judge.folder().join("blobs").join(blobs::package_key(&lost.package));
    let aside = judge.folder().join("aside");
    fs::rename(&blob, &aside).unwrap();
    contest(&mut judge, "soon", Duration::from_secs(60), &[&lost, &other]);
    let (config, registry) = counted(&mut judge);
    let running = start(ScalerConfig { prefetch: prefetch(&judge, 1 << 30), ..config });
    wait_for(&registry, FETCHED, 1.0);
    assert!(is_here(&judge, &other.package) && !is_here(&judge, &lost.package));
    fs::rename(&aside, &blob).unwrap();
    wait_for(&registry, FETCHED, 2.0);
    assert!(is_here(&judge, &lost.package));
    running.stop();
}
