//! The queues: the same wherever they are declared, so whoever comes first makes them.

use super::BrokerError;
use judge_types::Lane;
use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, Connection, ExchangeKind, Queue};

/// How often the broker delivers a task again, as when a scaler ends with it, before it gives it up. Functions that
/// fail are counted by their scaler, whose limit is lower: of a connection that breaks no task is to blame.
pub const DELIVERY_LIMIT: u32 = 5;

/// The header that says how often a task was delivered before it was published this time.
pub(super) const DELIVERIES_BEFORE: &str = "x-gavel-deliveries";

/// The header with the trace of the request that brought the task, as W3C Trace Context writes it.
pub(super) const TRACEPARENT: &str = "traceparent";

/// Where tasks go that were delivered too often, or that nobody understood.
pub(super) const DEAD: &str = "gavel.dead";

/// The queue of a lane.
pub(super) fn queue_of(lane: Lane) -> String {
    format!("gavel.{lane}")
}

/// Declares everything; returns the lanes whose queue was not there, so that whatever was in it is lost.
pub(super) async fn declare(connection: &Connection) -> Result<Vec<Lane>, BrokerError> {
    let mut missing = Vec::new();
    for lane in Lane::ALL {
        if !exists(connection, lane).await? {
            missing.push(lane);
        }
    }
    let channel = connection.create_channel().await?;
    let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    let none = FieldTable::default();
    channel.exchange_declare(DEAD.into(), ExchangeKind::Direct, durable, none.clone()).await?;
    let dead = arguments(&[("x-queue-type", "quorum")]);
    declare_queue(&channel, DEAD, dead).await?;
    let bind = QueueBindOptions::default();
    channel.queue_bind(DEAD.into(), DEAD.into(), DEAD.into(), bind, none).await?;
    for lane in Lane::ALL {
        let mut lane_arguments = arguments(&[
            ("x-queue-type", "quorum"),
            ("x-dead-letter-exchange", DEAD),
            ("x-dead-letter-routing-key", DEAD),
            // A dead letter is not lost with the node that held it; this wants the overflow rule as well.
            ("x-dead-letter-strategy", "at-least-once"),
            ("x-overflow", "reject-publish"),
        ]);
        lane_arguments
            .insert("x-delivery-limit".into(), AMQPValue::LongLongInt(DELIVERY_LIMIT.into()));
        declare_queue(&channel, &queue_of(lane), lane_arguments).await?;
    }
    Ok(missing)
}

/// How many tasks of a lane no consumer has taken yet.
pub(super) async fn ready(channel: &Channel, lane: Lane) -> Result<u32, BrokerError> {
    let options = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
    let queue =
        channel.queue_declare(queue_of(lane).into(), options, FieldTable::default()).await?;
    Ok(queue.message_count())
}

/// Asking for a queue that is not there closes the channel, so each lane is asked for on its own.
async fn exists(connection: &Connection, lane: Lane) -> Result<bool, BrokerError> {
    let channel = connection.create_channel().await?;
    match ready(&channel, lane).await {
        Ok(_) => {
            channel.close(200, "done".into()).await?;
            Ok(true)
        }
        Err(BrokerError::Amqp(error)) if error.is_amqp_soft_error() => Ok(false),
        Err(error) => Err(error),
    }
}

async fn declare_queue(
    channel: &Channel,
    name: &str,
    arguments: FieldTable,
) -> Result<Queue, BrokerError> {
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    Ok(channel.queue_declare(name.into(), durable, arguments).await?)
}

fn arguments(words: &[(&str, &str)]) -> FieldTable {
    let mut table = FieldTable::default();
    for &(key, value) in words {
        table.insert(key.into(), AMQPValue::LongString(value.into()));
    }
    table
}
