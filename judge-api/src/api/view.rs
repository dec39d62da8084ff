//! What is shown of a submission, to its author and to the jury.
//!
//! Here alone is decided what an author does not see: names, messages and endings of hidden test
//! cases that are not shared with those who fail on them, and any failure of the judge's own, which looks as if the
//! judging went on.

use super::file_view::FileView;
use crate::access::{self, Sight};
use crate::error::ApiError;
use crate::packages::{AfterFailing, Sample};
use judge_types::{
    ExecutionUsage, GroupResult, GroupResults, JudgementId, JudgementState, JudgingErrorKind,
    PackageHash, ProgressEvent, ProgressKind, RejudgingId, RunResult, RunUsage, Score,
    SubmissionId, UserId, Verdict,
};
use serde::Serialize;
use store::judgements::Judgement;
use store::outbox::Positions;
use store::{AnyConnection, events, executions, judgements, runs, submissions};
use time::OffsetDateTime;
use utoipa::ToSchema;

/// A submission (CLICS Contest API, "Submissions") with the state of its current judgement.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Submission)]
pub(crate) struct SubmissionView {
    /// Names the submission.
    pub(crate) id: SubmissionId,
    /// The problem's short name.
    pub(crate) problem_id: String,
    /// Who sent it.
    pub(crate) user_id: UserId,
    /// The sender's name.
    pub(crate) username: String,
    /// The language's id.
    pub(crate) language_id: String,
    /// Size of all files, in bytes.
    pub(crate) code_bytes: u64,
    /// When it was stored.
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) time: OffsetDateTime,
    /// Where the current judgement is in its life.
    pub(crate) state: JudgementState,
    /// The verdict, once there is one.
    pub(crate) judgement_type_id: Option<Verdict>,
    /// The score, once there is one, in a problem that gives scores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) score: Option<Score>,
    /// The worst of all runs.
    pub(crate) usage: RunUsage,
}

/// An attempt to judge a submission (CLICS Contest API, "Judgements").
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Judgement)]
pub(crate) struct JudgementView {
    /// Names the judgement.
    pub(crate) id: JudgementId,
    /// Whether it is the one that counts.
    pub(crate) current: bool,
    /// Where it is in its life.
    pub(crate) state: JudgementState,
    /// The verdict, once there is one.
    pub(crate) judgement_type_id: Option<Verdict>,
    /// The score, once there is one, in a problem that gives scores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) score: Option<Score>,
    /// How many test cases there are; 0 until the package is fetched.
    pub(crate) tests_total: u32,
    /// The worst of all runs.
    pub(crate) usage: RunUsage,
    /// What the compiler printed.
    pub(crate) compile_output: Option<String>,
    /// When it was queued.
    #[serde(with = "time::serde::rfc3339")]
    pub(crate) start_time: OffsetDateTime,
    /// When it ended.
    #[serde(with = "time::serde::rfc3339::option")]
    pub(crate) end_time: Option<OffsetDateTime>,
    /// The package it is judged with.
    pub(crate) package: PackageHash,
    /// Why the judge gave up. For the jury.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<JudgingFailure>,
    /// What the test data groups came to, in the package's order; for contestants where the problem shows it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) groups: Vec<GroupResult>,
    /// The rejudging that made it. For the jury.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) rejudging_id: Option<RejudgingId>,
    /// Whether it is one of a rejudging that has not been applied: contestants hear nothing of it. For the jury.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub(crate) preview: bool,
}

/// Why the judge gave up.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct JudgingFailure {
    /// What sort of failure it is.
    pub(crate) kind: JudgingErrorKind,
    /// What happened.
    pub(crate) message: String,
}

