//! A broker for one test at a time: the next test gets it with nothing in it.

use judge_types::Lane;
use lapin::options::QueueDeleteOptions;
use lapin::{Connection, ConnectionProperties};
use std::sync::{Mutex, MutexGuard, PoisonError};
use store::broker::BrokerUrl;
use test_servers::RabbitMq;

/// A broker that no other test sees until this is dropped.
pub(super) struct OwnBroker(Option<RabbitMq>);

/// Those that tests are done with; one takes some seconds to start.
static IDLE: Mutex<Vec<RabbitMq>> = Mutex::new(Vec::new());

fn idle() -> MutexGuard<'static, Vec<RabbitMq>> {
    IDLE.lock().unwrap_or_else(PoisonError::into_inner)
}

impl OwnBroker {
    pub(super) fn take() -> Self {
        let idle = idle().pop();
        Self(Some(idle.unwrap_or_else(RabbitMq::start)))
    }

    pub(super) fn url(&self) -> BrokerUrl {
        self.0.as_ref().expect("it is there until dropped").url().parse().unwrap()
    }
}

impl Drop for OwnBroker {
    fn drop(&mut self) {
        // Of one whose test has failed nobody knows what state it is in.
        if let Some(broker) = self.0.take()
            && !std::thread::panicking()
        {
            remove_queues(&broker);
            idle().push(broker);
        }
    }
}

fn remove_queues(broker: &RabbitMq) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let properties = ConnectionProperties::default();
        let connection = Connection::connect(&broker.url(), properties).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        let lanes = Lane::ALL.map(|lane| format!("gavel.{lane}"));
        for queue in lanes.into_iter().chain(["gavel.dead".to_owned()]) {
            let options = QueueDeleteOptions::default();
            channel.queue_delete(queue.into(), options).await.unwrap();
        }
        connection.close(200, "done".into()).await.unwrap();
    });
}
