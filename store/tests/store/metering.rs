//! The bill: every execution is on it, and sums are the same however they are grouped.

use crate::support::{Scene, TestDatabase, on_each_database, package, user, version};
use judge_types::{
    CompileResult, Conclusion, ExecutionUsage, JudgementId, JudgingError, JudgingErrorKind, Lane,
    Limits, RunResult, RunUsage, Verdict,
};
use store::executions::{self, ExecutionEnding};
use store::leases::{self, Claim, Lease};
use store::metering::{self, Dimension, Group, Period, Usage};
use store::submissions::{self, NewSubmission, Submitted};
use store::{AnyConnection, contests, problems};
use time::Duration;

on_each_database! {
    sums_are_the_same_by_every_dimension,
    groups_come_in_pages,
    a_period_begins_with_its_first_moment_and_ends_before_its_last,
    sums_go_beyond_what_one_number_of_the_database_holds,
    however_an_execution_ends_it_is_on_the_bill,
    a_dead_function_is_billed_what_is_known_of_it,
    waiting_is_counted_once,
}

const LONG: Duration = Duration::minutes(5);

fn claim(connection: &mut AnyConnection, judgement: JudgementId) -> Lease {
    match leases::claim(connection, judgement, "worker", LONG).unwrap() {
        Claim::Granted(lease) => lease,
        other => panic!("not granted: {other:?}"),
    }
}

fn today() -> Period {
    let day = judge_types::now().date();
    // A day more on both sides, for a test that runs at midnight.
    Period::of_days(day - Duration::DAY, day + Duration::DAY).unwrap()
}

fn groups(connection: &mut AnyConnection, by: Dimension) -> Vec<Group> {
    metering::by(connection, by, today(), None, 100).unwrap()
}

fn keys(groups: &[Group]) -> Vec<&str> {
    groups.iter().map(|group| group.key.as_str()).collect()
}

fn sum(groups: &[Group]) -> Usage {
    groups.iter().fold(Usage::default(), |sum, Group { usage, .. }| Usage {
        executions: sum.executions + usage.executions,
        lost: sum.lost + usage.lost,
        cpu_ms: sum.cpu_ms + usage.cpu_ms,
        wall_ms: sum.wall_ms + usage.wall_ms,
        gb_seconds: sum.gb_seconds + usage.gb_seconds,
        cold_start_ms: sum.cold_start_ms + usage.cold_start_ms,
        queue_wait_ms: sum.queue_wait_ms + usage.queue_wait_ms,
        transferred_bytes: sum.transferred_bytes + usage.transferred_bytes,
    })
}

/// Figures of which no two are alike, `n` times.
fn used(n: u64) -> ExecutionUsage {
    ExecutionUsage {
        cpu_ms: 10 * n,
        wall_ms: 1_000 * n,
        memory_bytes: 500_000_000,
        cold_start_ms: 3 * n,
        queue_wait_ms: 7 * n,
        transferred_bytes: 11 * n,
    }
}

fn judge(connection: &mut AnyConnection, judgement: JudgementId, usage: &ExecutionUsage) {
    let lease = claim(connection, judgement);
    lease
        .finish(connection, &Conclusion::pass_fail(Verdict::Accepted, RunUsage::default()), usage)
        .unwrap();
}

/// Two teams, two problems, one of them in a contest, two languages: 1, 2 and 4 times the figures.
fn three_judged(connection: &mut AnyConnection) {
    let scene = Scene::new(connection);
    let eve = user(connection, "eve").id;
    let other = problems::save_version(connection, &version("other", 'b')).unwrap().problem;
    let contest = contests::ensure(connection, "finals", "The finals").unwrap().id;
    let of = |user, problem, contest, language| NewSubmission {
        user,
        problem,
        contest,
        language,
        files: &scene.files,
        package: package('a'),
        limits: Limits::default(),
        lane: Lane::Contest,
        idempotency_key: None,
        trace: None,
    };
    let sent = [
        (of(scene.user.id, scene.problem, Some(contest), "python3"), 1),
        (of(scene.user.id, other, None, "cpp20"), 2),
        (of(eve, scene.problem, Some(contest), "cpp20"), 4),
    ];
    for (new, times) in sent {
        let made = submissions::create(connection, &new, None).unwrap();
        let Submitted::Created(_, judgement) = made else { panic!("{made:?}") };
        judge(connection, judgement, &used(times));
    }
}