/// One test case within a judgement (CLICS Contest API, "Runs").
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Run)]
pub(crate) struct RunView {
    /// Position in the order of judging, from 1.
    pub(crate) ordinal: u32,
    /// Whether the test case is a sample.
    pub(crate) is_sample: bool,
    /// What this run alone came to.
    pub(crate) judgement_type_id: Verdict,
    /// What it is worth, in a problem that gives scores. Of hidden ones that are not shared for the jury only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) score: Option<Score>,
    /// What the program used.
    pub(crate) usage: RunUsage,
    /// What the output validator told the team.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) team_message: Option<String>,
    /// The test case's name. Of hidden ones that are not shared for the jury only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) test_case: Option<String>,
    /// How the program ended, in words. Of hidden ones that are not shared for the jury only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) ending: Option<String>,
    /// A hidden test case that the submission failed on, where the package shares it with those who do. Its files are at
    /// `/api/v1/submissions/{submission}/test-data/{name}`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) test_data: Option<Sample>,
    /// What the output validator told the jury. For the jury.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) judge_message: Option<String>,
    /// What an interactive submission (`>`) and the validator (`<`) said, its beginning. Of hidden ones that are not shared for
    /// the jury only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) transcript: Option<String>,
    /// What the program wrote as its answer, its beginning, where it failed; passes are parted by `---`. Of hidden ones that
    /// are not shared for the jury only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) output: Option<String>,
    /// The end of what the program wrote to standard error, where it failed. Of hidden ones that are not shared for the jury
    /// only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) error_output: Option<String>,
}

/// What one execution of the judging function used.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Execution)]
pub(crate) struct ExecutionView {
    /// Which attempt at the judgement it was, from 1.
    pub(crate) attempt: u32,
    /// Which helper it was, from 1, where it judged test cases for another execution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) helper: Option<u32>,
    /// What it used.
    #[serde(flatten)]
    pub(crate) usage: ExecutionUsage,
    /// Memory times wall time, in gigabyte-seconds.
    pub(crate) gb_seconds: f64,
}

/// Everything about a submission that the reader may see.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct SubmissionDetail {
    /// The submission.
    #[serde(flatten)]
    pub(crate) submission: SubmissionView,
    /// Its place in the queue, from 1, while it waits there.
    pub(crate) position: Option<u64>,
    /// The judgement that counts, or the one asked for; so are the runs, the executions and the timeline below.
    pub(crate) judgement: JudgementView,
    /// The test cases judged so far, in order.
    pub(crate) runs: Vec<RunView>,
    /// What the judging of it used.
    pub(crate) executions: Vec<ExecutionView>,
    /// What happened to it, in order.
    pub(crate) timeline: Vec<ProgressEvent>,
    /// The source.
    pub(crate) files: Vec<FileView>,
    /// Every judgement, the newest first. For the jury.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) judgements: Vec<JudgementView>,
}

/// To its author, a judgement that the judge gave up on is still going on.
pub(crate) fn visible_state(state: JudgementState, sight: Sight) -> JudgementState {
    match (state, sight) {
        (JudgementState::Failed, Sight::Author) => JudgementState::Running,
        (state, _) => state,
    }
}

/// Whether somebody may hear of an event.
pub(crate) fn is_visible(event: &ProgressEvent, sight: Sight) -> bool {
    sight == Sight::Jury || event.kind != ProgressKind::Failed
}

impl SubmissionView {
    pub(crate) fn new(submission: submissions::Submission, sight: Sight) -> Self {
        let judgement = submission.judgement;
        Self {
            id: submission.id,
            problem_id: submission.problem_short_name,
            user_id: submission.user,
            username: submission.username,
            language_id: submission.language,
            code_bytes: submission.code_bytes,
            time: submission.submitted_at,
            state: visible_state(judgement.state, sight),
            judgement_type_id: judgement.verdict,
            score: judgement.score,
            usage: judgement.usage,
        }
    }
}

impl JudgementView {
    pub(crate) fn new(judgement: Judgement, sight: Sight) -> Self {
        let is_failed = judgement.state == JudgementState::Failed;
        let error = judgement.error.filter(|_| sight == Sight::Jury);
        Self {
            id: judgement.id,
            current: judgement.is_current,
            state: visible_state(judgement.state, sight),
            judgement_type_id: judgement.verdict,
            score: judgement.score,
            tests_total: judgement.tests_total,
            usage: judgement.usage,
            compile_output: judgement.compile_output,
            start_time: judgement.created_at,
            end_time: judgement.finished_at.filter(|_| !is_failed || sight == Sight::Jury),
            package: judgement.package,
            groups: visible_groups(judgement.groups, sight),
            error: error.map(|error| JudgingFailure { kind: error.kind, message: error.message }),
            rejudging_id: judgement.rejudging.filter(|_| sight == Sight::Jury),
            preview: judgement.is_preview && sight == Sight::Jury,
        }
    }
}

