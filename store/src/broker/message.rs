//! One message of the broker, and what it is told about it.

use super::topology;
use lapin::Acker;
use lapin::message::Delivery;
use lapin::options::{BasicAckOptions, BasicRejectOptions};
use lapin::types::AMQPValue;

/// A task that the broker has pushed, and keeps until it is told what became of it. Dropped without a
/// word, it is delivered again once the connection ends.
#[derive(Debug)]
pub struct Message {
    /// The task, as it was published.
    pub body: Vec<u8>,
    /// How often it has been delivered, this time included.
    pub deliveries: u32,
    pub(super) acker: Acker,
}

impl Message {
    pub(super) fn new(delivery: Delivery) -> Self {
        let number = |name| {
            let headers = delivery.properties.headers().as_ref();
            let value = headers.and_then(|headers| headers.inner().get(name));
            value.and_then(integer)
        };
        // The broker counts those since it was published, without this one.
        let before = [number(topology::DELIVERIES_BEFORE), number("x-delivery-count")];
        let before = before.into_iter().flatten().fold(0, u32::saturating_add);
        Self { deliveries: before.saturating_add(1), body: delivery.data, acker: delivery.acker }
    }

    /// It is done, or somebody else's: the broker may forget it.
    pub async fn acknowledge(&self) {
        self.told(self.acker.ack(BasicAckOptions::default()).await);
    }

    /// It is to be delivered again, to whoever comes first.
    pub async fn put_back(&self) {
        // A rejection counts toward the delivery limit with every broker; newer ones do not count a nack.
        self.told(self.acker.reject(BasicRejectOptions { requeue: true }).await);
    }

    /// It is to be delivered no more.
    pub async fn give_up(&self) {
        self.told(self.acker.reject(BasicRejectOptions { requeue: false }).await);
    }

    /// A connection that has broken since means that the broker delivers it again.
    fn told(&self, told: lapin::Result<bool>) {
        if let Err(error) = told {
            tracing::debug!(%error, "the broker was not told what became of a task");
        }
    }
}

/// Whichever width the broker chose for it.
fn integer(value: &AMQPValue) -> Option<u32> {
    match *value {
        AMQPValue::ShortShortInt(n) => n.try_into().ok(),
        AMQPValue::ShortShortUInt(n) => Some(n.into()),
        AMQPValue::ShortInt(n) => n.try_into().ok(),
        AMQPValue::ShortUInt(n) => Some(n.into()),
        AMQPValue::LongInt(n) => n.try_into().ok(),
        AMQPValue::LongUInt(n) => Some(n),
        AMQPValue::LongLongInt(n) => n.try_into().ok(),
        _ => None,
    }
}
