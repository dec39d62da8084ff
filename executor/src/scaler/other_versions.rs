//! Tasks of another version of Gavel: they are left to executors of that version.

use judge_types::{HELP_TASK_VERSION, TASK_VERSION};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How often they are logged while they come.
const LOG_EVERY: Duration = Duration::from_secs(60);
/// The shortest and the longest that one waits until it is delivered again.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));

/// The version of a task that this build does not read; `None` for one that it does, and for one that says nothing
/// of its version.
pub(super) fn other_version(task: &str) -> Option<u64> {
    // The version stands in tasks of every version; the judgement does too, and nothing else need.
    #[derive(serde::Deserialize)]
    struct Versioned {
        version: u64,
    }
    let Versioned { version } = serde_json::from_str(task).ok()?;
    let is_read = [TASK_VERSION, HELP_TASK_VERSION].map(u64::from).contains(&version);
    (!is_read).then_some(version)
}

/// How long a task waits that was queued this long ago: about half as long again as it has already. So one is offered
/// to many executors while a new one may be of the right version, and seldom once it has waited for long. The count
/// of its deliveries cannot tell: it must not grow.
///
/// `chance`, from 0 to 1, keeps two tasks from coming each to the wrong one of two executors in every round.
fn pause(age: Duration, chance: f64) -> Duration {
    (age / 2).clamp(PAUSES.0, PAUSES.1).mul_f64(1.0 + chance.clamp(0.0, 1.0) / 2.0)
}

/// The same by chance.
pub(super) fn pause_after(age: Duration) -> Duration {
    let random = super::random();
    #[allow(clippy::cast_precision_loss, reason = "any number will do")]
    pause(age, random as f64 / u64::MAX as f64)
}

/// Tells the log of them once in a while, however many there are.
#[derive(Debug, Default)]
pub(super) struct OtherVersions(Mutex<Met>);

#[derive(Debug, Default)]
struct Met {
    logged: Option<Instant>,
    since: u64,
}

impl OtherVersions {
    /// One more was met.
    pub(super) fn met(&self, version: u64) {
        if let Some(handed_back) = self.count(Instant::now()) {
            tracing::warn!(
                version,
                reads = TASK_VERSION,
                handed_back,
                "tasks come that are of another version than this build reads; executors of that version are to judge them"
            );
        }
    }

    /// How many to tell of, if it is time to tell.
    fn count(&self, now: Instant) -> Option<u64> {
        let mut met = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        met.since += 1;
        if met.logged.is_some_and(|logged| now < logged + LOG_EVERY) {
            return None;
        }
        met.logged = Some(now);
        Some(std::mem::take(&mut met.since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_whatever_else_there_is() {
        assert_eq!(other_version(&format!(r#"{{"version":{TASK_VERSION}}}"#)), None);
        assert_eq!(other_version(r#"{"version":0}"#), Some(0));
        assert_eq!(other_version(r#"{"verdict":[1],"version":4294967296}"#), Some(1 << 32));
        for none in ["", "[]", "{}", r#"{"version":"2"}"#, r#"{"version":-1}"#] {
            assert_eq!(other_version(none), None, "{none}");
        }
    }

    #[test]
    fn who_has_waited_for_long_is_offered_seldom() {
        let seconds = |age, chance| pause(Duration::from_secs(age), chance).as_secs_f64();
        assert_eq!(
            [0, 2, 10, 60, 86_400].map(|age| seconds(age, 0.0)),
            [1.0, 1.0, 5.0, 30.0, 30.0]
        );
        assert_eq!([0, 60].map(|age| seconds(age, 1.0)), [1.5, 45.0]);
    }

    #[test]
    fn the_log_is_told_once_a_minute() {
        let (others, start) = (OtherVersions::default(), Instant::now());
        let told = [0, 1, 59, 60, 61, 300].map(|s| others.count(start + Duration::from_secs(s)));
        assert_eq!(told, [Some(1), None, None, Some(3), None, Some(2)]);
    }
}
