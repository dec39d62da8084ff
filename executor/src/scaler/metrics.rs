//! What a scaler counts, for Prometheus.

use super::child::ChildEnd;
use super::slot_states::{SlotState, Slots};
use crate::FunctionExit;
use crate::function::Notice;
use prometheus::core::Collector;
use prometheus::{
    Histogram, HistogramOpts, HistogramVec, IntCounter, IntCounterVec, Opts, Registry, Result,
};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// From a function that starts on a warm machine to a wait of an hour behind a contest's last minutes.
const SECONDS: [f64; 16] = [
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0,
];

/// The metrics of a scaler; clones are the same. How much waits is not among them: the API tells that.
#[derive(Clone)]
pub struct ScalerMetrics {
    slots: Slots,
    languages: Arc<HashSet<String>>,
    start: Histogram,
    service: HistogramVec,
    queue_wait: Histogram,
    to_verdict: Histogram,
    redeliveries: IntCounter,
    empty_handed: IntCounter,
    left_to_others: IntCounter,
    prefetched: IntCounter,
    ends: IntCounterVec,
}

impl ScalerMetrics {
    /// Registers them. `languages` are the ids that service times are told apart by; any other is `other`.
    ///
    /// # Errors
    /// Where the registry has metrics of a scaler already.
    pub fn register(
        registry: &Registry,
        languages: impl IntoIterator<Item = String>,
    ) -> Result<Self> {
        let seconds = |name, help| HistogramOpts::new(name, help).buckets(SECONDS.into());
        let ends = Opts::new(
            "gavel_functions_total",
            "Functions that have ended, by how: done, handed_back, held_elsewhere, other_version, unreachable, no_room, \
             handed_over, died, stopped or not_started.",
        );
        let metrics = Self {
            slots: Slots::new()?,
            languages: Arc::new(languages.into_iter().collect()),
            start: Histogram::with_opts(seconds(
                "gavel_function_start_seconds",
                "Time from a task's arrival at a free slot to its function's claim.",
            ))?,
            service: HistogramVec::new(
                seconds(
                    "gavel_function_service_seconds",
                    "Time that a function with a judgement has taken a slot, by the submission's language.",
                ),
                &["language"],
            )?,
            queue_wait: Histogram::with_opts(seconds(
                "gavel_queue_wait_seconds",
                "Time from a judgement's queueing to its claim by a function.",
            ))?,
            to_verdict: Histogram::with_opts(seconds(
                "gavel_time_to_verdict_seconds",
                "Time from a judgement's queueing to its verdict.",
            ))?,
            redeliveries: IntCounter::new(
                "gavel_redeliveries_total",
                "Tasks that came here and had been delivered before.",
            )?,
            empty_handed: IntCounter::new(
                "gavel_function_empty_handed_total",
                "Functions that were started and found nothing to do.",
            )?,
            left_to_others: IntCounter::new(
                "gavel_tasks_left_to_other_versions_total",
                "Tasks of a version that this build does not read, left to executors of that version.",
            )?,
            prefetched: IntCounter::new(
                "gavel_packages_prefetched_total",
                "Packages that were fetched ahead of their contest.",
            )?,
            ends: IntCounterVec::new(ends, &["end"])?,
        };
        for end in ChildEnd::ALL {
            // A rate needs the 0 before the first.
            metrics.ends.with_label_values(&[end.name()]);
        }
        let collectors: [Box<dyn Collector>; 10] = [
            Box::new(metrics.slots.clone()),
            Box::new(metrics.start.clone()),
            Box::new(metrics.service.clone()),
            Box::new(metrics.queue_wait.clone()),
            Box::new(metrics.to_verdict.clone()),
            Box::new(metrics.redeliveries.clone()),
            Box::new(metrics.empty_handed.clone()),
            Box::new(metrics.left_to_others.clone()),
            Box::new(metrics.prefetched.clone()),
            Box::new(metrics.ends.clone()),
        ];
        collectors.into_iter().try_for_each(|collector| registry.register(collector))?;
        Ok(metrics)
    }

