//! The simulator against what must hold, and against queueing theory.

use super::*;
use crate::scaling::ScalingConfig;
use judge_types::Lane;
use proptest::prelude::*;
use std::time::Duration;

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn contest(submissions: usize) -> WorkloadConfig {
    WorkloadConfig {
        submissions,
        rejudged: submissions / 10,
        practice: 0.1,
        duration: secs(3_600),
        shape: ArrivalShape::Contest,
        service: ServiceModel::Lognormal { median: ms(500), sigma: 0.8 },
        teams: 50,
        zipf: 1.0,
    }
}

fn pods() -> PodModel {
    PodModel {
        slots_per_pod: 4,
        poll: secs(1),
        start_median: ms(1_300),
        start_sigma: 0.4,
        idle_timeout: secs(10),
        process_start: ms(5),
        packing: true,
        trigger: PodTrigger::Policy,
        scaling: ScalingConfig::default(),
    }
}

fn lambda() -> LambdaModel {
    LambdaModel {
        max_slots: 1_000,
        burst: 20,
        growth: 5,
        growth_interval: secs(10),
        cold_start_median: ms(200),
        cold_start_sigma: 0.3,
        keep_warm: secs(300),
        process_start: ms(5),
    }
}

fn platforms() -> [Platform; 5] {
    let spread = PodModel { packing: false, ..pods() };
    let counting = PodModel { trigger: PodTrigger::ReadyCount, ..pods() };
    [
        Platform::Local { slots: 7, process_start: ms(5) },
        Platform::Pods(pods()),
        Platform::Pods(spread),
        Platform::Pods(counting),
        Platform::Lambda(lambda()),
    ]
}

fn run(workload: &Workload, platform: &Platform) -> SimulationReport {
    simulate(workload, platform, 1, &mut |_| {})
}

fn wait(report: &SimulationReport, lane: Lane) -> Waits {
    report.lanes.iter().find(|waits| waits.lane == lane).unwrap().wait
}

#[test]
fn the_same_seed_gives_the_same_figures() {
    for platform in platforms() {
        let with_seed = |seed| {
            simulate(&Workload::generate(&contest(5_000), seed), &platform, seed, &mut |_| {})
        };
        assert_eq!(with_seed(3), with_seed(3));
        assert_ne!(with_seed(3), with_seed(4));
    }
}

#[test]
fn progress_goes_up_to_all() {
    let workload = Workload::generate(&contest(20_000), 1);
    let mut told = Vec::new();
    let report = simulate(&workload, &platforms()[0], 1, &mut |judged| told.push(judged));
    assert!(told.len() > 4 && told.is_sorted(), "{told:?}");
    assert_eq!(told.last(), Some(&22_000));
    assert_eq!(report.judged, 22_000);
}

#[test]
fn nothing_to_do_takes_nothing() {
    let workload = Workload::generate(&WorkloadConfig { rejudged: 0, ..contest(0) }, 1);
    assert!(workload.is_empty());
    for platform in platforms() {
        let report = run(&workload, &platform);
        assert_eq!((report.judged, report.cold_starts, report.slot_time), (0, 0, Duration::ZERO));
    }
}

/// The chance that an arrival has to wait, with `slots` slots and an offered load of `load` (Erlang's C formula).
fn erlang_c(slots: u32, load: f64) -> f64 {
    // By way of the loss formula's recursion, which does not overflow.
    let lost = (1..=slots).fold(1.0, |lost, n| load * lost / (f64::from(n) + load * lost));
    let slots = f64::from(slots);
    slots * lost / (slots - load * (1.0 - lost))
}

#[test]
fn waits_are_those_of_erlangs_formula() {
    assert!((erlang_c(1, 0.5) - 0.5).abs() < 1e-12);
    const SEEDS: u64 = 12;
    for (slots, load) in [(1_u32, 0.6), (10, 7.0), (30, 24.0)] {
        let config = WorkloadConfig {
            submissions: 100_000,
            rejudged: 0,
            practice: 0.0,
            // A mean service time of 1 s: the load is the arrival rate.
            duration: Duration::from_secs_f64(100_000.0 / load),
            shape: ArrivalShape::Constant,
            service: ServiceModel::Exponential { mean: secs(1) },
            teams: 1,
            zipf: 1.0,
        };
        let local = Platform::Local { slots: slots as usize, process_start: Duration::ZERO };
        let first = u64::from(slots) * SEEDS;
        let waits: Vec<Waits> = (first..first + SEEDS)
            .map(|seed| wait(&run(&Workload::generate(&config, seed), &local), Lane::Contest))
            .collect();
        // At these loads the averages scatter by about one in a hundred.
        let average = |of: fn(&Waits) -> Duration| {
            waits.iter().map(|waits| of(waits).as_secs_f64()).sum::<f64>() / waits.len() as f64
        };
        let (mean, p99) = (average(|waits| waits.mean), average(|waits| waits.p99));
        // In the order of arrival, which one team has: P(W > t) = C × e^(−spare × t).
        let (waiting, spare) = (erlang_c(slots, load), f64::from(slots) - load);
        let (wanted, wanted_p99) = (waiting / spare, (waiting / 0.01).ln() / spare);
        println!(
            "{slots} slots: mean {:.4}, p99 {:.4} of the formula's",
            mean / wanted,
            p99 / wanted_p99
        );
        assert!((mean / wanted - 1.0).abs() < 0.03, "{slots} slots, mean: {mean} not {wanted}");
        assert!(
            (p99 / wanted_p99 - 1.0).abs() < 0.03,
            "{slots} slots, p99: {p99} not {wanted_p99}"
        );
    }
}