fn sums_are_the_same_by_every_dimension(database: &TestDatabase) {
    let connection = &mut database.connection();
    three_judged(connection);
    let total = metering::total(connection, today()).unwrap();
    assert_eq!((total.executions, total.lost, total.cpu_ms, total.wall_ms), (3, 0, 70, 7_000));
    assert_eq!((total.cold_start_ms, total.queue_wait_ms, total.transferred_bytes), (21, 49, 77));
    assert!((total.gb_seconds - 3.5).abs() < 1e-9, "{total:?}");
    for dimension in Dimension::ALL {
        let sum = sum(&groups(connection, dimension));
        assert!((sum.gb_seconds - total.gb_seconds).abs() < 1e-9);
        assert_eq!(Usage { gb_seconds: total.gb_seconds, ..sum }, total, "{dimension:?}");
    }
    let cpu = |groups: Vec<Group>| -> Vec<(String, u64)> {
        groups.into_iter().map(|group| (group.key, group.usage.cpu_ms)).collect()
    };
    let named = |pairs: &[(&str, u64)]| -> Vec<(String, u64)> {
        pairs.iter().map(|(key, cpu)| ((*key).to_owned(), *cpu)).collect()
    };
    assert_eq!(cpu(groups(connection, Dimension::Contest)), named(&[("", 20), ("finals", 50)]));
    assert_eq!(cpu(groups(connection, Dimension::Problem)), named(&[("other", 20), ("sum", 50)]));
    assert_eq!(cpu(groups(connection, Dimension::Team)), named(&[("ada", 30), ("eve", 40)]));
    assert_eq!(
        cpu(groups(connection, Dimension::Language)),
        named(&[("cpp20", 60), ("python3", 10)])
    );
    let days = groups(connection, Dimension::Day);
    let now = judge_types::now().date().to_string();
    assert!(keys(&days).contains(&now.as_str()), "{days:?}");
}

