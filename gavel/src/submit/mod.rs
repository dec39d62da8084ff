//! `gavel submit` and `gavel login`: sending programs to a judge.

mod api;
mod follow;

use crate::client::{self, Account, Client, JudgeOptions};
use crate::terminal::{BAD, GOOD, QUIET, harmless, mebibytes, print_json, say, seconds};
use anyhow::{Context, bail};
use api::{Detail, Submitted};
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use follow::{End, follow};
use judge_types::{JudgementState, Verdict};
use languages::{Languages, Source};
use std::io::{BufRead, IsTerminal};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

const LOGIN_MORE: &str = "\
Exit codes: 0 logged in; 3 not, and standard error says why.";

/// Where to log in.
#[derive(Debug, clap::Args)]
#[command(after_help = LOGIN_MORE)]
pub(crate) struct LoginOptions {
    /// The judge's address, for example http://127.0.0.1:8080
    url: String,
    /// Your name there; asked for if missing. The password is asked for, or read from standard input
    #[arg(long)]
    username: Option<String>,
}

const MORE: &str = "\
Exit codes: 0 accepted, or sent with --no-wait; 1 another verdict; 3 the judge refuses or cannot be reached; 4 \
no verdict yet when the time to wait was over, or the judge had a problem.";

/// What to send, and where.
#[derive(Debug, clap::Args)]
#[command(after_help = MORE)]
pub(crate) struct Options {
    /// The source files
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// The problem's short name; the first file's name without its extension if missing
    #[arg(long, short)]
    problem: Option<String>,
    /// The language's id; guessed from the files if missing
    #[arg(long, short)]
    language: Option<String>,
    #[command(flatten)]
    judge: JudgeOptions,
    /// Do not wait for the verdict
    #[arg(long)]
    no_wait: bool,
    /// How long to wait for the verdict, in seconds [default: until it is there]
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Exit code: there is no verdict.
const NO_VERDICT: u8 = 4;

pub(crate) fn login(options: &LoginOptions) -> anyhow::Result<ExitCode> {
    let url = client::clean_url(&options.url);
    if !url.starts_with("http://") && !url.starts_with("https://") {
        bail!("the address must start with http:// or https://");
    }
    let username = match &options.username {
        Some(username) => username.clone(),
        None => {
            eprint!("Username: ");
            line()?
        }
    };
    let password = if std::io::stdin().is_terminal() {
        rpassword::prompt_password("Password: ").context("read the password")?
    } else {
        line()?
    };
    let token = client::log_in(&url, &username, &password)?.token;
    let file = client::path()?;
    client::save(&Account { url: url.clone(), token }, &file)?;
    say!("Logged in to {url} as {username}; remembered in {}.", file.display());
    Ok(ExitCode::SUCCESS)
}

fn line() -> anyhow::Result<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("read standard input")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}

pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let client = Client::open(&options.judge)?;
    let files = read(&options.files)?;
    let problem = match &options.problem {
        Some(problem) => problem.clone(),
        None => stem(&options.files).context("say with --problem which problem it is for")?,
    };
    let language = match &options.language {
        Some(language) => language.clone(),
        None => guess(&files)?,
    };
    let submitted = api::submit(&client, &body(&problem, &language, &files), &fresh_key())?;
    if options.no_wait {
        return sent(&client, &submitted, options.json);
    }
    if !options.json {
        announce(&client, &submitted);
    }
    let end = follow(&client, submitted.id, options.timeout.map(Duration::from_secs))?;
    let detail = api::detail(&client, submitted.id)?;
    if options.json {
        print_json(&summary(&client, &detail))?;
    } else {
        print(&detail, end);
    }
    Ok(match detail.judgement_type_id {
        Some(verdict) if verdict.is_accepted() => ExitCode::SUCCESS,
        Some(_) => ExitCode::FAILURE,
        None => ExitCode::from(NO_VERDICT),
    })
}

/// Names without folders, and contents.
fn read(paths: &[PathBuf]) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    paths
        .iter()
        .map(|path| {
            let content =
                std::fs::read(path).with_context(|| format!("read {}", path.display()))?;
            let name = path.file_name().and_then(|name| name.to_str());
            let name = name.with_context(|| format!("{} has no usable name", path.display()))?;
            Ok((name.to_owned(), content))
        })
        .collect()
}

