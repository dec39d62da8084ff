//! From the outbox to the broker, and what the broker gave up back to the database.

mod dead_letters;

use super::session::{Pauses, Session, within};
use super::window::Window;
use super::{BrokerError, BrokerUrl, Link, session, topology};
use crate::outbox::{self, Waiting};
use crate::{Bell, Database, DatabaseError};
use judge_types::{Lane, TraceContext, with_causes};
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Confirmation};
use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// What a relay works with. Several may work on one database.
#[derive(Clone)]
pub struct RelayConfig {
    /// Where the outbox is.
    pub database: Database,
    /// Where its tasks go.
    pub broker: BrokerUrl,
    /// Rings when this process has committed a task.
    pub bell: Bell,
    /// How many tasks of each lane are kept ready at the least. More are while executors take them quickly.
    pub ready_at_least: u32,
    /// Up while the broker is connected.
    pub link: Link,
}

impl RelayConfig {
    /// As many as a few small machines take at once.
    pub const DEFAULT_READY_AT_LEAST: u32 = 8;
}

/// How often the outbox is looked at though the bell did not ring: it does not for other processes.
const SLOW_TICK: Duration = Duration::from_millis(500);
/// How often the broker is asked how much is left, while there is more to publish.
const REFILL_TICK: Duration = Duration::from_millis(50);
/// How many tasks are published before their confirmations are waited for.
const BATCH: u32 = 256;
/// For how long tasks belong to the relay that is publishing them.
const HOLD: time::Duration = time::Duration::seconds(60);
/// How often what the broker seems to have forgotten is looked for.
const SWEEP_TICK: Duration = Duration::from_secs(60);
/// A task that nobody has claimed for so long after it was published is published again. That it comes
/// twice does no harm.
const FORGOTTEN_AFTER: time::Duration = time::Duration::minutes(30);

