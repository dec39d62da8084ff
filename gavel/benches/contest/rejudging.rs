//! What a contest notices of a large rejudging.

use crate::stand::{Kind, Stand, at, between};
use crate::table::{Times, print};
use judge_types::Lane;
use std::time::Instant;
use store::judgements::{self, NewJudgement};
use store::{problems, submissions};

/// Submissions of the contest, one after another.
const SUBMISSIONS: usize = 30;
const PROGRAM: &str = "echo 'Hello, Judge!'";
const REJUDGED: &str = "sleep 0.5; echo 'Hello, Judge!'";

pub(crate) fn measure(judgements: u64) {
    let mut rows = Vec::new();
    for kind in Kind::ALL {
        let stand = Stand::start(kind, &[]);
        let (ada, grace) = (stand.judge.register("ada"), stand.judge.register("grace"));
        let before = contest(&stand, &ada);
        let old = stand.judge.submit(&grace, "hello", "bash", "a.sh", REJUDGED);
        stand.judge.wait(&grace, &old);
        let began = Instant::now();
        rejudge(&stand, &old, judgements);
        let queued = began.elapsed();
        // One through the API wakes the judge; then the slots are taken.
        let again = stand.judge.submit(&grace, "hello", "bash", "a.sh", REJUDGED);
        stand.judge.wait(&grace, &again);
        let during = contest(&stand, &ada);
        for (when, times) in [("nothing else", &before), ("a rejudging", &during)] {
            let mut row = vec![format!("{}, beside {when}", kind.name())];
            row.extend([50, 90, 100].map(|percent| format!("{:.1}", times.percentile(percent))));
            rows.push(row);
        }
        println!("{judgements} judgements queued in {:.1} s", queued.as_secs_f64());
        stand.judge.kill();
    }
    println!(
        "\n{SUBMISSIONS} submissions to a contest beside {judgements} rejudgements of half a second a run"
    );
    print(&["queue wait", "p50 ms", "p90 ms", "max ms"], &rows);
}

fn contest(stand: &Stand, token: &str) -> Times {
    let mut times = Times::default();
    for _ in 0..SUBMISSIONS {
        let id = stand.judge.submit(token, "hello", "bash", "a.sh", PROGRAM);
        let events = stand.judge.events(token, &id);
        assert!(at(&events, "finished").is_some());
        times.add(between(&events, "queued", "started"));
    }
    times
}

/// As the jury's request does, without a request for each.
fn rejudge(stand: &Stand, id: &str, judgements: u64) {
    let connection = &mut stand.database();
    let submission = submissions::by_id(connection, id.parse().unwrap()).unwrap().unwrap();
    let problem = problems::by_id(connection, submission.problem).unwrap().unwrap();
    for _ in 0..judgements {
        let new = NewJudgement {
            submission: submission.id,
            language: &submission.language,
            package: problem.package.clone(),
            limits: problem.limits.clone(),
            lane: Lane::Rejudge,
            trace: None,
        };
        judgements::rejudge(connection, &new).unwrap();
    }
}
