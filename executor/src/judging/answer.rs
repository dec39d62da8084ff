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
        (Protocol::Testlib, 5 | 7 | 16..=250) => Some(Verdict::Accepted),
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
    let partial = match validator.protocol {
        Protocol::Testlib => partial_answer(ending, ended.stderr.trim()),
        _ => None,
    };
    let of_code = || verdict_of_code(validator.protocol, ending);
    let verdict = partial.map(|_| Verdict::Accepted).or_else(of_code).ok_or_else(|| {
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
        checked.said =
            partial.or_else(|| testlib_points(ending, message, validator.points_are_percent));
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
    match allowed.scores {
        SaidScores::Never => {
            let message = format!(
                "wrote a score on test case {case}, which is none of a problem in which validators give scores"
            );
            Err(validator.error(&message))
        }
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

/// How testlib's message of a partial answer begins.
const PARTIAL: &str = "partially correct (";

/// By how much the exit code of a partial answer may differ from its number: testlib's `PC_BASE_EXIT_CODE` is 50 where
/// `TESTSYS` is defined.
const PARTIAL_BASES: [i32; 2] = [0, 50];

/// What `quitf(_pc(n), …)` says: the number n, from 0 to 200.
///
/// testlib's exit code is n itself, which may be that of another verdict, so its message, which begins with n, counts first.
/// Its header says nothing of a scale: its documentation says hundredths where judges do, of which 100 are all, and so do
/// the checkers of real packages; what is beyond is all, too.
fn partial_answer(ending: &Ending, message: &str) -> Option<SaidScore> {
    let Ending::Exited { code } = *ending else { return None };
    let said = message.strip_prefix(PARTIAL).and_then(|rest| rest.split_once(')'));
    let said = said.and_then(|(number, _)| number.parse::<u8>().ok()).map(i32::from);
    let said = said.filter(|number| PARTIAL_BASES.iter().any(|base| base + number == code));
    // Fewer are told from the other verdicts by the message alone.
    let number = said.or_else(|| (16..=250).contains(&code).then_some(code))?;
    Some(SaidScore::Share(f64::from(number.min(100)) / 100.0))
}

/// What testlib's `quitp` and `quitpi` say: the points come first in the message.
fn testlib_points(ending: &Ending, message: &str, are_percent: bool) -> Option<SaidScore> {
    let Ending::Exited { code: 5 | 7 } = *ending else { return None };
    let mut numbers = message.split_whitespace().filter_map(|word| word.parse::<f64>().ok());
    let points = numbers.next().filter(|points| points.is_finite()).unwrap_or(0.0);
    Some(if are_percent { SaidScore::Share(points / 100.0) } else { SaidScore::Points(points) })
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
    fn testlib_says_points_or_percent() {
        let said =
            |code, text: &str, percent| testlib_points(&Ending::Exited { code }, text, percent);
        assert_eq!(said(7, "points 12.5 close", false), Some(SaidScore::Points(12.5)));
        assert_eq!(said(7, "points 12.5 close", true), Some(SaidScore::Share(0.125)));
        assert_eq!(said(7, "points inf", false), Some(SaidScore::Points(0.0)));
        assert_eq!(said(0, "ok 3 numbers", true), None);
    }

    #[test]
    fn testlib_says_partial_answers_by_their_message_and_else_by_their_code() {
        let said = |code, text: &str| partial_answer(&Ending::Exited { code }, text);
        for (code, text, share) in [
            (50, "partially correct (50) half", 0.5),
            (100, "partially correct (50) half", 0.5),
            (100, "partially correct (100)", 1.0),
            (200, "partially correct (200) twice", 1.0),
            (50, "", 0.5),
            (0, "partially correct (0) nothing", 0.0),
            (1, "partially correct (1)", 0.01),
            (3, "partially correct (3) not a failure", 0.03),
            (7, "partially correct (7)", 0.07),
            (15, "partially correct (15)", 0.15),
        ] {
            assert_eq!(said(code, text), Some(SaidScore::Share(share)), "{code} {text}");
        }
        for (code, text) in [
            (0, "ok partially correct (0)"),
            (1, "wrong answer partially correct (1)"),
            (3, "FAIL"),
            (7, "points 3"),
            (8, ""),
            (3, "partially correct (1) of something else"),
        ] {
            assert_eq!(said(code, text), None, "{code} {text}");
        }
        assert_eq!(partial_answer(&Ending::MemoryExceeded, "partially correct (50)"), None);
    }
}
