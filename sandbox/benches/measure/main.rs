//! What a sandboxed run costs and how true its figures are, beside a bare run and other sandboxes.
//!
//! `cargo bench -p sandbox -- cost [ROUNDS]`, `-- truth [TIMES]`, `-- endurance [RUNS] [BOXES]`.
//! Needs root, `cc`, and nothing else running. Other sandboxes are measured where they are on `PATH`.
#![allow(unreachable_pub, reason = "its modules are its own")]
#![allow(clippy::unwrap_used, reason = "what it shares with the tests fails by panicking")]

mod cost;
mod endurance;
mod ours;
mod peers;
mod program;
#[path = "../../tests/residue/mod.rs"]
mod residue;
mod subject;
mod table;
mod throughput;
mod truth;

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    sandbox::become_helper_if_asked();
    // Cargo adds an option of its own.
    let words = std::env::args().skip(1).filter(|word| !word.starts_with("--"));
    let words: Vec<String> = words.collect();
    let number =
        |at: usize, default: usize| words.get(at).map_or(Ok(default), |word| word.parse::<usize>());
    match words.first().map(String::as_str) {
        None | Some("cost") => {
            cost::print(number(1, 500)?)?;
            throughput::print()
        }
        Some("truth") => truth::print(number(1, 30)?),
        Some("endurance") => endurance::print(number(1, 20_000)?, number(2, 200)?),
        Some(other) => Err(format!("{other} is not one of cost, truth, endurance").into()),
    }
}
