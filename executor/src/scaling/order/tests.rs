//! What the order promises, whatever arrives when.

use super::*;
use proptest::prelude::*;

/// A task that knows its team and its number among the team's tasks of a lane.
type Numbered = (u8, u32);

/// A queue whose tasks are numbered within lane and team.
#[derive(Default)]
struct Stand {
    queue: FairQueue<u8, Numbered>,
    sent: HashMap<(Lane, u8), u32>,
}

impl Stand {
    fn send(&mut self, lane: Lane, team: u8) -> Numbered {
        let number = self.sent.entry((lane, team)).or_default();
        *number += 1;
        let task = (team, *number);
        self.queue.push(lane, team, task);
        task
    }

    fn send_many(&mut self, lane: Lane, team: u8, count: usize) {
        for _ in 0..count {
            self.send(lane, team);
        }
    }

    fn take(&mut self, count: usize) {
        for _ in 0..count {
            self.queue.pop();
        }
    }

    fn waiting_of(&self, lane: Lane, team: u8) -> usize {
        let of_team = |Reverse(waiting): &&Reverse<Waiting<Numbered>>| {
            waiting.place.lane == lane && waiting.task.0 == team
        };
        self.queue.waiting.iter().filter(of_team).count()
    }
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Send(Lane, u8),
    Take,
}

const TEAMS: u8 = 6;

fn step() -> impl Strategy<Value = Step> {
    let lane = prop::sample::select(&Lane::ALL[..]);
    prop_oneof![3 => (lane, 0..TEAMS).prop_map(|(lane, team)| Step::Send(lane, team)), 2 => Just(Step::Take)]
}

fn steps(length: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(), 0..length)
}

/// Steps within one lane.
fn contest_steps(length: usize) -> impl Strategy<Value = Vec<Step>> {
    let send = (0..TEAMS).prop_map(|team| Step::Send(Lane::Contest, team));
    prop::collection::vec(prop_oneof![3 => send, 2 => Just(Step::Take)], 0..length)
}

fn take_steps(stand: &mut Stand, steps: &[Step]) {
    for step in steps {
        match *step {
            Step::Send(lane, team) => stand.send_many(lane, team, 1),
            Step::Take => stand.take(1),
        }
    }
}

#[test]
fn teams_take_turns() {
    let mut stand = Stand::default();
    for team in [0, 0, 0, 0, 1, 1, 2] {
        stand.send(Lane::Contest, team);
    }
    let order: Vec<u8> =
        std::iter::from_fn(|| stand.queue.pop()).map(|(_, (team, _))| team).collect();
    assert_eq!(order, [0, 1, 2, 0, 1, 0, 0]);
}

#[test]
fn a_first_submission_is_next_after_a_flood_has_begun() {
    let mut stand = Stand::default();
    stand.send_many(Lane::Contest, 0, 1_000);
    stand.take(1);
    stand.send(Lane::Contest, 1);
    assert_eq!(stand.queue.pop().unwrap().1, (1, 1));
    // Later in the flood as well.
    stand.take(50);
    stand.send(Lane::Contest, 2);
    assert_eq!(stand.queue.pop().unwrap().1, (2, 1));
}

#[test]
fn a_first_submission_comes_before_all_that_queued_behind_their_own() {
    let mut stand = Stand::default();
    for team in [0, 1, 2] {
        stand.send_many(Lane::Contest, team, 3);
    }
    // Team 0 is the first to have its second task: the others' second ones are in the same turn.
    stand.take(4);
    stand.send(Lane::Contest, 3);
    assert_eq!(stand.queue.pop().unwrap().1, (3, 1));
    assert_eq!(stand.queue.pop().unwrap().1, (1, 2));
}

#[test]
fn who_sends_again_after_each_verdict_does_not_starve_who_sent_all_at_once() {
    let mut stand = Stand::default();
    stand.send_many(Lane::Contest, 0, 10);
    let mut served = [0; 3];
    stand.send(Lane::Contest, 1);
    stand.send(Lane::Contest, 2);
    for _ in 0..27 {
        let (_, (team, _)) = stand.queue.pop().unwrap();
        served[usize::from(team)] += 1;
        if team != 0 {
            stand.send(Lane::Contest, team);
        }
    }
    assert_eq!(served, [9, 9, 9]);
}

