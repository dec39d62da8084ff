//! Tasks as the broker pushes them to a machine that judges.

use super::session::{PATIENCE, Pauses, Session, within};
use super::{BrokerError, BrokerUrl, Link, Message, topology};
use futures_util::stream::select_all;
use futures_util::{FutureExt, StreamExt};
use judge_types::{Lane, with_causes};
use lapin::message::Delivery;
use lapin::options::{BasicCancelOptions, BasicConsumeOptions, BasicGetOptions, BasicQosOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, Consumer as Stream};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// What is consumed, and how.
#[derive(Debug, Clone)]
pub struct ConsumerConfig {
    /// Where tasks come from.
    pub broker: BrokerUrl,
    /// How many tasks of each lane may be here at once: as many as can be judged at once.
    pub slots: u16,
    /// Of consumers that have room, the broker serves those with the highest priority.
    pub priority: i32,
    /// What the broker shows this consumer as.
    pub name: String,
    /// Up while the broker is connected.
    pub link: Link,
}

/// Consumes the lanes in which judgements wait. A connection that breaks is made anew; what had been pushed through the old
/// one comes again. What helps others is not pushed but asked for, by who has nothing to do: pushed, it would wait at a
/// consumer that is busy.
#[derive(Debug)]
pub struct Consumer {
    shared: Arc<Shared>,
    phase: watch::Sender<Phase>,
    work: JoinHandle<()>,
}

/// How far the consumer is from its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Taking,
    /// No more is taken; what was taken can still be acknowledged.
    Ending,
    Closed,
}

#[derive(Debug, Default)]
struct Shared {
    /// What has come and not been taken, by lane.
    waiting: Mutex<[VecDeque<Message>; Lane::OF_JUDGEMENTS.len()]>,
    /// What the broker is asked through, while it is connected.
    asking: Mutex<Option<Channel>>,
    bell: Notify,
}

impl Consumer {
    /// Begins to consume, in a task of the current runtime.
    #[must_use]
    pub fn start(config: ConsumerConfig) -> Self {
        let shared = Arc::new(Shared::default());
        let (phase, watched) = watch::channel(Phase::Taking);
        let work = tokio::spawn(keep_consuming(config, Arc::clone(&shared), watched));
        Self { shared, phase, work }
    }

    /// The most urgent task that has come.
    #[must_use]
    pub fn take(&self) -> Option<Message> {
        let mut lanes = self.shared.lanes();
        // One whose connection has ended comes again.
        lanes.iter_mut().find_map(|lane| {
            lane.retain(|message| message.acker.usable());
            lane.pop_front()
        })
    }

    /// Asks for a task that helps another function; `None` also where the broker is away.
    pub async fn ask_for_help_task(&self) -> Option<Message> {
        if *self.phase.borrow() != Phase::Taking {
            return None;
        }
        let channel = self.shared.asking().clone()?;
        let queue = topology::queue_of(Lane::Help);
        let options = BasicGetOptions::default();
        let asked = async { Ok(channel.basic_get(queue.into(), options).await?) };
        // A connection that has broken is noticed where tasks are pushed through it.
        within(PATIENCE, asked).await.ok()?.map(|got| Message::new(got.delivery))
    }

    /// Waits until a task has come; returns at once if one came since the last wait.
    pub async fn rung(&self) {
        self.shared.bell.notified().await;
    }

    /// Lets no more come. What has come can still be [taken](Self::take); what is not goes back to the broker
    /// with the end of the connection, and that counts as a delivery.
    pub fn stop_taking(&self) {
        self.phase.send_if_modified(|phase| {
            let taking = *phase == Phase::Taking;
            *phase = (*phase).max(Phase::Ending);
            taking
        });
    }

    /// Ends the connection. Whatever was not acknowledged is delivered again.
    pub async fn close(self) {
        let _ = self.phase.send(Phase::Closed);
        let _ = self.work.await;
    }
}

impl Shared {
    fn lanes(&self) -> std::sync::MutexGuard<'_, [VecDeque<Message>; Lane::OF_JUDGEMENTS.len()]> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, arrived: Option<(Lane, lapin::Result<Delivery>)>) -> Result<(), BrokerError> {
        let (lane, delivery) = arrived.ok_or(BrokerError::Cancelled)?;
        let message = Message::new(delivery?);
        if let Some(waiting) = self.lanes().get_mut(lane as usize) {
            waiting.push_back(message);
        }
        self.bell.notify_one();
        Ok(())
    }

    fn asking(&self) -> std::sync::MutexGuard<'_, Option<Channel>> {
        self.asking.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn clear(&self) {
        *self.asking() = None;
        self.lanes().iter_mut().for_each(VecDeque::clear);
    }
}

