//! Submitting: from what was sent to a stored submission.

use crate::access;
use crate::app::App;
use crate::error::ApiError;
use crate::packages::PublicProblem;
use crate::trace::RequestTrace;
use judge_types::{ContestId, Lane, SourceFile, SubmissionId};
use languages::{Language, Source};
use store::DatabaseError;
use store::problems::Problem;
use store::submissions::{self, NewSubmission, Submitted};
use store::users::User;

/// What was sent, not yet checked.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    /// The problem's short name.
    pub(crate) problem: String,
    /// The language's id, or `None` to have it guessed.
    pub(crate) language: Option<String>,
    /// Names and contents, in the order sent.
    pub(crate) files: Vec<(String, Vec<u8>)>,
    /// Source without a file's name, as from a text area.
    pub(crate) text: Option<String>,
    /// Repeating a request with the same key makes no second submission.
    pub(crate) idempotency_key: Option<String>,
}

/// A stored submission.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stored {
    pub(crate) id: SubmissionId,
    /// Whether this request stored it, not an earlier one with the same key.
    pub(crate) is_new: bool,
}

/// Checks and stores a submission, and rings the queue's bell.
pub(crate) async fn submit(
    app: &App,
    user: &User,
    draft: Draft,
    RequestTrace(trace): RequestTrace,
) -> Result<Stored, ApiError> {
    let (problem, contest) = problem(app, user.clone(), &draft.problem).await?;
    let public = public_content(&problem)?;
    let (language, files) = checked(app, draft.language, draft.files, draft.text)?;
    let language = language.clone();
    check_language(&language, &public)?;
    check_size(app, &problem, &files)?;
    let (user, limit) = (user.id, app.limits.submissions);
    let (submitted, lane) = app
        .db(move |connection| {
            let lane = if contest.is_some() { Lane::Contest } else { Lane::Practice };
            let new = NewSubmission {
                user,
                problem: problem.id,
                contest,
                language: &language.id,
                files: &files,
                package: problem.package,
                limits: problem.limits,
                lane,
                idempotency_key: draft.idempotency_key.as_deref(),
                trace: Some(trace),
            };
            Ok((submissions::create(connection, &new, limit)?, lane))
        })
        .await?;
    match submitted {
        Submitted::Created(id, judgement) => {
            app.bell.ring();
            app.monitoring.count_queued(lane);
            tracing::info!(submission = %id, %judgement, "queued");
            Ok(Stored { id, is_new: true })
        }
        Submitted::Repeated(id) => Ok(Stored { id, is_new: false }),
        Submitted::KeyReused(id) => {
            let message = format!("the key was used before for another submission, {id}");
            Err(ApiError::conflict("idempotency_key_reused", message).of_field("Idempotency-Key"))
        }
        Submitted::TooMany(wait) => {
            let seconds = wait.whole_seconds().unsigned_abs() + 1;
            let message = limit.map_or_else(String::new, |limit| {
                let (many, period) = (limit.submissions, limit.period.whole_seconds());
                format!("at most {many} submissions in {period} s; try again in {seconds} s")
            });
            Err(ApiError::too_many(message, seconds))
        }
    }
}

async fn problem(
    app: &App,
    user: User,
    short_name: &str,
) -> Result<(Problem, Option<ContestId>), ApiError> {
    if short_name.is_empty() {
        return Err(ApiError::invalid("problem_id", "the problem is missing"));
    }
    let short_name = short_name.to_owned();
    app.db(move |connection| access::open_problem(connection, Some(&user), &short_name))
        .await
        .map_err(|error| error.of_field("problem_id"))
}

/// What contestants may see of the problem.
pub(crate) fn public_content(problem: &Problem) -> Result<PublicProblem, ApiError> {
    serde_json::from_str(&problem.public_content).map_err(|error| {
        let detail = format!("{}: {error}", problem.short_name);
        ApiError::from(DatabaseError::Corrupt { what: "public content", detail })
    })
}

/// Whether the problem may be solved in the language.
pub(crate) fn is_allowed(language: &Language, problem: &PublicProblem) -> bool {
    problem.languages.as_ref().is_none_or(|allowed| {
        allowed.iter().any(|name| *name == language.id || language.icpc_names.contains(name))
    })
}

/// The files under names that can be used, and their language.
fn checked(
    app: &App,
    language: Option<String>,
    mut sent: Vec<(String, Vec<u8>)>,
    text: Option<String>,
) -> Result<(&Language, Vec<SourceFile>), ApiError> {
    let offered = |id: &str| {
        app.languages.get(id).ok_or_else(|| {
            let ids: Vec<_> = app.languages.list().iter().map(|known| known.id.clone()).collect();
            let message =
                format!("{id:?} is not a language offered here; offered are {}", ids.join(", "));
            ApiError::invalid("language_id", message)
        })
    };
    let chosen = language.filter(|id| !id.is_empty()).map(|id| offered(&id)).transpose()?;
    if let Some(text) = text.filter(|text| !text.trim().is_empty()) {
        let extension = chosen.and_then(|language| language.extensions.first());
        let name = extension.map_or_else(|| "main".into(), |extension| format!("main.{extension}"));
        // Browsers end the lines of a text area with CR LF.
        sent.push((name, text.replace("\r\n", "\n").into_bytes()));
    }
    if sent.is_empty() {
        return Err(ApiError::invalid("files", "there is no source: send at least one file"));
    }
    if sent.len() > app.limits.source_files {
        let message = format!("at most {} files may be sent", app.limits.source_files);
        return Err(ApiError::invalid("files", message));
    }
    let mut files: Vec<SourceFile> = Vec::with_capacity(sent.len());
    for (name, content) in sent {
        let file = SourceFile::new(name, content)
            .map_err(|error| ApiError::invalid("files", error.to_string()))?;
        if files.iter().any(|other| other.name() == file.name()) {
            let message = format!("there are two files named {:?}", file.name());
            return Err(ApiError::invalid("files", message));
        }
        files.push(file);
    }
    let language = match chosen {
        Some(language) => language,
        None => {
            let sources: Vec<_> = files
                .iter()
                .map(|file| Source { name: file.name(), content: file.content() })
                .collect();
            let guessed = app.languages.guess(&sources).ok_or_else(|| {
                let message = "the language cannot be guessed from the files' names; choose one";
                ApiError::invalid("language_id", message)
            })?;
            offered(&guessed.id)?
        }
    };
    Ok((language, files))
}

fn check_language(language: &Language, problem: &PublicProblem) -> Result<(), ApiError> {
    if is_allowed(language, problem) {
        return Ok(());
    }
    let allowed = problem.languages.as_ref().map(|names| names.join(", ")).unwrap_or_default();
    let message = format!("{} is not allowed for this problem, only {allowed}", language.name);
    Err(ApiError::invalid("language_id", message))
}

fn check_size(app: &App, problem: &Problem, files: &[SourceFile]) -> Result<(), ApiError> {
    let limit = app.limits.source_bytes.min(problem.limits.code_bytes);
    let bytes: u64 = files.iter().map(|file| file.content().len() as u64).sum();
    if bytes > limit {
        return Err(ApiError::too_large("the source", limit).of_field("files"));
    }
    Ok(())
}
