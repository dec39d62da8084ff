//! What a scaler counts while it works.

use crate::scaler::{ENDLESS, HELLO, config, start};
use crate::stand::{Judge, PackageFolder};
use crate::tests_on_each_stack;
use executor::{ScalerConfig, ScalerMetrics};
use judge_types::JudgementState;
use libtest_mimic::Trial;
use prometheus::{Registry, TextEncoder};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) fn trials() -> Vec<Trial> {
    tests_on_each_stack![
        a_judged_task_is_counted_from_its_start_to_its_verdict,
        a_slot_with_a_function_is_busy,
        a_function_with_nothing_to_do_is_empty_handed,
        what_comes_again_is_a_redelivery,
    ]
}

/// A scaler's configuration that counts in a registry of its own, told apart by one language.
pub(crate) fn counted(judge: &mut Judge) -> (ScalerConfig, Registry) {
    let registry = Registry::new();
    let metrics = ScalerMetrics::register(&registry, ["bash".to_owned()]).unwrap();
    (ScalerConfig { metrics, ..config(judge) }, registry)
}

/// The value of a series, as a scrape shows it.
pub(crate) fn value(registry: &Registry, series: &str) -> f64 {
    let text = TextEncoder::new().encode_to_string(&registry.gather()).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("{series} ")));
    line.unwrap_or_else(|| panic!("no {series} in\n{text}")).parse().unwrap()
}

pub(crate) fn wait_for(registry: &Registry, series: &str, wanted: f64) {
    wait_until(registry, series, |value| (value - wanted).abs() < 1e-9);
}

/// Waits for a counter, which may be beyond before anybody looks.
pub(crate) fn wait_for_count(registry: &Registry, series: &str, wanted: f64) {
    wait_until(registry, series, |value| value >= wanted);
}

fn wait_until(registry: &Registry, series: &str, is_there: impl Fn(f64) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_there(value(registry, series)) {
        assert!(Instant::now() < deadline, "{series} is {}", value(registry, series));
        thread::sleep(Duration::from_millis(5));
    }
}

fn a_judged_task_is_counted_from_its_start_to_its_verdict(mut judge: Judge) {
    let (config, registry) = counted(&mut judge);
    let id = judge.submit(&PackageFolder::greeting(), "bash", HELLO);
    let running = start(config);
    judge.wait_for(id, JudgementState::is_final);
    running.stop();
    for histogram in [
        "gavel_function_start_seconds",
        "gavel_queue_wait_seconds",
        "gavel_time_to_verdict_seconds",
        "gavel_function_service_seconds",
    ] {
        let labels = if histogram.contains("service") { r#"{language="bash"}"# } else { "" };
        assert!(value(&registry, &format!("{histogram}_count{labels}")) == 1.0, "{histogram}");
        assert!(value(&registry, &format!("{histogram}_sum{labels}")) > 0.0, "{histogram}");
    }
    let sum = |name: &str| value(&registry, &format!("gavel_{name}_sum"));
    assert!(sum("queue_wait_seconds") <= sum("time_to_verdict_seconds"));
    assert!(value(&registry, r#"gavel_functions_total{end="done"}"#) == 1.0);
    assert!(value(&registry, "gavel_function_empty_handed_total") == 0.0);
    assert!(value(&registry, "gavel_redeliveries_total") == 0.0);
    assert!(value(&registry, r#"gavel_scaler_slots{state="idle"}"#) == 2.0);
    let spent =
        |state| value(&registry, &format!(r#"gavel_scaler_slot_seconds_total{{state="{state}"}}"#));
    assert!(spent("busy") > 0.0 && spent("starting") > 0.0 && spent("idle") > spent("busy"));
}

fn a_slot_with_a_function_is_busy(mut judge: Judge) {
    let (config, registry) = counted(&mut judge);
    let package = PackageFolder::greeting();
    judge.submit_with(&package, "bash", ENDLESS, |limits| limits.time_ms = 60_000);
    let running = start(ScalerConfig { stop_grace: Duration::ZERO, ..config });
    wait_for(&registry, r#"gavel_scaler_slots{state="busy"}"#, 1.0);
    assert!(value(&registry, r#"gavel_scaler_slots{state="idle"}"#) == 1.0);
    running.stop();
    assert!(value(&registry, r#"gavel_scaler_slots{state="idle"}"#) == 2.0);
    assert!(value(&registry, r#"gavel_functions_total{end="stopped"}"#) == 1.0);
}

fn a_function_with_nothing_to_do_is_empty_handed(mut judge: Judge) {
    let (config, registry) = counted(&mut judge);
    let id = judge.submit(&PackageFolder::greeting(), "bash", HELLO);
    // Another function holds it.
    let held = store::leases::claim(&mut judge.connection, id, "elsewhere", time::Duration::MINUTE);
    held.unwrap();
    let running = start(config);
    wait_for_count(&registry, "gavel_function_empty_handed_total", 1.0);
    running.stop();
    assert!(value(&registry, "gavel_function_start_seconds_count") == 0.0);
    assert!(value(&registry, r#"gavel_functions_total{end="held_elsewhere"}"#) >= 1.0);
}

fn what_comes_again_is_a_redelivery(mut judge: Judge) {
    let (config, registry) = counted(&mut judge);
    // A language that its service time is not told apart by.
    let id =
        judge.submit(&PackageFolder::greeting(), "python3", ("a.py", "print('hello', input())\n"));
    let taken = judge.take();
    judge.put_back(taken);
    let running = start(config);
    judge.wait_for(id, JudgementState::is_final);
    running.stop();
    assert!(value(&registry, "gavel_redeliveries_total") == 1.0);
    assert!(value(&registry, r#"gavel_function_service_seconds_count{language="other"}"#) == 1.0);
}
