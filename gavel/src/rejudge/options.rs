//! What can be said to `gavel rejudge`.

use crate::client::JudgeOptions;
use judge_types::{RejudgingFilter, RejudgingId, RejudgingKind, SubmissionId, Verdict};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

const MORE: &str = "\
Of a filter that is given several times one value must fit, and of all filters each. Without --direct, contestants see \
nothing of it until it is applied.

Exit codes: 0 done as asked, and with --wait no verdict changes; 1 with --wait some verdicts change; 3 the judge refuses or \
cannot be reached; 4 with --wait not all was judged when the time to wait was over, or the judge gave up on some.";

const WAIT_MORE: &str = "\
Exit codes: 0 judged, and no verdict changes; 1 some verdicts change; 3 the judge refuses or cannot be reached; 4 not all was \
judged when the time to wait was over, or the judge gave up on some.";

const SHOW_MORE: &str = "\
Exit codes: 0 shown; 3 the judge refuses or cannot be reached.";

const APPLY_MORE: &str = "\
Exit codes: 0 every new judgement counts now; 1 applied, but some submissions were skipped; 3 the judge refuses, as it does \
before all is judged, or cannot be reached.";

const CANCEL_MORE: &str = "\
Exit codes: 0 cancelled; 3 the judge refuses, as it does where it was applied before, or cannot be reached.";

/// What to judge again, or what to do with a rejudging.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true, after_help = MORE)]
pub(crate) struct Options {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) make: MakeOptions,
}

#[derive(Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Show the newest rejudgings
    #[command(after_help = SHOW_MORE)]
    List(Common),
    /// Show how far a rejudging is, and which verdicts change
    #[command(after_help = SHOW_MORE)]
    Show(One),
    /// Wait until a rejudging is judged, and show which verdicts change
    #[command(after_help = WAIT_MORE)]
    Wait(WaitOptions),
    /// Make the new judgements of a preview count, all at once
    #[command(after_help = APPLY_MORE)]
    Apply(ApplyOptions),
    /// Give a preview up
    #[command(after_help = CANCEL_MORE)]
    Cancel(CancelOptions),
}

/// What every subcommand takes.
#[derive(Debug, clap::Args)]
pub(super) struct Common {
    #[command(flatten)]
    pub(super) judge: JudgeOptions,
    /// Print JSON
    #[arg(long)]
    pub(super) json: bool,
}

/// One rejudging.
#[derive(Debug, clap::Args)]
pub(super) struct One {
    /// The rejudging's id
    pub(super) id: RejudgingId,
    #[command(flatten)]
    pub(super) common: Common,
}

/// A rejudging to wait for.
#[derive(Debug, clap::Args)]
pub(super) struct WaitOptions {
    #[command(flatten)]
    pub(super) one: One,
    /// How long to wait, in seconds [default: until all is judged]
    #[arg(long, value_name = "SECONDS")]
    pub(super) timeout: Option<u64>,
}

/// A preview to apply.
#[derive(Debug, clap::Args)]
pub(super) struct ApplyOptions {
    #[command(flatten)]
    pub(super) one: One,
    /// Why; kept and shown
    #[arg(long)]
    pub(super) note: Option<String>,
    /// Apply it although not all is judged, and skip the rest
    #[arg(long)]
    pub(super) even_unfinished: bool,
}

/// A preview to cancel.
#[derive(Debug, clap::Args)]
pub(super) struct CancelOptions {
    #[command(flatten)]
    pub(super) one: One,
    /// Why; kept and shown
    #[arg(long)]
    pub(super) note: Option<String>,
}

/// What to judge again.
#[derive(Debug, clap::Args)]
pub(super) struct MakeOptions {
    /// Why; kept and shown
    #[arg(long, required_unless_present = "dry_run")]
    pub(super) reason: Option<String>,
    /// Submissions to this problem (its short name)
    #[arg(long = "problem", value_name = "PROBLEM")]
    problems: Vec<String>,
    /// Submissions in this contest (its short name)
    #[arg(long = "contest", value_name = "CONTEST")]
    contests: Vec<String>,
    /// Submissions in this language (its id)
    #[arg(long = "language", value_name = "LANGUAGE")]
    languages: Vec<String>,
    /// Submissions of this user
    #[arg(long = "user", value_name = "USER")]
    users: Vec<String>,
    /// Submissions that have this verdict now, such as WA
    #[arg(long = "verdict", value_name = "VERDICT")]
    verdicts: Vec<Verdict>,
    /// Submissions from this time on, such as 2026-11-25T10:00:00Z
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    from: Option<OffsetDateTime>,
    /// Submissions before this time
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    until: Option<OffsetDateTime>,
    /// This submission (its id)
    #[arg(long = "submission", value_name = "SUBMISSION")]
    submissions: Vec<SubmissionId>,
    /// Judge beside what counts, to be compared and applied or cancelled; so it is by default
    #[arg(long, conflicts_with = "direct")]
    preview: bool,
    /// Let the new judgements count at once
    #[arg(long)]
    direct: bool,
    /// Only say how many submissions it would be
    #[arg(long, conflicts_with_all = ["wait", "confirm"])]
    pub(super) dry_run: bool,
    /// How many submissions it is; the judge asks for that where they are many
    #[arg(long, value_name = "NUMBER")]
    pub(super) confirm: Option<u64>,
    /// Wait until all is judged, and show which verdicts change
    #[arg(long)]
    pub(super) wait: bool,
    /// How long to wait, in seconds [default: until all is judged]
    #[arg(long, value_name = "SECONDS", requires = "wait")]
    pub(super) timeout: Option<u64>,
    #[command(flatten)]
    pub(super) common: Common,
}

impl MakeOptions {
    pub(super) fn kind(&self) -> RejudgingKind {
        if self.direct { RejudgingKind::Direct } else { RejudgingKind::Preview }
    }

    pub(super) fn filter(&self) -> RejudgingFilter {
        RejudgingFilter {
            problem_ids: self.problems.clone(),
            contest_ids: self.contests.clone(),
            language_ids: self.languages.clone(),
            usernames: self.users.clone(),
            verdicts: self.verdicts.clone(),
            submitted_from: self.from,
            submitted_until: self.until,
            submission_ids: self.submissions.clone(),
        }
    }
}

fn parse_time(text: &str) -> Result<OffsetDateTime, String> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map_err(|_| "must be a time with its zone (RFC 3339), such as 2026-11-25T10:00:00Z".into())
}
