//! `gavel api`: the web server of a judge whose functions run elsewhere.

use crate::broker::{self, BrokerOptions};
use crate::data::{DataOptions, Holder};
use crate::logging;
use crate::monitoring::MonitoringOptions;
use crate::serving::{self, ServeOptions};
use crate::stop::{StopSignals, runtime};
use crate::terminal::{HEADING, say};
use anyhow::{Context, bail};
use judge_api::OfferedLanguages;
use judge_api::monitoring::Monitoring;
use std::process::ExitCode;
use store::Bell;
use store::broker::Link;
use store::broker::relay::{self, RelayConfig};
use tokio::sync::oneshot;

const MORE: &str = "\
Serves the API and the pages, and passes tasks from the database on to RabbitMQ. Any number may work on one \
database, behind one address.

Exit codes: 0 stopped as asked, by Ctrl-C or SIGTERM; 3 could not start or failed.";

/// How to serve.
#[derive(Debug, clap::Args)]
#[command(after_help = MORE)]
pub(crate) struct Options {
    #[command(flatten)]
    data: DataOptions,
    #[command(flatten)]
    broker: BrokerOptions,
    #[command(flatten)]
    serve: ServeOptions,
    #[command(flatten)]
    monitoring: MonitoringOptions,
    /// Languages to offer, by their ids, where not all that Gavel knows can be judged
    #[arg(long, value_name = "IDS", env = "GAVEL_OFFER", value_delimiter = ',')]
    offer: Vec<String>,
    /// How many tasks of each lane are kept ready at the broker at the least
    ///
    /// The order among teams is decided when a task is passed on, so few is fair; more are kept ready by
    /// themselves while executors take them quickly.
    #[arg(long, value_name = "NUMBER", env = "GAVEL_READY_AT_LEAST", default_value_t = RelayConfig::DEFAULT_READY_AT_LEAST, value_parser = clap::value_parser!(u32).range(1..))]
    ready_at_least: u32,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let _exporting = logging::start("info,actix_server=warn,lapin=off");
    runtime()?.block_on(serve(options))
}

async fn serve(options: &Options) -> anyhow::Result<ExitCode> {
    let mut stop = StopSignals::listen()?;
    let broker = options.broker.broker()?;
    options.serve.check_address()?;
    let _lock = options.data.lock(Holder::WebServer)?;
    options.data.clear_scratch(Holder::WebServer)?;
    let languages = options.languages()?;
    say!("{HEADING}Gavel {}{HEADING:#}: the web server", env!("CARGO_PKG_VERSION"));
    say!("  database   {}", options.data.database()?);
    say!("  broker     {broker}");
    say!("  languages  {}", languages.list().len());
    let prepared = async {
        broker::check(&broker).await?;
        options.serve.prepare(&options.data).await
    };
    let database = tokio::select! {
        database = prepared => database?,
        () = stop.asked() => return Ok(ExitCode::SUCCESS),
    };
    let bell = Bell::default();
    let link = Link::default();
    let monitoring = Monitoring::of_api(database.clone(), Some(link.clone()));
    options.monitoring.serve(&monitoring)?;
    let (stop_relay, stopping) = oneshot::channel::<()>();
    let relay = tokio::spawn(relay::run(
        RelayConfig {
            database: database.clone(),
            broker,
            bell: bell.clone(),
            ready_at_least: options.ready_at_least,
            link,
        },
        async { drop(stopping.await) },
    ));
    let mut api =
        options.serve.start(false, &options.data, database, bell, languages, monitoring)?;
    tokio::select! {
        () = stop.asked() => {}
        error = serving::failed(&mut api) => return Err(error),
    }
    say!("Stopping; Ctrl-C again stops at once.");
    tokio::select! {
        stopped = api.stop() => stopped.context("the web server failed")?,
        () = stop.asked() => {}
    }
    drop(stop_relay);
    relay.await.context("the relay failed")?;
    Ok(ExitCode::SUCCESS)
}

impl Options {
    /// All languages, whether their toolchains are here or not: functions run elsewhere.
    fn languages(&self) -> anyhow::Result<OfferedLanguages> {
        let all = self.data.sandbox.languages()?;
        let offered = if self.offer.is_empty() {
            all.iter().map(|language| language.id.clone()).collect()
        } else {
            self.offer.clone()
        };
        if let Some(unknown) = offered.iter().find(|id| all.get(id).is_none()) {
            bail!("option --offer or GAVEL_OFFER: there is no language {unknown}");
        }
        Ok(OfferedLanguages::new(all, offered))
    }
}
