//! From the outbox through a real broker to a consumer, whatever dies on the way.

use crate::support::{Scene, TestDatabase, on_each_database};
use judge_types::{JudgementId, JudgementState, JudgingErrorKind, Lane, TraceContext};
use lapin::options::BasicGetOptions;
use lapin::types::AMQPValue;
use std::time::{Duration, Instant};
use store::broker::consumer::{self, Consumer, ConsumerConfig};
use store::broker::relay::{self, RelayConfig};
use store::broker::{BrokerUrl, DELIVERY_LIMIT, Link, Message};
use store::submissions::{NewSubmission, Submitted};
use store::{AnyConnection, Bell, judgements, outbox, submissions};
use test_servers::RabbitMq;
use tokio::sync::oneshot;

on_each_database! {
    what_is_submitted_comes_to_a_consumer,
    a_message_carries_the_trace_of_the_request_in_a_header,
    what_is_delivered_too_often_is_shown_to_the_jury,
    a_broker_that_is_away_is_waited_for,
    a_broker_that_has_lost_everything_is_given_it_again,
    what_a_consumer_does_not_finish_comes_to_another,
    the_most_urgent_lane_is_taken_first,
}

const PATIENCE: Duration = Duration::from_secs(60);

/// A relay at work in a runtime of its own.
struct Relay {
    runtime: tokio::runtime::Runtime,
    bell: Bell,
    link: Link,
    stop: Option<oneshot::Sender<()>>,
}

impl Relay {
    fn start(database: &TestDatabase, broker: &RabbitMq) -> Self {
        // Shown where the test fails.
        let _ = tracing_subscriber::fmt().with_test_writer().try_init();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        let bell = Bell::default();
        let config = RelayConfig {
            database: database.pool.clone(),
            broker: url(broker),
            bell: bell.clone(),
            ready_at_least: RelayConfig::DEFAULT_READY_AT_LEAST,
            link: Link::default(),
        };
        let link = config.link.clone();
        let (stop, stopped) = oneshot::channel::<()>();
        runtime.spawn(relay::run(config, async { drop(stopped.await) }));
        Self { runtime, bell, link, stop: Some(stop) }
    }

    fn consumer(&self, broker: &RabbitMq, slots: u16) -> Consumer {
        let _entered = self.runtime.enter();
        let (broker, name) = (url(broker), "test".into());
        Consumer::start(ConsumerConfig { broker, slots, priority: 0, name, link: Link::default() })
    }

    /// The next message that comes.
    fn next(&self, consumer: &Consumer) -> Message {
        self.runtime.block_on(async {
            let coming = async {
                loop {
                    if let Some(message) = consumer.take() {
                        return message;
                    }
                    consumer.rung().await;
                }
            };
            tokio::time::timeout(PATIENCE, coming).await.expect("nothing comes")
        })
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        drop(self.stop.take());
    }
}

/// A server of its own: one test's messages must not reach another.
fn broker() -> RabbitMq {
    RabbitMq::start()
}

fn url(broker: &RabbitMq) -> BrokerUrl {
    broker.url().parse().unwrap()
}

fn judgement_in(message: &Message) -> JudgementId {
    serde_json::from_slice::<judge_types::JudgeTask>(&message.body).unwrap().judgement
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "{what} does not come about");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn submit(connection: &mut AnyConnection, scene: &Scene, lane: Lane) -> JudgementId {
    let new = NewSubmission { lane, ..scene.submission() };
    match submissions::create(connection, &new, None).unwrap() {
        Submitted::Created(_, judgement) => judgement,
        other => panic!("{other:?}"),
    }
}

fn what_is_submitted_comes_to_a_consumer(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let broker = broker();
    let relay = Relay::start(database, &broker);
    let consumer = relay.consumer(&broker, 2);
    for _ in 0..100 {
        scene.submit(connection);
    }
    relay.bell.ring();
    let mut seen = std::collections::HashSet::new();
    while seen.len() < 100 {
        let message = relay.next(&consumer);
        assert_eq!(message.deliveries, 1);
        assert!(seen.insert(judgement_in(&message)), "it came twice");
        relay.runtime.block_on(message.acknowledge());
    }
    relay.runtime.block_on(consumer.close());
}

fn a_message_carries_the_trace_of_the_request_in_a_header(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let broker = broker();
    let relay = Relay::start(database, &broker);
    let channel = relay.runtime.block_on(async {
        let url = broker.url();
        let connection = lapin::Connection::connect(&url, Default::default());
        connection.await.unwrap().create_channel().await.unwrap()
    });
    let get = || {
        let no_ack = BasicGetOptions { no_ack: true };
        relay.runtime.block_on(channel.basic_get("gavel.contest".into(), no_ack)).unwrap()
    };
    wait_until("the queue", || relay.link.is_up());
    for trace in [Some(TraceContext::new()), None] {
        let new = NewSubmission { trace, ..scene.submission() };
        submissions::create(connection, &new, None).unwrap();
        relay.bell.ring();
        let mut got = None;
        wait_until("the message", || {
            got = get();
            got.is_some()
        });
        let properties = got.unwrap().delivery.properties;
        let headers = properties.headers().as_ref().unwrap();
        let header = headers.inner().get("traceparent");
        let expected = trace.map(|trace| AMQPValue::LongString(trace.to_string().into()));
        assert_eq!(header, expected.as_ref());
    }
}

