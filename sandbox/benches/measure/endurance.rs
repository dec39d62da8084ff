//! Many boxes at once, and many runs in one box: whether anything stays or slows down.

use std::time::{Duration, Instant};

use sandbox::{Level, Sandbox};

use crate::residue::{Holdings, descendants, descriptors_of, memory_groups, resident_kib};
use crate::table::{self, Times};
use crate::{Failure, ours, program};

/// Runs at each line of the table.
const LEG: usize = 1000;

/// Opens `boxes` at once, runs in all of them, closes them; then `runs` in a row at each level.
pub fn print(runs: usize, boxes: usize) -> Result<(), Failure> {
    let program = program::compile()?;
    // What is made once for all boxes is there from now on.
    Sandbox::open(&ours::box_spec(Level::Full, &program))?.close()?;
    let before = Holdings::now();
    many_boxes(boxes, || Ok(ours::box_spec(Level::Full, &program)))?;
    check(&before)?;
    for level in [Level::Full, Level::UserNamespace] {
        let mut sandbox = Sandbox::open(&ours::box_spec(level, &program))?;
        many_runs(&mut sandbox, runs)?;
        sandbox.close()?;
        check(&before)?;
    }
    println!("\nNothing is left.");
    Ok(())
}

fn check(before: &Holdings) -> Result<(), Failure> {
    let now = Holdings::now();
    if now == *before { Ok(()) } else { Err(format!("left: {now:?}\nbefore: {before:?}").into()) }
}

fn many_boxes(
    number: usize,
    spec: impl Fn() -> Result<sandbox::BoxSpec, Failure>,
) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for round in 1..=3 {
        let groups = memory_groups();
        let began = Instant::now();
        let opened: Result<Vec<_>, Failure> =
            (0..number).map(|_| Ok(Sandbox::open(&spec()?)?)).collect();
        let mut opened = opened?;
        let open = began.elapsed();
        let began = Instant::now();
        std::thread::scope(|scope| {
            let runs: Vec<_> = opened
                .iter_mut()
                .map(|sandbox| scope.spawn(|| ours::run(sandbox, &[]).map_err(|e| e.to_string())))
                .collect();
            let died = || Err("a thread died".to_owned());
            runs.into_iter().try_for_each(|run| run.join().unwrap_or_else(|_| died()).map(drop))
        })?;
        let run = began.elapsed();
        let began = Instant::now();
        opened.into_iter().try_for_each(Sandbox::close)?;
        let each = |time: Duration| {
            format!("{:.2}", time.as_secs_f64() * 1e3 / table::count(number.max(1)))
        };
        let (open, run, close) = (each(open), each(run), each(began.elapsed()));
        let grown = i128::from(memory_groups()) - i128::from(groups);
        rows.push(vec![round.to_string(), number.to_string(), open, run, close, grown.to_string()]);
    }
    let head = ["round", "boxes", "open ms each", "run ms each", "close ms each", "groups more"];
    table::print(&head, &rows);
    Ok(())
}

fn many_runs(sandbox: &mut Sandbox, runs: usize) -> Result<(), Failure> {
    println!("\nRuns in one box, `{}`:", sandbox.level());
    let mut rows = Vec::new();
    let mut done = 0;
    while done < runs {
        let mut times = Times::default();
        for _ in 0..LEG.min(runs - done) {
            let began = Instant::now();
            ours::run(sandbox, &[])?;
            times.add(began.elapsed());
        }
        done += times.count();
        let own = std::process::id();
        let helpers = descendants(own);
        rows.push(vec![
            done.to_string(),
            format!("{:.3}", times.percentile(50)),
            format!("{:.2}", times.percentile(99)),
            resident_kib(own).to_string(),
            descriptors_of(own).to_string(),
            helpers.iter().map(|&helper| resident_kib(helper)).sum::<u64>().to_string(),
            helpers.iter().map(|&helper| descriptors_of(helper)).sum::<usize>().to_string(),
            memory_groups().to_string(),
        ]);
        eprint!("\r{done} of {runs}");
    }
    eprintln!();
    let owner = ["owner KiB", "owner's descriptors"];
    let helper = ["boxes' KiB", "boxes' descriptors", "memory groups"];
    table::print(&[&["runs", "median ms", "p99 ms"], &owner[..], &helper[..]].concat(), &rows);
    Ok(())
}
