//! What goes wrong, one thing after another.

use crate::client::Client;
use crate::world::{API, RELAY, SCALERS, World, signal};
use rand::RngExt;
use rand::rngs::Xoshiro256PlusPlus;
use std::time::{Duration, Instant};
use store::{broker, database, outbox};
use time::Duration as Span;

/// Does something bad, and waits a little.
pub(crate) fn one(world: &mut World, random: &mut Xoshiro256PlusPlus) {
    let trouble = random.random_range(0..100);
    let pick = random.random::<u64>();
    let pause = Duration::from_millis(random.random_range(100..1500));
    let since = judge_types::now();
    match trouble {
        0..20 => kill_a_function(world, pick),
        20..28 => let_a_function_hang(world, pick),
        28..36 => {
            world.journal.note("a scaler is killed");
            world.journal.redelivered();
            world.kill(SCALERS[any(2, pick)]);
        }
        36..42 => {
            world.journal.note("the web server is killed, with its relay");
            world.kill(API);
        }
        42..46 => {
            world.journal.note("a relay is killed");
            world.kill(RELAY);
        }
        46..52 => {
            world.journal.note("the broker is killed");
            world.journal.redelivered();
            world.broker.kill();
            std::thread::sleep(pause);
            world.broker.restart();
        }
        52..58 => {
            world.journal.note("the database is stopped at once");
            world.postgres.stop_immediately();
            std::thread::sleep(pause);
            world.postgres.restart();
        }
        58..68 => let_the_network_drop(world, pick, pause),
        68..74 => {
            world.journal.note("messages come twice");
            publish_all_again(world);
        }
        74..78 => {
            world.journal.note("a message is garbage");
            send_garbage(world, pick);
        }
        78..88 => fill_a_disk(world, pick, pause),
        _ => {
            world.journal.note("a clock jumps");
            // Up to five hours, forward or backward.
            let seconds = i32::try_from(pick % 36_000).unwrap() - 18_000;
            let machine = any(world.machines.len(), pick / 36_000);
            world.machines[machine].clock.jump(seconds);
        }
    }
    world.wait_until_open();
    if pick % 4 == 0 {
        // Those that hang come back when nobody waits for them any more.
        world.wake();
    }
    if !(0..20).contains(&trouble) {
        world.journal.disturbed(since);
    }
    std::thread::sleep(pause);
}

/// For so long nothing happens but that functions are killed: what comes of it is held against the promise.
pub(crate) fn only_killed_functions(
    world: &mut World,
    random: &mut Xoshiro256PlusPlus,
    time: Duration,
) {
    world.wake();
    let until = Instant::now() + time;
    while Instant::now() < until {
        kill_a_function(world, random.random());
        std::thread::sleep(Duration::from_millis(random.random_range(100..800)));
    }
}

fn any(count: usize, pick: u64) -> usize {
    usize::try_from(pick % count as u64).unwrap()
}

fn kill_a_function(world: &mut World, pick: u64) {
    let functions = world.functions();
    if let Some(&(process, judgement)) = functions.get(any(functions.len().max(1), pick)) {
        world.journal.note("a function is killed");
        world.journal.strike(judgement);
        signal(process, "KILL");
    }
}

fn let_a_function_hang(world: &mut World, pick: u64) {
    let functions = world.functions();
    if let Some(&(process, judgement)) = functions.get(any(functions.len().max(1), pick)) {
        world.journal.note("a function hangs");
        world.journal.strike(judgement);
        signal(process, "STOP");
        world.asleep.push(process);
    }
}

fn let_the_network_drop(world: &mut World, pick: u64, pause: Duration) {
    let to_broker = pick.is_multiple_of(2);
    if to_broker {
        world.journal.redelivered();
    }
    let is_silent = (pick / 2).is_multiple_of(2);
    world.journal.note(match (to_broker, is_silent) {
        (true, true) => "the network to the broker falls silent, and is cut",
        (true, false) => "the network to the broker is cut",
        (false, true) => "the network to the database falls silent, and is cut",
        (false, false) => "the network to the database is cut",
    });
    let network = if to_broker { &world.to_broker } else { &world.to_database };
    if is_silent {
        network.fall_silent();
        std::thread::sleep(pause * 2);
        network.speak();
    }
    network.cut();
}

/// Whatever is with the broker is published once more.
fn publish_all_again(world: &World) {
    let connection = &mut database::connect(&world.database()).unwrap();
    outbox::unpublish_forgotten(connection, Span::ZERO).unwrap();
}

fn send_garbage(world: &World, pick: u64) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let broker: broker::BrokerUrl = world.broker.url().parse().unwrap();
    let lane = judge_types::Lane::ALL[any(3, pick)];
    let bodies: [&[u8]; 3] = [b"\xff\x00garbage", b"{}", b"{\"version\":1,\"judgement\":7}"];
    let body = bodies[any(3, pick / 3)];
    runtime.block_on(broker::publish(&broker, lane, body)).unwrap();
}

/// To the last byte, and again whatever comes free; meanwhile a new package comes, which everybody has to fetch.
fn fill_a_disk(world: &mut World, pick: u64, pause: Duration) {
    let machine = any(world.machines.len(), pick);
    world.journal.note(match machine {
        API => "the web server's disk is full, which holds the packages",
        RELAY => "a relay's disk is full",
        _ => "a scaler's disk is full, and a new package comes",
    });
    let client = Client::new(world);
    let until = Instant::now() + pause * 2;
    std::thread::scope(|scope| {
        scope.spawn(|| client.upload_a_package(pick, machine == API));
        while Instant::now() < until {
            world.machines[machine].disk.fill();
            std::thread::sleep(Duration::from_millis(5));
        }
        world.machines[machine].disk.empty();
    });
}
