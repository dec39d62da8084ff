//! The local scaler: a process for each entry, none when idle, nothing lost.

use crate::{
    stand::{Judge, PackageFolder},
    tests_on_each_stack,
};
use executor::{FunctionExit, Lifetime, Scaler, ScalerConfig, ScalerMetrics};
use judge_types::{JudgementState, JudgingErrorKind, Verdict};
use libtest_mimic::Trial;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use prometheus::Registry;
use std::{fs, thread, time::Duration};
use store::{Database, events};
use tokio::sync::oneshot;

pub(crate) fn trials() -> Vec<Trial> {
    tests_on_each_stack![
        every_entry_is_judged_and_acknowledged,
        a_bell_wakes_an_idle_scaler,
        no_more_functions_run_than_there_are_slots,
        a_killed_function_is_judged_again_at_once,
        a_task_that_kills_its_functions_is_given_up,
        a_stop_lets_functions_end,
        a_stop_puts_back_what_does_not_end,
        what_a_dead_scaler_had_taken_is_judged,
        a_function_that_does_not_end_is_killed,
        a_function_that_was_overtaken_writes_nothing,
        teams_are_judged_in_turns,
        a_scaler_that_drains_ends_when_nothing_comes,
    ]
}

pub(crate) const HELLO: (&str, &str) = ("a.sh", "read -r n; echo hello $n\n");
pub(crate) const ENDLESS: (&str, &str) = ("a.sh", "while true; do :; done\n");

/// A scaler in a thread of its own.
pub(crate) struct Running {
    stop: oneshot::Sender<()>,
    thread: thread::JoinHandle<()>,
}

pub(crate) fn config(judge: &mut Judge) -> ScalerConfig {
    ScalerConfig {
        database: Database::open(judge.url(), 4).unwrap(),
        tasks: judge.tasks(),
        function: judge.command(),
        slots: 2,
        delivery_limit: 1,
        kill_after: Duration::from_secs(120),
        stop_grace: Duration::from_secs(60),
        lifetime: Lifetime::Forever,
        prefetch: None,
        metrics: ScalerMetrics::register(&Registry::new(), []).unwrap(),
    }
}

pub(crate) fn start(config: ScalerConfig) -> Running {
    let (stop, stopped) = oneshot::channel();
    let thread = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let shutdown = async { stopped.await.unwrap() };
        runtime.block_on(Scaler::run(config, shutdown));
    });
    Running { stop, thread }
}

impl Running {
    pub(crate) fn stop(self) {
        self.stop.send(()).unwrap();
        self.thread.join().unwrap();
    }

    /// Waits until it has ended by itself.
    fn end(self) {
        self.thread.join().unwrap();
    }
}

/// The functions of this judge that run, by their process ids. What a function has just forked looks like
/// it for a moment, so only children of ours count.
pub(crate) fn functions(judge: &Judge) -> Vec<i32> {
    let folder = judge.folder().to_str().unwrap().to_owned();
    let ids = fs::read_dir("/proc").unwrap().filter_map(|entry| {
        let id: i32 = entry.unwrap().file_name().to_str()?.parse().ok()?;
        let arguments = fs::read(format!("/proc/{id}/cmdline")).ok()?;
        let environment = fs::read(format!("/proc/{id}/environ")).ok()?;
        let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
        let is_child = status.contains(&format!("\nPPid:\t{}\n", std::process::id()));
        let is_function = arguments.split(|c| *c == 0).nth(1) == Some(b"function");
        let is_ours = String::from_utf8_lossy(&environment).contains(&folder);
        (is_child && is_function && is_ours).then_some(id)
    });
    ids.collect()
}

/// Sends a signal to each function that runs.
fn send_to_functions(judge: &Judge, signal: Signal) {
    functions(judge).into_iter().for_each(|id| kill(Pid::from_raw(id), signal).unwrap());
}

