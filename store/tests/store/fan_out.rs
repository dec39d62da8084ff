//! Several functions judge the test cases of one submission: each is somebody's, and its result is kept once.

use crate::support::{Scene, TestDatabase, on_each_database};
use judge_types::{
    CompileResult, Conclusion, ExecutionUsage, JudgeTask, JudgementId, JudgingError,
    JudgingErrorKind, Lane, RunUsage, SubmissionId, TaskKey, Verdict,
};
use std::collections::BTreeSet;
use std::sync::Mutex;
use store::executions::{self, ExecutionEnding, HelpExecution};
use store::fan_out::{self, FanOut, Shared, SharedRun};
use store::leases::{self, Claim, Lease, LeaseError};
use store::metering::{self, Period};
use store::{AnyConnection, outbox};
use time::Duration;

const LONG: Duration = Duration::minutes(5);

on_each_database! {
    test_cases_are_taken_in_order_kept_once_and_gone_with_the_verdict,
    what_nobody_renews_is_anothers,
    what_need_not_be_judged_is_nobodys,
    of_many_functions_exactly_one_gets_each_test_case,
    helpers_come_last_and_are_not_missed,
    who_waits_is_seen_and_what_got_on_is_counted_anew,
    what_others_have_judged_is_not_on_the_bill_of_the_dead,
    what_an_older_version_has_ended_is_forgotten,
    a_judgement_that_is_anothers_is_not_opened,
    what_helpers_used_is_on_the_bill,
    a_preview_that_is_cancelled_needs_no_help,
}

const COMPILED: CompileResult = CompileResult {
    success: true,
    output: String::new(),
    usage: RunUsage { cpu_ms: 1, wall_ms: 2, memory_bytes: 3 },
};

fn shared() -> FanOut {
    FanOut {
        artefact: "compiled/x".into(),
        artefact_hash: "ab".into(),
        toolchain: "gcc".into(),
        compile: COMPILED,
    }
}

/// The task that was queued for a judgement, taken off the queue.
fn take(connection: &mut AnyConnection) -> JudgeTask {
    let taken = outbox::take(connection, LONG).unwrap().unwrap();
    serde_json::from_str(&taken.task).unwrap()
}

/// As far as test cases go.
const LAST: u32 = 1_000;

/// Two test cases, open to helpers.
const TWO: Shared<'_> = Shared { judged: &[], worker: "first", open: &[1, 2] };

/// A judgement of 12 test cases, of which those from 3 on are open to two helpers.
fn open(connection: &mut AnyConnection) -> (Lease, SubmissionId, JudgementId) {
    let (submission, judgement) = Scene::new(connection).submit(connection);
    let task = take(connection);
    let lease = claim(connection, judgement);
    lease.fetched(connection, 12).unwrap();
    lease.compiled(connection, &COMPILED).unwrap();
    let ordinals: Vec<u32> = (3..=12).collect();
    let own = [(1, "done".to_owned()), (2, "done".to_owned())];
    let cases = Shared { judged: &own, worker: "first", open: &ordinals };
    lease.open_to_others(connection, &shared(), &cases, &task, 2).unwrap();
    (lease, submission, judgement)
}

fn claim(connection: &mut AnyConnection, judgement: JudgementId) -> Lease {
    match leases::claim(connection, judgement, "first", LONG).unwrap() {
        Claim::Granted(lease) => lease,
        other => panic!("not granted: {other:?}"),
    }
}

fn finish(connection: &mut AnyConnection, lease: &Lease) {
    let conclusion = Conclusion::pass_fail(Verdict::Accepted, RunUsage::default());
    lease.finish(connection, &conclusion, &ExecutionUsage::default()).unwrap();
}

