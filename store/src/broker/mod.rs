//! RabbitMQ: how tasks travel from the outbox table to the machines that judge.
//!
//! The database stays the truth. The [`relay`] publishes what waits in the outbox and keeps few tasks ready,
//! so that the order among teams is decided late; executors are [`consumer`]s. Everything may be lost or come
//! twice here: a claim is fenced, and what was lost is published again.

mod address;
pub mod consumer;
mod error;
mod link;
mod message;
mod publish;
pub mod relay;
mod session;
mod topology;
mod window;

pub use address::BrokerUrl;
pub use error::BrokerError;
pub use link::Link;
pub use message::Message;
pub use publish::publish;
pub use session::check;
pub use topology::DELIVERY_LIMIT;
