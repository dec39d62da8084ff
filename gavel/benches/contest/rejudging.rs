//! What a contest notices of a large rejudging.

use crate::rejudge::rejudge;
use crate::stand::{Kind, Stand, at, between};
use crate::table::{Times, print};
use std::time::Instant;

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
        rejudge(&mut stand.database(), old.parse().unwrap(), judgements);
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