fn test_cases_are_taken_in_order_kept_once_and_gone_with_the_verdict(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (lease, _, judgement) = open(connection);
    assert_eq!(fan_out::find(connection, judgement).unwrap(), Some(shared()));
    let take = |connection: &mut AnyConnection, worker, most| {
        fan_out::claim(connection, judgement, worker, most, LAST, LONG).unwrap()
    };
    assert_eq!(take(connection, "first", 2), [3, 4]);
    assert_eq!(take(connection, "second", 3), [5, 6, 7]);
    assert_eq!(fan_out::look(connection, judgement, 13).unwrap(), SharedRun::Unshared);
    let before = SharedRun::Judged("done".into());
    assert_eq!(fan_out::look(connection, judgement, 2).unwrap(), before, "it need not be again");
    assert_eq!(fan_out::look(connection, judgement, 5).unwrap(), SharedRun::Waited);
    let keep = |connection: &mut AnyConnection, worker, ordinal, result| {
        fan_out::store(connection, judgement, worker, ordinal, result).unwrap()
    };
    assert!(!keep(connection, "second", 4, "not its own"));
    assert!(!keep(connection, "second", 8, "nobody's"));
    assert!(keep(connection, "second", 5, "first word"));
    assert!(!keep(connection, "second", 5, "second word"));
    let result = fan_out::look(connection, judgement, 5).unwrap();
    assert_eq!(result, SharedRun::Judged("first word".into()));
    assert_eq!(fan_out::count_judged(connection, judgement).unwrap(), 3);
    fan_out::release(connection, judgement, "second").unwrap();
    let up_to = fan_out::claim(connection, judgement, "none", 9, 5, LONG).unwrap();
    assert_eq!(up_to, [0_u32; 0], "of those up to 5 none is free");
    assert_eq!(take(connection, "third", 9), [6, 7, 8, 9, 10, 11, 12]);

    finish(connection, &lease);
    assert_eq!(fan_out::find(connection, judgement).unwrap(), None);
    assert!(!keep(connection, "third", 6, "too late"));
    assert_eq!(fan_out::renew(connection, judgement, "third", LONG).unwrap(), 0);
    assert_eq!(outbox::depth(connection).unwrap(), (0, 0), "the helpers' tasks as well");
}

fn what_nobody_renews_is_anothers(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (_, _, judgement) = open(connection);
    let at_once = Duration::ZERO;
    assert_eq!(fan_out::claim(connection, judgement, "slow", 2, LAST, at_once).unwrap(), [3, 4]);
    assert_eq!(fan_out::renew(connection, judgement, "slow", LONG).unwrap(), 2);
    assert_eq!(fan_out::claim(connection, judgement, "quick", 1, LAST, LONG).unwrap(), [5]);
    assert_eq!(fan_out::renew(connection, judgement, "slow", at_once).unwrap(), 2);
    assert_eq!(fan_out::claim(connection, judgement, "quick", 2, LAST, LONG).unwrap(), [3, 4]);
    assert!(!fan_out::store(connection, judgement, "slow", 3, "late").unwrap());
    assert_eq!(fan_out::renew(connection, judgement, "slow", LONG).unwrap(), 0);
}

fn what_need_not_be_judged_is_nobodys(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (_, _, judgement) = open(connection);
    assert_eq!(fan_out::claim(connection, judgement, "one", 4, LAST, LONG).unwrap(), [3, 4, 5, 6]);
    assert!(fan_out::store(connection, judgement, "one", 3, "right").unwrap());
    assert!(fan_out::store(connection, judgement, "one", 5, "wrong").unwrap());
    fan_out::cancel_after(connection, judgement, 5).unwrap();
    assert_eq!(fan_out::renew(connection, judgement, "one", LONG).unwrap(), 1, "only 4 is left");
    assert_eq!(fan_out::claim(connection, judgement, "two", 9, LAST, LONG).unwrap(), [0_u32; 0]);
    fan_out::skip_before(connection, judgement, 5).unwrap();
    assert_eq!(fan_out::renew(connection, judgement, "one", LONG).unwrap(), 0);
    // What was judged stays.
    assert_eq!(fan_out::count_judged(connection, judgement).unwrap(), 4);
}

fn of_many_functions_exactly_one_gets_each_test_case(database: &TestDatabase) {
    let (_, _, judgement) = open(&mut database.connection());
    let taken = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for worker in ["a", "b", "c", "d"] {
            let taken = &taken;
            scope.spawn(move || {
                let connection = &mut database.connection();
                // Whoever finds nothing free looks again: another may be about to take less than it sees.
                while fan_out::count_judged(connection, judgement).unwrap() < 12 {
                    for ordinal in
                        fan_out::claim(connection, judgement, worker, 2, LAST, LONG).unwrap()
                    {
                        taken.lock().unwrap().push(ordinal);
                        assert!(
                            fan_out::store(connection, judgement, worker, ordinal, "").unwrap()
                        );
                    }
                }
            });
        }
    });
    let taken = taken.into_inner().unwrap();
    assert_eq!(taken.len(), 10);
    assert_eq!(taken.into_iter().collect::<BTreeSet<_>>(), (3..=12).collect());
}

