//! Pods of a cluster: started by the policy's target or by KEDA's own count, served by the broker, gone when idle.

use super::{
    PodModel, PodTrigger,
    engine::{Course, FleetEvent, Offer},
    random::Random,
};
use crate::scaling::{ArrivalRate, Load, ScalingPolicy, ServiceTimes};
use std::{collections::BTreeSet, ops::Bound, time::Duration};

pub(super) struct Pods {
    model: PodModel,
    random: Random,
    policy: ScalingPolicy,
    arrivals: ArrivalRate,
    service_times: ServiceTimes,
    /// All pods there ever were, the oldest first.
    pods: Vec<Pod>,
    /// Those that run and have a free slot.
    open: BTreeSet<u32>,
    /// The pod that was served last.
    served: u32,
    starting: usize,
    alive: usize,
    busy: usize,
}

struct Pod {
    created: Duration,
    busy: usize,
    idle_since: Duration,
    gone: bool,
}

/// Submissions that are made up are all in one language.
const LANGUAGE: &str = "simulated";

impl Pods {
    pub(super) fn new(model: PodModel, random: Random) -> Self {
        let policy = ScalingPolicy::new(model.scaling.clone());
        Self {
            model,
            random,
            policy,
            arrivals: ArrivalRate::new(),
            service_times: ServiceTimes::default(),
            pods: Vec::new(),
            open: BTreeSet::new(),
            served: 0,
            starting: 0,
            alive: 0,
            busy: 0,
        }
    }

    pub(super) fn begin(&self, course: &mut Course<'_>) {
        course.plan(self.model.poll, FleetEvent::Poll);
    }

    pub(super) fn arrived(&mut self, course: &Course<'_>) {
        self.arrivals.observe(course.now, 1);
    }

    pub(super) fn offer(&mut self) -> Option<Offer> {
        let first = self.open.first().copied();
        let pod = if self.model.packing {
            first
        } else {
            let after = (Bound::Excluded(self.served), Bound::Unbounded);
            self.open.range(after).next().copied().or(first)
        }?;
        self.served = pod;
        self.busy += 1;
        let state = &mut self.pods[pod as usize];
        state.busy += 1;
        if state.busy == self.model.slots_per_pod {
            self.open.remove(&pod);
        }
        Some(Offer { slot: pod, delay: self.model.process_start })
    }

    pub(super) fn finished(&mut self, pod: u32, began: Duration, course: &mut Course<'_>) {
        self.service_times.observe(LANGUAGE, course.now - began);
        self.busy -= 1;
        self.pods[pod as usize].busy -= 1;
        self.open.insert(pod);
        self.watch_idleness(pod, course);
    }

    pub(super) fn happened(&mut self, event: FleetEvent, course: &mut Course<'_>) {
        match event {
            FleetEvent::Poll => {
                for _ in 0..self.wanted(course) {
                    self.create(course);
                }
                if !course.is_done() {
                    course.plan(self.model.poll, FleetEvent::Poll);
                }
            }
            FleetEvent::Ready(pod) => {
                self.starting -= 1;
                self.open.insert(pod);
                self.watch_idleness(pod, course);
            }
            FleetEvent::Idle(pod) => self.leave_if_idle(pod, course),
            FleetEvent::Refill => {}
        }
    }

    /// How many pods to start.
    fn wanted(&mut self, course: &Course<'_>) -> usize {
        let per_pod = self.model.slots_per_pod;
        let max = (self.model.scaling.max_slots / per_pod).max(1);
        let ready = course.queue.len();
        match self.model.trigger {
            PodTrigger::Policy => {
                let load = Load {
                    arrival_rate: self.arrivals.per_second(course.now),
                    service_time: self.service_times.mean(),
                    ready,
                    busy: self.busy,
                    quiet_for: self.arrivals.quiet_for(course.now),
                };
                let target = self.policy.target(course.now, &load);
                target.div_ceil(per_pod).min(max).saturating_sub(self.alive)
            }
            PodTrigger::ReadyCount => {
                let wanted = ready.div_ceil(per_pod).min(max);
                let room = max.saturating_sub(self.alive);
                if wanted > room { room } else { wanted.saturating_sub(self.starting) }
            }
        }
    }

    fn create(&mut self, course: &mut Course<'_>) {
        let pod = u32::try_from(self.pods.len()).expect("pods are counted in 32 bits");
        let (created, idle_since) = (course.now, course.now);
        self.pods.push(Pod { created, busy: 0, idle_since, gone: false });
        self.starting += 1;
        self.alive += 1;
        course.tally.slots_came(self.model.slots_per_pod);
        course.tally.cold_starts += 1;
        let start = self.random.lognormal(self.model.start_median, self.model.start_sigma);
        course.plan(start, FleetEvent::Ready(pod));
    }

    fn watch_idleness(&mut self, pod: u32, course: &mut Course<'_>) {
        let state = &mut self.pods[pod as usize];
        if state.busy == 0 {
            state.idle_since = course.now;
            course.plan(self.model.idle_timeout, FleetEvent::Idle(pod));
        }
    }

    fn leave_if_idle(&mut self, pod: u32, course: &mut Course<'_>) {
        let state = &mut self.pods[pod as usize];
        let idle_since = state.idle_since;
        if state.gone || state.busy > 0 || course.now < idle_since + self.model.idle_timeout {
            return;
        }
        state.gone = true;
        self.open.remove(&pod);
        self.alive -= 1;
        course.tally.slots_went(self.model.slots_per_pod, state.created, course.now);
    }
}