fn what_is_delivered_too_often_is_shown_to_the_jury(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (_, judgement) = Scene::new(connection).submit(connection);
    let broker = broker();
    let relay = Relay::start(database, &broker);
    let consumer = relay.consumer(&broker, 1);
    for delivery in 1..=DELIVERY_LIMIT + 1 {
        let message = relay.next(&consumer);
        assert_eq!((judgement_in(&message), message.deliveries), (judgement, delivery));
        relay.runtime.block_on(message.put_back());
    }
    let found = |connection: &mut _| judgements::by_id(connection, judgement).unwrap().unwrap();
    wait_until("the judging error", || found(connection).state == JudgementState::Failed);
    assert_eq!(found(connection).error.unwrap().kind, JudgingErrorKind::DeliveryLimit);
    assert_eq!(outbox::depth(connection).unwrap(), (0, 0));
    relay.runtime.block_on(consumer.close());
}

fn a_broker_that_is_away_is_waited_for(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let broker = broker();
    let relay = Relay::start(database, &broker);
    let consumer = relay.consumer(&broker, 8);
    let (_, before) = scene.submit(connection);
    relay.bell.ring();
    let message = relay.next(&consumer);
    assert_eq!(judgement_in(&message), before);
    // A queue that was made a moment before a crash may be there afterwards and answer nobody.
    broker.restart();
    drop(relay.next(&consumer));
    wait_until("the word that the broker is there", || relay.link.is_up());
    broker.kill();
    wait_until("the word that the broker is away", || !relay.link.is_up());
    let (_, during) = scene.submit(connection);
    relay.bell.ring();
    assert_eq!(outbox::position(connection, during).unwrap(), Some(2));
    broker.restart();
    wait_until("the word that the broker is back", || relay.link.is_up());
    let mut left = std::collections::HashSet::from([before, during]);
    while !left.is_empty() {
        let message = relay.next(&consumer);
        left.remove(&judgement_in(&message));
        relay.runtime.block_on(message.acknowledge());
    }
    relay.runtime.block_on(consumer.close());
}

fn a_broker_that_has_lost_everything_is_given_it_again(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (_, judgement) = Scene::new(connection).submit(connection);
    let first = broker();
    {
        let relay = Relay::start(database, &first);
        let published = |db: &mut _| outbox::lanes_to_publish(db).unwrap().is_empty();
        wait_until("the publishing", || published(connection));
        // It is held for a moment before it is published.
        let consumer = relay.consumer(&first, 1);
        drop(relay.next(&consumer));
        relay.runtime.block_on(consumer.close());
    }
    drop(first);
    let second = broker();
    let relay = Relay::start(database, &second);
    let consumer = relay.consumer(&second, 1);
    let message = relay.next(&consumer);
    assert_eq!(judgement_in(&message), judgement);
    relay.runtime.block_on(message.acknowledge());
    relay.runtime.block_on(consumer.close());
}

fn what_a_consumer_does_not_finish_comes_to_another(database: &TestDatabase) {
    let connection = &mut database.connection();
    let (_, judgement) = Scene::new(connection).submit(connection);
    let broker = broker();
    let relay = Relay::start(database, &broker);
    let consumer = relay.consumer(&broker, 1);
    let unfinished = relay.next(&consumer);
    assert_eq!(judgement_in(&unfinished), judgement);
    relay.runtime.block_on(consumer.close());
    let fetched = relay.runtime.block_on(consumer::fetch(&url(&broker), "test")).unwrap();
    let (message, connection) = fetched.expect("it is there again");
    assert_eq!((judgement_in(&message), message.deliveries), (judgement, 2));
    relay.runtime.block_on(message.acknowledge());
    relay.runtime.block_on(connection.close());
    let left = relay.runtime.block_on(consumer::fetch(&url(&broker), "test")).unwrap();
    assert!(left.is_none(), "{:?}", left.map(|(message, _)| message));
}

fn the_most_urgent_lane_is_taken_first(database: &TestDatabase) {
    let connection = &mut database.connection();
    let scene = Scene::new(connection);
    let broker = broker();
    let relay = Relay::start(database, &broker);
    let consumer = relay.consumer(&broker, 1);
    let rejudged: Vec<_> = (0..3).map(|_| submit(connection, &scene, Lane::Rejudge)).collect();
    relay.bell.ring();
    let running = relay.next(&consumer);
    assert_eq!(judgement_in(&running), rejudged[0]);
    let contest = submit(connection, &scene, Lane::Contest);
    relay.bell.ring();
    // It comes though the slot is taken.
    let next = relay.next(&consumer);
    assert_eq!(judgement_in(&next), contest);
    relay.runtime.block_on(next.acknowledge());
    relay.runtime.block_on(running.acknowledge());
    relay.runtime.block_on(consumer.close());
}
