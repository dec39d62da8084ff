//! Judging many again: what belongs to a rejudging, what is told of it, and what it comes to.

use crate::support::{Scene, TestDatabase, on_each_database, package, user, version};
use judge_types::{
    Conclusion, ExecutionUsage, JudgementId, JudgementState, JudgingError, JudgingErrorKind,
    ProgressKind, RejudgingFilter, RejudgingId, RejudgingKind, RejudgingOutcome, RejudgingState,
    RunUsage, Score, SubmissionId, UserId, Verdict,
};
use store::leases::{Claim, Lease};
use store::rejudgings::{self, Cell, Closed, Creation, NewRejudging, Standing, Which};
use store::submissions::NewSubmission;
use store::{
    AnyConnection, contests, dead_letters, events, judgements, leases, outbox, problems,
    submissions,
};
use time::Duration;

on_each_database! {
    a_filter_means_what_all_its_conditions_say,
    a_number_that_is_large_must_be_confirmed,
    a_preview_is_told_of_once_it_is_applied_and_not_before,
    a_direct_rejudging_counts_at_once,
    what_a_crash_cut_off_is_gone_on_with,
    the_package_is_that_of_when_it_was_made,
    before_all_are_judged_it_is_applied_only_if_that_is_asked_for,
    what_was_judged_otherwise_since_or_has_no_verdict_is_skipped,
    a_cancelled_preview_drops_what_waits_and_never_counts,
    a_direct_rejudging_cannot_be_closed,
    a_preview_whose_function_died_is_on_the_bill,
    a_comparison_counts_every_submission_once,
    another_score_is_a_change_though_the_verdict_stays,
}

const LONG: Duration = Duration::minutes(5);

/// What a jury asks for, without confirming a number.
pub(crate) fn create(
    connection: &mut AnyConnection,
    by: UserId,
    kind: RejudgingKind,
    filter: &RejudgingFilter,
) -> Creation {
    let new = NewRejudging {
        reason: "the tests were wrong\0",
        kind,
        filter,
        by,
        confirmed: None,
        most_unconfirmed: 1_000,
    };
    rejudgings::create(connection, &new).unwrap()
}

/// Makes a rejudging of everything, with all its judgements.
pub(crate) fn make(connection: &mut AnyConnection, by: UserId, kind: RejudgingKind) -> RejudgingId {
    let made = create(connection, by, kind, &RejudgingFilter::default());
    let Creation::Made(id) = made else { panic!("{made:?}") };
    while !rejudgings::make_some(connection, id, None).unwrap().is_last {}
    id
}