fn helpers_come_last_and_are_not_missed(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (_, _, judgement) = open(connection);
    let scene = Scene { user: crate::support::user(connection, "bob"), ..scene_of(connection) };
    let again = store::submissions::NewSubmission { lane: Lane::Rejudge, ..scene.submission() };
    store::submissions::create(connection, &again, None).unwrap();
    assert_eq!(take(connection).helper, 0, "the least urgent submission goes before");
    let (one, two) = (take(connection), take(connection));
    assert_eq!([one.helper, two.helper], [1, 2]);
    assert_eq!([one.judgement, two.judgement], [judgement; 2]);
    assert_eq!(outbox::take(connection, LONG).unwrap(), None);

    outbox::put_back(connection, one.key(), Duration::ZERO, outbox::PutBack::Uncounted).unwrap();
    assert_eq!(take(connection).key(), one.key());
    assert!(outbox::acknowledge(connection, one.key()).unwrap());
    outbox::put_back(connection, one.key(), Duration::ZERO, outbox::PutBack::Uncounted).unwrap();
    assert_eq!(outbox::take(connection, LONG).unwrap(), None, "is done");
    assert!(!outbox::acknowledge(connection, judgement).unwrap(), "has no verdict yet");
}

/// The problem that is there, for somebody else to submit to.
fn scene_of(connection: &mut AnyConnection) -> Scene {
    let problem = store::problems::by_short_name(connection, "sum").unwrap().unwrap().id;
    let files = vec![judge_types::SourceFile::new("a.py", b"print(2)".to_vec()).unwrap()];
    Scene { user: crate::support::user(connection, "eve"), files, problem }
}

fn a_judgement_that_is_anothers_is_not_opened(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (_, judgement) = Scene::new(connection).submit(connection);
    let task = take(connection);
    let lost = claim(connection, judgement);
    lost.compiled(connection, &COMPILED).unwrap();
    leases::release_dead(connection, judgement, "first").unwrap();
    let opened = lost.open_to_others(connection, &shared(), &TWO, &task, 3);
    assert!(matches!(opened, Err(LeaseError::Lost(_))), "{opened:?}");
    assert_eq!(fan_out::find(connection, judgement).unwrap(), None);
    assert_eq!(outbox::depth(connection).unwrap(), (0, 1), "only its own task");

    let error = JudgingError::new(JudgingErrorKind::Host, "broken");
    let lease = claim(connection, judgement);
    lease.compiled(connection, &COMPILED).unwrap();
    lease.open_to_others(connection, &shared(), &TWO, &task, 3).unwrap();
    lease.fail(connection, &error, &ExecutionUsage::default()).unwrap();
    assert_eq!(fan_out::find(connection, judgement).unwrap(), None);
}

fn what_helpers_used_is_on_the_bill(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (lease, _, judgement) = open(connection);
    let key = TaskKey { judgement, helper: 2 };
    let usage = |cpu_ms| ExecutionUsage { cpu_ms, wall_ms: 10, ..ExecutionUsage::default() };
    let dead = HelpExecution::begin(connection, key, &usage(0)).unwrap();
    dead.record(connection, &usage(100), ExecutionEnding::Lost).unwrap();
    let next = HelpExecution::begin(connection, key, &usage(0)).unwrap();
    next.record(connection, &usage(1_000), ExecutionEnding::Finished).unwrap();
    finish(connection, &lease);

    let helps = executions::of_helpers(connection, judgement).unwrap();
    let told: Vec<_> =
        helps.iter().map(|help| (help.key, help.attempt, help.usage.cpu_ms)).collect();
    assert_eq!(told, [(key, 1, 100), (key, 2, 1_000)]);
    assert_eq!(executions::of_judgement(connection, judgement).unwrap().len(), 1);
    let now = judge_types::now();
    let period = Period { from: now - Duration::HOUR, until: now + Duration::HOUR };
    let total = metering::total(connection, period).unwrap();
    assert_eq!((total.executions, total.lost, total.cpu_ms), (3, 1, 1_100));
}

