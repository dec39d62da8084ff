//! What a simulation came to.

use judge_types::Lane;
use serde::{Serialize, Serializer};
use std::time::Duration;

/// How a platform did with a workload.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SimulationReport {
    /// How many submissions were judged.
    pub judged: usize,
    /// How long they waited, for each lane that had any, the most urgent first.
    pub lanes: Vec<LaneWaits>,
    /// The sum of the service times.
    #[serde(rename = "busy_slot_s", serialize_with = "seconds")]
    pub busy: Duration,
    /// The sum over all slots of the time that they were there, starting and idling included.
    #[serde(rename = "slot_s", serialize_with = "seconds")]
    pub slot_time: Duration,
    /// Slot time over busy time: 1 where nothing is paid for that does not judge.
    pub overhead: f64,
    /// The most slots that were there at once.
    pub peak_slots: usize,
    /// How many processes (local), pods or environments were started.
    pub cold_starts: usize,
    /// From the start of the contest to the last verdict.
    #[serde(rename = "last_verdict_s", serialize_with = "seconds")]
    pub last_verdict: Duration,
    /// From the last verdict until no slot was left.
    #[serde(rename = "time_to_zero_s", serialize_with = "seconds")]
    pub time_to_zero: Duration,
}

/// How long the submissions of one lane waited.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LaneWaits {
    /// Which lane.
    pub lane: Lane,
    /// How many it had.
    pub judged: usize,
    /// From the arrival to the start of the judging.
    pub wait: Waits,
}

/// Times from the shortest to the longest.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Waits {
    /// The average.
    #[serde(rename = "mean_s", serialize_with = "seconds")]
    pub mean: Duration,
    /// Half are no longer.
    #[serde(rename = "p50_s", serialize_with = "seconds")]
    pub p50: Duration,
    /// Nine in ten are no longer.
    #[serde(rename = "p90_s", serialize_with = "seconds")]
    pub p90: Duration,
    /// 99 in 100 are no longer.
    #[serde(rename = "p99_s", serialize_with = "seconds")]
    pub p99: Duration,
    /// The longest.
    #[serde(rename = "max_s", serialize_with = "seconds")]
    pub max: Duration,
}

fn seconds<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(time.as_secs_f64())
}

impl Waits {
    /// Sums up times; `None` where there are none.
    fn of(mut times: Vec<Duration>) -> Option<Self> {
        times.sort_unstable();
        // The least time that at least so many in a hundred do not exceed.
        let percentile =
            |percent: usize| times.get((times.len() * percent).div_ceil(100).max(1) - 1);
        let count = u32::try_from(times.len()).ok()?;
        Some(Self {
            mean: times.iter().sum::<Duration>().checked_div(count)?,
            p50: *percentile(50)?,
            p90: *percentile(90)?,
            p99: *percentile(99)?,
            max: *times.last()?,
        })
    }
}

/// What is written down in the course of a simulation.
pub(super) struct Tally {
    waits: [Vec<Duration>; Lane::ALL.len()],
    pub(super) judged: usize,
    busy: Duration,
    slots: usize,
    peak_slots: usize,
    slot_time: Duration,
    pub(super) cold_starts: usize,
    last_verdict: Duration,
    last_slot: Duration,
}

impl Tally {
    pub(super) fn new() -> Self {
        Self {
            waits: Default::default(),
            judged: 0,
            busy: Duration::ZERO,
            slots: 0,
            peak_slots: 0,
            slot_time: Duration::ZERO,
            cold_starts: 0,
            last_verdict: Duration::ZERO,
            last_slot: Duration::ZERO,
        }
    }

    pub(super) fn waited(&mut self, lane: Lane, wait: Duration) {
        self.waits[lane as usize].push(wait);
    }

    pub(super) fn finished(&mut self, now: Duration, service: Duration) {
        self.judged += 1;
        self.busy += service;
        self.last_verdict = now;
    }

    pub(super) fn slots_came(&mut self, count: usize) {
        self.slots += count;
        self.peak_slots = self.peak_slots.max(self.slots);
    }

    pub(super) fn slots_went(&mut self, count: usize, came: Duration, now: Duration) {
        self.slots -= count;
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.slot_time += (now - came) * count;
        self.last_slot = now;
    }

    pub(super) fn report(self) -> SimulationReport {
        let lanes = Lane::ALL.into_iter().zip(self.waits).filter_map(|(lane, waits)| {
            let judged = waits.len();
            Waits::of(waits).map(|wait| LaneWaits { lane, judged, wait })
        });
        let busy_s = self.busy.as_secs_f64();
        let overhead = if busy_s > 0.0 { self.slot_time.as_secs_f64() / busy_s } else { 1.0 };
        SimulationReport {
            judged: self.judged,
            lanes: lanes.collect(),
            busy: self.busy,
            slot_time: self.slot_time,
            overhead,
            peak_slots: self.peak_slots,
            cold_starts: self.cold_starts,
            last_verdict: self.last_verdict,
            time_to_zero: self.last_slot.saturating_sub(self.last_verdict),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_occurred() {
        let ms = Duration::from_millis;
        let waits = Waits::of((1..=200).rev().map(ms).collect()).unwrap();
        assert_eq!(
            (waits.p50, waits.p90, waits.p99, waits.max),
            (ms(100), ms(180), ms(198), ms(200))
        );
        assert_eq!(waits.mean, Duration::from_micros(100_500));
        let one = Waits::of(vec![ms(7)]).unwrap();
        assert_eq!((one.p50, one.p99, one.max), (ms(7), ms(7), ms(7)));
        assert_eq!(Waits::of(Vec::new()), None);
    }
}