/// Why a relay has to begin anew.
#[derive(Debug, thiserror::Error)]
enum Interruption {
    #[error(transparent)]
    Broker(#[from] BrokerError),
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl From<lapin::Error> for Interruption {
    fn from(error: lapin::Error) -> Self {
        Self::Broker(error.into())
    }
}

/// Publishes what waits in the outbox until `shutdown` is done. A broker or a database that is away is
/// waited for, however long; tasks stay in the outbox.
pub async fn run(config: RelayConfig, shutdown: impl Future<Output = ()>) {
    let mut shutdown = pin!(shutdown);
    let mut pauses = Pauses::new();
    loop {
        let began = Instant::now();
        let interrupted = tokio::select! {
            () = &mut shutdown => return,
            Err(interruption) = serve(&config) => interruption,
        };
        if began.elapsed() > SWEEP_TICK {
            pauses = Pauses::new();
        }
        let pause = pauses.next();
        tracing::warn!(
            broker = %config.broker, error = with_causes(&interrupted),
            "the relay is interrupted; tasks wait in the database"
        );
        tokio::select! {
            () = &mut shutdown => return,
            () = sleep(pause) => {}
        }
    }
}

async fn serve(config: &RelayConfig) -> Result<Infallible, Interruption> {
    let session = Session::open(&config.broker, "gavel relay").await?;
    if !session.fresh.is_empty() {
        let lanes = session.fresh.clone();
        let again = config.database.run(move |db| outbox::unpublish_lanes(db, &lanes)).await?;
        if again > 0 {
            tracing::warn!(
                again,
                "the broker has lost its queues; their tasks are published again"
            );
        }
    }
    let _up = config.link.up();
    tracing::info!(broker = %config.broker, "the relay is connected");
    let publishing = publish(config, &session);
    let burying = dead_letters::bury(config, &session);
    tokio::select! {
        ended = publishing => ended,
        ended = burying => ended,
    }
}

async fn publish(config: &RelayConfig, session: &Session) -> Result<Infallible, Interruption> {
    let channel = session.connection.create_channel().await.map_err(BrokerError::from)?;
    channel.confirm_select(ConfirmSelectOptions::default()).await.map_err(BrokerError::from)?;
    let mut windows = Lane::ALL.map(|lane| (lane, Window::new(config.ready_at_least)));
    let mut swept = Instant::now();
    loop {
        let mut more = false;
        for lane in config.database.run(outbox::lanes_to_publish).await? {
            if let Some((_, window)) = windows.iter_mut().find(|(of, _)| *of == lane) {
                more |= publish_lane(config, &channel, lane, window).await?;
            }
        }
        if swept.elapsed() >= SWEEP_TICK {
            swept = Instant::now();
            sweep(config).await?;
        }
        let tick = if more { REFILL_TICK } else { SLOW_TICK };
        tokio::select! {
            () = config.bell.rung() => {}
            () = sleep(tick) => {}
        }
    }
}

/// Publishes as many tasks of a lane as there is room for; whether there may be more.
async fn publish_lane(
    config: &RelayConfig,
    channel: &Channel,
    lane: Lane,
    window: &mut Window,
) -> Result<bool, Interruption> {
    let ready = within(session::PATIENCE, topology::ready(channel, lane)).await?;
    let room = window.room(ready).min(BATCH);
    if room == 0 {
        return Ok(true);
    }
    let batch =
        config.database.run(move |db| outbox::hold_to_publish(db, lane, room, HOLD)).await?;
    let more = batch.len() == room as usize;
    let mut confirmations = Vec::with_capacity(batch.len());
    for waiting in &batch {
        confirmations.push(send(channel, lane, waiting).await?);
    }
    let mut taken = Vec::with_capacity(batch.len());
    let mut refused = None;
    for (waiting, confirmation) in batch.into_iter().zip(confirmations) {
        let confirmed = async { Ok(confirmation.await?) };
        match within(session::PATIENCE, confirmed).await? {
            Confirmation::Ack(None) => taken.push(waiting),
            Confirmation::Ack(Some(_)) => refused = Some("its queue is missing"),
            Confirmation::Nack(_) => refused = Some("its queue is full, or has lost its leader"),
            Confirmation::NotRequested => refused = Some("it does not confirm"),
        }
    }
    config.database.run(move |db| outbox::mark_published(db, &taken)).await?;
    match refused {
        // The rest comes free when the hold on it is over.
        Some(reason) => Err(BrokerError::NotTaken(lane, reason).into()),
        None => Ok(more),
    }
}

async fn send(
    channel: &Channel,
    lane: Lane,
    waiting: &Waiting,
) -> Result<lapin::PublisherConfirm, BrokerError> {
    const PERSISTENT: u8 = 2;
    let mut headers = FieldTable::default();
    headers.insert(topology::DELIVERIES_BEFORE.into(), AMQPValue::LongUInt(waiting.deliveries));
    if let Some(trace) = trace_of(waiting) {
        let text = AMQPValue::LongString(trace.to_string().into());
        headers.insert(topology::TRACEPARENT.into(), text);
    }
    let properties = BasicProperties::default()
        .with_delivery_mode(PERSISTENT)
        .with_content_type("application/json".into())
        .with_message_id(waiting.judgement.to_string().into())
        .with_headers(headers);
    let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
    let queue = topology::queue_of(lane);
    let body = waiting.task.as_bytes();
    Ok(channel.basic_publish("".into(), queue.into(), options, body, properties).await?)
}

/// Of a task of another version too.
fn trace_of(waiting: &Waiting) -> Option<TraceContext> {
    #[derive(serde::Deserialize)]
    struct Traced {
        traceparent: String,
    }
    let traced: Traced = serde_json::from_str(&waiting.task).ok()?;
    traced.traceparent.parse().ok()
}

async fn sweep(config: &RelayConfig) -> Result<(), Interruption> {
    let again = config.database.run(|db| outbox::unpublish_forgotten(db, FORGOTTEN_AFTER)).await?;
    if again > 0 {
        tracing::warn!(again, "tasks that nobody has claimed for long are published again");
    }
    Ok(())
}
