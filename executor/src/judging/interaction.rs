//! A submission that talks with a program of the jury.

use super::{
    answer::{self, Allowed, Checked},
    bench::Workbench,
    checker::{Question, input_path},
    jury_program::JuryProgram,
    limits,
    printed::text,
    program::{Ended, HowToRun, Program, duplicate, failed, usage_of},
};
use judge_types::{JudgingError, Verdict};
use problems::Protocol;
use sandbox::{Ending, Outcome, Output, Side, Talk, TalkLimits, run_recorded};
use std::fs::File;

/// What came of a talk.
pub(super) struct Talked {
    /// How the submission ended.
    pub(super) submission: Ended,
    /// Whether its end came first, or it alone can have been the reason for the other's.
    pub(super) submission_first: bool,
    /// Whether it said more than it may.
    pub(super) too_much: bool,
    /// What the validator found.
    pub(super) found: Found,
    /// What was said.
    pub(super) transcript: String,
    /// CPU time of the program of the jury, in milliseconds.
    pub(super) jury_cpu_ms: u64,
    /// What a testlib interactor wrote for the checker to read.
    pub(super) log: Option<File>,
}

/// What the program of the jury found.
pub(super) enum Found {
    /// It answered.
    Answer(Checked),
    /// It failed.
    Failure(JudgingError),
}

/// Has the submission talk with `jury` about the question.
///
/// ICPC problem package format (2025-09), section "Output Validators", "Invocation": the program of the jury gets the
/// arguments of any validator; what it writes is the submission's input and the other way round.
pub(super) fn talk(
    bench: &Workbench,
    program: &mut Program<'_>,
    how: HowToRun<'_>,
    jury: &mut JuryProgram<'_>,
    question: &Question<'_>,
    allowed: &Allowed,
) -> Result<Talked, JudgingError> {
    let feedback = jury.make_feedback(question.ordinal)?;
    let mut arguments = vec![input_path(jury, &question.input)?];
    // One that the interactor left for another test case is none of this one's.
    let log = ".interactor-log";
    jury.program.work().remove(log).map_err(failed)?;
    let answer = jury.path_in_box(&question.case.answer, "answer")?;
    if jury.protocol == Protocol::Testlib {
        // testlib's interactors take a report's name for the next one; the flags are for its checkers.
        arguments.extend([jury.program.path_in_work(log), answer]);
    } else {
        arguments.extend([answer, jury.feedback_in_box(&feedback)]);
        arguments.extend(question.case.validator_flags.iter().cloned());
    }
    let (output_bytes, wall) = (how.limits.output_bytes, how.limits.wall);
    let mut jury_how = jury.how(&arguments);
    let jury_output_bytes = jury_how.limits.output_bytes;
    // It waits for the submission as long as that may take, and has its own time besides.
    jury_how.limits.wall += wall;
    let (stderr, jury_stderr) =
        (bench.scratch_file(output_bytes)?, bench.scratch_file(jury_output_bytes)?);
    let (run, jury_run) = (program.spec(how)?, jury.program.spec(jury_how)?);
    let sides = [
        Side {
            sandbox: &mut program.sandbox,
            run: &run,
            stderr: Output::File(duplicate(&stderr)?),
        },
        Side {
            sandbox: &mut jury.program.sandbox,
            run: &jury_run,
            stderr: Output::File(duplicate(&jury_stderr)?),
        },
    ];
    let most = TalkLimits {
        kept_bytes: limits::TRANSCRIPT_BYTES,
        said_bytes: [output_bytes, jury_output_bytes.max(output_bytes)],
    };
    // A submission may end before it is told so, and may still say something to a validator that has accepted.
    let protocol = jury.protocol;
    let has_accepted = |ended: &Outcome| {
        answer::verdict_of_code(protocol, &ended.ending) == Some(Verdict::Accepted)
    };
    let (joined, talk) = run_recorded(sides, &most, [&|_| true, &has_accepted]).map_err(failed)?;
    let [outcome, jury_outcome] = joined.outcomes;
    bench.meter.add(&outcome.usage);
    bench.meter.add(&jury_outcome.usage);
    let jury_cpu_ms = usage_of(&jury_outcome).cpu_ms;
    if talk.too_much[1] {
        let message = format!("said more than {} bytes", most.said_bytes[1]);
        return Err(jury.error(&message));
    }
    // On a busy machine a program computes for a part of the time that passes.
    if outcome.ending == Ending::WallTimeExceeded && jury_outcome.usage.cpu > wall / 4 {
        let case = &question.case.name;
        let message = format!("took much of the time that a submission has for test case {case}");
        return Err(jury.error(&message));
    }
    let submission = Ended::new(outcome, stderr)?;
    let jury_ended = Ended::new(jury_outcome, jury_stderr)?;
    let found = match answer::read(jury, &jury_ended, &feedback, &question.case.name, allowed) {
        Ok(checked) => Found::Answer(checked),
        Err(error) => Found::Failure(error),
    };
    let log = jury.program.work().open(log).ok().flatten();
    Ok(Talked {
        submission,
        submission_first: joined.first == 0,
        too_much: talk.too_much[0],
        found,
        transcript: transcript(&talk),
        jury_cpu_ms,
        log,
    })
}

