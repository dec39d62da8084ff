//! The scaler, as `gavel up`, `gavel scale` and `gavel function` start it.

use crate::data::DataOptions;
use crate::units::up_to_a_week;
use anyhow::Context;
use clap::builder::BoolishValueParser;
use executor::{
    FanOutRules, FunctionCommand, FunctionConfig, Lifetime, Prefetch, ScalerConfig, ScalerMetrics,
    TaskSource,
};
use judge_api::monitoring::Monitoring;
use languages::{Languages, Search, Toolchain};
use sandbox::Level;
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;
use store::Database;

/// How to judge.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct JudgeOptions {
    /// How many functions may run at once [default: one for each processor]
    #[arg(long, value_name = "NUMBER", env = "GAVEL_SLOTS", value_parser = clap::value_parser!(u16).range(1..))]
    slots: Option<u16>,
    /// How often a task is judged again whose function has died or failed, before the jury has to look
    #[arg(long, value_name = "NUMBER", env = "GAVEL_DELIVERY_LIMIT", default_value_t = ScalerConfig::DEFAULT_DELIVERY_LIMIT)]
    delivery_limit: u32,
    /// Run all test cases, not only those up to the first that fails
    #[arg(long, env = "GAVEL_ALL_TESTS", value_parser = BoolishValueParser::new())]
    pub(crate) all_tests: bool,
    /// The most other functions that may help with the test cases of one submission, where there is room for them; 0: none
    #[arg(long, value_name = "NUMBER", env = "GAVEL_HELPERS", default_value_t = FanOutRules::default().helpers, value_parser = clap::value_parser!(u32).range(..=1_000))]
    helpers: u32,
    /// Ask for helpers when judging has run for this long and will take as long again
    #[arg(long, value_name = "TIME", env = "GAVEL_HELP_AFTER", default_value = "5s", value_parser = up_to_a_week)]
    help_after: Duration,
    /// How long before a contest begins its packages are fetched to this machine; 0 for not at all
    #[arg(long, value_name = "TIME", env = "GAVEL_PREFETCH_BEFORE", default_value = "15m", value_parser = up_to_a_week)]
    prefetch_before: Duration,
}

/// How long running functions may go on after Ctrl-C.
const STOP_GRACE: Duration = Duration::from_secs(20);

impl JudgeOptions {
    /// When others may help with a judgement.
    pub(crate) fn fan_out(&self) -> FanOutRules {
        FanOutRules { after: self.help_after, helpers: self.helpers }
    }

    /// What a scaler works with that lives for as long as it is let, and judges in these languages.
    pub(crate) fn scaler(
        &self,
        data: &DataOptions,
        database: Database,
        tasks: TaskSource,
        monitoring: &Monitoring,
        languages: Vec<String>,
    ) -> anyhow::Result<ScalerConfig> {
        Ok(ScalerConfig {
            database,
            tasks,
            function: self.function(data)?,
            slots: self.slots.map_or_else(ScalerConfig::default_slots, usize::from),
            delivery_limit: self.delivery_limit,
            kill_after: FunctionConfig::DEFAULT_HARD_TIMEOUT + Duration::from_secs(30),
            stop_grace: STOP_GRACE,
            lifetime: Lifetime::Forever,
            prefetch: self.prefetch(data)?,
            metrics: ScalerMetrics::register(monitoring.registry(), languages)?,
        })
    }

    fn prefetch(&self, data: &DataOptions) -> anyhow::Result<Option<Prefetch>> {
        if self.prefetch_before.is_zero() {
            return Ok(None);
        }
        Ok(Some(Prefetch {
            packages: data.package_cache(),
            blobs: data.blobs()?,
            before: self.prefetch_before,
            look_every: Prefetch::DEFAULT_LOOK_EVERY,
        }))
    }

    /// This very executable, told where everything is.
    fn function(&self, data: &DataOptions) -> anyhow::Result<FunctionCommand> {
        let folder: PathBuf = std::path::absolute(&data.data).context("find the data folder")?;
        let mut arguments: Vec<OsString> = vec!["function".into(), "--data".into(), folder.into()];
        if let Some(level) = data.sandbox.sandbox_level {
            arguments.extend(["--sandbox-level".into(), Level::from(level).to_string().into()]);
        }
        if let Some(languages) = &data.sandbox.languages {
            arguments.extend(["--languages".into(), languages.into()]);
        }
        if self.all_tests {
            arguments.push("--all-tests".into());
        }
        let help_after = format!("{}ms", self.help_after.as_millis());
        arguments.extend(["--helpers".into(), self.helpers.to_string().into()]);
        arguments.extend(["--help-after".into(), help_after.into()]);
        Ok(FunctionCommand {
            program: std::env::current_exe().context("find this executable")?,
            arguments,
            environment: data.environment()?,
            // What was in files is told to it as it was found, and of the broker it knows nothing.
            hidden: [
                "GAVEL_DATABASE_FILE",
                "GAVEL_BLOBS_SECRET_FILE",
                "GAVEL_BROKER",
                "GAVEL_BROKER_FILE",
                "GAVEL_BROKER_CA",
            ]
            .map(Into::into)
            .into(),
        })
    }
}

/// The languages whose toolchains are on this machine.
pub(crate) fn found_here(all: &Languages) -> Vec<String> {
    let search = Search::from_environment();
    let found = all.iter().filter(|language| Toolchain::find_in(language, &search).is_ok());
    found.map(|language| language.id.clone()).collect()
}
