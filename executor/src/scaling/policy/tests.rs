//! What the policy promises, over all loads.

use super::*;
use proptest::prelude::*;

fn secs(seconds: f64) -> Duration {
    Duration::from_secs_f64(seconds)
}

fn load(arrival_rate: f64, service_s: f64, ready: usize, busy: usize) -> Load {
    let quiet_for = Some(Duration::ZERO);
    Load { arrival_rate, service_time: secs(service_s), ready, busy, quiet_for }
}

fn nothing(quiet_s: f64) -> Load {
    Load { quiet_for: Some(secs(quiet_s)), ..load(0.0, 1.0, 0, 0) }
}

#[test]
fn the_formula_by_hand() {
    let config = ScalingConfig::default();
    // 10 + 2.33 × √10 + 0 = 17.37
    assert_eq!(config.slots_for(&load(10.0, 1.0, 0, 0)), 18);
    // … + 20 × 1 / 2
    assert_eq!(config.slots_for(&load(10.0, 1.0, 20, 0)), 28);
    // A slot for each that waits, though S / D is 5.
    assert_eq!(config.slots_for(&load(0.0, 10.0, 3, 0)), 3);
    // All four are busy with something long, one waits.
    assert_eq!(config.slots_for(&load(0.0, 0.1, 1, 4)), 5);
}

#[test]
fn zero_comes_only_after_an_idle_time() {
    let mut policy = ScalingPolicy::new(ScalingConfig::default());
    assert_eq!(policy.target(secs(0.0), &Load { quiet_for: None, ..nothing(0.0) }), 0);
    assert_eq!(policy.target(secs(1.0), &load(0.0, 1.0, 1, 0)), 1);
    for second in 2..11 {
        let now = f64::from(second);
        assert!(policy.target(secs(now), &nothing(now - 1.0)) > 0, "after {second} s");
    }
    assert_eq!(policy.target(secs(11.0), &nothing(10.0)), 0);
}

#[test]
fn short_work_between_two_readings_is_no_idleness() {
    let mut policy = ScalingPolicy::new(ScalingConfig::default());
    for second in 0..100 {
        assert!(policy.target(secs(f64::from(second)), &nothing(0.5)) > 0);
    }
}

#[test]
fn one_zero_reading_changes_nothing() {
    let mut policy = ScalingPolicy::new(ScalingConfig::default());
    let before = policy.target(secs(0.0), &load(0.0, 1.0, 40, 10));
    assert_eq!(policy.target(secs(1.0), &nothing(0.0)), before);
    assert_eq!(policy.target(secs(2.0), &load(0.0, 1.0, 40, 10)), before);
}

fn any_load() -> impl Strategy<Value = Load> {
    let quiet = prop::option::of(0.0_f64..30.0);
    (0.0_f64..2_000.0, 0.0_f64..30.0, 0_usize..5_000, 0_usize..500, quiet).prop_map(
        |(arrival_rate, service_s, ready, busy, quiet)| Load {
            quiet_for: quiet.map(secs),
            ..load(arrival_rate, service_s, ready, busy)
        },
    )
}

/// Loads that are often empty, so that idleness comes up.
fn readings() -> impl Strategy<Value = Vec<(f64, Load)>> {
    let load = prop_oneof![any_load(), (0.0_f64..30.0).prop_map(nothing)];
    prop::collection::vec((0.01_f64..6.0, load), 1..40)
}

fn any_config() -> impl Strategy<Value = ScalingConfig> {
    (0_usize..20, 0_usize..2_000, 0.0_f64..5.0, 0.0_f64..20.0).prop_map(
        |(min_slots, above, shrink_s, idle_s)| ScalingConfig {
            min_slots,
            max_slots: min_slots + above,
            shrink_after: secs(shrink_s),
            idle_after: secs(idle_s),
            ..ScalingConfig::default()
        },
    )
}

proptest! {
    #[test]
    fn more_load_never_means_fewer_slots(
        config in any_config(), load in any_load(),
        rate in 0.0_f64..100.0, service_s in 0.0_f64..5.0, ready in 0_usize..100, busy in 0_usize..100,
    ) {
        let slots = config.slots_for(&load);
        let more = |change: &dyn Fn(&mut Load)| {
            let mut more = load;
            change(&mut more);
            config.slots_for(&more)
        };
        prop_assert!(more(&|load| load.arrival_rate += rate) >= slots);
        prop_assert!(more(&|load| load.service_time += secs(service_s)) >= slots);
        prop_assert!(more(&|load| load.ready += ready) >= slots);
        prop_assert!(more(&|load| load.busy += busy) >= slots);
    }

    #[test]
    fn targets_keep_the_bounds_and_what_is_busy(config in any_config(), readings in readings()) {
        let mut policy = ScalingPolicy::new(config.clone());
        let mut now = 0.0;
        for (gap, load) in readings {
            now += gap;
            let target = policy.target(secs(now), &load);
            prop_assert!((config.min_slots..=config.max_slots).contains(&target));
            prop_assert!(target >= load.busy.min(config.max_slots));
            let work = load.ready > 0 || load.busy > 0;
            prop_assert!(target > 0 || config.max_slots == 0 || !work);
        }
    }

    #[test]
    fn a_target_falls_only_after_the_higher_one_was_not_wanted_for_a_while(readings in readings()) {
        let config = ScalingConfig::default();
        let mut policy = ScalingPolicy::new(config.clone());
        let (mut now, mut wanted, mut last_work) = (0.0, Vec::new(), None);
        for (gap, load) in readings {
            now += gap;
            let target = policy.target(secs(now), &load);
            if load.ready > 0 || load.busy > 0 {
                last_work = Some(now);
            }
            if target == 0 {
                // Idle: nothing worked and nothing arrived for the whole time.
                prop_assert!(last_work.is_none_or(|last| now - last >= 10.0 - 1e-6));
                prop_assert!(load.quiet_for.is_none_or(|quiet| quiet >= config.idle_after));
                wanted.clear();
                continue;
            }
            wanted.push((now, config.slots_for(&load).max(1)));
            let recent = wanted.iter().filter(|(at, _)| *at > now - 2.0 + 1e-6);
            prop_assert!(target >= recent.map(|(_, slots)| *slots).max().unwrap());
            prop_assert!(wanted.iter().any(|(_, slots)| *slots == target));
        }
    }
}
