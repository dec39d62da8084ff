//! How true the figures are: CPU time of fixed work, memory of a program that touches so much.

use std::sync::atomic::{AtomicBool, Ordering};

use crate::subject::{Kind, Subject, kinds};
use crate::table::{self, Times};
use crate::{Failure, program};

/// Rounds of the work, in millions: some 100 ms.
const WORK: &str = "50";

pub fn print(times: usize) -> Result<(), Failure> {
    let program = program::compile()?;
    let mut kinds = kinds(&program);
    kinds.retain(|kind| !kind.name.contains("new box") && !kind.name.contains("--init"));
    let mut subjects =
        kinds.iter().map(|kind| (kind.open)(0)).collect::<Result<Vec<_>, Failure>>()?;
    let idle = work(&mut subjects, times)?;
    let loaded = under_load(|| work(&mut subjects, times))?;
    print_time(&kinds, &idle, &loaded);
    print_memory(&kinds, &mut subjects)
}

/// CPU time and time on the clock, by subject.
type Measured = Vec<[Times; 2]>;

fn work(subjects: &mut [Box<dyn Subject>], times: usize) -> Result<Measured, Failure> {
    let mut measured = vec![<[Times; 2]>::default(); subjects.len()];
    for _ in 0..times {
        for (subject, [cpu, wall]) in subjects.iter_mut().zip(&mut measured) {
            let figures = subject.run(&["work", WORK])?;
            cpu.add(figures.cpu);
            wall.add(figures.wall);
        }
    }
    Ok(measured)
}

/// Does something while all processors but one are busy with something else.
fn under_load<T>(act: impl FnOnce() -> T) -> T {
    let others = std::thread::available_parallelism().map_or(1, |cores| cores.get() - 1);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..others {
            scope.spawn(|| {
                let mut rounds = 0_u64;
                while !done.load(Ordering::Relaxed) {
                    rounds = std::hint::black_box(rounds + 1);
                }
            });
        }
        let result = act();
        done.store(true, Ordering::Relaxed);
        result
    })
}

fn print_time(kinds: &[Kind], idle: &Measured, loaded: &Measured) {
    let cells = |times: &Times, truth: f64| {
        let off = (times.mean() / truth - 1.0) * 100.0;
        [format!("{:.2}", times.relative_deviation()), format!("{off:+.1}")]
    };
    // The bare run's own account is the truth that the others are held against.
    let (idle_truth, loaded_truth) = (idle[0][0].mean(), loaded[0][0].mean());
    let row = |name: String, at: usize, which: usize| {
        let mut row = vec![name];
        row.extend(cells(&idle[at][which], idle_truth));
        row.extend(cells(&loaded[at][which], loaded_truth));
        row
    };
    let mut rows: Vec<_> =
        kinds.iter().enumerate().map(|(at, kind)| row(kind.name.clone(), at, 0)).collect();
    rows.push(row("bare, by the clock".to_owned(), 0, 1));
    let head = ["CPU time", "idle: deviation %", "off %", "loaded: deviation %", "off %"];
    table::print(&head, &rows);
}

fn print_memory(kinds: &[Kind], subjects: &mut [Box<dyn Subject>]) -> Result<(), Failure> {
    let sizes: Vec<u64> = (0..=10).map(|power| 1 << power).collect();
    let mut rows: Vec<Vec<String>> = kinds.iter().map(|kind| vec![kind.name.clone()]).collect();
    for size in &sizes {
        for (subject, row) in subjects.iter_mut().zip(&mut rows) {
            let figures = subject.run(&["touch", &size.to_string()])?;
            #[allow(clippy::cast_precision_loss, reason = "gigabytes at most")]
            let above = figures.memory_bytes as f64 / f64::from(1 << 20) - *size as f64;
            row.push(format!("{above:+.2}"));
        }
    }
    let sizes: Vec<String> = sizes.iter().map(u64::to_string).collect();
    let head = ["MiB said above N touched, N ="].into_iter().chain(sizes.iter().map(|s| &**s));
    table::print(&head.collect::<Vec<_>>(), &rows);
    Ok(())
}