pub(crate) fn claim(connection: &mut AnyConnection, judgement: JudgementId) -> Lease {
    match leases::claim(connection, judgement, "worker", LONG).unwrap() {
        Claim::Granted(lease) => lease,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn finish(connection: &mut AnyConnection, lease: &Lease, verdict: Verdict) {
    let usage = RunUsage { cpu_ms: 7, wall_ms: 8, memory_bytes: 9 };
    let conclusion = Conclusion::pass_fail(verdict, usage);
    lease.finish(connection, &conclusion, &ExecutionUsage::default()).unwrap();
}

fn judge(connection: &mut AnyConnection, judgement: JudgementId, verdict: Verdict) {
    let lease = claim(connection, judgement);
    finish(connection, &lease, verdict);
}

/// A submission with this verdict.
fn judged(
    connection: &mut AnyConnection,
    new: &NewSubmission<'_>,
    verdict: Verdict,
) -> SubmissionId {
    let made = submissions::create(connection, new, None).unwrap();
    let submissions::Submitted::Created(submission, judgement) = made else { panic!("{made:?}") };
    judge(connection, judgement, verdict);
    submission
}

/// The judgement of a rejudging on a submission.
pub(crate) fn new_judgement(
    connection: &mut AnyConnection,
    rejudging: RejudgingId,
    submission: SubmissionId,
) -> JudgementId {
    let all = judgements::of_submission(connection, submission).unwrap();
    all.into_iter().find(|judgement| judgement.rejudging == Some(rejudging)).unwrap().id
}

fn current(connection: &mut AnyConnection, submission: SubmissionId) -> Option<Verdict> {
    submissions::by_id(connection, submission).unwrap().unwrap().judgement.verdict
}

fn state(connection: &mut AnyConnection, id: RejudgingId) -> RejudgingState {
    rejudgings::by_id(connection, id).unwrap().unwrap().state()
}

fn apply(connection: &mut AnyConnection, id: RejudgingId, by: UserId) -> Closed {
    rejudgings::apply(connection, id, by, None, false).unwrap()
}

fn a_filter_means_what_all_its_conditions_say(database: &TestDatabase) {
    let connection = &mut database.connection();
    let ada = Scene::new(connection);
    let grace = user(connection, "Grace").id;
    let other = problems::save_version(connection, &version("other", 'b')).unwrap().problem;
    let contest = contests::ensure(connection, "finals", "The finals").unwrap().id;
    let base = ada.submission();
    let first = judged(connection, &base, Verdict::Accepted);
    let in_contest = NewSubmission { contest: Some(contest), ..base.clone() };
    let second = judged(connection, &in_contest, Verdict::WrongAnswer);
    let java = NewSubmission { user: grace, language: "java", ..base.clone() };
    let third = judged(connection, &java, Verdict::WrongAnswer);
    let elsewhere = NewSubmission { problem: other, ..base.clone() };
    let (fourth, _) = match submissions::create(connection, &elsewhere, None).unwrap() {
        submissions::Submitted::Created(submission, judgement) => (submission, judgement),
        unexpected => panic!("{unexpected:?}"),
    };
    let second_at = submissions::by_id(connection, second).unwrap().unwrap().submitted_at;
    let text = |word: &str| vec![word.to_owned()];
    let none = RejudgingFilter::default;
    let cases = [
        (none(), vec![first, second, third, fourth]),
        (RejudgingFilter { problem_ids: text("other"), ..none() }, vec![fourth]),
        (RejudgingFilter { contest_ids: text("finals"), ..none() }, vec![second]),
        (RejudgingFilter { language_ids: text("java"), ..none() }, vec![third]),
        (RejudgingFilter { usernames: text("gRACE"), ..none() }, vec![third]),
        (RejudgingFilter { usernames: text("no\0body"), ..none() }, vec![]),
        (RejudgingFilter { verdicts: vec![Verdict::WrongAnswer], ..none() }, vec![second, third]),
        (
            RejudgingFilter { submitted_from: Some(second_at), ..none() },
            vec![second, third, fourth],
        ),
        (RejudgingFilter { submitted_until: Some(second_at), ..none() }, vec![first]),
        (RejudgingFilter { submission_ids: vec![third, first], ..none() }, vec![first, third]),
        (
            RejudgingFilter {
                verdicts: vec![Verdict::WrongAnswer, Verdict::Accepted],
                usernames: text("ada"),
                problem_ids: vec!["sum".into(), "other".into()],
                ..none()
            },
            vec![first, second],
        ),
    ];
    for (filter, expected) in cases {
        assert_eq!(rejudgings::count(connection, &filter).unwrap(), expected.len() as u64);
        let made = create(connection, grace, RejudgingKind::Preview, &filter);
        let Creation::Made(id) = made else {
            assert!(expected.is_empty() && made == Creation::Empty, "{filter:?}");
            continue;
        };
        let members = rejudgings::submissions(connection, id, Which::All, None, 10).unwrap();
        let members: Vec<_> = members.iter().map(|member| member.submission).collect();
        assert_eq!(members, expected, "{filter:?}");
        let kept = rejudgings::by_id(connection, id).unwrap().unwrap();
        assert_eq!((&kept.filter, kept.made_by.as_str()), (&filter, "Grace"));
        assert_eq!(kept.reason, "the tests were wrong\u{fffd}");
    }
}

fn a_number_that_is_large_must_be_confirmed(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let filter = RejudgingFilter::default();
    for _ in 0..3 {
        scene.submit(connection);
    }
    let mut made = |confirmed, most_unconfirmed| {
        let (kind, by) = (RejudgingKind::Direct, scene.user.id);
        let new =
            NewRejudging { reason: "why", kind, filter: &filter, by, confirmed, most_unconfirmed };
        rejudgings::create(connection, &new).unwrap()
    };
    assert_eq!(made(None, 2), Creation::Unconfirmed(3));
    assert_eq!(made(Some(2), 2), Creation::Unconfirmed(3));
    assert_eq!(made(Some(4), 9), Creation::Unconfirmed(3));
    assert!(matches!(made(Some(3), 2), Creation::Made(_)));
    assert!(matches!(made(None, 3), Creation::Made(_)));
    assert_eq!(rejudgings::list(connection, None, 10).unwrap().len(), 2);
}

fn a_preview_is_told_of_once_it_is_applied_and_not_before(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let submission = judged(connection, &scene.submission(), Verdict::WrongAnswer);
    let told = |connection: &mut AnyConnection| {
        let seen = submissions::by_id(connection, submission).unwrap().unwrap();
        (seen.last_sequence, seen.judgement, events::list_after(connection, submission, 0).unwrap())
    };
    let before = told(connection);
    let id = make(connection, scene.user.id, RejudgingKind::Preview);
    let new = new_judgement(connection, id, submission);
    assert_eq!(told(connection), before);
    // One who waits in the lane of rejudgings does not wait behind it.
    let (waiting, _) = scene.submit(connection);
    let again = crate::dead_letters::again(waiting);
    let again = judgements::NewJudgement { lane: judge_types::Lane::Rejudge, ..again };
    let direct = judgements::rejudge(connection, &again).unwrap();
    let places = outbox::Positions::default();
    // Behind its own first judgement alone.
    assert_eq!(places.of(connection, direct).unwrap(), Some(2));
    assert_eq!(outbox::position(connection, new).unwrap(), None);

    let lease = claim(connection, new);
    lease.fetched(connection, 1).unwrap();
    lease.release(connection, &ExecutionUsage::default()).unwrap();
    assert_eq!(state(connection, id), RejudgingState::Judging);
    judge(connection, new, Verdict::Accepted);
    assert_eq!(told(connection), before);
    assert_eq!(state(connection, id), RejudgingState::Ready);
    let kept = judgements::by_id(connection, new).unwrap().unwrap();
    let log = events::of_judgement(connection, &kept).unwrap();
    let log: Vec<_> = log.iter().map(|event| (event.sequence, event.kind.name())).collect();
    let expected =
        [(1, "started"), (2, "fetched"), (3, "released"), (4, "started"), (5, "finished")];
    assert_eq!(log, expected);

    assert_eq!(apply(connection, id, scene.user.id), Closed::Done);
    let after = told(connection);
    assert_eq!((after.1.id, after.1.verdict), (new, Some(Verdict::Accepted)));
    assert_eq!(after.0, before.0 + 1);
    let last = after.2.last().unwrap();
    let usage = RunUsage { cpu_ms: 7, wall_ms: 8, memory_bytes: 9 };
    assert_eq!((last.sequence, last.judgement), (before.0 + 1, new));
    assert_eq!(
        last.kind,
        ProgressKind::Finished { verdict: Verdict::Accepted, usage, score: None }
    );
    assert_eq!(state(connection, id), RejudgingState::Applied);
}

fn a_direct_rejudging_counts_at_once(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let submission = judged(connection, &scene.submission(), Verdict::WrongAnswer);
    let (waiting, _) = scene.submit(connection);
    let id = make(connection, scene.user.id, RejudgingKind::Direct);
    for submission in [submission, waiting] {
        let seen = submissions::by_id(connection, submission).unwrap().unwrap();
        let new = new_judgement(connection, id, submission);
        assert_eq!((seen.judgement.id, seen.judgement.state), (new, JudgementState::Queued));
        let last = events::list_after(connection, submission, 0).unwrap().pop().unwrap();
        assert_eq!((last.sequence, last.judgement), (seen.last_sequence, new));
        assert_eq!(last.kind, ProgressKind::Queued);
    }
    assert_eq!(state(connection, id), RejudgingState::Judging);
    for submission in [submission, waiting] {
        let new = new_judgement(connection, id, submission);
        judge(connection, new, Verdict::Accepted);
    }
    assert_eq!(state(connection, id), RejudgingState::Applied);
    let changed = rejudgings::submissions(connection, id, Which::Changed, None, 10).unwrap();
    assert_eq!(changed.len(), 2, "one of them had no verdict before");
}

/// More than are made in one transaction.
const MANY: usize = 520;

fn what_a_crash_cut_off_is_gone_on_with(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let all: Vec<_> = (0..MANY).map(|_| scene.submit(connection).0).collect();
    let made =
        create(connection, scene.user.id, RejudgingKind::Preview, &RejudgingFilter::default());
    let Creation::Made(id) = made else { panic!("{made:?}") };
    let first = rejudgings::make_some(connection, id, None).unwrap();
    assert!(first.judgements > 0 && !first.is_last);
    // Here the crash; what was submitted since does not belong to it.
    scene.submit(connection);
    assert_eq!(rejudgings::unmade(connection).unwrap(), [id]);
    assert_eq!(state(connection, id), RejudgingState::Judging);
    let made = crate::races::at_once(database, 4, |connection, _| {
        let mut judgements = 0;
        loop {
            let batch = rejudgings::make_some(connection, id, None).unwrap();
            judgements += batch.judgements;
            if batch.is_last {
                return judgements;
            }
        }
    });
    assert_eq!(made.iter().sum::<u64>() + first.judgements, MANY as u64);
    assert!(rejudgings::unmade(connection).unwrap().is_empty());
    for submission in all {
        assert_eq!(judgements::of_submission(connection, submission).unwrap().len(), 2);
    }
    let progress = rejudgings::by_id(connection, id).unwrap().unwrap().progress;
    assert_eq!((progress.total, progress.waiting()), (MANY as u64, MANY as u64));
    let rejudge = outbox::backlog(connection).unwrap()[2];
    assert_eq!(rejudge.ready, MANY as u64);
}

fn the_package_is_that_of_when_it_was_made(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let (submission, _) = scene.submit(connection);
    problems::save_version(connection, &version("sum", 'b')).unwrap();
    let made =
        create(connection, scene.user.id, RejudgingKind::Preview, &RejudgingFilter::default());
    let Creation::Made(id) = made else { panic!("{made:?}") };
    problems::save_version(connection, &version("sum", 'c')).unwrap();
    assert!(rejudgings::make_some(connection, id, None).unwrap().is_last);
    let new = new_judgement(connection, id, submission);
    assert_eq!(judgements::by_id(connection, new).unwrap().unwrap().package, package('b'));
    let mut tasks = std::iter::from_fn(|| outbox::take(connection, LONG).unwrap());
    let task = tasks.find(|task| task.judgement == new).unwrap();
    let task: judge_types::JudgeTask = serde_json::from_str(&task.task).unwrap();
    assert_eq!((task.package, task.submission), (package('b'), submission));
}

fn before_all_are_judged_it_is_applied_only_if_that_is_asked_for(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let by = scene.user.id;
    let [done, running, waiting] =
        [(); 3].map(|()| judged(connection, &scene.submission(), Verdict::WrongAnswer));
    let id = make(connection, by, RejudgingKind::Preview);
    let [new, held, left] =
        [done, running, waiting].map(|submission| new_judgement(connection, id, submission));
    judge(connection, new, Verdict::Accepted);
    let lease = claim(connection, held);
    assert_eq!(apply(connection, id, by), Closed::Unfinished(2));
    assert_eq!(current(connection, done), Some(Verdict::WrongAnswer));
    let applied = rejudgings::apply(connection, id, by, Some("no time"), true).unwrap();
    assert_eq!(applied, Closed::Done);
    assert_eq!(current(connection, done), Some(Verdict::Accepted));
    let claimed = leases::claim(connection, left, "worker", LONG).unwrap();
    assert_eq!(claimed, Claim::Final, "what waited is dropped");
    // What a function held is judged to its end, and counts for nothing.
    finish(connection, &lease, Verdict::Accepted);
    for submission in [running, waiting] {
        assert_eq!(current(connection, submission), Some(Verdict::WrongAnswer));
    }
    assert_eq!(outbox::depth(connection).unwrap(), (0, 0));
    assert_eq!(dead_letters::list(connection, dead_letters::Which::All, None, 9).unwrap().len(), 0);
    let skipped = rejudgings::submissions(connection, id, Which::Skipped, None, 9).unwrap();
    let outcomes: Vec<_> = skipped.iter().map(|one| (one.submission, one.outcome)).collect();
    let unfinished = Some(RejudgingOutcome::Unfinished);
    assert_eq!(outcomes, [(running, unfinished), (waiting, unfinished)]);
    let closing = rejudgings::by_id(connection, id).unwrap().unwrap().closing.unwrap();
    assert_eq!((closing.by.as_str(), closing.note.as_deref()), ("ada", Some("no time")));
    assert_eq!(closing.state, RejudgingState::Applied);
}

fn what_was_judged_otherwise_since_or_has_no_verdict_is_skipped(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let by = scene.user.id;
    let [plain, again, failed] =
        [(); 3].map(|()| judged(connection, &scene.submission(), Verdict::WrongAnswer));
    let id = make(connection, by, RejudgingKind::Preview);
    for submission in [plain, again] {
        let new = new_judgement(connection, id, submission);
        judge(connection, new, Verdict::Accepted);
    }
    let error = JudgingError::new(JudgingErrorKind::Package, "the validator crashed");
    let new = new_judgement(connection, id, failed);
    claim(connection, new).fail(connection, &error, &ExecutionUsage::default()).unwrap();
    assert_eq!(dead_letters::count_open(connection).unwrap(), 0);
    assert!(dead_letters::by_judgement(connection, new).unwrap().is_none());
    let other = judgements::rejudge(connection, &crate::dead_letters::again(again)).unwrap();
    assert_eq!(state(connection, id), RejudgingState::Ready);
    assert_eq!(apply(connection, id, by), Closed::Done);
    assert_eq!(current(connection, plain), Some(Verdict::Accepted));
    assert_eq!(current(connection, failed), Some(Verdict::WrongAnswer));
    let seen = submissions::by_id(connection, again).unwrap().unwrap();
    assert_eq!(seen.judgement.id, other);
    let outcomes = rejudgings::compare(connection, id).unwrap().outcomes;
    let expected = [("applied", 1), ("failed", 1), ("superseded", 1)];
    assert_eq!(outcomes.into_iter().collect::<Vec<_>>(), expected);
}

fn a_cancelled_preview_drops_what_waits_and_never_counts(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let by = scene.user.id;
    let [running, waiting] =
        [(); 2].map(|()| judged(connection, &scene.submission(), Verdict::WrongAnswer));
    let id = make(connection, by, RejudgingKind::Preview);
    let held = new_judgement(connection, id, running);
    let lease = claim(connection, held);
    assert_eq!(rejudgings::cancel(connection, id, by, None).unwrap(), Closed::Done);
    let dropped = new_judgement(connection, id, waiting);
    assert_eq!(leases::claim(connection, dropped, "worker", LONG).unwrap(), Claim::Final);
    assert!(outbox::acknowledge(connection, dropped).unwrap());
    finish(connection, &lease, Verdict::Accepted);
    assert_eq!(outbox::depth(connection).unwrap(), (0, 0));
    let before = Closed::Before(RejudgingState::Cancelled);
    assert_eq!(apply(connection, id, by), before);
    assert_eq!(rejudgings::cancel(connection, id, by, None).unwrap(), before);
    assert_eq!(current(connection, running), Some(Verdict::WrongAnswer));
    assert_eq!(state(connection, id), RejudgingState::Cancelled);
    let unknown = RejudgingId::new();
    assert_eq!(apply(connection, unknown, by), Closed::Unknown);
    assert_eq!(rejudgings::cancel(connection, unknown, by, None).unwrap(), Closed::Unknown);
    assert!(rejudgings::make_some(connection, unknown, None).unwrap().is_last);

    // Cancelled before its judgements are made, it has none.
    let made = create(connection, by, RejudgingKind::Preview, &RejudgingFilter::default());
    let Creation::Made(id) = made else { panic!("{made:?}") };
    assert_eq!(rejudgings::cancel(connection, id, by, None).unwrap(), Closed::Done);
    assert_eq!(rejudgings::make_some(connection, id, None).unwrap().judgements, 0);
    assert!(rejudgings::unmade(connection).unwrap().is_empty());
}

fn a_direct_rejudging_cannot_be_closed(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    scene.submit(connection);
    let id = make(connection, scene.user.id, RejudgingKind::Direct);
    assert_eq!(apply(connection, id, scene.user.id), Closed::NoPreview);
    let cancelled = rejudgings::cancel(connection, id, scene.user.id, None).unwrap();
    assert_eq!(cancelled, Closed::NoPreview);
}

fn a_preview_whose_function_died_is_on_the_bill(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let submission = judged(connection, &scene.submission(), Verdict::Accepted);
    let id = make(connection, scene.user.id, RejudgingKind::Preview);
    let new = new_judgement(connection, id, submission);
    let lease = claim(connection, new);
    while judge_types::now() - lease.claimed_at < Duration::milliseconds(2) {
        std::thread::yield_now();
    }
    assert!(leases::release_dead(connection, new, "worker").unwrap());
    let lost = store::executions::of_judgement(connection, new).unwrap();
    assert_eq!(lost.len(), 1);
    assert!(lost[0].1.wall_ms > 0, "since its claim: {lost:?}");
}

fn a_comparison_counts_every_submission_once(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let (right, wrong) =
        (Standing::Judged(Verdict::Accepted), Standing::Judged(Verdict::WrongAnswer));
    let [same, better, unjudged] =
        [(); 3].map(|()| judged(connection, &scene.submission(), Verdict::WrongAnswer));
    let (fresh, _) = scene.submit(connection);
    let id = make(connection, scene.user.id, RejudgingKind::Preview);
    for (submission, verdict) in
        [(same, Verdict::WrongAnswer), (better, Verdict::Accepted), (fresh, Verdict::Accepted)]
    {
        let new = new_judgement(connection, id, submission);
        judge(connection, new, verdict);
    }
    let comparison = rejudgings::compare(connection, id).unwrap();
    let expected = [
        ((right, right), 0),
        ((wrong, right), 1),
        ((wrong, wrong), 1),
        ((wrong, Standing::Unfinished), 1),
        ((Standing::Unfinished, right), 1),
    ];
    let expected: Vec<_> = expected.into_iter().filter(|(_, count)| *count > 0).collect();
    let matrix: Vec<_> =
        comparison.matrix.iter().map(|(pair, cell)| (*pair, cell.submissions)).collect();
    assert_eq!(matrix, expected);
    assert_eq!((comparison.changed(), comparison.rescored()), (2, 0));
    let changed = rejudgings::submissions(connection, id, Which::Changed, None, 9).unwrap();
    let changed: Vec<_> = changed.iter().map(|one| one.submission).collect();
    assert_eq!(changed, [better, fresh]);
    let page = rejudgings::submissions(connection, id, Which::All, Some(better), 1).unwrap();
    let new = page[0].new.unwrap().standing;
    assert_eq!((page[0].submission, new), (unjudged, Standing::Unfinished));
    assert!(!page[0].is_change());
}

fn another_score_is_a_change_though_the_verdict_stays(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let score = |number: f64| Some(Score::new(number).unwrap());
    let judge = |connection: &mut AnyConnection, judgement, verdict, score| {
        let lease = claim(connection, judgement);
        let conclusion =
            Conclusion { score, ..Conclusion::pass_fail(verdict, RunUsage::default()) };
        lease.finish(connection, &conclusion, &ExecutionUsage::default()).unwrap();
    };
    let (right, wrong) = (Verdict::Accepted, Verdict::WrongAnswer);
    // What each gets first and then, and whether that is a change.
    let cases = [
        ((wrong, score(30.0)), (wrong, score(70.0)), true),
        ((wrong, score(30.0)), (wrong, score(30.0)), false),
        ((wrong, score(30.0)), (right, score(100.0)), true),
        ((wrong, None), (wrong, score(0.0)), true),
        ((wrong, score(0.0)), (wrong, None), true),
        ((right, None), (right, None), false),
    ];
    let submitted = cases.map(|((verdict, score), _, _)| {
        let (submission, judgement) = scene.submit(connection);
        judge(connection, judgement, verdict, score);
        submission
    });
    let (unjudged, judgement) = scene.submit(connection);
    judge(connection, judgement, wrong, score(5.0));
    let id = make(connection, scene.user.id, RejudgingKind::Preview);
    for (submission, (_, (verdict, score), _)) in submitted.into_iter().zip(cases) {
        let judgement = new_judgement(connection, id, submission);
        judge(connection, judgement, verdict, score);
    }
    let comparison = rejudgings::compare(connection, id).unwrap();
    assert_eq!((comparison.changed(), comparison.rescored()), (4, 3));
    let both_wrong = (Standing::Judged(wrong), Standing::Judged(wrong));
    assert_eq!(comparison.matrix[&both_wrong], Cell { submissions: 4, rescored: 3 });
    let listed = rejudgings::submissions(connection, id, Which::Changed, None, 9).unwrap();
    let expected = submitted.iter().zip(cases).filter(|(_, case)| case.2).map(|(one, _)| *one);
    let listed_ids: Vec<_> = listed.iter().map(|one| one.submission).collect();
    assert_eq!(listed_ids, expected.collect::<Vec<_>>());
    assert_eq!((listed[0].old.score, listed[0].new.unwrap().score), (score(30.0), score(70.0)));
    let all = rejudgings::submissions(connection, id, Which::All, None, 9).unwrap();
    assert_eq!(all.len(), 7);
    for one in &all {
        assert_eq!(one.is_change(), listed_ids.contains(&one.submission), "{one:?}");
    }
    assert_eq!(all[6].submission, unjudged);
}