fn groups_come_in_pages(database: &TestDatabase) {
    let connection = &mut database.connection();
    three_judged(connection);
    let page = |connection: &mut AnyConnection, after| {
        let page = metering::by(connection, Dimension::Contest, today(), after, 1).unwrap();
        keys(&page).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(page(connection, None), [""]);
    assert_eq!(page(connection, Some("")), ["finals"]);
    assert_eq!(page(connection, Some("finals")), [""; 0]);
}

fn a_period_begins_with_its_first_moment_and_ends_before_its_last(database: &TestDatabase) {
    let connection = &mut database.connection();
    three_judged(connection);
    let (start, end) = (today().from, today().until);
    let day = time::macros::date!(2026 - 02 - 28);
    use diesel::connection::SimpleConnection;
    let moved = "UPDATE executions SET finished_at = '2026-02-28 23:59:59.999999'";
    connection.batch_execute(moved).unwrap();
    let count = |connection: &mut AnyConnection, period: Period| {
        metering::total(connection, period).unwrap().executions
    };
    let of_day = Period::of_days(day, day).unwrap();
    assert_eq!(count(connection, of_day), 3);
    assert_eq!(
        keys(&metering::by(connection, Dimension::Day, of_day, None, 9).unwrap()),
        ["2026-02-28"]
    );
    let next = day.next_day().unwrap();
    assert_eq!(count(connection, Period::of_days(next, next).unwrap()), 0);
    assert_eq!(count(connection, Period { from: start, until: end }), 0);
    let at = of_day.until - Duration::microseconds(1);
    assert_eq!(count(connection, Period { from: at, until: of_day.until }), 3);
    assert_eq!(count(connection, Period { from: of_day.from, until: at }), 0);
    assert_eq!(Period::of_days(next, day), None);
}

fn sums_go_beyond_what_one_number_of_the_database_holds(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    // 200 GB for a year: bytes times milliseconds do not fit 64 bits.
    let usage = ExecutionUsage {
        memory_bytes: 200_000_000_000,
        wall_ms: 31_536_000_000,
        ..ExecutionUsage::default()
    };
    for _ in 0..2 {
        let (_, judgement) = scene.submit(connection);
        judge(connection, judgement, &usage);
    }
    let total = metering::total(connection, today()).unwrap();
    assert!((total.gb_seconds / (2.0 * usage.gb_seconds()) - 1.0).abs() < 1e-9, "{total:?}");
}

fn however_an_execution_ends_it_is_on_the_bill(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let (_, judgement) = scene.submit(connection);
    claim(connection, judgement).release(connection, &used(1)).unwrap();
    let error = JudgingError::new(JudgingErrorKind::Package, "broken");
    claim(connection, judgement).fail(connection, &error, &used(2)).unwrap();
    let recorded = executions::of_judgement(connection, judgement).unwrap();
    assert_eq!(recorded, [(1, used(1)), (2, used(2))]);
    assert_eq!(metering::total(connection, today()).unwrap().lost, 0);
    let names: Vec<_> = ExecutionEnding::ALL.map(ExecutionEnding::name).into();
    assert_eq!(names, ["finished", "failed", "released", "lost"]);
}

fn run(ordinal: u32, cpu_ms: u64, memory_bytes: u64) -> RunResult {
    RunResult {
        ordinal,
        test_case: ordinal.to_string(),
        is_sample: false,
        score: None,
        transcript: None,
        output: None,
        error_output: None,
        verdict: Verdict::Accepted,
        usage: RunUsage { cpu_ms, wall_ms: cpu_ms, memory_bytes },
        ending: String::new(),
        judge_message: None,
        team_message: None,
    }
}

fn a_dead_function_is_billed_what_is_known_of_it(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let compiled =
        CompileResult { success: true, output: String::new(), usage: RunUsage::default() };
    let two_runs = |connection: &mut AnyConnection, judgement| {
        let lease = claim(connection, judgement);
        lease.compiled(connection, &compiled).unwrap();
        lease.add_run(connection, &run(1, 30, 5_000), 3).unwrap();
        lease.add_run(connection, &run(2, 40, 4_000), 3).unwrap();
        lease
    };
    // One whose scaler saw it die, and one that nobody missed until its lease had run out.
    let (_, seen) = scene.submit(connection);
    two_runs(connection, seen);
    assert!(leases::release_dead(connection, seen, "worker").unwrap());
    let (_, unseen) = scene.submit(connection);
    two_runs(connection, unseen).renew(connection, Duration::ZERO).unwrap();
    let second = claim(connection, unseen);
    assert_eq!(second.attempt, 2);
    for judgement in [seen, unseen] {
        let recorded = executions::of_judgement(connection, judgement).unwrap();
        let [(1, usage)] = recorded[..] else { panic!("{recorded:?}") };
        assert_eq!((usage.cpu_ms, usage.memory_bytes), (70, 5_000));
        assert!(usage.wall_ms < 60_000, "{usage:?}");
    }
    let total = metering::total(connection, today()).unwrap();
    assert_eq!((total.executions, total.lost, total.cpu_ms), (2, 2, 140));
    // It is not billed twice when the next one ends.
    second.release(connection, &used(1)).unwrap();
    assert_eq!(executions::of_judgement(connection, unseen).unwrap().len(), 2);
}

fn waiting_is_counted_once(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (_, judgement) = Scene::new(connection).submit(connection);
    let first = claim(connection, judgement);
    first.release(connection, &used(1)).unwrap();
    let released_at = judge_types::now();
    let second = claim(connection, judgement);
    assert!(second.queued_at > first.queued_at && second.queued_at <= released_at);
    second.renew(connection, Duration::ZERO).unwrap();
    let third = claim(connection, judgement);
    assert!(third.queued_at >= second.queued_at && third.queued_at <= judge_types::now());
}