fn every_entry_is_judged_and_acknowledged(mut judge: Judge) {
    let package = PackageFolder::greeting();
    let ids: Vec<_> = (0..6).map(|_| judge.submit(&package, "bash", HELLO)).collect();
    let running = start(config(&mut judge));
    for id in ids {
        let judgement = judge.wait_for(id, JudgementState::is_final);
        assert_eq!((judgement.verdict, judgement.attempt), (Some(Verdict::Accepted), 1));
    }
    running.stop();
    assert_eq!(judge.depth(), (0, 0));
    assert!(functions(&judge).is_empty());
}

fn a_bell_wakes_an_idle_scaler(mut judge: Judge) {
    let running = start(config(&mut judge));
    for _ in 0..2 {
        let id = judge.submit(&PackageFolder::greeting(), "bash", HELLO);
        judge.bell.ring();
        judge.wait_for(id, JudgementState::is_final);
    }
    running.stop();
}

fn no_more_functions_run_than_there_are_slots(mut judge: Judge) {
    let package = PackageFolder::greeting();
    let ids: Vec<_> = (0..5)
        .map(|_| judge.submit_with(&package, "bash", ENDLESS, |limits| limits.time_ms = 200))
        .collect();
    let running = start(config(&mut judge));
    let mut most = 0;
    for id in ids {
        judge.wait_for(id, JudgementState::is_final);
        most = most.max(functions(&judge).len());
        assert!(most <= 2, "{most} functions in 2 slots");
    }
    running.stop();
}

fn a_killed_function_is_judged_again_at_once(mut judge: Judge) {
    let package = PackageFolder::greeting();
    let id = judge.submit_with(&package, "bash", ENDLESS, |limits| limits.time_ms = 3_000);
    let running = start(config(&mut judge));
    judge.wait_for(id, |state| state == JudgementState::Running);
    send_to_functions(&judge, Signal::SIGKILL);
    let judgement = judge.wait_for(id, JudgementState::is_final);
    assert_eq!((judgement.verdict, judgement.attempt), (Some(Verdict::TimeLimitExceeded), 2));
    assert_eq!(judge.executions(id), 2, "the killed one too");
    running.stop();
}

fn a_task_that_kills_its_functions_is_given_up(mut judge: Judge) {
    let id = judge.submit(&PackageFolder::greeting(), "bash", HELLO);
    let mut config = config(&mut judge);
    config.function.program = "/bin/sh".into();
    config.function.arguments =
        vec!["-c".into(), "cat > /dev/null; echo the disk is on fire >&2; kill -KILL $$".into()];
    let running = start(config);
    let judgement = judge.wait_for(id, JudgementState::is_final);
    let error = judgement.error.unwrap();
    assert_eq!(error.kind, JudgingErrorKind::DeliveryLimit);
    assert!(error.message.contains("tried 2 times"), "{error}");
    assert!(error.message.contains("the disk is on fire"), "{error}");
    running.stop();
    assert_eq!(judge.depth(), (0, 0));
}

fn a_stop_lets_functions_end(mut judge: Judge) {
    let package = PackageFolder::greeting();
    let id = judge.submit_with(&package, "bash", ENDLESS, |limits| limits.time_ms = 4_000);
    let waiting = judge.submit(&package, "bash", HELLO);
    let running = start(ScalerConfig { slots: 1, ..config(&mut judge) });
    judge.wait_for(id, |state| state == JudgementState::Running);
    running.stop();
    assert_eq!(judge.judgement(id).verdict, Some(Verdict::TimeLimitExceeded));
    // There was no slot for it, and after the stop nothing more is taken.
    assert_eq!(judge.judgement(waiting).state, JudgementState::Queued);
    judge.wait_for_depth((1, 0));
}

fn a_stop_puts_back_what_does_not_end(mut judge: Judge) {
    let package = PackageFolder::greeting();
    let id = judge.submit_with(&package, "bash", ENDLESS, |limits| limits.time_ms = 60_000);
    let running = start(ScalerConfig { stop_grace: Duration::ZERO, ..config(&mut judge) });
    judge.wait_for(id, |state| state == JudgementState::Running);
    running.stop();
    assert_eq!(judge.judgement(id).state, JudgementState::Queued);
    assert!(functions(&judge).is_empty());
    assert_eq!(judge.take().deliveries, 1, "being stopped must not count");
}

