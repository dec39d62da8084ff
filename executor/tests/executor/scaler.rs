//! The local scaler: a process for each entry, none when idle, nothing lost.

use crate::{
    stand::{Judge, PackageFolder},
    tests_on_each_database,
};
use executor::{Lifetime, Scaler, ScalerConfig, ScalerMetrics, TaskSource};
use judge_types::{JudgementState, JudgingErrorKind, Verdict};
use libtest_mimic::Trial;
use prometheus::Registry;
use std::{fs, thread, time::Duration};
use store::{Database, outbox};
use tokio::sync::oneshot;

pub(crate) fn trials() -> Vec<Trial> {
    tests_on_each_database![
        every_entry_is_judged_and_acknowledged,
        a_bell_wakes_an_idle_scaler,
        no_more_functions_run_than_there_are_slots,
        a_killed_function_is_judged_again_at_once,
        a_task_that_kills_its_functions_is_given_up,
        a_stop_lets_functions_end,
        a_stop_puts_back_what_does_not_end,
        what_a_dead_scaler_had_taken_is_judged,
        a_function_that_does_not_end_is_killed,
    ]
}

pub(crate) const HELLO: (&str, &str) = ("a.sh", "read -r n; echo hello $n\n");
pub(crate) const ENDLESS: (&str, &str) = ("a.sh", "while true; do :; done\n");

/// A scaler in a thread of its own.
pub(crate) struct Running {
    stop: oneshot::Sender<()>,
    thread: thread::JoinHandle<()>,
}

pub(crate) fn config(judge: &Judge) -> ScalerConfig {
    ScalerConfig {
        database: Database::open(judge.url(), 4).unwrap(),
        // Nothing is found by looking again: the bell and the queue's own times must do.
        tasks: TaskSource::Embedded {
            bell: judge.bell.clone(),
            slow_tick: Duration::from_secs(3_600),
        },
        function: judge.command(),
        slots: 2,
        delivery_limit: 1,
        kill_after: Duration::from_secs(120),
        stop_grace: Duration::from_secs(60),
        lifetime: Lifetime::Forever,
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
}

fn depth(judge: &mut Judge) -> (u64, u64) {
    outbox::depth(&mut judge.connection).unwrap()
}

/// The functions of this judge that run, by their process ids. What a function has just forked looks like
/// it for a moment, so only children of ours count.
fn functions(judge: &Judge) -> Vec<i32> {
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

fn every_entry_is_judged_and_acknowledged(mut judge: Judge) {
    let package = PackageFolder::greeting();
    let ids: Vec<_> = (0..6).map(|_| judge.submit(&package, "bash", HELLO)).collect();
    let running = start(config(&judge));
    for id in ids {
        let judgement = judge.wait_for(id, JudgementState::is_final);
        assert_eq!((judgement.verdict, judgement.attempt), (Some(Verdict::Accepted), 1));
    }
    running.stop();
    assert_eq!(depth(&mut judge), (0, 0));
    assert!(functions(&judge).is_empty());
}

fn a_bell_wakes_an_idle_scaler(mut judge: Judge) {
    let running = start(config(&judge));
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
    let running = start(config(&judge));
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
    let id = judge.submit_with(&package, "bash", ENDLESS, |limits| limits.time_ms = 1_000);
    let running = start(config(&judge));
    judge.wait_for(id, |state| state == JudgementState::Running);
    for id in functions(&judge) {
        nix::sys::signal::kill(nix::unistd::Pid::from_raw(id), nix::sys::signal::SIGKILL).unwrap();
    }
    let judgement = judge.wait_for(id, JudgementState::is_final);
    assert_eq!((judgement.verdict, judgement.attempt), (Some(Verdict::TimeLimitExceeded), 2));
    assert_eq!(judge.executions(id), 2, "the killed one too");
    running.stop();
}

fn a_task_that_kills_its_functions_is_given_up(mut judge: Judge) {
    let id = judge.submit(&PackageFolder::greeting(), "bash", HELLO);
    let mut config = config(&judge);
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
    assert_eq!(depth(&mut judge), (0, 0));
}

fn a_stop_lets_functions_end(mut judge: Judge) {
    let package = PackageFolder::greeting();
    let id = judge.submit_with(&package, "bash", ENDLESS, |limits| limits.time_ms = 500);
    let running = start(config(&judge));
    judge.wait_for(id, |state| state == JudgementState::Running);
    let waiting = judge.submit(&package, "bash", HELLO);
    running.stop();
    assert_eq!(judge.judgement(id).verdict, Some(Verdict::TimeLimitExceeded));
    // No bell rang for it, and after the stop nothing more is taken.
    assert_eq!(judge.judgement(waiting).state, JudgementState::Queued);
    assert_eq!(depth(&mut judge), (1, 0));
}

fn a_stop_puts_back_what_does_not_end(mut judge: Judge) {
    let package = PackageFolder::greeting();
    let id = judge.submit_with(&package, "bash", ENDLESS, |limits| limits.time_ms = 60_000);
    let running = start(ScalerConfig { stop_grace: Duration::ZERO, ..config(&judge) });
    judge.wait_for(id, |state| state == JudgementState::Running);
    running.stop();
    assert_eq!(judge.judgement(id).state, JudgementState::Queued);
    assert!(functions(&judge).is_empty());
    let delivery = judge.take();
    assert_eq!(delivery.deliveries, 1, "being stopped must not count");
}

fn what_a_dead_scaler_had_taken_is_judged(mut judge: Judge) {
    judge.lease = Duration::from_millis(500);
    let package = PackageFolder::greeting();
    let id = judge.submit_with(&package, "bash", ENDLESS, |limits| limits.time_ms = 500);
    // Taken, claimed, and everything killed.
    let delivery = judge.take();
    let mut child = judge.start(&delivery.task);
    judge.wait_for(id, |state| state == JudgementState::Running);
    child.kill().unwrap();
    child.wait().unwrap();
    let running = start(config(&judge));
    let judgement = judge.wait_for(id, JudgementState::is_final);
    assert_eq!((judgement.verdict, judgement.attempt), (Some(Verdict::TimeLimitExceeded), 2));
    assert_eq!(judge.executions(id), 2, "the killed one too");
    running.stop();
}

fn a_function_that_does_not_end_is_killed(mut judge: Judge) {
    let id = judge.submit(&PackageFolder::greeting(), "bash", HELLO);
    let mut config = config(&judge);
    config.function.program = "/bin/sleep".into();
    config.function.arguments = vec!["1000".into()];
    config.kill_after = Duration::from_millis(100);
    config.delivery_limit = 0;
    let running = start(config);
    let judgement = judge.wait_for(id, JudgementState::is_final);
    assert_eq!(judgement.error.unwrap().kind, JudgingErrorKind::DeliveryLimit);
    running.stop();
}
