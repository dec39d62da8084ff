//! Submissions whose verdicts are known, sent by several teams at once.

use crate::client::Client;
use rand::RngExt;
use rand::rngs::Xoshiro256PlusPlus;
use serde_json::json;
use std::sync::Mutex;
use std::time::Duration;
use store::{AnyConnection, DatabaseUrl, database, outbox};

/// Example problems, languages, programs, and what becomes of them.
const PROGRAMS: [(&str, &str, &str, &str, &str); 10] = [
    ("hello", "bash", "a.sh", "echo 'Hello, Judge!'", "AC"),
    ("hello", "bash", "a.sh", "sleep 1; echo 'Hello, Judge!'", "AC"),
    ("hello", "bash", "a.sh", "echo 'Hello Judge'", "WA"),
    ("hello", "bash", "a.sh", "echo 'Hello, Judge!'; exit 3", "RTE"),
    ("hello", "python3", "a.py", "print('Hello, Judge!')", "AC"),
    ("hello", "python3", "a.py", "print('Hello, Judge!'", "CE"),
    // Much output: what a full disk would cut off, or have fail.
    ("hello", "bash", "a.sh", "printf '%3000000s' ''", "WA"),
    (
        "hello",
        "python3",
        "a.py",
        "import sys\nsys.stderr.write('x' * 3000000)\nprint('Hello, Judge!')",
        "AC",
    ),
    // Long enough that others help, where they have nothing else to do.
    ("sum", "bash", "a.sh", "read -r a b; sleep 0.2; echo $((a + b))", "AC"),
    (
        "sum",
        "bash",
        "a.sh",
        "read -r a b; sleep 0.2; ((a == 312494765889401333)) || echo $((a + b))",
        "WA",
    ),
];

/// What is to be sent: which program, by each team.
pub(crate) struct Load {
    teams: Vec<Vec<usize>>,
}

/// A submission that was accepted, and the verdict that it must get.
pub(crate) struct Sent {
    pub(crate) token: String,
    pub(crate) id: String,
    pub(crate) verdict: &'static str,
}

const TEAMS: usize = 4;

/// So many wait or run that all functions have work, and a killed one's judgement does not find them idle.
const AT_ONCE: u64 = 12;

impl Load {
    pub(crate) fn new(random: &mut Xoshiro256PlusPlus, submissions: u64) -> Self {
        let mut teams = vec![Vec::new(); TEAMS];
        for (_, team) in (0..submissions).zip((0..TEAMS).cycle()) {
            teams[team].push(random.random_range(0..PROGRAMS.len()));
        }
        Self { teams }
    }

    pub(crate) fn submissions(&self) -> usize {
        self.teams.iter().map(Vec::len).sum()
    }

    /// Sends everything; whoever gets no answer asks again with the same key.
    pub(crate) fn send(&self, client: &Client, database: &DatabaseUrl) -> Vec<Sent> {
        let sent = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for (team, programs) in self.teams.iter().enumerate() {
                let sent = &sent;
                scope.spawn(move || {
                    let token = client.register(&format!("team{team}"));
                    let mut queue = Queue { url: database, connection: None };
                    for (number, program) in programs.iter().enumerate() {
                        queue.wait_for_room();
                        let key = format!("chaos-{number}");
                        let one = send_one(client, &token, *program, &key);
                        sent.lock().unwrap().push(one);
                    }
                });
            }
        });
        sent.into_inner().unwrap()
    }
}

fn send_one(client: &Client, token: &str, program: usize, key: &str) -> Sent {
    let (problem, language, name, content, verdict) = PROGRAMS[program];
    let body = json!({
        "problem_id": problem,
        "language_id": language,
        "files": [{ "name": name, "content": content }],
    });
    let answer = client.until_answered(|agent, url| {
        agent
            .post(format!("{url}/submissions"))
            .header("Authorization", format!("Bearer {token}"))
            .header("Idempotency-Key", key)
            .send_json(&body)
    });
    let id = answer["id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
    Sent { token: token.to_owned(), id, verdict }
}

/// The queue, as the database tells it.
struct Queue<'a> {
    url: &'a DatabaseUrl,
    connection: Option<AnyConnection>,
}

impl Queue<'_> {
    /// Waits until less is on its way to a verdict than is to be at once. Where the database is away nothing is sent.
    fn wait_for_room(&mut self) {
        while self.depth().is_none_or(|depth| depth >= AT_ONCE) {
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn depth(&mut self) -> Option<u64> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => database::connect(self.url).ok()?,
        };
        let (waiting, running) = outbox::depth(&mut connection).ok()?;
        self.connection = Some(connection);
        Some(waiting + running)
    }
}
