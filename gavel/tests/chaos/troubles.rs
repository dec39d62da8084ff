//! What goes wrong, one thing after another.

use crate::world::{World, signal};
use rand::RngExt;
use rand::rngs::Xoshiro256PlusPlus;
use std::time::Duration;
use store::{broker, database, outbox};
use time::Duration as Span;

/// Does something bad, and waits a little.
pub(crate) fn one(world: &mut World, random: &mut Xoshiro256PlusPlus) {
    let trouble = random.random_range(0..100);
    let pick = random.random::<u64>();
    let pause = Duration::from_millis(random.random_range(100..1500));
    match trouble {
        0..30 => on_a_function(world, pick, "a function is killed", |_, function| {
            signal(function, "KILL");
        }),
        30..40 => on_a_function(world, pick, "a function hangs", |world, function| {
            signal(function, "STOP");
            world.asleep.push(function);
        }),
        40..50 => {
            world.note("the scaler is killed");
            world.kill_scaler();
        }
        50..60 => {
            world.note("the web server and its relay are killed");
            world.kill_api();
        }
        60..67 => {
            world.note("the broker is killed");
            world.broker.kill();
            std::thread::sleep(pause);
            world.broker.restart();
        }
        67..74 => {
            world.note("the database is stopped at once");
            world.postgres.stop_immediately();
            std::thread::sleep(pause);
            world.postgres.restart();
        }
        74..82 => {
            world.note("the network to the broker is cut");
            world.to_broker.cut();
        }
        82..90 => {
            world.note("the network to the database is cut");
            world.to_database.cut();
        }
        90..96 => {
            world.note("messages come twice");
            publish_all_again(world);
        }
        _ => {
            world.note("a message is garbage");
            send_garbage(world, pick);
        }
    }
    world.wait_until_open();
    if pick % 4 == 0 {
        // Those that hang come back when nobody waits for them any more.
        for function in std::mem::take(&mut world.asleep) {
            signal(function, "CONT");
        }
    }
    std::thread::sleep(pause);
}

fn on_a_function(
    world: &mut World,
    pick: u64,
    trouble: &'static str,
    act: impl FnOnce(&mut World, u32),
) {
    let functions = world.functions();
    if !functions.is_empty() {
        let at = usize::try_from(pick % functions.len() as u64).unwrap();
        world.note(trouble);
        act(world, functions[at]);
    }
}

/// Whatever is with the broker is published once more.
fn publish_all_again(world: &World) {
    let connection = &mut database::connect(&world.database()).unwrap();
    let now = judge_types::now();
    outbox::unpublish_forgotten(connection, now + Span::minutes(1)).unwrap();
}

fn send_garbage(world: &World, pick: u64) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let broker: broker::BrokerUrl = world.broker.url().parse().unwrap();
    let lane = judge_types::Lane::ALL[usize::try_from(pick % 3).unwrap()];
    let bodies: [&[u8]; 3] = [b"\xff\x00garbage", b"{}", b"{\"version\":1,\"judgement\":7}"];
    let body = bodies[usize::try_from(pick / 3 % 3).unwrap()];
    runtime.block_on(broker::publish(&broker, lane, body)).unwrap();
}