fn a_preview_that_is_cancelled_needs_no_help(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let (submission, judgement) = scene.submit(connection);
    take(connection);
    let lease = claim(connection, judgement);
    finish(connection, &lease);
    let by = scene.user.id;
    let id = crate::rejudgings::make(connection, by, judge_types::RejudgingKind::Preview);
    let preview = crate::rejudgings::new_judgement(connection, id, submission);
    let task = take(connection);
    let lease = claim(connection, preview);
    lease.compiled(connection, &COMPILED).unwrap();
    lease.open_to_others(connection, &shared(), &TWO, &task, 2).unwrap();
    // Its function hands over.
    lease.release(connection, &ExecutionUsage::default()).unwrap();
    store::rejudgings::cancel(connection, id, by, None).unwrap();
    assert_eq!(fan_out::find(connection, preview).unwrap(), None);
    assert_eq!(fan_out::claim(connection, preview, "helper", 2, LAST, LONG).unwrap(), [0_u32; 0]);
    assert_eq!(outbox::depth(connection).unwrap(), (0, 0));
}

fn who_waits_is_seen_and_what_got_on_is_counted_anew(database: &TestDatabase) {
    let connection = &mut database.connection();
    open(connection);
    let waits = |connection: &mut AnyConnection, since| {
        outbox::is_anyone_waiting(connection, since).unwrap()
    };
    assert!(!waits(connection, Duration::ZERO), "helpers' tasks do not count");
    let scene = scene_of(connection);
    let (_, judgement) = scene.submit(connection);
    assert!(waits(connection, Duration::ZERO));
    assert!(!waits(connection, Duration::MINUTE), "not for as long as that");
    for counted in [outbox::PutBack::Counted, outbox::PutBack::Counted, outbox::PutBack::Anew] {
        take(connection);
        assert!(!waits(connection, Duration::ZERO), "somebody has it");
        outbox::put_back(connection, judgement, Duration::ZERO, counted).unwrap();
    }
    let taken = outbox::take(connection, LONG).unwrap().unwrap();
    assert_eq!((taken.judgement, taken.deliveries), (judgement, 1));
}

fn what_others_have_judged_is_not_on_the_bill_of_the_dead(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (lease, _, judgement) = open(connection);
    for (ordinal, worker) in [(3, "first"), (4, "second")] {
        assert_eq!(
            fan_out::claim(connection, judgement, worker, 1, LAST, LONG).unwrap(),
            [ordinal]
        );
        assert!(fan_out::store(connection, judgement, worker, ordinal, "done").unwrap());
    }
    for ordinal in 1..=4 {
        let usage = RunUsage { cpu_ms: 10_u64.pow(ordinal), wall_ms: 1, memory_bytes: 1 };
        let run = judge_types::RunResult {
            ordinal,
            test_case: format!("secret/{ordinal}"),
            is_sample: false,
            score: None,
            transcript: None,
            output: None,
            error_output: None,
            verdict: Verdict::Accepted,
            usage,
            ending: String::new(),
            judge_message: None,
            team_message: None,
        };
        lease.add_run(connection, &run, 12).unwrap();
    }
    assert!(leases::release_dead(connection, judgement, "first").unwrap());
    let lost = executions::of_judgement(connection, judgement).unwrap();
    assert_eq!(lost[0].1.cpu_ms, 10 + 100 + 1_000);
}

fn what_an_older_version_has_ended_is_forgotten(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (_, _, judgement) = open(connection);
    assert_eq!(fan_out::close_ended(connection).unwrap(), 0);
    let update = format!("UPDATE judgements SET state = 'finished' WHERE id = '{judgement}'");
    diesel::connection::SimpleConnection::batch_execute(&mut **connection, &update).unwrap();
    assert_eq!(fan_out::close_ended(connection).unwrap(), 1);
    assert_eq!(fan_out::find(connection, judgement).unwrap(), None);
}
