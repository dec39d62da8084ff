//! The package's own grader.
//!
//! ICPC problem package format (legacy), section "Graders".

use super::{
    bench::{Workbench, host},
    grading::{Graded, MemberResult},
    jury_program::JuryProgram,
};
use judge_types::{JudgingError, Limits, Verdict};
use problems::Package;
use sandbox::{Ending, Input};
use std::io::{Read, Seek, Write};

/// A result is one short line.
const ANSWER_BYTES: u64 = 4 << 10;

/// The grader, compiled when a group first needs it.
pub(super) struct Grader<'a> {
    bench: &'a Workbench,
    package: &'a Package,
    limits: &'a Limits,
    program: Option<JuryProgram<'a>>,
}

impl<'a> Grader<'a> {
    pub(super) fn new(bench: &'a Workbench, package: &'a Package, limits: &'a Limits) -> Self {
        Self { bench, package, limits, program: None }
    }

    /// Asks it what the members come to together.
    pub(super) fn grade(
        &mut self,
        arguments: &[String],
        members: &[MemberResult],
    ) -> Result<Graded, JudgingError> {
        let opened;
        let program = match &mut self.program {
            Some(program) => program,
            None => {
                opened = self.open()?;
                self.program.insert(opened)
            }
        };
        let results: String = members
            .iter()
            .map(|MemberResult { graded, .. }| {
                format!("{} {}\n", graded.verdict.in_packages(), graded.score)
            })
            .collect();
        let mut input = self.bench.scratch_file(results.len() as u64)?;
        let written = input.write_all(results.as_bytes()).and_then(|()| input.rewind());
        written.map_err(|e| host("write", "results for a grader", &e))?;
        let ran = program.run(arguments, Input::File(input))?;
        if ran.ended.outcome.ending != (Ending::Exited { code: 0 }) {
            let ending = &ran.ended.outcome.ending;
            return Err(program.error(&format!("ended with {ending}\n{}", ran.ended.stderr)));
        }
        let mut answer = String::new();
        let read = ran.stdout.take(ANSWER_BYTES).read_to_string(&mut answer);
        let parsed = read.ok().and_then(|_| parse(&answer));
        parsed.ok_or_else(|| {
            program.error(&format!("must print a verdict and a score, not {:?}", answer.trim()))
        })
    }

    fn open(&self) -> Result<JuryProgram<'a>, JudgingError> {
        let Some(program) = &self.package.grader else {
            let message = "the package has no grader, but a group whose grading is custom";
            return Err(JudgingError::new(judge_types::JudgingErrorKind::Package, message));
        };
        JuryProgram::open(self.bench, self.package, "grader", program, self.limits)
    }
}

/// `AC 30`.
fn parse(answer: &str) -> Option<Graded> {
    let mut words = answer.split_whitespace();
    let (verdict, score) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
    let is_verdict = verdict != Verdict::CompileError && f64::is_finite(score);
    (is_verdict && words.next().is_none()).then_some(Graded { verdict, score })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_a_verdict_and_a_score() {
        let graded = parse("AC 12.5\n").unwrap();
        assert_eq!((graded.verdict, graded.score), (Verdict::Accepted, 12.5));
        for bad in ["", "AC", "AC x", "AC inf", "CE 1", "JE 0", "AC 1 2"] {
            assert!(parse(bad).is_none(), "{bad:?}");
        }
    }
}
