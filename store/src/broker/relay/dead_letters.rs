//! Tasks that were delivered too often, though nobody could say why they failed.

use super::{Interruption, RelayConfig};
use crate::broker::session::Session;
use crate::broker::{BrokerError, topology};
use crate::outbox::{self, PutBack};
use crate::{AnyConnection, DatabaseError, judgements, leases};
use futures_util::StreamExt;
use judge_types::{JudgementId, JudgingError, JudgingErrorKind, TaskKey};
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::FieldTable;
use std::convert::Infallible;

/// How many are worked on at once.
const PREFETCH: u16 = 16;
/// When a dead letter's judgement is looked at again that a function still holds: its lease is over then.
const LOOK_AGAIN: time::Duration = time::Duration::seconds(15);

/// Tells the jury of each, by a judging error in the place of the verdict.
pub(super) async fn bury(
    config: &RelayConfig,
    session: &Session,
) -> Result<Infallible, Interruption> {
    let channel = session.connection.create_channel().await?;
    channel.basic_qos(PREFETCH, BasicQosOptions::default()).await?;
    let options = BasicConsumeOptions::default();
    let mut letters = channel
        .basic_consume(topology::DEAD.into(), "".into(), options, FieldTable::default())
        .await?;
    while let Some(letter) = letters.next().await {
        let letter = letter?;
        // Of a task of another version, this much is still understood.
        match serde_json::from_slice::<TaskKey>(&letter.data).ok() {
            // Without that helper, its judgement comes to its verdict as well.
            Some(key) if key.is_help() => {
                config.database.run(move |db| outbox::remove_one(db, key)).await?;
            }
            Some(key) => config.database.run(move |db| give_up(db, key.judgement)).await?,
            None => tracing::error!(
                message = String::from_utf8_lossy(letter.data.get(..200).unwrap_or(&letter.data))
                    .as_ref(),
                "dropped a message that is no task"
            ),
        }
        letter.ack(BasicAckOptions::default()).await?;
    }
    Err(BrokerError::Cancelled.into())
}

fn give_up(connection: &mut AnyConnection, judgement: JudgementId) -> Result<(), DatabaseError> {
    let message = format!(
        "delivered {} times; the functions that had it died without a word",
        topology::DELIVERY_LIMIT + 1
    );
    let error = JudgingError::new(JudgingErrorKind::DeliveryLimit, message);
    if leases::fail_unheld(connection, judgement, &error)? {
        tracing::error!(%judgement, "given up after too many deliveries");
        return Ok(());
    }
    let is_open = judgements::by_id(connection, judgement)?
        .is_some_and(|judgement| !judgement.state.is_final());
    if is_open {
        outbox::unpublish(connection, judgement, LOOK_AGAIN, PutBack::Uncounted)
    } else {
        Ok(())
    }
}
