//! Talking to a judge over its HTTP API.

mod account;
mod stream;

pub(crate) use account::{Account, JudgeOptions, clean_url, path, save};

use anyhow::{Context, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::io::{BufRead, BufReader};
use std::time::Duration;
use stream::Events;
use ureq::http::{Response, StatusCode};
use ureq::{Agent, Body};

/// A judge, and who talks to it.
pub(crate) struct Client {
    agent: Agent,
    account: Account,
}

/// What a login gives.
#[derive(Deserialize)]
pub(crate) struct LoggedIn {
    pub(crate) token: String,
}

/// How the API says no.
#[derive(Deserialize)]
struct Refusal {
    message: String,
    field: Option<String>,
}

/// The judge has understood and says no: asking again changes nothing.
#[derive(Debug)]
pub(crate) struct Refused(String);

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
pub(crate) fn log_in(url: &str, username: &str, password: &str) -> anyhow::Result<LoggedIn> {
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
    pub(crate) fn new(account: Account) -> Self {
        Self { agent: agent(), account }
    }

    /// Of the judge that the options, the environment or the last login name.
    pub(crate) fn open(options: &JudgeOptions) -> anyhow::Result<Self> {
        Ok(Self::new(options.account(&path()?)?))
    }

    /// What the API has at this path below `/api/v1/`.
    pub(crate) fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        let answer = self
            .agent
            .get(self.address(path))
            .header("Authorization", self.authorization())
            .config()
            .timeout_global(Some(TIMEOUT))
            .build()
            .call()
            .with_context(|| format!("reach {}", self.account.url))?;
        read(answer)
    }

    /// Sends JSON to this path below `/api/v1/`. A key lets the judge tell a repeated request from a second one.
    pub(crate) fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &serde_json::Value,
        idempotency_key: Option<&str>,
    ) -> anyhow::Result<T> {
        let mut request =
            self.agent.post(self.address(path)).header("Authorization", self.authorization());
        if let Some(key) = idempotency_key {
            request = request.header("Idempotency-Key", key);
        }
        let answer = request
            .config()
            .timeout_global(Some(TIMEOUT))
            .build()
            .send_json(body)
            .with_context(|| format!("reach {}", self.account.url))?;
        read(answer)
    }

    /// The stream of events at this path below `/api/v1/`, after the one with the id `after`; for `at_most` this long.
    pub(crate) fn events(
        &self,
        path: &str,
        after: &str,
        at_most: Option<Duration>,
    ) -> anyhow::Result<Events<impl BufRead + use<>>> {
        let mut request = self
            .agent
            .get(self.address(path))
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

    /// Where people see what is at this path.
    pub(crate) fn page(&self, path: &str) -> String {
        format!("{}/{path}", self.account.url)
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
