//! How the judge bears a contest, on its embedded parts and on PostgreSQL and RabbitMQ.
//!
//! `cargo bench -p gavel --bench contest -- MEASURE [ARGUMENTS]`, where MEASURE is one of
//!
//! - `start [ROUNDS]`: from a submission's commit to the function that has claimed it
//! - `accept [SECONDS]`: submissions accepted, against a bare loop of the same commits
//! - `surge [PER_MINUTE] [SECONDS]`: a steady load, then a hundred times that, then the way back to nothing
//! - `rejudging [JUDGEMENTS]`: submissions of a contest while all those are judged again
//! - `helpers [ROUNDS]`: a submission with long test cases, alone and with helpers
//!
//! Without any, all of them. Servers are private and gone afterwards; PostgreSQL waits for its disk here.
#![allow(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

mod accept;
mod helpers;
mod rejudging;
mod stand;
mod start;
mod surge;

#[path = "../../tests/gavel/judge.rs"]
#[allow(dead_code, reason = "a benchmark needs a part of what the tests need")]
mod judge;
#[path = "../../tests/gavel/rejudge.rs"]
mod rejudge;
#[path = "../../../sandbox/benches/measure/table.rs"]
#[allow(dead_code, unreachable_pub, reason = "a part of another benchmark, which needs all of it")]
mod table;

fn main() {
    // What cargo itself passes is not for us.
    let mut words = std::env::args().skip(1).filter(|word| !word.starts_with("--"));
    let measure = words.next();
    let numbers: Vec<u64> = words.map(|word| word.parse().unwrap()).collect();
    let number = |at: usize, usual: u64| numbers.get(at).copied().unwrap_or(usual);
    match measure.as_deref() {
        Some("start") => start::measure(number(0, 400)),
        Some("accept") => accept::measure(number(0, 5)),
        Some("surge") => surge::measure(number(0, 1), number(1, 120)),
        Some("rejudging") => rejudging::measure(number(0, 10_000)),
        Some("helpers") => helpers::measure(number(0, 3)),
        None => {
            start::measure(400);
            accept::measure(5);
            surge::measure(1, 120);
            rejudging::measure(10_000);
            helpers::measure(3);
        }
        Some(other) => panic!("{other}: start, accept, surge, rejudging or helpers"),
    }
}
