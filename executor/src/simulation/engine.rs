//! From event to event.

use super::{
    Platform, SimulationReport, Workload, lambda::Lambda, local::Local, pods::Pods, random::Random,
    report::Tally, workload::Submission,
};
use crate::scaling::FairQueue;
use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
    time::Duration,
};

/// Plays the workload through on a platform. `progress` is told now and then how many submissions are judged.
///
/// # Panics
/// Where there are 2³² submissions or more, or the platform may not have a single slot.
#[must_use]
pub fn simulate(
    workload: &Workload,
    platform: &Platform,
    seed: u64,
    progress: &mut dyn FnMut(usize),
) -> SimulationReport {
    let mut course = Course {
        now: Duration::ZERO,
        events: BinaryHeap::new(),
        scheduled: 0,
        queue: FairQueue::new(),
        submissions: &workload.submissions,
        arrived: 0,
        tally: Tally::new(),
    };
    let mut fleet = Fleet::new(platform, Random::new(seed, 1));
    fleet.begin(&mut course);
    let mut reported = 0;
    while let Some(event) = course.next() {
        match event {
            Event::Arrived => fleet.arrived(&mut course),
            Event::Finished { submission, slot, began } => {
                let service = course.submissions[submission as usize].service;
                course.tally.finished(course.now, service);
                fleet.finished(slot, began, &mut course);
            }
            Event::Of(event) => fleet.happened(event, &mut course),
        }
        while !course.queue.is_empty() {
            let Some(offer) = fleet.offer(&mut course) else { break };
            course.start(offer);
        }
        if course.tally.judged >= reported + PROGRESS_STEP {
            reported = course.tally.judged;
            progress(reported);
        }
    }
    assert!(course.is_done(), "a platform without slots judges nothing");
    progress(course.tally.judged);
    course.tally.report()
}

/// Progress is told each time that so many more are judged.
const PROGRESS_STEP: usize = 4_096;

/// The world outside the slots: time, what is going to happen, what waits, what is written down.
pub(super) struct Course<'a> {
    pub(super) now: Duration,
    events: BinaryHeap<Reverse<Scheduled>>,
    scheduled: u64,
    /// What waits, by its index.
    pub(super) queue: FairQueue<u32, u32>,
    submissions: &'a [Submission],
    arrived: usize,
    pub(super) tally: Tally,
}

/// A free slot for the next submission.
pub(super) struct Offer {
    pub(super) slot: u32,
    /// How long it takes until the judging begins; the slot is taken meanwhile.
    pub(super) delay: Duration,
}

/// What happens to slots but for being given a submission and finishing it.
#[derive(Debug, Clone, Copy)]
pub(super) enum FleetEvent {
    /// The load is read.
    Poll,
    /// A pod has started.
    Ready(u32),
    /// A pod may have been idle for long enough.
    Idle(u32),
    /// More may be started.
    Refill,
}

#[derive(Debug, Clone, Copy)]
enum Event {
    Arrived,
    Finished { submission: u32, slot: u32, began: Duration },
    Of(FleetEvent),
}

struct Scheduled {
    at: Duration,
    /// Of two events at one moment, the one that was planned first comes first.
    order: u64,
    event: Event,
}

impl Course<'_> {
    /// Moves time on to the next event.
    fn next(&mut self) -> Option<Event> {
        let arrival = self.submissions.get(self.arrived).map(|submission| submission.arrival);
        let planned = self.events.peek().map(|Reverse(event)| event.at);
        match (arrival, planned) {
            (Some(arrival), planned) if planned.is_none_or(|planned| arrival <= planned) => {
                self.now = arrival;
                let submission = self.submissions[self.arrived];
                let index =
                    u32::try_from(self.arrived).expect("submissions are counted in 32 bits");
                self.queue.push(submission.lane, submission.team, index);
                self.arrived += 1;
                Some(Event::Arrived)
            }
            _ => {
                let Reverse(next) = self.events.pop()?;
                self.now = next.at;
                Some(next.event)
            }
        }
    }

    /// Whether every submission has arrived and is judged.
    pub(super) fn is_done(&self) -> bool {
        self.tally.judged == self.submissions.len()
    }

    pub(super) fn plan(&mut self, after: Duration, event: FleetEvent) {
        self.schedule(after, Event::Of(event));
    }

    fn schedule(&mut self, after: Duration, event: Event) {
        self.events.push(Reverse(Scheduled { at: self.now + after, order: self.scheduled, event }));
        self.scheduled += 1;
    }

    /// Gives the next submission to a slot.
    fn start(&mut self, offer: Offer) {
        let Some((_, index)) = self.queue.pop() else { return };
        let submission = self.submissions[index as usize];
        self.tally.waited(submission.lane, self.now + offer.delay - submission.arrival);
        let finished = Event::Finished { submission: index, slot: offer.slot, began: self.now };
        self.schedule(offer.delay + submission.service, finished);
    }
}

impl PartialEq for Scheduled {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Scheduled {}

impl PartialOrd for Scheduled {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Scheduled {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.at, self.order).cmp(&(other.at, other.order))
    }
}

/// The slots of a platform.
enum Fleet {
    Local(Local),
    Pods(Box<Pods>),
    Lambda(Lambda),
}

impl Fleet {
    fn new(platform: &Platform, random: Random) -> Self {
        match platform {
            Platform::Local { slots, process_start } => {
                Self::Local(Local::new(*slots, *process_start))
            }
            Platform::Pods(model) => Self::Pods(Box::new(Pods::new(model.clone(), random))),
            Platform::Lambda(model) => Self::Lambda(Lambda::new(model.clone(), random)),
        }
    }

    fn begin(&mut self, course: &mut Course<'_>) {
        match self {
            Self::Pods(pods) => pods.begin(course),
            Self::Local(_) | Self::Lambda(_) => {}
        }
    }

    fn arrived(&mut self, course: &mut Course<'_>) {
        match self {
            Self::Pods(pods) => pods.arrived(course),
            Self::Local(_) | Self::Lambda(_) => {}
        }
    }

    /// A slot for the next submission that waits, if there is one now.
    fn offer(&mut self, course: &mut Course<'_>) -> Option<Offer> {
        match self {
            Self::Local(local) => local.offer(course),
            Self::Pods(pods) => pods.offer(),
            Self::Lambda(lambda) => lambda.offer(course),
        }
    }

    /// A slot that was taken at `began` is free.
    fn finished(&mut self, slot: u32, began: Duration, course: &mut Course<'_>) {
        match self {
            Self::Local(local) => local.finished(began, course),
            Self::Pods(pods) => pods.finished(slot, began, course),
            Self::Lambda(lambda) => lambda.finished(began, course),
        }
    }

    fn happened(&mut self, event: FleetEvent, course: &mut Course<'_>) {
        match self {
            Self::Pods(pods) => pods.happened(event, course),
            // Its refill needs nothing but that waiting submissions are looked at again.
            Self::Lambda(lambda) => lambda.refill_is_due(),
            Self::Local(_) => {}
        }
    }
}
