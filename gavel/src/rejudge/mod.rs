//! `gavel rejudge`: judging many submissions again.

mod api;
mod options;
mod wait;

pub(crate) use options::Options;

use crate::client::Client;
use crate::terminal::{BAD, GOOD, QUIET, WARNING, harmless, print_json, say};
use api::{Changed, Comparison, Count, Rejudging, understand};
use judge_types::{RejudgingId, RejudgingState, Score};
use options::{ApplyOptions, CancelOptions, Command, Common, MakeOptions, One, WaitOptions};
use serde_json::{Value, json};
use std::process::ExitCode;
use std::time::Duration;

/// Exit code: not all is judged.
const NOT_JUDGED: u8 = 4;

/// Changes that are printed one by one; the page shows all.
const SHOWN: usize = 50;

pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    match &options.command {
        None if options.make.dry_run => dry_run(&options.make),
        None => make(&options.make),
        Some(Command::List(common)) => list(common),
        Some(Command::Show(one)) => show(one),
        Some(Command::Wait(options)) => wait_for(options),
        Some(Command::Apply(options)) => apply(options),
        Some(Command::Cancel(options)) => cancel(options),
    }
}

fn dry_run(options: &MakeOptions) -> anyhow::Result<ExitCode> {
    let client = Client::open(&options.common.judge)?;
    let filter = serde_json::to_value(options.filter())?;
    let answer: Value = client.post("rejudgings/dry-run", &filter, None)?;
    if options.common.json {
        print_json(&answer)?;
        return Ok(ExitCode::SUCCESS);
    }
    let Count { submissions, needs_confirmation } = understand(&answer)?;
    let how = if needs_confirmation {
        format!("; confirm them with --confirm {submissions}")
    } else {
        String::new()
    };
    say!("It would be {submissions} submissions{how}.");
    Ok(ExitCode::SUCCESS)
}

fn make(options: &MakeOptions) -> anyhow::Result<ExitCode> {
    let client = Client::open(&options.common.judge)?;
    let sent = json!({
        "reason": options.reason,
        "kind": options.kind(),
        "filter": options.filter(),
        "confirm": options.confirm,
    });
    let answer: Value = client.post("rejudgings", &sent, None)?;
    let made: Rejudging = understand(&answer)?;
    if !options.common.json {
        say!(
            "Judging {} submissions again as a {} {QUIET}{}{QUIET:#}",
            made.submissions,
            options.kind(),
            page(&client, made.id)
        );
    }
    if options.wait {
        let patience = options.timeout.map(Duration::from_secs);
        return wait_and_compare(&client, made.id, patience, options.common.json);
    }
    if options.common.json {
        print_json(&with_page(&client, made.id, answer))?;
    } else {
        say!("Its id is {}.", made.id);
    }
    Ok(ExitCode::SUCCESS)
}

fn list(common: &Common) -> anyhow::Result<ExitCode> {
    let client = Client::open(&common.judge)?;
    let answer: Value = client.get("rejudgings")?;
    if common.json {
        print_json(&answer)?;
        return Ok(ExitCode::SUCCESS);
    }
    for one in understand::<Vec<Rejudging>>(&answer["rejudgings"])? {
        let judged = one.finished + one.failed;
        let (state, of) = (one.state, one.submissions);
        let (by, reason) = (harmless(&one.made_by), harmless(&one.reason));
        say!("{}  {state:9}  {judged} of {of}  {by}: {reason}", one.id);
    }
    Ok(ExitCode::SUCCESS)
}

fn show(one: &One) -> anyhow::Result<ExitCode> {
    let client = Client::open(&one.common.judge)?;
    let answer: Value = client.get(&format!("rejudgings/{}", one.id))?;
    compare(&client, answer, one.common.json)?;
    Ok(ExitCode::SUCCESS)
}

fn wait_for(options: &WaitOptions) -> anyhow::Result<ExitCode> {
    let client = Client::open(&options.one.common.judge)?;
    let patience = options.timeout.map(Duration::from_secs);
    wait_and_compare(&client, options.one.id, patience, options.one.common.json)
}

