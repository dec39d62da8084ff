//! Removing what functions left in the blob store that died before they could.

use crate::app::App;
use actix_web::web;
use judge_types::JudgementId;
use std::time::Duration;
use store::{BlobError, DatabaseError, blobs, fan_out, judgements};

/// How often to look. What is left harms nobody, it only takes room.
const PERIOD: Duration = Duration::from_secs(10 * 60);

#[derive(Debug, thiserror::Error)]
enum SweepError {
    #[error(transparent)]
    Blobs(#[from] BlobError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// Sweeps now and then until the server stops.
pub(crate) async fn go_on(app: web::Data<App>) {
    loop {
        if let Err(error) = sweep(&app).await {
            tracing::warn!(error = judge_types::with_causes(&error), "sweep compiled submissions");
        }
        if !app.rest(PERIOD).await {
            return;
        }
    }
}

/// Removes what was shared of judgements that have come to their end, and their compiled submissions.
async fn sweep(app: &App) -> Result<(), SweepError> {
    let ended = app.database.run(fan_out::close_ended).await?;
    if ended > 0 {
        tracing::info!(ended, "removed what was shared of judgements that are over");
    }
    for key in app.blobs.list(blobs::COMPILED).await? {
        // What is named otherwise is not ours.
        let Some(judgement) = blobs::compiled_judgement(&key) else { continue };
        if is_over(app, judgement).await? {
            app.blobs.delete(&key).await?;
            tracing::info!(key, "removed a compiled submission that was left");
        }
    }
    Ok(())
}

async fn is_over(app: &App, judgement: JudgementId) -> Result<bool, DatabaseError> {
    let found = app.database.run(move |connection| judgements::by_id(connection, judgement));
    Ok(found.await?.is_none_or(|judgement| judgement.state.is_final()))
}
