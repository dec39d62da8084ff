//! What a validator answered: its verdict, its messages, a score, another pass.

use super::{jury_program::JuryProgram, program::Ended};
use judge_types::{JudgingError, Verdict, with_causes};
use problems::{Protocol, SaidScores};
use sandbox::Ending;
use serde::{Deserialize, Serialize};
use std::fs::File;

/// What was found out about one output.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) verdict: Verdict,
    /// For the jury.
    pub(crate) judge_message: Option<String>,
    /// For the team.
    pub(crate) team_message: Option<String>,
    /// What the validator says that it is worth.
    pub(crate) said: Option<SaidScore>,
    /// The input for another pass.
    pub(crate) next_pass: Option<File>,
}

/// A score that a validator says.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) enum SaidScore {
    /// The score itself (`score.txt`, or testlib's points).
    Points(f64),
    /// A share of the most that the test case can get (`score_multiplier.txt`, or testlib's partial answers).
    Share(f64),
}

impl Checked {
    pub(crate) fn new(verdict: Verdict) -> Self {
        Self { verdict, judge_message: None, team_message: None, said: None, next_pass: None }
    }

    /// What stands when this validator answered after another one that accepted: both have their say.
    pub(super) fn after(self, before: Self) -> Self {
        let both = |before: Option<String>, after: Option<String>| {
            let said: Vec<_> = [before, after].into_iter().flatten().collect();
            (!said.is_empty()).then(|| said.join("\n"))
        };
        Self {
            verdict: self.verdict,
            judge_message: both(before.judge_message, self.judge_message),
            team_message: both(before.team_message, self.team_message),
            said: self.said.or(before.said).filter(|_| self.verdict.is_accepted()),
            next_pass: self.next_pass.or(before.next_pass),
        }
    }
}

/// What may be found in a feedback folder.
pub(super) struct Allowed {
    /// When the validator may say a score.
    pub(super) scores: SaidScores,
    /// Whether there may be another pass.
    pub(super) passes: bool,
}

/// The verdict that an exit code means; `None` where the program failed.
pub(super) fn verdict_of_code(protocol: Protocol, ending: &Ending) -> Option<Verdict> {
    let Ending::Exited { code } = *ending else { return None };
    match (protocol, code) {
        (Protocol::Icpc, 42) | (Protocol::Testlib, 0) => Some(Verdict::Accepted),
        // Points, and partial answers: what they are worth is said besides.
        (Protocol::Testlib, 5 | 7 | 16..=216) => Some(Verdict::Accepted),
        (Protocol::Icpc, 43) => Some(Verdict::WrongAnswer),
        // Wrong, presentation, dirt, unexpected end of the output.
        (Protocol::Testlib, 1 | 2 | 4 | 8) => Some(Verdict::WrongAnswer),
        _ => None,
    }
}

/// Reads what a validator that ended said about the output for the test case `case`.
///
/// ICPC problem package format (2025-09), sections "Reporting a Judgement" and "Reporting Additional Feedback".
pub(super) fn read(
    validator: &JuryProgram<'_>,
    ended: &Ended,
    feedback: &str,
    case: &str,
    allowed: &Allowed,
) -> Result<Checked, JudgingError> {
    let ending = &ended.outcome.ending;
    let verdict = verdict_of_code(validator.protocol, ending).ok_or_else(|| {
        let answers = if validator.protocol == Protocol::Testlib {
            "which says that the checker failed"
        } else {
            "only exit codes 42 and 43 are answers"
        };
        let said = &ended.stderr;
        validator.error(&format!("ended with {ending} on test case {case}; {answers}\n{said}"))
    })?;
    let written = validator.program.work().bytes_in(feedback);
    let written = written.map_err(|e| validator.error(&with_causes(&e)))?;
    validator.require_brief(case, ended.printed_bytes.saturating_add(written))?;
    let mut checked = Checked::new(verdict);
    if validator.protocol == Protocol::Testlib {
        let message = ended.stderr.trim();
        checked.said = testlib_score(ending, message);
        checked.judge_message = (!message.is_empty()).then(|| message.to_owned());
        return Ok(checked);
    }
    let message = |file| -> Result<Option<String>, JudgingError> {
        Ok(validator.feedback(feedback, file)?.filter(|message| !message.is_empty()))
    };
    checked.judge_message = message("judgemessage.txt")?;
    checked.team_message = message("teammessage.txt")?;
    checked.said = said_score(validator, feedback, case, verdict, allowed)?;
    checked.next_pass = next_pass(validator, feedback, case, verdict, allowed)?;
    Ok(checked)
}