    /// The scaler has so many slots.
    pub(super) fn open(&self, slots: usize) {
        self.slots.open(slots);
    }

    /// A task was of another version.
    pub(super) fn left_to_others(&self) {
        self.left_to_others.inc();
    }

    /// A package was fetched ahead.
    pub(super) fn prefetched(&self) {
        self.prefetched.inc();
    }

    /// A function is about to be started for a task in this language, which is delivered for the
    /// `deliveries`th time.
    pub(super) fn begin(&self, language: &str, deliveries: u32) -> Arc<Occupied> {
        if deliveries > 1 {
            self.redeliveries.inc();
        }
        self.slots.change(SlotState::Idle, SlotState::Starting);
        let language = self.languages.get(language).map_or("other", String::as_str).to_owned();
        let state = Mutex::new(SlotState::Starting);
        Arc::new(Occupied { metrics: self.clone(), language, began: Instant::now(), state })
    }
}

/// A slot with a function in it; idle again once dropped.
pub(super) struct Occupied {
    metrics: ScalerMetrics,
    language: String,
    began: Instant,
    state: Mutex<SlotState>,
}

impl Occupied {
    /// Counts what the function has said.
    pub(super) fn told(&self, notice: Notice) {
        match notice {
            Notice::Claimed { queue_wait_ms } => {
                self.change(SlotState::Busy);
                self.metrics.start.observe(self.began.elapsed().as_secs_f64());
                self.metrics.queue_wait.observe(seconds(queue_wait_ms));
            }
            Notice::Helping => {
                self.change(SlotState::Busy);
                self.metrics.start.observe(self.began.elapsed().as_secs_f64());
            }
            Notice::Opened { .. } => {}
            Notice::Judged { since_queued_ms } => {
                self.metrics.to_verdict.observe(seconds(since_queued_ms));
            }
        }
    }

    /// Counts the function's end, once all it has said was counted.
    pub(super) fn ended(&self, end: ChildEnd) {
        self.metrics.ends.with_label_values(&[end.name()]).inc();
        if self.state() == SlotState::Busy {
            let service = self.metrics.service.with_label_values(&[&self.language]);
            service.observe(self.began.elapsed().as_secs_f64());
        } else if end.is_by_itself() {
            self.metrics.empty_handed.inc();
        }
    }

    fn state(&self) -> SlotState {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, to: SlotState) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        self.metrics.slots.change(*state, to);
        *state = to;
    }
}

impl Drop for Occupied {
    fn drop(&mut self) {
        self.change(SlotState::Idle);
    }
}

fn seconds(ms: u64) -> f64 {
    Duration::from_millis(ms).as_secs_f64()
}

impl ChildEnd {
    const ALL: [Self; 10] = [
        Self::Exited(FunctionExit::Done),
        Self::Exited(FunctionExit::HandedBack),
        Self::Exited(FunctionExit::HeldElsewhere),
        Self::Exited(FunctionExit::OtherVersion),
        Self::Exited(FunctionExit::Unreachable),
        Self::Exited(FunctionExit::NoRoom),
        Self::Exited(FunctionExit::HandedOver),
        Self::Died,
        Self::Stopped,
        Self::NotStarted,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Exited(FunctionExit::Done) => "done",
            Self::Exited(FunctionExit::HandedBack) => "handed_back",
            Self::Exited(FunctionExit::HeldElsewhere) => "held_elsewhere",
            Self::Exited(FunctionExit::OtherVersion) => "other_version",
            Self::Exited(FunctionExit::Unreachable) => "unreachable",
            Self::Exited(FunctionExit::NoRoom) => "no_room",
            Self::Exited(FunctionExit::HandedOver) => "handed_over",
            Self::Died => "died",
            Self::Stopped => "stopped",
            Self::NotStarted => "not_started",
        }
    }

    /// Whether the function said that there was nothing for it to do, if it had claimed nothing.
    fn is_by_itself(self) -> bool {
        use FunctionExit::{Done, HeldElsewhere, OtherVersion};
        matches!(self, Self::Exited(Done | HeldElsewhere | OtherVersion))
    }
}