fn what_a_dead_scaler_had_taken_is_judged(mut judge: Judge) {
    judge.lease = Duration::from_millis(500);
    let package = PackageFolder::greeting();
    let id = judge.submit_with(&package, "bash", ENDLESS, |limits| limits.time_ms = 3_000);
    // Taken, claimed, and everything killed.
    let taken = judge.take();
    let mut child = judge.start(&taken.task);
    judge.wait_for(id, |state| state == JudgementState::Running);
    child.kill().unwrap();
    child.wait().unwrap();
    judge.vanish_with(taken);
    let running = start(config(&mut judge));
    let judgement = judge.wait_for(id, JudgementState::is_final);
    assert_eq!((judgement.verdict, judgement.attempt), (Some(Verdict::TimeLimitExceeded), 2));
    assert_eq!(judge.executions(id), 2, "the killed one too");
    running.stop();
}

fn a_function_that_does_not_end_is_killed(mut judge: Judge) {
    let id = judge.submit(&PackageFolder::greeting(), "bash", HELLO);
    let mut config = config(&mut judge);
    config.function.program = "/bin/sleep".into();
    config.function.arguments = vec!["1000".into()];
    config.kill_after = Duration::from_millis(100);
    config.delivery_limit = 0;
    let running = start(config);
    let judgement = judge.wait_for(id, JudgementState::is_final);
    assert_eq!(judgement.error.unwrap().kind, JudgingErrorKind::DeliveryLimit);
    running.stop();
}

fn a_function_that_was_overtaken_writes_nothing(mut judge: Judge) {
    judge.lease = Duration::from_millis(500);
    let package = PackageFolder::greeting();
    let id = judge.submit_with(&package, "bash", ENDLESS, |limits| limits.time_ms = 3_000);
    let running = start(config(&mut judge));
    judge.wait_for(id, |state| state == JudgementState::Running);
    // As if its machine were asleep; and the task has come to another, which no queue can rule out.
    send_to_functions(&judge, Signal::SIGSTOP);
    let message = judge.message(id);
    let ended = loop {
        let exit = FunctionExit::from_code(judge.run(&message).unwrap());
        if exit != FunctionExit::HeldElsewhere {
            break exit;
        }
    };
    assert_eq!(ended, FunctionExit::Done);
    send_to_functions(&judge, Signal::SIGCONT);
    running.stop();
    let judgement = judge.judgement(id);
    assert_eq!((judgement.verdict, judgement.attempt), (Some(Verdict::TimeLimitExceeded), 2));
    let events = events::list_after(&mut judge.connection, judgement.submission, 0).unwrap();
    let finished = events.iter().filter(|event| event.kind.name() == "finished").count();
    assert_eq!((finished, judge.executions(id), judge.depth()), (1, 2, (0, 0)));
}

fn teams_are_judged_in_turns(mut judge: Judge) {
    let package = PackageFolder::greeting();
    let mut submit = |team| {
        judge.team = team;
        judge.submit(&package, "bash", HELLO)
    };
    let flood = ["ada"; 3].map(&mut submit);
    let other = submit("grace");
    let running = start(ScalerConfig { slots: 1, ..config(&mut judge) });
    let expected = [flood[0], other, flood[1], flood[2]];
    let ends = expected.map(|id| judge.wait_for(id, JudgementState::is_final).finished_at);
    assert!(ends.is_sorted(), "{ends:?}");
    running.stop();
}

fn a_scaler_that_drains_ends_when_nothing_comes(mut judge: Judge) {
    let package = PackageFolder::greeting();
    let ids = [(); 3].map(|()| judge.submit(&package, "bash", HELLO));
    let lifetime =
        Lifetime::Drain { idle: Duration::from_secs(12), at_most: Duration::from_secs(600) };
    start(ScalerConfig { lifetime, ..config(&mut judge) }).end();
    for id in ids {
        assert_eq!(judge.judgement(id).verdict, Some(Verdict::Accepted));
    }
}
