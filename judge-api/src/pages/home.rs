//! The problems, with how far the reader has come.

use super::{Frame, Html, words};
use crate::access;
use crate::app::App;
use crate::auth::OptionalUser;
use crate::error::ApiError;
use actix_web::web;
use askama::Template;
use judge_types::{Limits, ProblemId, Verdict};
use std::collections::HashMap;
use store::users::User;
use store::{AnyConnection, DatabaseError, clock, contests, problems, submissions};
use time::OffsetDateTime;

#[derive(Template)]
#[template(path = "home.html")]
struct Page {
    frame: Frame,
    contest: Option<Shown>,
    rows: Vec<Row>,
}

/// The newest contest.
struct Shown {
    name: String,
    start: Option<OffsetDateTime>,
    has_begun: bool,
}

struct Row {
    /// `A`, `B` … within the contest; empty outside it.
    label: String,
    id: String,
    title: String,
    limits: Limits,
    progress: Progress,
}

/// How far a user has come with a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Progress {
    Untried,
    Tried,
    Pending,
    Solved,
}

impl Progress {
    fn of(verdict: Option<Verdict>) -> Self {
        match verdict {
            None => Self::Pending,
            Some(Verdict::Accepted) => Self::Solved,
            Some(_) => Self::Tried,
        }
    }

    fn look(self) -> &'static str {
        match self {
            Self::Untried => "none",
            Self::Tried => "bad",
            Self::Pending => "pending",
            Self::Solved => "good",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Untried => "",
            Self::Tried => "✗ Tried",
            Self::Pending => "… Being judged",
            Self::Solved => "✓ Solved",
        }
    }
}

/// The home page.
pub(super) async fn page(
    app: web::Data<App>,
    OptionalUser(user): OptionalUser,
) -> Result<Html, ApiError> {
    let reader = user.clone();
    let (contest, rows) = app
        .db(move |connection| {
            let mut progress: HashMap<ProblemId, Progress> = HashMap::new();
            if let Some(user) = &reader {
                for (problem, verdict) in submissions::verdicts_by_problem(connection, user.id)? {
                    let best = progress.entry(problem).or_insert(Progress::Untried);
                    *best = (*best).max(Progress::of(verdict));
                }
            }
            rows(connection, reader.as_ref(), &progress)
        })
        .await?;
    let page = Page { frame: Frame::new(&app, user, "Problems"), contest, rows };
    Ok(Html(page.render()?))
}

/// The newest contest's problems in its order, then all others, without those that the reader may not see yet.
fn rows(
    connection: &mut AnyConnection,
    reader: Option<&User>,
    progress: &HashMap<ProblemId, Progress>,
) -> Result<(Option<Shown>, Vec<Row>), ApiError> {
    let contest = contests::list(connection)?.into_iter().next();
    let order = match &contest {
        Some(contest) => contests::problems(connection, contest.id)?,
        None => Vec::new(),
    };
    let place = |id: ProblemId| order.iter().position(|other| *other == id);
    let hidden = access::hidden_problems(connection, reader)?;
    let mut problems = problems::list(connection)?;
    problems.retain(|problem| !hidden.contains(&problem.id));
    problems.sort_by_key(|problem| place(problem.id).unwrap_or(usize::MAX));
    let rows = problems.into_iter().map(|problem| Row {
        label: place(problem.id).map(label).unwrap_or_default(),
        progress: progress.get(&problem.id).copied().unwrap_or(Progress::Untried),
        id: problem.short_name,
        title: problem.title,
        limits: problem.limits,
    });
    let now = clock::now(connection).map_err(DatabaseError::from)?;
    let contest = contest.map(|contest| Shown {
        has_begun: contest.has_begun(now),
        start: contest.start_time,
        name: contest.name,
    });
    Ok((contest, rows.collect()))
}

/// `A` to `Z`, then `AA`.
fn label(place: usize) -> String {
    let letter = |index: usize| char::from(b'A' + u8::try_from(index % 26).unwrap_or(0));
    if place < 26 {
        letter(place).to_string()
    } else {
        format!("{}{}", label(place / 26 - 1), letter(place))
    }
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn labels_go_on_after_z() {
        assert_eq!([0, 25, 26, 27, 702].map(label), ["A", "Z", "AA", "AB", "AAA"]);
    }
}
