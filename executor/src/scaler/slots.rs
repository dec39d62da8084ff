//! Slots for functions, each with a processor of its own where there are enough.

use std::sync::{Arc, Mutex, PoisonError};

/// The slots of a scaler.
#[derive(Debug, Clone)]
pub(super) struct Slots {
    free: Arc<Mutex<Vec<usize>>>,
    /// Whether each can have a processor of its own.
    have_cores: bool,
}

/// A taken slot; free again when dropped.
#[derive(Debug)]
pub(super) struct Slot {
    number: usize,
    slots: Slots,
}

impl Slots {
    /// At least one.
    pub(super) fn new(count: usize) -> Self {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        // The last is taken first, so they are put in backwards.
        let free = Arc::new(Mutex::new((0..count.max(1)).rev().collect()));
        Self { free, have_cores: count <= processors }
    }

    /// Takes a slot if one is free.
    pub(super) fn free(&self) -> Option<Slot> {
        let number = self.numbers().pop()?;
        Some(Slot { number, slots: self.clone() })
    }

    fn numbers(&self) -> std::sync::MutexGuard<'_, Vec<usize>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// Which of the machine's processors nobody else has while this slot is taken.
    pub(super) fn core(&self) -> Option<usize> {
        self.slots.have_cores.then_some(self.number)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.slots.numbers().push(self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_slots_share_a_processor() {
        let slots = Slots::new(1);
        let taken = slots.free().unwrap();
        assert!(slots.free().is_none());
        assert_eq!(taken.core(), Some(0));
        drop(taken);
        assert!(slots.free().is_some());
        let more_than_any_machine_has = Slots::new(1 << 20);
        assert_eq!(more_than_any_machine_has.free().unwrap().core(), None);
    }
}
