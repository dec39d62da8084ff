//! Which task is next: lanes by urgency, teams in turns.
//!
//! Each lane goes round in turns, and a team has one task in a turn. A team's tasks that wait or run already push
//! its next one into later turns, so a flood queues behind itself: the first task of another team is in the
//! present turn, ahead of all of the flood but at most its own task of this turn. Turns only move on, so nobody waits for
//! more than a task of each team in each turn before. (The field calls this start-time fair queueing.)
//!
//! Lanes are strict: while a contest submission waits, nothing of another lane is started.

use judge_types::{Lane, turn_for};
use std::{
    cmp::{Ordering, Reverse},
    collections::{BinaryHeap, HashMap},
    hash::Hash,
};

/// A task's place in the order: the least is served first. It is given on arrival and does not change, so that a
/// database can keep it in columns and sort by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The lane it waits in.
    pub lane: Lane,
    /// The lane's turn in which it is served.
    pub turn: u64,
    /// How many turns that was ahead when it arrived: in one turn, who waited for no turn comes first.
    pub ahead: u64,
    /// A number that grows with each arrival: the older of two that are otherwise alike comes first.
    pub arrival: u64,
}

/// Tasks that wait, taken out in a fair order.
#[derive(Debug, Clone)]
pub struct FairQueue<Team, Task> {
    lanes: [Turns<Team>; Lane::ALL.len()],
    waiting: BinaryHeap<Reverse<Waiting<Task>>>,
    arrivals: u64,
}

/// Where a lane is, and the last turn that each team was given.
#[derive(Debug, Clone)]
struct Turns<Team> {
    now: u64,
    last: HashMap<Team, u64>,
    forget_above: usize,
}

#[derive(Debug, Clone)]
struct Waiting<Task> {
    place: Place,
    task: Task,
}

/// How many teams a lane remembers before it looks for ones to forget.
const REMEMBERED: usize = 64;

impl<Team: Eq + Hash, Task> FairQueue<Team, Task> {
    /// An empty queue.
    #[must_use]
    pub fn new() -> Self {
        let turns = || Turns { now: 0, last: HashMap::new(), forget_above: REMEMBERED };
        Self { lanes: std::array::from_fn(|_| turns()), waiting: BinaryHeap::new(), arrivals: 0 }
    }

    /// Adds a task that has just arrived and says which place it got.
    pub fn push(&mut self, lane: Lane, team: Team, task: Task) -> Place {
        let turns = &mut self.lanes[lane as usize];
        let turn = turn_for(turns.now, turns.last.get(&team).copied());
        turns.last.insert(team, turn);
        let place = Place { lane, turn, ahead: turn - turns.now, arrival: self.arrivals };
        self.arrivals += 1;
        self.waiting.push(Reverse(Waiting { place, task }));
        place
    }

    /// Puts a task that was taken out back in its old place.
    pub fn put_back(&mut self, place: Place, task: Task) {
        self.waiting.push(Reverse(Waiting { place, task }));
    }

    /// Takes the next task out.
    pub fn pop(&mut self) -> Option<(Place, Task)> {
        let Reverse(Waiting { place, task }) = self.waiting.pop()?;
        self.lanes[place.lane as usize].move_on_to(place.turn);
        Some((place, task))
    }

    /// How many tasks wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether no task waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

impl<Team: Eq + Hash, Task> Default for FairQueue<Team, Task> {
    fn default() -> Self {
        Self::new()
    }
}

impl<Team: Eq + Hash> Turns<Team> {
    fn move_on_to(&mut self, turn: u64) {
        // One that was put back comes from an earlier turn.
        if turn <= self.now {
            return;
        }
        self.now = turn;
        if self.last.len() > self.forget_above {
            // A team whose last turn is over is as good as a new one.
            self.last.retain(|_, last| *last >= turn);
            self.forget_above = self.last.len() * 2 + REMEMBERED;
        }
    }
}

impl<Task> PartialEq for Waiting<Task> {
    fn eq(&self, other: &Self) -> bool {
        self.place == other.place
    }
}

impl<Task> Eq for Waiting<Task> {}

impl<Task> PartialOrd for Waiting<Task> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<Task> Ord for Waiting<Task> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place.cmp(&other.place)
    }
}

#[cfg(test)]
mod tests;
