//! What carries a judge's tasks to its scalers: the outbox itself, or a relay and a broker.

use super::Judge;
use super::broker::OwnBroker;
use diesel::RunQueryDsl;
use diesel::sql_types::Text;
use executor::TaskSource;
use judge_types::{JudgementId, Lane};
use std::time::{Duration, Instant};
use store::broker::consumer::{self, Consumer, ConsumerConfig, Held};
use store::broker::relay::{self, RelayConfig};
use store::broker::{self, BrokerUrl, Link, Message};
use store::outbox::{self, PutBack};
use store::{AnyConnection, Bell, Database};
use tokio::runtime::Runtime;

/// A broker of its own, and a relay that brings it what the judge queues.
pub(crate) struct Relayed {
    // Its relay's connection ends before another test has the broker.
    runtime: Runtime,
    broker: OwnBroker,
    relays: bool,
}

/// A task that was taken off the queue, as a scaler does.
pub(crate) struct Taken {
    judgement: JudgementId,
    pub(crate) task: String,
    /// How often it has been delivered, this time included.
    pub(crate) deliveries: u32,
    held: Option<(Message, Held)>,
}

impl Relayed {
    pub(super) fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        Self { runtime, broker: OwnBroker::take(), relays: false }
    }

    fn url(&self) -> BrokerUrl {
        self.broker.url()
    }

    /// From now on what the judge queues is published.
    fn relay(&mut self, judge: Database, bell: Bell) {
        if std::mem::replace(&mut self.relays, true) {
            return;
        }
        self.runtime.spawn(relay::run(
            RelayConfig {
                database: judge,
                broker: self.url(),
                bell,
                ready_at_least: RelayConfig::DEFAULT_READY_AT_LEAST,
                link: Link::default(),
            },
            std::future::pending(),
        ));
    }
}

fn judgement_in(message: &[u8]) -> JudgementId {
    let message: serde_json::Value = serde_json::from_slice(message).unwrap();
    message["judgement"].as_str().unwrap().parse().unwrap()
}

impl Judge {
    /// Where a scaler finds this judge's tasks. With a broker, those that wait already are published only now, in
    /// their order.
    pub(crate) fn tasks(&mut self) -> TaskSource {
        self.relay();
        match &self.broker {
            // Nothing is found by looking again: the bell and the queue's own times must do.
            None => TaskSource::Embedded {
                bell: self.bell.clone(),
                slow_tick: Duration::from_secs(3_600),
            },
            Some(broker) => {
                TaskSource::Broker { broker: broker.url(), priority: 0, link: Link::default() }
            }
        }
    }

    fn relay(&mut self) {
        let (database, bell) = (Database::open(self.url(), 4).unwrap(), self.bell.clone());
        if let Some(broker) = &mut self.broker {
            broker.relay(database, bell);
        }
    }