#[test]
fn a_task_that_is_put_back_is_next_in_its_lane() {
    let mut stand = Stand::default();
    stand.send_many(Lane::Practice, 0, 5);
    let (place, task) = stand.queue.pop().unwrap();
    stand.take(2);
    stand.queue.put_back(place, task);
    assert_eq!(stand.queue.pop(), Some((place, task)));
    assert_eq!(stand.queue.pop().unwrap().1, (0, 4));
}

#[test]
fn teams_whose_turns_are_over_are_forgotten() {
    let mut queue = FairQueue::new();
    for team in 0..100_000_u32 {
        queue.push(Lane::Practice, team, ());
        queue.push(Lane::Practice, team, ());
        queue.pop();
        queue.pop();
    }
    assert!(queue.lanes[Lane::Practice as usize].last.len() < 1_000);
}

proptest! {
    #[test]
    fn a_teams_tasks_are_served_in_the_order_of_their_arrival(steps in steps(200)) {
        let mut stand = Stand::default();
        let mut served = HashMap::new();
        let mut taken = 0;
        let rest = std::iter::repeat_n(Step::Take, 200);
        for step in steps.iter().copied().chain(rest) {
            match step {
                Step::Send(lane, team) => stand.send_many(lane, team, 1),
                Step::Take => {
                    let urgent = stand.queue.waiting.iter().map(|entry| entry.0.place.lane).min();
                    let Some((place, (team, number))) = stand.queue.pop() else { continue };
                    prop_assert_eq!(Some(place.lane), urgent, "a less urgent lane was served");
                    let before = served.insert((place.lane, team), number).unwrap_or(0);
                    prop_assert_eq!(number, before + 1);
                    taken += 1;
                }
            }
        }
        let sent = steps.iter().filter(|step| matches!(step, Step::Send(..))).count();
        prop_assert_eq!(taken, sent, "each is served once");
    }

    #[test]
    fn nobody_starves(before in contest_steps(100), team in 0..TEAMS, later in contest_steps(400)) {
        let mut stand = Stand::default();
        take_steps(&mut stand, &before);
        let own = stand.waiting_of(Lane::Contest, team);
        let task = stand.send(Lane::Contest, team);
        // The turns from the present one to the task's own, a task of each team in each.
        let bound = (own + 2) * usize::from(TEAMS);
        let mut taken = 0;
        for step in later.into_iter().chain(std::iter::repeat_n(Step::Take, bound)) {
            match step {
                Step::Send(lane, team) => stand.send_many(lane, team, 1),
                Step::Take => {
                    taken += 1;
                    let (_, next) = stand.queue.pop().unwrap();
                    if next == task {
                        return Ok(());
                    }
                    prop_assert!(taken < bound, "{taken} were served before it");
                }
            }
        }
    }

    #[test]
    fn a_flood_is_at_most_once_ahead_of_anothers_first(
        before in contest_steps(100), flood in 1_usize..200, later in contest_steps(100),
    ) {
        const FLOODING: u8 = 0;
        const NEWCOMER: u8 = TEAMS;
        let mut stand = Stand::default();
        take_steps(&mut stand, &before);
        stand.send_many(Lane::Contest, FLOODING, flood);
        let first = stand.send(Lane::Contest, NEWCOMER);
        let mut ahead = 0;
        for step in later.into_iter().chain(std::iter::repeat(Step::Take)) {
            match step {
                Step::Send(lane, _) => stand.send_many(lane, FLOODING, 1),
                Step::Take => {
                    let (place, next) = stand.queue.pop().unwrap();
                    if next == first {
                        break;
                    }
                    prop_assert_eq!(place.ahead, 0, "one that queued behind its own team's");
                    ahead += usize::from(next.0 == FLOODING);
                }
            }
        }
        prop_assert!(ahead <= 1, "{ahead} of the flood were served before it");
    }
}