/// The groups that have a name of their own, for those who may see them.
fn visible_groups(results: Option<GroupResults>, sight: Sight) -> Vec<GroupResult> {
    let shown = results.filter(|results| results.shown_to_team || sight == Sight::Jury);
    let groups = shown.map(|results| results.groups).unwrap_or_default();
    groups.into_iter().filter(|group| !group.name.is_empty()).collect()
}

impl ExecutionView {
    fn new(attempt: u32, helper: Option<u32>, usage: ExecutionUsage) -> Self {
        Self { attempt, helper, gb_seconds: usage.gb_seconds(), usage }
    }
}

impl RunView {
    pub(crate) fn new(run: RunResult, sight: Sight, shared: &AfterFailing) -> Self {
        let test_data = shared.of(&run.test_case).cloned();
        let is_jury = sight == Sight::Jury;
        let may_know = run.is_sample || is_jury || test_data.is_some();
        let has_failed = !run.verdict.is_accepted();
        Self {
            ordinal: run.ordinal,
            is_sample: run.is_sample,
            judgement_type_id: run.verdict,
            score: run.score.filter(|_| may_know),
            usage: run.usage,
            team_message: run.team_message,
            test_case: may_know.then_some(run.test_case),
            test_data,
            ending: Some(run.ending).filter(|ending| may_know && !ending.is_empty()),
            judge_message: run.judge_message.filter(|_| is_jury),
            transcript: run.transcript.filter(|_| may_know && (has_failed || is_jury)),
            output: run.output.filter(|_| may_know),
            error_output: run.error_output.filter(|_| may_know),
        }
    }
}

/// Gathers what a reader may see of a submission that they may see, and of its judgement `asked`; where that is missing, of
/// the one that counts. The jury alone may ask.
pub(crate) fn detail(
    connection: &mut AnyConnection,
    submission: submissions::Submission,
    sight: Sight,
    positions: &Positions,
    asked: Option<JudgementId>,
) -> Result<SubmissionDetail, ApiError> {
    let id = submission.id;
    let judgement = access::judgement(connection, &submission, sight, asked)?;
    let position = positions.of(connection, judgement.id)?;
    let runs = runs::list(connection, judgement.id, judgement.attempt)?;
    let (problem, package) = (submission.problem, &judgement.package);
    let shared = access::shared_after_failing(connection, problem, package, &runs)?;
    let executions = match (judgement.state, sight) {
        (JudgementState::Failed, Sight::Author) => {
            executions::that_left_it_to_others(connection, judgement.id)?
        }
        _ => executions::of_judgement(connection, judgement.id)?,
    };
    let helpers = match (judgement.state, sight) {
        (JudgementState::Failed, Sight::Author) => Vec::new(),
        _ => executions::of_helpers(connection, judgement.id)?,
    };
    let executions = executions
        .into_iter()
        .map(|(attempt, usage)| ExecutionView::new(attempt, None, usage))
        .chain(
            helpers
                .into_iter()
                .map(|help| ExecutionView::new(help.attempt, Some(help.key.helper), help.usage)),
        )
        .collect();
    let judgements = match sight {
        Sight::Author => Vec::new(),
        Sight::Jury => judgements::of_submission(connection, id)?,
    };
    let timeline = match asked {
        None => events::list_after(connection, id, 0)?,
        Some(_) => events::of_judgement(connection, &judgement)?,
    };
    let files = submissions::files(connection, id)?;
    Ok(SubmissionDetail {
        submission: SubmissionView::new(submission, sight),
        position: position.filter(|_| judgement.state == JudgementState::Queued),
        judgement: JudgementView::new(judgement, sight),
        runs: runs.into_iter().map(|run| RunView::new(run, sight, &shared)).collect(),
        executions,
        timeline: timeline.into_iter().filter(|event| is_visible(event, sight)).collect(),
        files: files.into_iter().map(FileView::from).collect(),
        judgements: judgements
            .into_iter()
            .map(|judgement| JudgementView::new(judgement, sight))
            .collect(),
    })
}
