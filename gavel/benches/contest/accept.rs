//! How many submissions are accepted, and how long each request takes.

use crate::stand::{Kind, Stand};
use crate::table::{Times, count, print};
use judge_types::{Lane, SourceFile, UserId};
use serde_json::json;
use std::time::{Duration, Instant};
use store::problems::Problem;
use store::submissions::{self, NewSubmission, Submitted};
use store::{AnyConnection, contests, problems, users};

const CLIENTS: usize = 8;
const ROUNDS: usize = 3;
/// Its functions wait, so that they leave the processors to what is measured.
const PROGRAM: &str = "sleep 60";

pub(crate) fn measure(seconds: u64) {
    let time = Duration::from_secs(seconds);
    let mut rows = Vec::new();
    for kind in Kind::ALL {
        let stand = Stand::start(kind, &["--slots", "1"]);
        let clients: Vec<Client> = (0..CLIENTS).map(|number| Client::new(&stand, number)).collect();
        let [mut bare, mut served] = [(); 2].map(|()| Times::default());
        for _ in 0..ROUNDS {
            all(&clients, time, &mut bare, |client| {
                let mut connection = stand.database();
                move || client.commit(&mut connection)
            });
            all(&clients, time, &mut served, |client| || client.send(&stand));
        }
        let total = time.as_secs_f64() * count(ROUNDS);
        let all_bare = count(bare.count()) / total;
        for (what, times) in [("bare commits", &bare), ("requests", &served)] {
            let rate = count(times.count()) / total;
            let mut row = vec![format!("{}: {what}", kind.name()), format!("{rate:.0}")];
            row.extend([50, 90, 99].map(|percent| format!("{:.1}", times.percentile(percent))));
            row.push(format!("{:.2}", rate / all_bare));
            rows.push(row);
        }
        // There is nothing to be waited for.
        stand.judge.kill();
    }
    println!("\n{CLIENTS} at once, {ROUNDS} rounds of {seconds} s each, by turns");
    print(&["", "accepted/s", "p50 ms", "p90 ms", "p99 ms", "of bare"], &rows);
}

/// Lets every client do it again and again for so long; each makes what it does with once.
fn all<'a, Act: FnMut()>(
    clients: &'a [Client],
    time: Duration,
    times: &mut Times,
    make: impl Fn(&'a Client) -> Act + Sync,
) {
    let end = Instant::now() + time;
    std::thread::scope(|scope| {
        let running: Vec<_> = clients
            .iter()
            .map(|client| {
                let make = &make;
                scope.spawn(move || {
                    let (mut act, mut times) = (make(client), Vec::new());
                    while Instant::now() < end {
                        let began = Instant::now();
                        act();
                        times.push(began.elapsed());
                    }
                    times
                })
            })
            .collect();
        for time in running.into_iter().flat_map(|thread| thread.join().unwrap()) {
            times.add(time);
        }
    });
}

/// A team, and what a submission of it is made of.
struct Client {
    token: String,
    user: UserId,
    problem: Problem,
    files: Vec<SourceFile>,
    contest: Option<judge_types::ContestId>,
}

impl Client {
    fn new(stand: &Stand, number: usize) -> Self {
        let username = format!("team{number}");
        let token = stand.judge.register(&username);
        let connection = &mut stand.database();
        let user = users::by_username(connection, &username).unwrap().unwrap().user.id;
        let problem = problems::by_short_name(connection, "hello").unwrap().unwrap();
        let contest = contests::of_problem(connection, problem.id).unwrap();
        let files = vec![SourceFile::new("a.sh".to_owned(), PROGRAM.into()).unwrap()];
        Self { token, user, problem, files, contest }
    }

    /// What a request stores, and no more.
    fn commit(&self, connection: &mut AnyConnection) {
        let new = NewSubmission {
            user: self.user,
            problem: self.problem.id,
            contest: self.contest,
            language: "bash",
            files: &self.files,
            package: self.problem.package.clone(),
            limits: self.problem.limits.clone(),
            lane: Lane::Contest,
            idempotency_key: None,
            trace: None,
        };
        let stored = submissions::create(connection, &new, None).unwrap();
        assert!(matches!(stored, Submitted::Created(..)));
    }

    fn send(&self, stand: &Stand) {
        let body = json!({
            "problem_id": "hello",
            "language_id": "bash",
            "files": [{ "name": "a.sh", "content": PROGRAM }],
        });
        let (status, answer) = stand.judge.post(&self.token, "submissions", &body);
        assert_eq!(status, 201, "{answer}");
    }
}
