//! A managed function service. A slot is paid for while it starts and judges, not while it is kept warm.

use super::{
    LambdaModel,
    engine::{Course, FleetEvent, Offer},
    random::Random,
};
use std::{collections::VecDeque, time::Duration};

pub(super) struct Lambda {
    model: LambdaModel,
    random: Random,
    busy: usize,
    /// Since when each idle environment has been, the longest first.
    warm: VecDeque<Duration>,
    /// How many may be started now.
    allowance: usize,
    refilled: Duration,
    refill_planned: bool,
}

impl Lambda {
    pub(super) fn new(model: LambdaModel, random: Random) -> Self {
        let allowance = model.burst;
        Self {
            model,
            random,
            busy: 0,
            warm: VecDeque::new(),
            allowance,
            refilled: Duration::ZERO,
            refill_planned: false,
        }
    }

    pub(super) fn offer(&mut self, course: &mut Course<'_>) -> Option<Offer> {
        if self.busy >= self.model.max_slots {
            return None;
        }
        while self.warm.front().is_some_and(|since| *since + self.model.keep_warm < course.now) {
            self.warm.pop_front();
        }
        // The one that was used last: the others may expire.
        let cold_start = if self.warm.pop_back().is_some() {
            Duration::ZERO
        } else {
            self.take_allowance(course)?;
            course.tally.cold_starts += 1;
            self.random.lognormal(self.model.cold_start_median, self.model.cold_start_sigma)
        };
        self.busy += 1;
        course.tally.slots_came(1);
        Some(Offer { slot: 0, delay: cold_start + self.model.process_start })
    }

    pub(super) fn finished(&mut self, began: Duration, course: &mut Course<'_>) {
        self.busy -= 1;
        self.warm.push_back(course.now);
        course.tally.slots_went(1, began, course.now);
    }

    pub(super) fn refill_is_due(&mut self) {
        self.refill_planned = false;
    }

    /// Takes one of the starts that are allowed, or has the course come back when there are more.
    fn take_allowance(&mut self, course: &mut Course<'_>) -> Option<()> {
        let interval = self.model.growth_interval;
        while self.allowance < self.model.burst && self.refilled + interval <= course.now {
            self.allowance = (self.allowance + self.model.growth).min(self.model.burst);
            self.refilled += interval;
        }
        if self.allowance == self.model.burst {
            self.refilled = course.now;
        }
        if let Some(left) = self.allowance.checked_sub(1) {
            self.allowance = left;
            return Some(());
        }
        if !self.refill_planned {
            self.refill_planned = true;
            course.plan(self.refilled + interval - course.now, FleetEvent::Refill);
        }
        None
    }
}
