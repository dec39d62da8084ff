//! The part of the HTTP API that a contestant's program needs.

use super::config::Account;
use super::stream::Events;
use anyhow::{Context, bail};
use judge_types::{JudgementState, RunUsage, SubmissionId, Verdict};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::io::{BufRead, BufReader};
use std::time::Duration;
use ureq::http::{Response, StatusCode};
use ureq::{Agent, Body};

/// A judge, and who talks to it.
pub(super) struct Client {
    agent: Agent,
    account: Account,
}

/// What a login gives.
#[derive(Deserialize)]
pub(super) struct LoggedIn {
    pub(super) token: String,
}

/// A stored submission.
#[derive(Deserialize)]
pub(super) struct Submitted {
    pub(super) id: SubmissionId,
    pub(super) language_id: String,
    pub(super) position: Option<u64>,
}

/// What is known of a submission.
#[derive(Deserialize)]
pub(super) struct Detail {
    pub(super) id: SubmissionId,
    pub(super) state: JudgementState,
    pub(super) judgement_type_id: Option<Verdict>,
    pub(super) usage: RunUsage,
    pub(super) judgement: Judgement,
    pub(super) runs: Vec<Run>,
}

/// The judgement that counts.
#[derive(Deserialize)]
pub(super) struct Judgement {
    pub(super) tests_total: u32,
    pub(super) compile_output: Option<String>,
}

/// One test case.
#[derive(Deserialize)]
pub(super) struct Run {
    pub(super) ordinal: u32,
    pub(super) judgement_type_id: Verdict,
    pub(super) team_message: Option<String>,
}

/// How the API says no.
#[derive(Deserialize)]
struct Refusal {
    message: String,
    field: Option<String>,
}

/// The judge has understood and says no: asking again changes nothing.
#[derive(Debug)]
pub(super) struct Refused(String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Refused {}

/// Longer than any answer but an event stream takes.
const TIMEOUT: Duration = Duration::from_secs(60);

/// How long a stream is read before it is asked for anew: a connection that died without a word is
/// noticed after this.
const STREAM: Duration = Duration::from_secs(60);

fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .timeout_connect(Some(Duration::from_secs(10)))
        .user_agent(concat!("gavel/", env!("CARGO_PKG_VERSION")))
        .build()
        .into()
}

/// Changes a name and a password for a token.
pub(super) fn log_in(url: &str, username: &str, password: &str) -> anyhow::Result<LoggedIn> {
    let answer = agent()
        .post(format!("{url}/api/v1/login"))
        .config()
        .timeout_global(Some(TIMEOUT))
        .build()
        .send_json(serde_json::json!({ "username": username, "password": password }))
        .with_context(|| format!("reach {url}"))?;
    read(answer)
}

impl Client {
    pub(super) fn new(account: Account) -> Self {
        Self { agent: agent(), account }
    }

    /// Sends a submission. The key lets the judge tell a repeated request from a second submission.
    pub(super) fn submit(
        &self,
        body: &serde_json::Value,
        idempotency_key: &str,
    ) -> anyhow::Result<Submitted> {
        let answer = self
            .agent
            .post(self.address("submissions"))
            .header("Authorization", self.authorization())
            .header("Idempotency-Key", idempotency_key)
            .config()
            .timeout_global(Some(TIMEOUT))
            .build()
            .send_json(body)
            .with_context(|| format!("reach {}", self.account.url))?;
        read(answer)
    }

    /// All that is known of a submission.
    pub(super) fn detail(&self, id: SubmissionId) -> anyhow::Result<Detail> {
        let answer = self
            .agent
            .get(self.address(&format!("submissions/{id}")))
            .header("Authorization", self.authorization())
            .config()
            .timeout_global(Some(TIMEOUT))
            .build()
            .call()
            .with_context(|| format!("reach {}", self.account.url))?;
        read(answer)
    }

    /// The events after the one with the id `after`, as they happen; for `at_most` this long.
    pub(super) fn events(
        &self,
        id: SubmissionId,
        after: &str,
        at_most: Option<Duration>,
    ) -> anyhow::Result<Events<impl BufRead + use<>>> {
        let mut request = self
            .agent
            .get(self.address(&format!("submissions/{id}/events")))
            .header("Authorization", self.authorization())
            .header("Accept", "text/event-stream");
        if !after.is_empty() {
            request = request.header("Last-Event-ID", after);
        }
        let answer = request
            .config()
            .timeout_global(at_most)
            .timeout_recv_response(Some(TIMEOUT))
            .timeout_recv_body(Some(STREAM))
            .build()
            .call()
            .with_context(|| format!("reach {}", self.account.url))?;
        let answer = refuse(answer)?;
        Ok(Events::new(BufReader::new(answer.into_body().into_reader())))
    }

    /// Where people see the submission.
    pub(super) fn page(&self, id: SubmissionId) -> String {
        format!("{}/submissions/{id}", self.account.url)
    }

    fn address(&self, path: &str) -> String {
        format!("{}/api/v1/{path}", self.account.url)
    }

    fn authorization(&self) -> String {
        format!("Bearer {}", self.account.token)
    }
}

fn read<T: DeserializeOwned>(answer: Response<Body>) -> anyhow::Result<T> {
    let mut answer = refuse(answer)?;
    answer.body_mut().read_json().context("read the judge's answer")
}

/// Turns an answer that is a refusal into an error with the judge's own words.
fn refuse(mut answer: Response<Body>) -> anyhow::Result<Response<Body>> {
    let status = answer.status();
    if status.is_success() {
        return Ok(answer);
    }
    // Either may be otherwise in a moment.
    let may_pass = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
    match answer.body_mut().read_json::<Refusal>() {
        Ok(Refusal { message, field: Some(field) }) if !may_pass => {
            Err(Refused(format!("the judge refuses: {field}: {message}")).into())
        }
        Ok(Refusal { message, field: None }) if !may_pass => {
            Err(Refused(format!("the judge refuses: {message}")).into())
        }
        Ok(Refusal { message, .. }) => bail!("the judge cannot: {message}"),
        Err(_) if status == StatusCode::NOT_FOUND => {
            bail!("there is no judge at this address (status {status})")
        }
        Err(_) => bail!("the judge answers with status {status}"),
    }
}