/// The connection that a task came through.
pub struct Held {
    session: Session,
    // Dropping it would put back what came through it.
    _channel: Channel,
}

impl Held {
    /// Ends the connection. If the task was not acknowledged it is delivered again.
    pub async fn close(self) {
        self.session.close().await;
    }
}

/// Asks for one task, of the most urgent lane that has any.
///
/// # Errors
/// Where the broker cannot be reached.
pub async fn fetch(broker: &BrokerUrl, name: &str) -> Result<Option<(Message, Held)>, BrokerError> {
    let session = Session::open(broker, name).await?;
    let asked = within(PATIENCE, async {
        let channel = session.connection.create_channel().await?;
        for lane in Lane::ALL {
            let queue = topology::queue_of(lane);
            let got = channel.basic_get(queue.into(), BasicGetOptions::default()).await?;
            if let Some(got) = got {
                return Ok(Some((Message::new(got.delivery), channel)));
            }
        }
        Ok(None)
    });
    match asked.await? {
        Some((message, _channel)) => Ok(Some((message, Held { session, _channel }))),
        None => {
            session.close().await;
            Ok(None)
        }
    }
}

async fn keep_consuming(
    config: ConsumerConfig,
    shared: Arc<Shared>,
    mut phase: watch::Receiver<Phase>,
) {
    let mut pauses = Pauses::new();
    while *phase.borrow() == Phase::Taking {
        let opened = tokio::select! {
            opened = Session::open(&config.broker, &config.name) => opened,
            _ = phase.wait_for(|phase| *phase > Phase::Taking) => return,
        };
        let ended = match opened {
            Ok(session) => {
                pauses = Pauses::new();
                consume(&config, &shared, &mut phase, session).await
            }
            Err(error) => Err(error),
        };
        shared.clear();
        let Err(error) = ended else { return };
        tracing::warn!(
            broker = %config.broker, error = with_causes(&error),
            "no tasks come from the broker; trying again"
        );
        tokio::select! {
            () = sleep(pauses.next()) => {}
            _ = phase.wait_for(|phase| *phase > Phase::Taking) => return,
        }
    }
}

/// Consumes until the connection breaks, or until the owner wants no more and closes.
async fn consume(
    config: &ConsumerConfig,
    shared: &Shared,
    phase: &mut watch::Receiver<Phase>,
    session: Session,
) -> Result<(), BrokerError> {
    let mut channels = Vec::new();
    let mut streams = Vec::new();
    for lane in Lane::OF_JUDGEMENTS {
        let (channel, stream) = within(PATIENCE, subscribe(config, &session, lane)).await?;
        streams.push(stream.map(move |delivery| (lane, delivery)));
        channels.push(channel);
    }
    let asking = within(PATIENCE, async { Ok(session.connection.create_channel().await?) });
    *shared.asking() = Some(asking.await?);
    let _up = config.link.up();
    tracing::info!(broker = %config.broker, slots = config.slots, "tasks come from the broker");
    let mut arriving = select_all(streams);
    while *phase.borrow_and_update() == Phase::Taking {
        tokio::select! {
            arrived = arriving.next() => shared.add(arrived)?,
            changed = phase.changed() => if changed.is_err() {
                break; // its owner is gone
            }
        }
    }
    for (channel, lane) in channels.iter().zip(Lane::OF_JUDGEMENTS) {
        let options = BasicCancelOptions::default();
        let cancelled = async { Ok(channel.basic_cancel(tag(lane).into(), options).await?) };
        within(PATIENCE, cancelled).await?;
    }
    // What was under way meanwhile.
    while let Some(Some(arrived)) = arriving.next().now_or_never() {
        shared.add(Some(arrived))?;
    }
    // For as long as what was taken may still be acknowledged.
    let _ = phase.wait_for(|phase| *phase == Phase::Closed).await;
    session.close().await;
    Ok(())
}

async fn subscribe(
    config: &ConsumerConfig,
    session: &Session,
    lane: Lane,
) -> Result<(Channel, Stream), BrokerError> {
    let channel = session.connection.create_channel().await?;
    channel.basic_qos(config.slots, BasicQosOptions::default()).await?;
    let mut arguments = FieldTable::default();
    arguments.insert("x-priority".into(), AMQPValue::LongInt(config.priority));
    let (queue, options) = (topology::queue_of(lane), BasicConsumeOptions::default());
    let stream = channel.basic_consume(queue.into(), tag(lane).into(), options, arguments).await?;
    Ok((channel, stream))
}

/// The name of a lane's consumer on its channel.
fn tag(lane: Lane) -> String {
    format!("gavel-{lane}")
}
