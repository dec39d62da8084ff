//! How long one run takes.

use std::time::{Duration, Instant};

use crate::subject::{Kind, Subject, kinds};
use crate::table::{self, Times};
use crate::{Failure, program};

/// Before each run that is timed as a judge's, which idles between submissions.
const IDLE: Duration = Duration::from_millis(100);
const SLOW: Duration = Duration::from_millis(20);

struct Row {
    name: String,
    subject: Box<dyn Subject>,
    at_once: Times,
    after_idling: Times,
}

/// Prints medians of `rounds` runs of each kind, interleaved so that all see the same machine.
/// Every figure is of a whole call.
pub fn print(rounds: usize) -> Result<(), Failure> {
    let program = program::compile()?;
    let kinds = kinds(&program);
    let row = |kind: &Kind| -> Result<Row, Failure> {
        let subject = (kind.open)(0)?;
        let (at_once, after_idling) = (Times::default(), Times::default());
        Ok(Row { name: kind.name.clone(), subject, at_once, after_idling })
    };
    let mut rows = kinds.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    for round in 0..rounds {
        for row in &mut rows {
            // A slow one would take all the time.
            let is_slow = row.at_once.percentile(50) > SLOW.as_secs_f64() * 1e3;
            if !is_slow || round % 10 == 0 {
                row.at_once.add(time(row.subject.as_mut())?);
            }
        }
    }
    for _ in 0..rounds / 10 {
        for row in &mut rows {
            std::thread::sleep(IDLE);
            row.after_idling.add(time(row.subject.as_mut())?);
        }
    }
    let of = |times: &Times, bare: &Times| {
        let (median, p99) = (times.percentile(50), times.percentile(99));
        let ratio = median / bare.percentile(50);
        [format!("{median:.2}"), format!("{p99:.2}"), format!("{ratio:.1}")]
    };
    let bare = &rows[0];
    let lines: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let mut line = vec![row.name.clone(), row.at_once.count().to_string()];
            line.extend(of(&row.at_once, &bare.at_once));
            line.extend(of(&row.after_idling, &bare.at_once));
            line
        })
        .collect();
    let head = ["", "runs", "median ms", "p99 ms", "× bare"];
    let after = ["idle: median ms", "p99 ms", "× bare"];
    table::print(&[&head[..], &after[..]].concat(), &lines);
    Ok(())
}

fn time(subject: &mut dyn Subject) -> Result<Duration, Failure> {
    let began = Instant::now();
    subject.run(&[])?;
    Ok(began.elapsed())
}
