//! Making the judgements of rejudgings: at once when one is asked for, and later where a crash has cut that off.

use crate::app::App;
use crate::monitoring::Monitoring;
use actix_web::web;
use judge_types::{Lane, RejudgingId, TraceContext};
use std::time::Duration;
use store::{AnyConnection, Bell, DatabaseError, rejudgings};

/// How often to look for rejudgings that are not wholly made: another web server may have died over one.
const PERIOD: Duration = Duration::from_secs(30);

/// Makes judgements, and tells of them.
pub(crate) struct Maker {
    bell: Bell,
    monitoring: Monitoring,
}

impl Maker {
    pub(crate) fn of(app: &App) -> Self {
        Self { bell: app.bell.clone(), monitoring: app.monitoring.clone() }
    }

    /// Makes all judgements of a rejudging that are not made yet. Others may be at the same.
    pub(crate) fn make_all(
        &self,
        connection: &mut AnyConnection,
        id: RejudgingId,
        trace: Option<TraceContext>,
    ) -> Result<(), DatabaseError> {
        loop {
            let batch = rejudgings::make_some(connection, id, trace)?;
            for _ in 0..batch.judgements {
                self.monitoring.count_queued(Lane::Rejudge);
            }
            if batch.judgements > 0 {
                self.bell.ring();
            }
            if batch.is_last {
                return Ok(());
            }
        }
    }
}

/// Goes on with what is half made, until the server stops.
pub(crate) async fn go_on(app: web::Data<App>) {
    loop {
        let (database, maker) = (app.database.clone(), Maker::of(&app));
        let went_on = database.run(move |connection| {
            for id in rejudgings::unmade(connection)? {
                // One that fails does not keep the others waiting.
                if let Err(error) = maker.make_all(connection, id, None) {
                    tracing::warn!(rejudging = %id, %error, "go on with a rejudging");
                }
            }
            Ok(())
        });
        if let Err(error) = went_on.await {
            tracing::warn!(%error, "go on with rejudgings");
        }
        if !app.rest(PERIOD).await {
            return;
        }
    }
}
