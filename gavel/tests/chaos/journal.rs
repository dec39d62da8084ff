//! What was done to which judgement, and how soon it went on.

use judge_types::{JudgementId, ProgressKind};
use std::collections::BTreeMap;
use std::time::Duration;
use store::{AnyConnection, events, judgements};
use time::OffsetDateTime;

/// A judgement goes on this soon after its function was killed, where nothing else is wrong.
const RECOVERED_WITHIN: Duration = Duration::from_secs(10);

/// How long everybody may take to find each other again after a trouble.
const SETTLED_AFTER: time::Duration = time::Duration::seconds(10);

/// Everything that was done, and when.
#[derive(Default)]
pub(crate) struct Journal {
    kills: Vec<(JudgementId, OffsetDateTime)>,
    disturbances: Vec<(OffsetDateTime, OffsetDateTime)>,
    redeliveries: Vec<OffsetDateTime>,
    counts: BTreeMap<&'static str, u32>,
    log: Vec<(OffsetDateTime, &'static str)>,
}

impl Journal {
    /// Counts what has been done.
    pub(crate) fn note(&mut self, trouble: &'static str) {
        self.log.push((judge_types::now(), trouble));
        *self.counts.entry(trouble).or_default() += 1;
    }

    pub(crate) fn counts(&self) -> &BTreeMap<&'static str, u32> {
        &self.counts
    }

    /// What led to a failure.
    pub(crate) fn tell_the_last(&self) {
        for (at, trouble) in self.log.iter().skip(self.log.len().saturating_sub(60)) {
            eprintln!("{}  {trouble}", at.time());
        }
    }

    /// A function of this judgement is about to be killed, or to hang.
    pub(crate) fn strike(&mut self, judgement: JudgementId) {
        self.kills.push((judgement, judge_types::now()));
    }

    /// Something else than a function was in trouble, since then.
    pub(crate) fn disturbed(&mut self, since: OffsetDateTime) {
        self.disturbances.push((since, judge_types::now()));
    }

    /// Whatever is with a scaler is about to be delivered again.
    pub(crate) fn redelivered(&mut self) {
        self.redeliveries.push(judge_types::now());
    }

    /// How often a judgement that was queued then may have been delivered again by now.
    pub(crate) fn strikes(&self, judgement: JudgementId, queued_at: OffsetDateTime) -> usize {
        let killed = self.kills.iter().filter(|(of, _)| *of == judgement).count();
        killed + self.redeliveries.iter().filter(|at| **at >= queued_at).count()
    }

    /// Holds the times from each kill to the next claim, where nothing else happened, against the promise.
    pub(crate) fn check_recovery(&self, connection: &mut AnyConnection) {
        let mut times: Vec<Duration> =
            self.kills.iter().filter_map(|kill| self.recovery(connection, *kill)).collect();
        times.sort_unstable();
        let Some(slowest) = times.last() else {
            panic!("no function was killed while nothing else was wrong");
        };
        println!(
            "{} functions killed while nothing else was wrong: their judgements went on after {:.1?} (median), {:.1?} (95 %), \
             {slowest:.1?} (slowest)",
            times.len(),
            times[times.len() / 2],
            times[times.len() * 95 / 100],
        );
        assert!(*slowest <= RECOVERED_WITHIN, "a killed function was replaced after {slowest:.1?}");
    }

    /// How long it took; `None` where the judgement had its end already, or something else happened meanwhile.
    fn recovery(
        &self,
        connection: &mut AnyConnection,
        (judgement, killed_at): (JudgementId, OffsetDateTime),
    ) -> Option<Duration> {
        let submission = judgements::by_id(connection, judgement).unwrap()?.submission;
        let all = events::list_after(connection, submission, 0).unwrap();
        let next = all.iter().find(|event| {
            let goes_on =
                matches!(event.kind, ProgressKind::Started { .. } | ProgressKind::Finished { .. });
            event.judgement == judgement && event.at > killed_at && goes_on
        })?;
        let another = |(of, at): &(JudgementId, OffsetDateTime)| {
            *of == judgement && *at > killed_at && *at < next.at
        };
        let disturbed = |(from, to): &(OffsetDateTime, OffsetDateTime)| {
            *from < next.at && *to + SETTLED_AFTER > killed_at
        };
        let alone = !self.kills.iter().any(another) && !self.disturbances.iter().any(disturbed);
        alone.then(|| Duration::try_from(next.at - killed_at).unwrap_or_default())
    }
}