fn said_score(
    validator: &JuryProgram<'_>,
    feedback: &str,
    case: &str,
    verdict: Verdict,
    allowed: &Allowed,
) -> Result<Option<SaidScore>, JudgingError> {
    let read = |file: &str| -> Result<Option<f64>, JudgingError> {
        let Some(text) = validator.feedback(feedback, file)? else { return Ok(None) };
        let score = text.parse().ok().filter(|score: &f64| score.is_finite());
        let wrong = || {
            validator.error(&format!(
                "wrote {text:?} into {file} on test case {case}, which is no number"
            ))
        };
        score.map(Some).ok_or_else(wrong)
    };
    let said = match (read("score.txt")?, read("score_multiplier.txt")?) {
        (Some(_), Some(_)) => {
            let message = format!(
                "wrote score.txt and score_multiplier.txt on test case {case}; one of them may be"
            );
            return Err(validator.error(&message));
        }
        (Some(points), None) => SaidScore::Points(points),
        (None, Some(share)) => SaidScore::Share(share),
        (None, None) => return Ok(None),
    };
    if allowed.scores == SaidScores::Never {
        let message = format!(
            "wrote a score on test case {case}, which is none of a problem in which validators give scores"
        );
        return Err(validator.error(&message));
    }
    match allowed.scores {
        SaidScores::OfAccepted if !verdict.is_accepted() => {
            let message =
                format!("wrote a score on test case {case}, but does not accept the output");
            Err(validator.error(&message))
        }
        SaidScores::IgnoredOfOthers if !verdict.is_accepted() => Ok(None),
        _ => Ok(Some(said)),
    }
}

/// ICPC problem package format (2025-09), section "Multi-pass Validation".
fn next_pass(
    validator: &JuryProgram<'_>,
    feedback: &str,
    case: &str,
    verdict: Verdict,
    allowed: &Allowed,
) -> Result<Option<File>, JudgingError> {
    if !allowed.passes {
        return Ok(None);
    }
    let name = format!("{feedback}/nextpass.in");
    let work = validator.program.work();
    let failed = |e| validator.error(&with_causes(&e));
    let Some(next) = work.open(&name).map_err(failed)? else { return Ok(None) };
    if !verdict.is_accepted() {
        let message =
            format!("wrote nextpass.in on test case {case}, but does not accept the output");
        return Err(validator.error(&message));
    }
    work.remove(&name).map_err(failed)?;
    Ok(Some(next))
}

/// testlib: `quitp` prints its points first; `quitpi` and `_pc` say a percentage by the exit code.
fn testlib_score(ending: &Ending, message: &str) -> Option<SaidScore> {
    match *ending {
        Ending::Exited { code: 5 | 7 } => {
            let words = message.split_whitespace();
            let number = words.filter_map(|word| word.parse::<f64>().ok()).next();
            Some(SaidScore::Points(number.filter(|points| points.is_finite()).unwrap_or(0.0)))
        }
        Ending::Exited { code: code @ 16..=216 } => {
            Some(SaidScore::Share((f64::from(code - 16) / 100.0).min(1.0)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_protocol_has_its_exit_codes() {
        let verdict = |protocol, code| verdict_of_code(protocol, &Ending::Exited { code });
        assert_eq!(verdict(Protocol::Icpc, 42), Some(Verdict::Accepted));
        assert_eq!(verdict(Protocol::Icpc, 43), Some(Verdict::WrongAnswer));
        assert_eq!(verdict(Protocol::Icpc, 0), None);
        assert_eq!(verdict(Protocol::Testlib, 0), Some(Verdict::Accepted));
        assert_eq!(verdict(Protocol::Testlib, 8), Some(Verdict::WrongAnswer));
        assert_eq!(verdict(Protocol::Testlib, 3), None);
        assert_eq!(verdict(Protocol::Testlib, 42), Some(Verdict::Accepted));
        assert_eq!(verdict_of_code(Protocol::Testlib, &Ending::MemoryExceeded), None);
    }

    #[test]
    fn testlib_says_points_in_two_ways() {
        let said = |code, text: &str| testlib_score(&Ending::Exited { code }, text);
        assert_eq!(said(7, "points 12.5 close"), Some(SaidScore::Points(12.5)));
        assert_eq!(said(7, "points inf"), Some(SaidScore::Points(0.0)));
        assert_eq!(said(66, ""), Some(SaidScore::Share(0.5)));
        assert_eq!(said(0, "ok 3 numbers"), None);
    }
}