fn stem(files: &[PathBuf]) -> Option<String> {
    let stem = files.first().map(PathBuf::as_path).and_then(Path::file_stem)?;
    Some(stem.to_str()?.to_lowercase())
}

fn guess(files: &[(String, Vec<u8>)]) -> anyhow::Result<String> {
    let sources: Vec<_> = files.iter().map(|(name, content)| Source { name, content }).collect();
    let languages = Languages::load(None)?;
    let language = languages
        .guess(&sources)
        .context("cannot tell the language from the files: say it with --language")?;
    Ok(language.id.clone())
}

fn body(problem: &str, language: &str, files: &[(String, Vec<u8>)]) -> serde_json::Value {
    let files: Vec<_> = files
        .iter()
        .map(|(name, content)| {
            serde_json::json!({ "name": name, "content_base64": BASE64.encode(content) })
        })
        .collect();
    serde_json::json!({ "problem_id": problem, "language_id": language, "files": files })
}

/// A key of this run's own.
fn fresh_key() -> String {
    judge_types::SubmissionId::new().to_string()
}

fn sent(client: &Client, submitted: &Submitted, json: bool) -> anyhow::Result<ExitCode> {
    if json {
        let url = api::page(client, submitted.id);
        print_json(&serde_json::json!({ "id": submitted.id, "url": url }))?;
    } else {
        announce(client, submitted);
    }
    Ok(ExitCode::SUCCESS)
}

fn announce(client: &Client, submitted: &Submitted) {
    let place = submitted.position.map(|place| format!(", number {place} in the queue"));
    say!(
        "Sent as {}{} {QUIET}{}{QUIET:#}",
        submitted.language_id,
        place.unwrap_or_default(),
        api::page(client, submitted.id)
    );
}

fn summary(client: &Client, detail: &Detail) -> serde_json::Value {
    serde_json::json!({
        "id": detail.id,
        "url": api::page(client, detail.id),
        "state": detail.state,
        "verdict": detail.judgement_type_id,
        "score": detail.score,
        "cpu_ms": detail.usage.cpu_ms,
        "wall_ms": detail.usage.wall_ms,
        "memory_bytes": detail.usage.memory_bytes,
        "tests_run": detail.runs.len(),
        "tests_total": detail.judgement.tests_total,
        "compile_output": detail.judgement.compile_output,
    })
}

/// The first lines of what the program wrote, where one may see it.
fn print_beginning(title: &str, text: Option<&str>) {
    const MOST_LINES: usize = 10;
    let Some(text) = text.map(harmless) else { return };
    say!("  {title}:");
    for line in text.lines().take(MOST_LINES) {
        say!("    {line}");
    }
    if text.lines().nth(MOST_LINES).is_some() {
        say!("    …");
    }
}

fn print(detail: &Detail, end: End) {
    let Some(verdict) = detail.judgement_type_id else {
        let state = match (end, detail.state) {
            (End::Failed, _) => "the judge had a problem; the jury has been told",
            (_, JudgementState::Queued) => "still queued",
            _ => "still being judged",
        };
        say!("{BAD}No verdict:{BAD:#} {state}");
        return;
    };
    let style = if verdict.is_accepted() { GOOD } else { BAD };
    let (time, memory) = (seconds(detail.usage.cpu_ms), mebibytes(detail.usage.memory_bytes));
    let score = detail.score.map_or_else(String::new, |score| format!("  score {score},"));
    say!("{style}{verdict} {}{style:#}{score}  {time}, {memory}", verdict.name());
    let failed = detail.runs.iter().find(|run| !run.judgement_type_id.is_accepted());
    if let Some(run) = failed {
        say!("  on test {} of {}", run.ordinal, detail.judgement.tests_total);
        let message = harmless(run.team_message.as_deref().unwrap_or_default());
        for line in message.lines() {
            say!("  {line}");
        }
        print_beginning("printed", run.output.as_deref());
        print_beginning("error messages", run.error_output.as_deref());
    }
    if verdict == Verdict::CompileError {
        let output = detail.judgement.compile_output.as_deref().unwrap_or_default();
        say!("{}", harmless(output));
    }
}
