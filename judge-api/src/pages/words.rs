//! Figures and times as people read them.

use crate::api::rejudgings::StandingView;
use judge_types::{JudgementState, ProgressKind, RejudgingState, Score, Verdict};
use store::rejudgings::Standing;
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

const TIME: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");

/// The time for people; the script shows it in their own zone.
pub(super) fn time(at: &OffsetDateTime) -> String {
    at.format(TIME).unwrap_or_default()
}

/// The time for programs.
pub(super) fn machine_time(at: &OffsetDateTime) -> String {
    at.format(&time::format_description::well_known::Rfc3339).unwrap_or_default()
}

/// `0.25 s`, `12 ms`
pub(super) fn duration(ms: &u64) -> String {
    if *ms < 1000 {
        return format!("{ms} ms");
    }
    let hundredths = ms / 10;
    format!("{}.{:02} s", hundredths / 100, hundredths % 100)
}

/// A limit in seconds without needless zeros: `2 s`, `0.5 s`
pub(super) fn seconds(ms: &u64) -> String {
    let text = format!("{}.{:03}", ms / 1000, ms % 1000);
    format!("{} s", text.trim_end_matches('0').trim_end_matches('.'))
}

/// `512 B`, `3.5 KiB`, `128 MiB`
pub(super) fn bytes(bytes: &u64) -> String {
    const UNITS: [&str; 4] = ["KiB", "MiB", "GiB", "TiB"];
    if *bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut unit = 0;
    let mut scaled = u128::from(*bytes) * 10 / 1024;
    while scaled >= 10_240 && unit + 1 < UNITS.len() {
        scaled /= 1024;
        unit += 1;
    }
    let (whole, tenth) = (scaled / 10, scaled % 10);
    if tenth == 0 || whole >= 100 {
        format!("{whole} {}", UNITS[unit])
    } else {
        format!("{whole}.{tenth} {}", UNITS[unit])
    }
}

/// A verdict in words, with a capital: `Wrong answer`
pub(super) fn verdict(verdict: &Verdict) -> String {
    capital(verdict.name())
}

/// What a reader is told of a judgement: `Accepted`, `Waiting`, `Running tests`
pub(super) fn status(state: &JudgementState, judged: &Option<Verdict>) -> String {
    match (judged, state) {
        (Some(judged), _) => verdict(judged),
        (None, JudgementState::Queued) => "Waiting".into(),
        (None, JudgementState::Compiling) => "Compiling".into(),
        (None, JudgementState::Running) => "Being judged".into(),
        (None, JudgementState::Finished) => "Judged".into(),
        (None, JudgementState::Failed) => "Judging failed".into(),
    }
}

/// What a judgement has come to, compared with another: `Accepted`, `Judging failed`, `Not judged`
pub(super) fn standing(standing: &StandingView) -> String {
    match standing.0 {
        Standing::Judged(judged) => verdict(&judged),
        Standing::Failed => "Judging failed".into(),
        Standing::Unfinished => "Not judged".into(),
    }
}

/// How far a rejudging is.
pub(super) fn rejudging(state: &RejudgingState) -> &'static str {
    match state {
        RejudgingState::Judging => "… Being judged",
        RejudgingState::Ready => "! Ready to be applied",
        RejudgingState::Applied => "✓ Applied",
        RejudgingState::Cancelled => "✗ Cancelled",
    }
}

/// The name of its look in the style sheet.
pub(super) fn rejudging_look(state: &RejudgingState) -> &'static str {
    match state {
        RejudgingState::Judging => "pending",
        RejudgingState::Ready => "neutral",
        RejudgingState::Applied => "good",
        RejudgingState::Cancelled => "bad",
    }
}

/// The name of a verdict's look in the style sheet.
pub(super) fn look(judged: &Option<Verdict>) -> &'static str {
    match judged {
        Some(Verdict::Accepted) => "good",
        Some(Verdict::CompileError) => "neutral",
        Some(_) => "bad",
        None => "pending",
    }
}

/// A mark beside the verdict, so that it does not show by colour alone.
pub(super) fn mark(judged: &Option<Verdict>) -> &'static str {
    match judged {
        Some(Verdict::Accepted) => "✓",
        Some(Verdict::CompileError) => "!",
        Some(_) => "✗",
        None => "…",
    }
}

/// A score in words.
pub(super) fn points(score: &Score) -> String {
    let unit = if score.get() == 1.0 { "point" } else { "points" };
    format!("{score} {unit}")
}

/// An event in words.
pub(super) fn event(kind: &ProgressKind) -> String {
    match kind {
        ProgressKind::Queued => "Queued".into(),
        ProgressKind::Started { attempt: 1 } => "Judging started".into(),
        ProgressKind::Started { attempt } => format!("Judging started again (attempt {attempt})"),
        ProgressKind::Fetched => "Test data ready".into(),
        ProgressKind::Compiled { success: true } => "Compiled".into(),
        ProgressKind::Compiled { success: false } => "Did not compile".into(),
        ProgressKind::Run { ordinal, total, verdict, .. } => {
            format!("Test {ordinal} of {total}: {}", verdict.name())
        }
        ProgressKind::Finished { verdict: judged, score: None, .. } => verdict(judged),
        ProgressKind::Finished { verdict: judged, score: Some(score), .. } => {
            format!("{}, {}", verdict(judged), points(score))
        }
        ProgressKind::Released => "Put back into the queue".into(),
        ProgressKind::Failed => "The judge gave up".into(),
    }
}

pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_the_unit_that_suits_them() {
        let sizes = [0, 1023, 1024, 3584, 134_217_728, 2 << 30, 1_500_000_000, u64::MAX];
        let shown: Vec<_> = sizes.iter().map(bytes).collect();
        assert_eq!(
            shown,
            ["0 B", "1023 B", "1 KiB", "3.5 KiB", "128 MiB", "2 GiB", "1.3 GiB", "16777215 TiB"]
        );
        let durations: Vec<_> = [0, 999, 1000, 12_345].iter().map(duration).collect();
        assert_eq!(durations, ["0 ms", "999 ms", "1.00 s", "12.34 s"]);
        let limits: Vec<_> = [1000, 500, 2250].iter().map(seconds).collect();
        assert_eq!(limits, ["1 s", "0.5 s", "2.25 s"]);
    }
}
