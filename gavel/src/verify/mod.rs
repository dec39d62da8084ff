//! `gavel verify`: does the judge agree with the jury?

mod junit;
mod progress;
mod table;

use crate::data::SandboxOptions;
use crate::terminal::print_json;
use crate::user_folder::user_folder;
use anyhow::{Context, bail};
use executor::{StopRule, VerifyError, VerifyOptions};
use std::{path::PathBuf, process::ExitCode};

const MORE: &str = "\
Exit codes: 0 every submission got a verdict that the jury means, and all else is as it should be; 1 something is not; \
3 the package is broken or could not be judged, or there was no submission to judge.";

/// What to verify, and how.
#[derive(Debug, clap::Args)]
#[command(after_help = MORE)]
pub(crate) struct Options {
    /// The problem package: a folder or a zip
    package: PathBuf,
    #[command(flatten)]
    sandbox: SandboxOptions,
    /// Time limit in seconds, instead of the package's own
    #[arg(long, value_name = "SECONDS", value_parser = parse_seconds)]
    time_limit: Option<u64>,
    /// Judge only submissions whose name contains this; may be repeated
    #[arg(long, value_name = "TEXT")]
    only: Vec<String>,
    /// Run all test cases of each submission, not only those up to the first that fails
    #[arg(long)]
    all_tests: bool,
    /// How many submissions to judge at once; more than one makes the times less exact
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    jobs: usize,
    /// Folder for what can be made again: results and compiled validators; by default in this user's cache
    #[arg(long, value_name = "FOLDER", env = "GAVEL_CACHE")]
    cache: Option<PathBuf>,
    /// Judge everything anew, also what is unchanged since it was last verified
    #[arg(long)]
    fresh: bool,
    /// Write the report as JUnit XML, too
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Print the report as JSON
    #[arg(long)]
    json: bool,
}

fn parse_seconds(text: &str) -> Result<u64, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    if !(0.001..=3_600.0).contains(&seconds) {
        return Err("must be between 0.001 and 3600".to_owned());
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked above")]
    Ok((seconds * 1_000.0).round() as u64)
}

pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let _exporting = crate::logging::start("error");
    let scratch = tempfile::tempdir().context("create a temporary folder")?;
    let users = || user_folder("XDG_CACHE_HOME", ".cache");
    let kept = options.cache.clone().or_else(users);
    let cache = kept.clone().unwrap_or_else(|| scratch.path().join("cache"));
    let results = kept.map(|folder| folder.join("results")).filter(|_| !options.fresh);
    let bench = options.sandbox.workbench(scratch.path().join("scratch"), cache)?;
    let verify_options = VerifyOptions {
        stop: if options.all_tests { StopRule::AfterAll } else { StopRule::AtFirstFailure },
        time_limit_ms: options.time_limit,
        only: options.only.clone(),
        parallel: options.jobs.max(1),
        results,
    };
    let mut progress = progress::Progress::new();
    let report = executor::verify(&options.package, &bench, &verify_options, &mut |event| {
        progress.show(&event)
    });
    progress.finish();
    let report = match report {
        Ok(report) => report,
        Err(VerifyError::Package(faults)) if options.json => {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            print_json(&serde_json::json!({ "faults": faults }))?;
            return Ok(ExitCode::from(crate::cli::FAILED));
        }
        Err(error) => return Err(error.into()),
    };
    if let Some(file) = &options.junit {
        junit::write(&report, file)?;
    }
    if options.json {
        print_json(&report)?;
    } else {
        table::print(&report);
    }
    // Nothing agrees with a jury that says nothing.
    if report.rows.is_empty() {
        bail!(
            "no submission to judge{}",
            if options.only.is_empty() { "" } else { " has such a name" }
        );
    }
    Ok(if report.agrees() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

#[cfg(test)]
mod tests {
    use super::parse_seconds;

    #[test]
    fn seconds_may_have_a_fraction_and_must_make_sense() {
        assert_eq!(parse_seconds("1.5"), Ok(1_500));
        for bad in ["", "x", "0", "-1", "nan", "inf", "1e9"] {
            assert!(parse_seconds(bad).is_err(), "{bad}");
        }
    }
}
