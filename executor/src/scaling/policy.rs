//! How many slots there should be.

use std::{collections::VecDeque, time::Duration};

/// How many slots to have, and how soon to give them up.
#[derive(Debug, Clone, PartialEq)]
pub struct ScalingConfig {
    /// Never fewer slots than this, even when idle.
    pub min_slots: usize,
    /// Never more slots than this.
    pub max_slots: usize,
    /// Within what time the waiting submissions should all have begun (D).
    pub drain_goal: Duration,
    /// How many standard deviations of the load are kept in reserve (z): with 2.33 an arrival finds a free slot
    /// 99 times in 100.
    pub reserve: f64,
    /// Fewer slots are wanted only after they were enough for this long.
    pub shrink_after: Duration,
    /// After this long without anything waiting, running or arriving, `min_slots` are enough.
    pub idle_after: Duration,
}

impl Default for ScalingConfig {
    fn default() -> Self {
        Self {
            min_slots: 0,
            max_slots: 1_000,
            drain_goal: Duration::from_secs(2),
            reserve: 2.33,
            shrink_after: Duration::from_secs(2),
            idle_after: Duration::from_secs(10),
        }
    }
}

/// What is known about the load at one moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    /// Arrivals in a second (λ).
    pub arrival_rate: f64,
    /// The mean time for which a submission takes a slot (S).
    pub service_time: Duration,
    /// How many submissions wait.
    pub ready: usize,
    /// How many slots are judging.
    pub busy: usize,
    /// How long nothing has arrived; `None` where nothing ever has.
    pub quiet_for: Option<Duration>,
}

impl ScalingConfig {
    /// ⌈λS + z·√(λS) + ready·S/D⌉, within the bounds: slots for what arrives, a reserve for its scatter, and slots
    /// to begin what waits within the drain goal.
    ///
    /// What waits is never worth more than a slot each: with S above D the goal is out of reach, and the
    /// slots beyond would stay empty. While something waits, one slot more than those that are busy is wanted, so
    /// that submissions that take longer than any before do not hold up the rest.
    #[must_use]
    pub fn slots_for(&self, load: &Load) -> usize {
        let service_s = load.service_time.as_secs_f64();
        let offered = (load.arrival_rate * service_s).max(0.0);
        let share = (service_s / self.drain_goal.as_secs_f64()).min(1.0);
        #[allow(clippy::cast_precision_loss, reason = "a queue is shorter than 2^52")]
        let waiting = load.ready as f64 * share;
        let wanted = (offered + self.reserve * offered.sqrt() + waiting).ceil();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "saturates")]
        let wanted = wanted as usize;
        let in_use = load.busy + usize::from(load.ready > 0);
        self.clamp(wanted.max(in_use))
    }

    /// `slots` within the bounds; the upper one where they contradict each other.
    fn clamp(&self, slots: usize) -> usize {
        slots.max(self.min_slots).min(self.max_slots)
    }
}

/// The number of slots over time: up at once, down only after a while, to zero only when idle.
#[derive(Debug, Clone)]
pub struct ScalingPolicy {
    config: ScalingConfig,
    /// What was wanted lately: earliest first, each less than those before it.
    wanted: VecDeque<(Duration, usize)>,
    last_work: Option<Duration>,
}

impl ScalingPolicy {
    /// A policy that has seen nothing yet.
    #[must_use]
    pub fn new(config: ScalingConfig) -> Self {
        Self { config, wanted: VecDeque::new(), last_work: None }
    }

    /// What it works with.
    #[must_use]
    pub fn config(&self) -> &ScalingConfig {
        &self.config
    }

    /// How many slots there should be at `now`. Asked as often as the load is read.
    ///
    /// Not below what is busy (but never above the maximum), and not lower because of one reading: a broker that
    /// restarts says zero once.
    pub fn target(&mut self, now: Duration, load: &Load) -> usize {
        if load.ready > 0 || load.busy > 0 {
            self.last_work = Some(now);
        } else if self.is_idle(now, load) {
            self.wanted.clear();
            return self.config.clamp(0);
        }
        let wanted = self.config.slots_for(load).max(self.config.clamp(1));
        while self.wanted.back().is_some_and(|(_, earlier)| *earlier <= wanted) {
            self.wanted.pop_back();
        }
        self.wanted.push_back((now, wanted));
        let recent = now.saturating_sub(self.config.shrink_after);
        while self.wanted.front().is_some_and(|(at, _)| *at < recent) {
            self.wanted.pop_front();
        }
        self.wanted.front().map_or(wanted, |(_, highest)| *highest)
    }

    /// Whether nothing has been going on for long enough.
    fn is_idle(&self, now: Duration, load: &Load) -> bool {
        let long_ago = |passed: Duration| passed >= self.config.idle_after;
        load.quiet_for.is_none_or(long_ago)
            && self.last_work.is_none_or(|last| long_ago(now.saturating_sub(last)))
    }
}

#[cfg(test)]
mod tests;
