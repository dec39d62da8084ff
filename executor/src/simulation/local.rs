//! One machine: a process for each submission, as many at once as there are slots.

use super::engine::{Course, Offer};
use std::time::Duration;

pub(super) struct Local {
    free: usize,
    process_start: Duration,
}

impl Local {
    pub(super) fn new(slots: usize, process_start: Duration) -> Self {
        Self { free: slots, process_start }
    }

    pub(super) fn offer(&mut self, course: &mut Course<'_>) -> Option<Offer> {
        self.free = self.free.checked_sub(1)?;
        course.tally.slots_came(1);
        course.tally.cold_starts += 1;
        Some(Offer { slot: 0, delay: self.process_start })
    }

    pub(super) fn finished(&mut self, began: Duration, course: &mut Course<'_>) {
        self.free += 1;
        course.tally.slots_went(1, began, course.now);
    }
}