#[test]
fn urgent_lanes_do_not_wait_for_a_rejudging() {
    let config = WorkloadConfig { rejudged: 10_000, ..contest(2_000) };
    let workload = Workload::generate(&config, 5);
    let longest = workload.submissions.iter().map(|one| one.service).max().unwrap();
    let local = Platform::Local { slots: 4, process_start: Duration::ZERO };
    let with = wait(&run(&workload, &local), Lane::Contest);
    let without = WorkloadConfig { rejudged: 0, ..config };
    let without = wait(&run(&Workload::generate(&without, 5), &local), Lane::Contest);
    // One running judgement at most.
    assert!(with.max <= without.max + longest, "{with:?} {without:?}");
    assert!(with.p99 <= without.p99 + secs(2), "{with:?} {without:?}");
}

#[test]
fn packing_lets_idle_pods_leave() {
    let steady = WorkloadConfig { shape: ArrivalShape::Contest, rejudged: 0, ..contest(20_000) };
    let workload = Workload::generate(&steady, 1);
    let packed = run(&workload, &Platform::Pods(pods()));
    let spread = run(&workload, &Platform::Pods(PodModel { packing: false, ..pods() }));
    assert!(packed.overhead * 1.5 < spread.overhead, "{} {}", packed.overhead, spread.overhead);
}

#[test]
fn the_policy_costs_less_than_its_peak_all_the_time_and_waits_little_more() {
    let workload = Workload::generate(&WorkloadConfig { rejudged: 0, ..contest(20_000) }, 1);
    let scaled = run(&workload, &Platform::Pods(pods()));
    let fixed = Platform::Local { slots: scaled.peak_slots, process_start: ms(5) };
    let fixed = run(&workload, &fixed);
    let all_the_time = fixed.last_verdict.as_secs_f64() * f64::from(scaled.peak_slots as u32);
    assert!(scaled.slot_time.as_secs_f64() < all_the_time / 2.0, "{scaled:?} {all_the_time}");
    let (scaled, fixed) = (wait(&scaled, Lane::Contest), wait(&fixed, Lane::Contest));
    assert!(fixed.p99 <= scaled.p99 && fixed.mean <= scaled.mean, "{fixed:?} {scaled:?}");
    assert!(scaled.p50 <= ms(10) && scaled.p99 < secs(3), "{scaled:?}");
}

#[test]
fn a_service_that_grows_slowly_makes_a_surge_wait() {
    let config = WorkloadConfig { shape: ArrivalShape::Surge(100.0), ..contest(10_000) };
    let workload = Workload::generate(&config, 1);
    let waits = |burst: usize| {
        let report = run(&workload, &Platform::Lambda(LambdaModel { burst, ..lambda() }));
        (wait(&report, Lane::Contest).p99, report.peak_slots)
    };
    let ((slow, low), (quick, high)) = (waits(5), waits(1_000));
    assert!(slow > quick * 10 && low < high, "{slow:?} {low}, {quick:?} {high}");
    assert!(quick < secs(1), "{quick:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn each_is_judged_once_in_its_own_time(
        seed in any::<u64>(), submissions in 0_usize..600, rejudged in 0_usize..100,
        shape in prop::sample::select(vec![
            ArrivalShape::Contest, ArrivalShape::Surge(100.0), ArrivalShape::Constant,
        ]),
        slots in 1_usize..30, packing in any::<bool>(),
    ) {
        let config = WorkloadConfig { submissions, rejudged, shape, ..contest(0) };
        let workload = Workload::generate(&config, seed);
        let bounded = ScalingConfig { max_slots: slots, ..ScalingConfig::default() };
        let per_pod = PodModel { slots_per_pod: slots.min(4), packing, scaling: bounded, ..pods() };
        for platform in [
            Platform::Local { slots, process_start: ms(5) },
            Platform::Lambda(LambdaModel { max_slots: slots, ..lambda() }),
            Platform::Pods(PodModel { trigger: PodTrigger::ReadyCount, ..per_pod.clone() }),
            Platform::Pods(per_pod),
        ] {
            let report = simulate(&workload, &platform, seed, &mut |_| {});
            prop_assert_eq!(report.judged, submissions + rejudged);
            prop_assert_eq!(report.lanes.iter().map(|lane| lane.judged).sum::<usize>(), report.judged);
            prop_assert_eq!(report.busy, workload.total_service());
            prop_assert!(report.slot_time >= report.busy);
            prop_assert!(report.peak_slots <= slots, "{} slots", report.peak_slots);
            if let Some(last) = workload.submissions.last() {
                prop_assert!(report.last_verdict > last.arrival);
            }
        }
    }
}
