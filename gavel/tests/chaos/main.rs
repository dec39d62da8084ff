//! A judge in parts under whatever can go wrong, at random: every submission gets its right verdict, once.
//!
//! `cargo test -p gavel --test chaos` plays a short run; for a long one
//! `cargo test --release -p gavel --test chaos -- --submissions 5000`. The seed is printed;
//! `--seed NUMBER` plays the same troubles in the same order again.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod check;
mod client;
mod clock;
mod disk;
mod journal;
mod load;
mod proxy;
mod troubles;
mod world;

use client::Client;
use load::Load;
use rand::{SeedableRng, rngs::Xoshiro256PlusPlus};
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use store::database;
use world::World;

/// How long everything may take to come right once nothing goes wrong any more.
const PATIENCE: Duration = Duration::from_secs(180);

/// For how long functions alone are killed, at first and then between so many other troubles: there the time is taken
/// in which they are replaced.
const ONLY_FUNCTIONS: Duration = Duration::from_secs(10);
const TROUBLES: usize = 30;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if words.iter().any(|word| word == "--list") {
        println!("whatever_goes_wrong: test");
        return ExitCode::SUCCESS;
    }
    let number = |name: &str| {
        let at = words.iter().position(|word| word == name)?;
        words
            .get(at + 1)
            .map(|word| word.parse::<u64>().unwrap_or_else(|_| panic!("{name} {word}")))
    };
    let submissions = number("--submissions").unwrap_or(120);
    let seed = number("--seed").unwrap_or_else(rand::random);
    println!("chaos with {submissions} submissions, --seed {seed}");
    disk::of_our_own();
    whatever_goes_wrong(submissions, seed);
    println!("\n1 passed, 0 failed");
    ExitCode::SUCCESS
}

fn whatever_goes_wrong(submissions: u64, seed: u64) {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let load = Load::new(&mut random, submissions);
    let mut world = World::start();
    let (client, url) = (Client::new(&world), world.database());
    let began = Instant::now();
    let all_sent = AtomicBool::new(false);
    let sent = std::thread::scope(|scope| {
        let sender = scope.spawn(|| {
            let sent = load.send(&client, &url);
            all_sent.store(true, Ordering::SeqCst);
            sent
        });
        world.wait_until_judging();
        troubles::only_killed_functions(&mut world, &mut random, ONLY_FUNCTIONS);
        let mut troubles = 0;
        while !all_sent.load(Ordering::SeqCst) && !sender.is_finished() {
            troubles::one(&mut world, &mut random);
            troubles += 1;
            if troubles % TROUBLES == 0 {
                // Twice as long, for until the half of it all have found each other again.
                troubles::only_killed_functions(&mut world, &mut random, 2 * ONLY_FUNCTIONS);
            }
        }
        sender.join().unwrap()
    });
    // A few more while the last are judged.
    for _ in 0..5 {
        troubles::one(&mut world, &mut random);
    }
    world.heal();
    let calm = Instant::now();
    let connection = &mut database::connect(&url).unwrap();
    let given_up = check::settle(&client, connection, &world.journal, PATIENCE);
    let (troubled, settled) = (calm - began, calm.elapsed());
    check::check(&client, connection, &sent, load.submissions());
    println!(
        "{} submissions through {troubled:.0?} of trouble, all right after {settled:.1?} of calm; {given_up} were the jury's",
        sent.len()
    );
    for (trouble, times) in world.journal.counts() {
        println!("{times:>6}  {trouble}");
    }
    world.journal.check_recovery(connection);
}