/// Whose word counts: the verdict, where the talk decides, or `None` where the validator's answer stands.
///
/// What the program of the jury says before the submission ends decides: a submission that was wrong may do then what it
/// likes. One that ends badly by itself before is judged by that, whatever the other makes of it. And one that was
/// right must still come to a good end. One that said too much did so while the other still listened.
pub(super) fn decides(
    talked: &Talked,
    own_verdict: Option<Verdict>,
) -> Result<Option<Verdict>, JudgingError> {
    if talked.too_much {
        return Ok(Some(Verdict::OutputLimitExceeded));
    }
    match &talked.found {
        Found::Answer(checked) if !checked.verdict.is_accepted() && !talked.submission_first => {
            Ok(None)
        }
        Found::Answer(_) => Ok(own_verdict),
        // It could not do its work for a submission that was gone.
        Found::Failure(error) => match own_verdict.filter(|_| talked.submission_first) {
            Some(verdict) => Ok(Some(verdict)),
            None => Err(error.clone()),
        },
    }
}

/// The talk as the format writes it: what the jury says after `<`, what the submission says after `>`.
///
/// ICPC problem package format (2025-09), section "Samples for Interactive and Multi-pass Problems".
fn transcript(talk: &Talk) -> String {
    let mut lines = String::new();
    for (by, said) in &talk.said {
        let mark = if *by == 0 { '>' } else { '<' };
        for line in text(said).lines() {
            lines.push(mark);
            lines.push_str(line);
            lines.push('\n');
        }
    }
    if talk.is_cut {
        lines.push_str("… (more was said)\n");
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use judge_types::JudgingErrorKind;
    use sandbox::{Outcome, Usage};

    fn talked(found: Result<Verdict, ()>, submission_first: bool, too_much: bool) -> Talked {
        let outcome = Outcome { ending: Ending::Exited { code: 0 }, usage: Usage::default() };
        let found = match found {
            Ok(verdict) => Found::Answer(Checked::new(verdict)),
            Err(()) => Found::Failure(JudgingError::new(JudgingErrorKind::Package, "crashed")),
        };
        let submission = Ended { outcome, stderr: String::new(), printed_bytes: 0 };
        Talked {
            submission,
            submission_first,
            too_much,
            found,
            transcript: String::new(),
            jury_cpu_ms: 0,
            log: None,
        }
    }

    #[test]
    fn who_ends_first_decides() {
        use Verdict::{
            Accepted, OutputLimitExceeded, RunTimeError, TimeLimitExceeded, WrongAnswer,
        };
        for (found, first, too_much, own, expected) in [
            // Said wrong first: what the submission does then is no matter.
            (Ok(WrongAnswer), false, false, Some(RunTimeError), Ok(None)),
            (Ok(WrongAnswer), false, false, Some(TimeLimitExceeded), Ok(None)),
            // The submission ended badly first.
            (Ok(WrongAnswer), true, false, Some(RunTimeError), Ok(Some(RunTimeError))),
            (Ok(WrongAnswer), true, false, Some(TimeLimitExceeded), Ok(Some(TimeLimitExceeded))),
            (Ok(WrongAnswer), true, true, Some(RunTimeError), Ok(Some(OutputLimitExceeded))),
            // It ended well, and was wrong or right.
            (Ok(WrongAnswer), true, false, None, Ok(None)),
            (Ok(Accepted), true, false, None, Ok(None)),
            // Right, but it must still come to a good end.
            (Ok(Accepted), false, false, Some(RunTimeError), Ok(Some(RunTimeError))),
            // It said too much, whatever came of that.
            (Ok(Accepted), false, true, None, Ok(Some(OutputLimitExceeded))),
            (Ok(WrongAnswer), false, true, Some(RunTimeError), Ok(Some(OutputLimitExceeded))),
            (Err(()), false, true, None, Ok(Some(OutputLimitExceeded))),
            // The validator failed, by itself or for want of somebody to talk with.
            (Err(()), false, false, Some(RunTimeError), Err(())),
            (Err(()), true, false, Some(RunTimeError), Ok(Some(RunTimeError))),
            (Err(()), true, false, None, Err(())),
        ] {
            let decided = decides(&talked(found, first, too_much), own).map_err(drop);
            assert_eq!(decided, expected, "{found:?} {first} {too_much} {own:?}");
        }
    }

    #[test]
    fn a_transcript_marks_who_says_what() {
        let talk = Talk {
            said: vec![(1, b"3\n4\n".to_vec()), (0, b"7".to_vec())],
            is_cut: true,
            ..Talk::default()
        };
        assert_eq!(transcript(&talk), "<3\n<4\n>7\n… (more was said)\n");
    }
}
