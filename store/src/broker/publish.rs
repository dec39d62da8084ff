//! Publishing one message by itself.

use super::session::{PATIENCE, Session, within};
use super::{BrokerError, BrokerUrl, topology};
use judge_types::Lane;
use lapin::BasicProperties;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};

/// Puts a message into a lane, whatever is in it, past the outbox: for trying what executors make of it.
///
/// # Errors
/// Where the broker cannot be reached.
pub async fn publish(broker: &BrokerUrl, lane: Lane, body: &[u8]) -> Result<(), BrokerError> {
    let session = Session::open(broker, "gavel publish").await?;
    within(PATIENCE, async {
        let channel = session.connection.create_channel().await?;
        channel.confirm_select(ConfirmSelectOptions::default()).await?;
        let (queue, options) = (topology::queue_of(lane), BasicPublishOptions::default());
        let properties = BasicProperties::default();
        channel.basic_publish("".into(), queue.into(), options, body, properties).await?.await?;
        Ok(())
    })
    .await?;
    session.close().await;
    Ok(())
}
