//! Submissions whose verdicts are known, sent and checked through the API.

use crate::world::World;
use rand::RngExt;
use rand::rngs::Xoshiro256PlusPlus;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::{Duration, Instant};
use store::judgements::{self, Judgement};
use store::{DatabaseUrl, database};
use ureq::Agent;

/// Languages, programs, and what the example problem `hello` makes of them.
const PROGRAMS: [(&str, &str, &str, &str); 6] = [
    ("bash", "a.sh", "echo 'Hello, Judge!'", "AC"),
    ("bash", "a.sh", "sleep 1; echo 'Hello, Judge!'", "AC"),
    ("bash", "a.sh", "echo 'Hello Judge'", "WA"),
    ("bash", "a.sh", "echo 'Hello, Judge!'; exit 3", "RTE"),
    ("python3", "a.py", "print('Hello, Judge!')", "AC"),
    ("python3", "a.py", "print('Hello, Judge!'", "CE"),
];

/// What is to be sent.
pub(crate) struct Load {
    url: String,
    database: DatabaseUrl,
    agent: Agent,
    /// Which program, and how long to wait before it is sent.
    programs: Vec<(usize, Duration)>,
}

/// A submission that was accepted, and the verdict that it must get.
pub(crate) struct Sent {
    token: usize,
    id: String,
    verdict: &'static str,
}

const TEAMS: usize = 4;

impl Load {
    pub(crate) fn new(world: &World, random: &mut Xoshiro256PlusPlus, submissions: u64) -> Self {
        let mut next = |_| {
            let pause = Duration::from_millis(random.random_range(0..500));
            (random.random_range(0..PROGRAMS.len()), pause)
        };
        let programs = (0..submissions).map(&mut next).collect();
        let config = Agent::config_builder().http_status_as_error(false);
        let agent = config.timeout_global(Some(Duration::from_secs(20))).build().into();
        Self { url: world.url(), database: world.database(), agent, programs }
    }

    /// Sends everything; whoever gets no answer asks again with the same key.
    pub(crate) fn send(&self) -> Vec<Sent> {
        let tokens = self.tokens();
        let mut sent = Vec::new();
        for (number, (program, pause)) in self.programs.iter().enumerate() {
            std::thread::sleep(*pause);
            let (language, name, content, verdict) = PROGRAMS[*program];
            let team = number % TEAMS;
            let body = json!({
                "problem_id": "hello",
                "language_id": language,
                "files": [{ "name": name, "content": content }],
            });
            let answer = self.until_answered(|| {
                let key = format!("chaos-{number}");
                self.agent
                    .post(format!("{}/submissions", self.url))
                    .header("Authorization", format!("Bearer {}", tokens[team]))
                    .header("Idempotency-Key", key)
                    .send_json(&body)
            });
            let id = answer["id"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned();
            sent.push(Sent { token: team, id, verdict });
        }
        sent
    }

    /// Waits until each has its verdict, and holds it against what it must be.
    pub(crate) fn check(&self, sent: &[Sent], patience: Duration) {
        let distinct: HashSet<_> = sent.iter().map(|sent| &sent.id).collect();
        assert_eq!(distinct.len(), self.programs.len(), "a submission was lost or stored twice");
        let tokens = self.tokens();
        let began = Instant::now();
        for sent in sent {
            let detail = loop {
                let detail = self.until_answered(|| {
                    self.agent
                        .get(format!("{}/submissions/{}", self.url, sent.id))
                        .header("Authorization", format!("Bearer {}", tokens[sent.token]))
                        .call()
                });
                if detail["state"] == "finished" {
                    break detail;
                }
                assert!(
                    began.elapsed() < patience,
                    "no verdict: {detail:#}\n{:?}",
                    self.judgement(&detail)
                );
                std::thread::sleep(Duration::from_millis(50));
            };
            assert_eq!(detail["judgement_type_id"], sent.verdict, "{detail:#}");
            let timeline = detail["timeline"].as_array().unwrap();
            let of_type = |kind| timeline.iter().filter(move |event| event["type"] == kind);
            assert_eq!(of_type("finished").count(), 1, "{detail:#}");
            // Each claim has a number of its own, in order: none was granted twice.
            let attempts: Vec<_> =
                of_type("started").filter_map(|event| event["attempt"].as_u64()).collect();
            assert!(attempts.iter().copied().eq(1..=attempts.len() as u64), "{detail:#}");
        }
    }

    /// What the jury would see, for the message of a failure.
    fn judgement(&self, detail: &Value) -> Option<Judgement> {
        let id = detail["judgement"]["id"].as_str()?.parse().ok()?;
        judgements::by_id(&mut database::connect(&self.database).ok()?, id).ok()?
    }

    /// A token of each team, which is registered the first time.
    fn tokens(&self) -> Vec<String> {
        let token = |team: usize| {
            let account = json!({ "username": format!("team{team}"), "password": "correct horse" });
            let post = |path: &str| {
                self.until_answered(|| {
                    self.agent.post(format!("{}/{path}", self.url)).send_json(&account)
                })
            };
            // Refused where the account is there already.
            post("register");
            let answer = post("login");
            answer["token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
        };
        (0..TEAMS).map(token).collect()
    }

    /// Asks until there is an answer that is not about the server's own trouble.
    fn until_answered(
        &self,
        ask: impl Fn() -> Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Value {
        let began = Instant::now();
        loop {
            if let Ok(mut answer) = ask()
                && !answer.status().is_server_error()
                && answer.status() != 429
                && let Ok(value) = answer.body_mut().read_json()
            {
                return value;
            }
            assert!(began.elapsed() < Duration::from_secs(120), "the web server does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
