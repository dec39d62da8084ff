//! How many slots there are, what each does, and for how long slots have done that.

use prometheus::core::{Collector, Desc};
use prometheus::proto::MetricFamily;
use prometheus::{CounterVec, IntGaugeVec, Opts, Result};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// What a slot does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SlotState {
    /// A function was started in it that has not claimed its judgement yet.
    Starting,
    /// Its function holds a judgement.
    Busy,
    Idle,
}

impl SlotState {
    const ALL: [Self; 3] = [Self::Starting, Self::Busy, Self::Idle];

    fn name(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Busy => "busy",
            Self::Idle => "idle",
        }
    }
}

/// The slots of a scaler, as a collector of metrics.
#[derive(Clone)]
pub(super) struct Slots {
    counted: Arc<Mutex<Counted>>,
    now: IntGaugeVec,
    seconds: CounterVec,
}

struct Counted {
    /// By state, in the order of [`SlotState::ALL`].
    slots: [u32; 3],
    /// Up to when their time is counted.
    until: Instant,
}

impl Slots {
    pub(super) fn new() -> Result<Self> {
        let now = Opts::new(
            "gavel_scaler_slots",
            "Slots for functions, by state: starting, busy or idle.",
        );
        let seconds = Opts::new(
            "gavel_scaler_slot_seconds_total",
            "Time that slots have spent in each state; all states together are what the slots cost.",
        );
        Ok(Self {
            counted: Arc::new(Mutex::new(Counted { slots: [0; 3], until: Instant::now() })),
            now: IntGaugeVec::new(now, &["state"])?,
            seconds: CounterVec::new(seconds, &["state"])?,
        })
    }

    /// So many slots are there from now on, all of them idle.
    pub(super) fn open(&self, slots: usize) {
        let idle = u32::try_from(slots).unwrap_or(u32::MAX);
        self.settled(Instant::now()).slots = [0, 0, idle];
    }

    /// One slot changes from one state to another.
    pub(super) fn change(&self, from: SlotState, to: SlotState) {
        let mut counted = self.settled(Instant::now());
        let [from, to] = [from, to].map(|state| state as usize);
        counted.slots[from] = counted.slots[from].saturating_sub(1);
        counted.slots[to] += 1;
    }

    /// With the time up to now counted.
    fn settled(&self, now: Instant) -> MutexGuard<'_, Counted> {
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = now.saturating_duration_since(counted.until).as_secs_f64();
        counted.until = now;
        for (state, slots) in SlotState::ALL.into_iter().zip(counted.slots) {
            let seconds = self.seconds.with_label_values(&[state.name()]);
            seconds.inc_by(passed * f64::from(slots));
        }
        counted
    }
}

impl Collector for Slots {
    fn desc(&self) -> Vec<&Desc> {
        [self.now.desc(), self.seconds.desc()].concat()
    }

    fn collect(&self) -> Vec<MetricFamily> {
        let slots = self.settled(Instant::now()).slots;
        for (state, slots) in SlotState::ALL.into_iter().zip(slots) {
            self.now.with_label_values(&[state.name()]).set(slots.into());
        }
        [self.now.collect(), self.seconds.collect()].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn every_slot_is_in_one_state_and_its_time_is_counted_there() {
        let slots = Slots::new().unwrap();
        slots.open(3);
        slots.change(SlotState::Idle, SlotState::Starting);
        slots.change(SlotState::Idle, SlotState::Starting);
        slots.change(SlotState::Starting, SlotState::Busy);
        let before =
            SlotState::ALL.map(|state| slots.seconds.with_label_values(&[state.name()]).get());
        let until = slots.settled(Instant::now()).until;
        let counted =
            SlotState::ALL.map(|state| slots.seconds.with_label_values(&[state.name()]).get());
        assert!(counted.iter().zip(before).all(|(after, before)| *after >= before));
        drop(slots.settled(until + Duration::from_secs(10)));
        for (state, before) in SlotState::ALL.into_iter().zip(counted) {
            let after = slots.seconds.with_label_values(&[state.name()]).get();
            assert!((after - before - 10.0).abs() < 1e-6, "{state:?}: {before} {after}");
        }
        slots.change(SlotState::Busy, SlotState::Idle);
        assert_eq!(slots.settled(Instant::now()).slots, [1, 0, 2]);
    }
}