fn wait_and_compare(
    client: &Client,
    id: RejudgingId,
    patience: Option<Duration>,
    json: bool,
) -> anyhow::Result<ExitCode> {
    wait::wait(client, id, patience)?;
    let answer: Value = client.get(&format!("rejudgings/{id}"))?;
    let now: Rejudging = understand(&answer)?;
    let comparison = compare(client, answer, json)?;
    Ok(if now.state == RejudgingState::Judging || now.failed > 0 {
        ExitCode::from(NOT_JUDGED)
    } else if comparison.changed > 0 {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

fn apply(options: &ApplyOptions) -> anyhow::Result<ExitCode> {
    let One { id, common } = &options.one;
    let client = Client::open(&common.judge)?;
    let sent = json!({ "note": options.note, "even_unfinished": options.even_unfinished });
    let answer: Value = client.post(&format!("rejudgings/{id}/apply"), &sent, None)?;
    let outcomes = understand::<Comparison>(&answer)?.outcomes;
    let skipped = outcomes.as_ref().map_or(0, |all| all.superseded + all.failed + all.unfinished);
    if common.json {
        print_json(&with_page(&client, *id, answer))?;
    } else if let Some(all) = outcomes {
        say!("{GOOD}Applied:{GOOD:#} {} of the new judgements count.", all.applied);
        if skipped > 0 {
            say!(
                "{WARNING}Skipped:{WARNING:#} {} that were judged otherwise since, {} that the judge gave up on, {} that \
                 were not judged.",
                all.superseded,
                all.failed,
                all.unfinished
            );
        }
    }
    Ok(if skipped > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn cancel(options: &CancelOptions) -> anyhow::Result<ExitCode> {
    let One { id, common } = &options.one;
    let client = Client::open(&common.judge)?;
    let sent = json!({ "note": options.note });
    let answer: Value = client.post(&format!("rejudgings/{id}/cancel"), &sent, None)?;
    if common.json {
        print_json(&with_page(&client, *id, answer))?;
    } else {
        say!("Cancelled; nothing of it counts.");
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows how far a rejudging is and which verdicts and scores change.
fn compare(client: &Client, mut answer: Value, json: bool) -> anyhow::Result<Comparison> {
    let now: Rejudging = understand(&answer)?;
    let compared: Value = client.get(&format!("rejudgings/{}/comparison", now.id))?;
    let comparison: Comparison = understand(&compared)?;
    if json {
        if let (Some(answer), Value::Object(compared)) = (answer.as_object_mut(), compared) {
            answer.extend(compared);
        }
        print_json(&with_page(client, now.id, answer))?;
        return Ok(comparison);
    }
    let judged = now.finished + now.failed;
    let rescored = match comparison.rescored {
        0 => String::new(),
        some => format!(", {some} another score"),
    };
    say!(
        "{}: {judged} of {} judged, {} get another verdict{rescored} {QUIET}{}{QUIET:#}",
        now.state,
        now.submissions,
        comparison.changed - comparison.rescored,
        page(client, now.id)
    );
    if now.failed > 0 {
        say!("{BAD}The judge gave up on {}, or dropped them.{BAD:#}", now.failed);
    }
    for cell in &comparison.matrix {
        let rescored = match cell.rescored {
            0 => String::new(),
            some => format!(" ({some} with another score)"),
        };
        let (old, new) = (harmless(&cell.old), harmless(&cell.new));
        say!("{:8} {old:>10} → {new}{rescored}", cell.submissions);
    }
    let path = format!("rejudgings/{}/submissions?which=changed&limit={SHOWN}", now.id);
    let page: Value = client.get(&path)?;
    for one in understand::<Vec<Changed>>(&page["submissions"])? {
        let submission = client.page(&format!("submissions/{}", one.submission_id));
        let (problem, user) = (harmless(&one.problem_id), harmless(&one.username));
        let old = with_score(&harmless(&one.old), one.old_score);
        let new = with_score(&harmless(&one.new), one.new_score);
        say!("  {problem} by {user}: {old} → {new} {QUIET}{submission}{QUIET:#}");
    }
    if comparison.changed > SHOWN as u64 {
        say!("  and more");
    }
    Ok(comparison)
}

/// A verdict, and the score beside it where the problem gives one: `WA 30`.
fn with_score(standing: &str, score: Option<Score>) -> String {
    match score {
        Some(score) => format!("{standing} {score}"),
        None => standing.to_owned(),
    }
}

/// Where people see the rejudging.
fn page(client: &Client, id: RejudgingId) -> String {
    client.page(&format!("jury/rejudgings/{id}"))
}

fn with_page(client: &Client, id: RejudgingId, mut answer: Value) -> Value {
    answer["url"] = page(client, id).into();
    answer
}
