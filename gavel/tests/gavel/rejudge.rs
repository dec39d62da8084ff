//! A large rejudging, without a request for each judgement.

use judge_types::{Lane, SubmissionId};
use store::judgements::{self, NewJudgement};
use store::{AnyConnection, problems, submissions};

/// Queues so many judgements of a submission as the jury's requests do.
pub(crate) fn rejudge(connection: &mut AnyConnection, submission: SubmissionId, times: u64) {
    let submission = submissions::by_id(connection, submission).unwrap().unwrap();
    let problem = problems::by_id(connection, submission.problem).unwrap().unwrap();
    for _ in 0..times {
        let new = NewJudgement {
            submission: submission.id,
            language: &submission.language,
            package: problem.package.clone(),
            limits: problem.limits.clone(),
            lane: Lane::Rejudge,
            trace: None,
        };
        judgements::rejudge(connection, &new).unwrap();
    }
}
