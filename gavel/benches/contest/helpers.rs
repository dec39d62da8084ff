//! What helpers make of a submission whose test cases take long.

use crate::stand::{Kind, Stand, at, between};
use crate::table::{Times, print};

/// A second of CPU time for each of the 12 test cases of `sum`.
const PROGRAM: &str = "import time
a, b = map(int, input().split())
while time.process_time() < 1: pass
print(a + b)
";

pub(crate) fn measure(rounds: u64) {
    let mut rows = Vec::new();
    for kind in Kind::ALL {
        // Both are there all the time, and take turns: the one that waits does nothing.
        let alone = Stand::start(kind, &["--slots", "2", "--helpers", "0"]);
        let helped = Stand::start(kind, &["--slots", "2", "--help-after", "1s"]);
        let mut times = [Times::default(), Times::default()];
        for round in 0..rounds {
            for (stand, times) in [&alone, &helped].into_iter().zip(&mut times) {
                let token = stand.judge.register(&format!("team{round}"));
                let id = stand.judge.submit(&token, "sum", "python3", "a.py", PROGRAM);
                let events = stand.judge.events(&token, &id);
                assert!(at(&events, "finished").is_some());
                times.add(between(&events, "queued", "finished"));
            }
        }
        let [alone_s, helped_s] = times.map(|times| times.percentile(50) / 1e3);
        rows.push(vec![
            kind.name().to_owned(),
            format!("{alone_s:.1}"),
            format!("{helped_s:.1}"),
            format!("{:.2}", alone_s / helped_s),
        ]);
        alone.judge.kill();
        helped.judge.kill();
    }
    println!("\n12 test cases of a second each, on two slots; medians of {rounds}");
    print(&["to the verdict", "alone, s", "with a helper after 1 s, s", "×"], &rows);
}
