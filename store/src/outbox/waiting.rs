//! For how long tasks are taken, held and kept waiting.

use crate::convert::to_timestamp;
use crate::{AnyConnection, DatabaseError, clock};
use time::{Duration, PrimitiveDateTime};

/// No task is taken, held or kept waiting for longer at a time.
pub const LONGEST_WAIT: Duration = Duration::minutes(1);

/// A time that lies further ahead was set before the database's clock was set back, and counts as over. Between the two is
/// time for whoever has read the clock and has not yet written.
pub(super) const BEYOND: Duration = Duration::minutes(2);

/// The entries whose time to be taken has come, and that nobody has taken.
macro_rules! free {
    ($now:expr) => {{
        let (now, latest) = (to_timestamp($now), to_timestamp($now + $crate::outbox::BEYOND));
        let due = outbox::available_at.le(now).or(outbox::available_at.gt(latest));
        let is_free = outbox::taken_until
            .is_null()
            .or(outbox::taken_until.le(now))
            .or(outbox::taken_until.gt(latest));
        outbox::table.filter(due).filter(is_free)
    }};
}
pub(super) use free;

/// Available whatever the clock says: one that is set back must not keep a task waiting.
pub(super) const AT_ONCE: PrimitiveDateTime =
    PrimitiveDateTime::new(time::macros::date!(1970 - 01 - 01), time::Time::MIDNIGHT);

/// When a task may be taken again that is to wait for `delay`, at most [`LONGEST_WAIT`].
pub(super) fn available_after(
    connection: &mut AnyConnection,
    delay: Duration,
) -> Result<PrimitiveDateTime, DatabaseError> {
    if !delay.is_positive() {
        return Ok(AT_ONCE);
    }
    Ok(to_timestamp(clock::now(connection)? + delay.min(LONGEST_WAIT)))
}
