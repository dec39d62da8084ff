//! `gavel simulate`: what a contest's load would wait and cost.

mod options;
mod progress;
mod table;

use crate::terminal::print_json;
use executor::simulation::{SimulationReport, Workload, simulate};
pub(crate) use options::Options;
use options::PlatformName;
use serde::Serialize;
use std::{process::ExitCode, time::Duration};

/// All that a run of the command came to.
#[derive(Serialize)]
struct Outcome {
    seed: u64,
    submissions: usize,
    rejudged: usize,
    teams: u32,
    duration_s: f64,
    mean_service_s: f64,
    platforms: Vec<PlatformOutcome>,
}

#[derive(Serialize)]
struct PlatformOutcome {
    platform: PlatformName,
    #[serde(flatten)]
    report: SimulationReport,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    // First of all, so that contradictions are told at once.
    let platforms = options.platforms()?;
    let config = options.workload();
    let workload = Workload::generate(&config, options.seed);
    let mut progress = progress::Progress::new(workload.len() * platforms.len());
    let mut outcomes = Vec::with_capacity(platforms.len());
    for (platform, model) in platforms {
        progress.begin(table::name(platform));
        let report = simulate(&workload, &model, options.seed, &mut |judged| progress.show(judged));
        progress.end(workload.len());
        outcomes.push(PlatformOutcome { platform, report });
    }
    progress.finish();
    let count = u32::try_from(workload.len()).unwrap_or(u32::MAX);
    let mean: Duration = workload.total_service().checked_div(count).unwrap_or_default();
    let outcome = Outcome {
        seed: options.seed,
        submissions: config.submissions,
        rejudged: config.rejudged,
        teams: config.teams,
        duration_s: config.duration.as_secs_f64(),
        mean_service_s: mean.as_secs_f64(),
        platforms: outcomes,
    };
    if options.json {
        print_json(&outcome)?;
    } else {
        table::print(&outcome);
    }
    Ok(ExitCode::SUCCESS)
}