    /// The next task, taken off the queue; waits until one is there.
    pub(crate) fn take(&mut self) -> Taken {
        self.relay();
        let give_up = Instant::now() + Duration::from_secs(60);
        loop {
            if let Some(taken) = self.try_take() {
                return taken;
            }
            assert!(Instant::now() < give_up, "nothing waits after a minute");
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn try_take(&mut self) -> Option<Taken> {
        let Some(broker) = &self.broker else {
            let delivery =
                outbox::take(&mut self.connection, time::Duration::seconds(60)).unwrap()?;
            let outbox::Delivery { judgement, task, deliveries, .. } = delivery;
            return Some(Taken { judgement, task, deliveries, held: None });
        };
        let fetched = broker.runtime.block_on(consumer::fetch(&broker.url(), "test")).unwrap();
        let (message, held) = fetched?;
        let task = String::from_utf8(message.body.clone()).unwrap();
        let judgement = judgement_in(&message.body);
        let deliveries = message.deliveries;
        Some(Taken { judgement, task, deliveries, held: Some((message, held)) })
    }

    /// Puts a task back that its function has failed at.
    pub(crate) fn put_back(&mut self, taken: Taken) {
        let (id, at_once) = (taken.judgement, time::Duration::ZERO);
        let Some((message, held)) = taken.held else {
            return outbox::put_back(&mut self.connection, id, at_once, PutBack::Counted).unwrap();
        };
        outbox::unpublish(&mut self.connection, id, at_once, PutBack::Counted).unwrap();
        self.block_on(async {
            message.acknowledge().await;
            held.close().await;
        });
    }

    /// Is done with a task that has its verdict.
    pub(crate) fn acknowledge(&mut self, taken: Taken) {
        assert!(outbox::acknowledge(&mut self.connection, taken.judgement).unwrap(), "no verdict");
        if let Some((message, held)) = taken.held {
            self.block_on(async {
                message.acknowledge().await;
                held.close().await;
            });
        }
    }

    /// Dies with a task: says nothing to the queue any more.
    pub(crate) fn vanish_with(&mut self, taken: Taken) {
        match taken.held {
            // A moment that a scaler has to wait for by itself.
            None => {
                let rest = time::Duration::milliseconds(500);
                outbox::renew(&mut self.connection, taken.judgement, rest).unwrap();
            }
            Some((_, held)) => self.block_on(held.close()),
        }
    }

    /// Brings the broker a message past the outbox, whatever is in it.
    pub(crate) fn publish(&self, message: &str) {
        let broker = self.broker.as_ref().expect("a judge with a broker").url();
        self.block_on(broker::publish(&broker, Lane::Practice, message.as_bytes())).unwrap();
    }

    /// Queues something else than this version does: what another one would.
    pub(crate) fn queue_instead(&mut self, id: JudgementId, message: &str) {
        let sql = "UPDATE outbox SET task = $1 WHERE judgement_id = $2";
        let update = diesel::sql_query(sql).bind::<Text, _>(message);
        let update = update.bind::<Text, _>(id.to_string());
        let changed = match &mut self.connection {
            AnyConnection::Sqlite(sqlite) => update.execute(sqlite),
            AnyConnection::Postgres(postgres) => update.execute(postgres),
        };
        assert_eq!(changed, Ok(1));
    }

    /// A consumer beside the judge's scaler.
    pub(crate) fn consumer(&self) -> Consumer {
        let relayed = self.broker.as_ref().expect("a judge with a broker");
        let _entered = relayed.runtime.enter();
        let (broker, name) = (relayed.url(), "test".to_owned());
        Consumer::start(ConsumerConfig {
            broker,
            slots: 2,
            priority: 0,
            name,
            link: Link::default(),
        })
    }

    /// The next message that comes to it within a moment.
    pub(crate) fn next_of(&self, consumer: &Consumer) -> Option<Message> {
        self.block_on(async {
            let message = consumer.take();
            if message.is_none() {
                // Whoever asks looks at something else as well, and asks again.
                let _ = tokio::time::timeout(Duration::from_millis(50), consumer.rung()).await;
            }
            message.or_else(|| consumer.take())
        })
    }

    /// Leaves a message to others, as a scaler does that does not read it.
    pub(crate) fn leave(&mut self, message: &Message) {
        let judgement = judgement_in(&message.body);
        let pause = time::Duration::seconds(1);
        outbox::unpublish(&mut self.connection, judgement, pause, PutBack::Uncounted).unwrap();
        self.tell(message.acknowledge());
    }

    /// Tells the broker something.
    pub(crate) fn tell(&self, word: impl Future<Output = ()>) {
        self.block_on(word);
    }

    fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.broker.as_ref().expect("a judge with a broker").runtime.block_on(work)
    }

    /// How many tasks wait, and how many are with a function.
    pub(crate) fn depth(&mut self) -> (u64, u64) {
        outbox::depth(&mut self.connection).unwrap()
    }

    /// Waits until so many tasks wait, and so many are with a function: what is put back passes a relay.
    pub(crate) fn wait_for_depth(&mut self, depth: (u64, u64)) {
        let give_up = Instant::now() + Duration::from_secs(60);
        while self.depth() != depth {
            assert!(Instant::now() < give_up, "{:?} after a minute", self.depth());
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
