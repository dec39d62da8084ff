//! How many runs a second one worker gets through, and two at once.

use std::sync::Barrier;
use std::time::{Duration, Instant};

use crate::subject::{Kind, kinds};
use crate::table;
use crate::{Failure, program};

/// How long a kind runs before the next has its turn.
const TURN: Duration = Duration::from_millis(400);
const TURNS: usize = 5;

/// Prints runs per second of each kind with 1 and with 2 workers, in turns.
pub fn print() -> Result<(), Failure> {
    let program = program::compile()?;
    let kinds = kinds(&program);
    let mut rates = vec![[0.0; 2]; kinds.len()];
    for _ in 0..TURNS {
        for (kind, rates) in kinds.iter().zip(&mut rates) {
            for (workers, rate) in [1, 2].into_iter().zip(rates) {
                *rate += turn(kind, workers)? / table::count(TURNS);
            }
        }
    }
    let row = |(kind, rates): (&Kind, &[f64; 2])| {
        let [one, two] = rates;
        let gain = two / one;
        vec![kind.name.clone(), format!("{one:.0}"), format!("{two:.0}"), format!("{gain:.2}")]
    };
    let rows: Vec<_> = kinds.iter().zip(&rates).map(row).collect();
    table::print(&["", "1 worker, runs/s", "2 workers, runs/s", "gain"], &rows);
    Ok(())
}

/// Runs per second of all workers together.
fn turn(kind: &Kind, workers: usize) -> Result<f64, Failure> {
    let ready = Barrier::new(workers);
    let work = |worker| -> Result<f64, String> {
        let subject = (kind.open)(worker);
        ready.wait();
        let mut subject = subject.map_err(|error| error.to_string())?;
        let began = Instant::now();
        let mut runs = 0;
        while began.elapsed() < TURN {
            subject.run(&[]).map_err(|error| error.to_string())?;
            runs += 1;
        }
        Ok(table::count(runs) / began.elapsed().as_secs_f64())
    };
    let rates: Vec<Result<f64, String>> = std::thread::scope(|scope| {
        let work = &work;
        let workers: Vec<_> =
            (0..workers).map(|worker| scope.spawn(move || work(worker))).collect();
        let died = || Err("a worker died".to_owned());
        workers.into_iter().map(|worker| worker.join().unwrap_or_else(|_| died())).collect()
    });
    let rates = rates.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(rates.into_iter().sum())
}
