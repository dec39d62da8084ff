//! How soon a function is at work on a submission, while nothing else is.

use crate::stand::{Kind, Stand, between};
use crate::table::{Times, print};
use futures_util::StreamExt;
use lapin::message::Delivery;
use lapin::options::{BasicConsumeOptions, BasicPublishOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties, Consumer};
use std::process::Command;
use std::time::{Duration, Instant};

const PROGRAM: &str = "echo 'Hello, Judge!'";
/// Long enough for everything to be asleep again.
const PAUSE: Duration = Duration::from_millis(50);

pub(crate) fn measure(rounds: u64) {
    let stands = Kind::ALL.map(|kind| Stand::start(kind, &[]));
    let tokens = [0, 1].map(|at: usize| stands[at].judge.register("ada"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let broker = stands.iter().find_map(|stand| stand.broker.as_ref()).unwrap();
    let mut line = runtime.block_on(Line::open(&broker.url()));
    let (mut process, mut message) = (Times::default(), Times::default());
    let [mut begun, mut claimed, mut seen] = [(); 3].map(|()| [(); 2].map(|()| Times::default()));
    // The first one pays for the package's way into the cache.
    for round in 0..=rounds {
        std::thread::sleep(PAUSE);
        let began = Instant::now();
        assert!(Command::new("/bin/true").status().unwrap().success());
        process.add(began.elapsed());
        std::thread::sleep(PAUSE);
        message.add(runtime.block_on(line.pass()));
        for (at, stand) in stands.iter().enumerate() {
            std::thread::sleep(PAUSE);
            let began = Instant::now();
            let id = stand.judge.submit(&tokens[at], "hello", "bash", "a.sh", PROGRAM);
            let events = stand.judge.events(&tokens[at], &id);
            assert_eq!(events.last().unwrap()["verdict"], "AC");
            if round > 0 {
                let wait = between(&events, "queued", "started");
                begun[at].add(wait.saturating_sub(own_start(stand, &tokens[at], &id)));
                claimed[at].add(wait);
                seen[at].add(began.elapsed());
            }
        }
    }
    let bare = process.percentile(50);
    let row = |name: String, times: &Times| {
        let [p50, p90, p99] = [50, 90, 99].map(|percent| times.percentile(percent));
        vec![
            name,
            format!("{p50:.2}"),
            format!("{p90:.2}"),
            format!("{p99:.2}"),
            format!("{:.1}", p50 / bare),
        ]
    };
    let mut rows = vec![
        row("a process that does nothing".into(), &process),
        row("a message through RabbitMQ, confirmed and received".into(), &message),
    ];
    for (stand, times) in stands.iter().zip(&begun) {
        rows.push(row(format!("queued to its function begun: {}", stand.kind.name()), times));
    }
    for (stand, times) in stands.iter().zip(&claimed) {
        rows.push(row(format!("queued to claimed by its function: {}", stand.kind.name()), times));
    }
    for (stand, times) in stands.iter().zip(&seen) {
        rows.push(row(format!("request to verdict seen: {}", stand.kind.name()), times));
    }
    println!("\n{rounds} submissions one after another, in ms");
    print(&["", "p50", "p90", "p99", "× a process"], &rows);
    stands.into_iter().for_each(|stand| stand.judge.interrupt());
}

/// How long the function took from its process's begin to its claim.
fn own_start(stand: &Stand, token: &str, id: &str) -> Duration {
    let detail = stand.judge.get(token, &format!("submissions/{id}"));
    Duration::from_millis(detail["executions"][0]["cold_start_ms"].as_u64().unwrap())
}

/// A quorum queue as the judge's are, with nothing around it.
struct Line {
    _connection: Connection,
    channel: Channel,
    consumer: Consumer,
}

impl Line {
    const QUEUE: &str = "bare";

    async fn open(url: &str) -> Self {
        let connection = Connection::connect(url, ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        let mut arguments = FieldTable::default();
        arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
        let options = QueueDeclareOptions { durable: true, ..Default::default() };
        channel.queue_declare(Self::QUEUE.into(), options, arguments).await.unwrap();
        channel.confirm_select(Default::default()).await.unwrap();
        let (options, arguments) = (BasicConsumeOptions::default(), FieldTable::default());
        let consumer =
            channel.basic_consume(Self::QUEUE.into(), "".into(), options, arguments).await.unwrap();
        Self { _connection: connection, channel, consumer }
    }

    /// How long a message takes to be confirmed and to arrive, whichever is later.
    async fn pass(&mut self) -> Duration {
        let began = Instant::now();
        let publish = self.channel.basic_publish(
            "".into(),
            Self::QUEUE.into(),
            BasicPublishOptions { mandatory: true, ..Default::default() },
            &[b'x'; 600],
            BasicProperties::default().with_delivery_mode(2),
        );
        publish.await.unwrap().await.unwrap();
        let delivery: Delivery = self.consumer.next().await.unwrap().unwrap();
        let took = began.elapsed();
        delivery.ack(Default::default()).await.unwrap();
        took
    }
}
