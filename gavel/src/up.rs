//! `gavel up`: the whole judge on one machine.

use crate::price_options::PriceOptions;
use crate::terminal::{HEADING, WARNING, say};
use crate::{data::DataOptions, demo, logging};
use anyhow::{Context, bail};
use clap::builder::BoolishValueParser;
use executor::{FunctionCommand, FunctionConfig, Lifetime, Scaler, ScalerConfig, TaskSource};
use judge_api::{ApiConfig, ApiLimits, OfferedLanguages, accounts};
use judge_types::Role;
use languages::{Languages, Search, Toolchain};
use sandbox::{BoxSpec, Level};
use std::ffi::OsString;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use store::{Bell, Blobs, Database, DatabaseError, database, submissions::RateLimit, users};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Exit codes: 0 stopped as asked, by Ctrl-C or SIGTERM; 3 could not start or failed.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Options {
    #[command(flatten)]
    data: DataOptions,
    /// Address to listen on; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", env = "GAVEL_LISTEN")]
    listen: SocketAddr,
    /// How many functions may run at once [default: one for each processor]
    #[arg(long, value_name = "NUMBER", env = "GAVEL_SLOTS", value_parser = clap::value_parser!(u16).range(1..))]
    slots: Option<u16>,
    /// Do not load the example problems
    #[arg(long)]
    no_examples: bool,
    /// Let only administrators make accounts
    #[arg(long, env = "GAVEL_CLOSED_REGISTRATION", value_parser = BoolishValueParser::new())]
    closed_registration: bool,
    /// Send cookies over HTTPS only: for a judge behind a proxy that speaks it
    #[arg(long, env = "GAVEL_SECURE_COOKIES", value_parser = BoolishValueParser::new())]
    secure_cookies: bool,
    /// Believe what a proxy in front says about who is asking
    #[arg(long, env = "GAVEL_BEHIND_PROXY", value_parser = BoolishValueParser::new())]
    behind_proxy: bool,
    /// How many submissions a user may send in a minute; 0 for any number
    #[arg(long, value_name = "NUMBER", default_value_t = 20, env = "GAVEL_SUBMISSIONS_PER_MINUTE")]
    submissions_per_minute: u32,
    /// Run all test cases, not only those up to the first that fails
    #[arg(long, env = "GAVEL_ALL_TESTS", value_parser = BoolishValueParser::new())]
    all_tests: bool,
    #[command(flatten)]
    price: PriceOptions,
}

/// Requests and pages: more connections would only wait for SQLite's one writer.
const DATABASE_CONNECTIONS: u32 = 8;

/// How long running functions may go on after Ctrl-C.
const STOP_GRACE: Duration = Duration::from_secs(20);

pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    logging::start("info,actix_server=warn");
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("start the runtime")?
        .block_on(serve(options))
}

async fn serve(options: &Options) -> anyhow::Result<ExitCode> {
    // Asked for first, so that no moment is left in which Ctrl-C kills without tidying.
    let mut stop = StopSignals::listen()?;
    let _lock = options.data.lock()?;
    let (mut api, mut scaler, stop_scaler) = tokio::select! {
        running = start(options) => running?,
        // What is not loaded yet is loaded at the next start.
        () = stop.asked() => return Ok(ExitCode::SUCCESS),
    };
    say!("\nOpen {HEADING}http://{}/{HEADING:#}   (Ctrl-C stops)", api.addr());

    tokio::select! {
        () = stop.asked() => {}
        failed = api.failed() => {
            failed.context("the web server failed")?;
            bail!("the web server ended by itself");
        }
        failed = &mut scaler => {
            failed.context("the scaler failed")?.context("the scaler failed")?;
            bail!("the scaler ended by itself");
        }
    }
    say!("Stopping; running functions may finish. Ctrl-C again stops at once.");
    let stopped = async {
        drop(stop_scaler);
        let (scaler, api) = tokio::join!(scaler, api.stop());
        scaler.context("the scaler failed")??;
        api.context("the web server failed")
    };
    tokio::select! {
        stopped = stopped => stopped?,
        () = stop.asked() => {
            say!("Stopped at once; what running functions do not end by themselves is judged at the next start.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Ctrl-C and what service managers send.
struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignals {
    fn listen() -> anyhow::Result<Self> {
        let listen = |kind| signal(kind).context("listen for signals");
        let (interrupt, terminate) = (SignalKind::interrupt(), SignalKind::terminate());
        Ok(Self { interrupt: listen(interrupt)?, terminate: listen(terminate)? })
    }

    async fn asked(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

type RunningScaler = JoinHandle<Result<(), DatabaseError>>;

/// Prepares the data folder and starts the web server and the scaler; the latter stops once the sender is dropped.
async fn start(
    options: &Options,
) -> anyhow::Result<(judge_api::Running, RunningScaler, oneshot::Sender<()>)> {
    // Before anything is made or shown: an address that is taken is the commonest reason not to start.
    TcpListener::bind(options.listen).with_context(|| format!("listen on {}", options.listen))?;
    options.data.clear_scratch()?;
    let url = options.data.database()?;
    database::migrate(&url).with_context(|| format!("prepare the database {url}"))?;
    let shown_url = url.to_string();
    let database = Database::open(url, DATABASE_CONNECTIONS)?;
    let blobs = options.data.blobs()?;
    let languages = offered(&options.data.sandbox.languages()?);
    introduce(options, &shown_url, &languages);
    first_admin(&database)?;
    if !options.no_examples {
        demo::load(&database, &blobs, &options.data.scratch()).await?;
    }
    let bell = Bell::default();
    let scaler = scaler_config(options, database.clone(), bell.clone())?;
    let api = judge_api::start(api_config(options, database, blobs, bell, languages))?;
    let (stop_scaler, stopping) = oneshot::channel::<()>();
    // A sender that is gone asks for the stop as well.
    let scaler = tokio::spawn(Scaler::run(scaler, async { drop(stopping.await) }));
    Ok((api, scaler, stop_scaler))
}

fn api_config(
    options: &Options,
    database: Database,
    blobs: Blobs,
    bell: Bell,
    languages: OfferedLanguages,
) -> ApiConfig {
    let submissions = (options.submissions_per_minute > 0).then_some(RateLimit {
        submissions: options.submissions_per_minute,
        period: time::Duration::MINUTE,
    });
    ApiConfig {
        listen: options.listen,
        database,
        blobs,
        bell,
        languages,
        work_dir: options.data.scratch().join("uploads"),
        limits: ApiLimits { submissions, ..ApiLimits::default() },
        registration_open: !options.closed_registration,
        secure_cookies: options.secure_cookies,
        behind_proxy: options.behind_proxy,
        price: options.price.price(),
    }
}

fn scaler_config(
    options: &Options,
    database: Database,
    bell: Bell,
) -> anyhow::Result<ScalerConfig> {
    Ok(ScalerConfig {
        database,
        tasks: TaskSource::Embedded { bell, slow_tick: ScalerConfig::DEFAULT_SLOW_TICK },
        function: function_command(options)?,
        slots: options.slots.map_or_else(ScalerConfig::default_slots, usize::from),
        delivery_limit: ScalerConfig::DEFAULT_DELIVERY_LIMIT,
        kill_after: FunctionConfig::DEFAULT_HARD_TIMEOUT + Duration::from_secs(30),
        stop_grace: STOP_GRACE,
        lifetime: Lifetime::Forever,
    })
}

/// This very executable, told where everything is.
fn function_command(options: &Options) -> anyhow::Result<FunctionCommand> {
    let data: PathBuf = std::path::absolute(&options.data.data).context("find the data folder")?;
    let mut arguments: Vec<OsString> = vec!["function".into(), "--data".into(), data.into()];
    if let Some(level) = options.data.sandbox.sandbox_level {
        arguments.extend(["--sandbox-level".into(), Level::from(level).to_string().into()]);
    }
    if let Some(languages) = &options.data.sandbox.languages {
        arguments.extend(["--languages".into(), languages.into()]);
    }
    if options.all_tests {
        arguments.push("--all-tests".into());
    }
    Ok(FunctionCommand {
        program: std::env::current_exe().context("find this executable")?,
        arguments,
        environment: options.data.environment()?,
    })
}

/// The languages whose toolchains are on this machine.
fn offered(all: &Languages) -> OfferedLanguages {
    let search = Search::from_environment();
    let found = all
        .iter()
        .filter(|language| Toolchain::find_in(language, &search).is_ok())
        .map(|language| language.id.clone());
    OfferedLanguages::new(all.clone(), found.collect::<Vec<_>>())
}

fn introduce(options: &Options, database: &str, languages: &OfferedLanguages) {
    say!("{HEADING}Gavel {}{HEADING:#}", env!("CARGO_PKG_VERSION"));
    say!("  data       {}", options.data.data.display());
    say!("  database   {database}");
    let level = options.data.sandbox.sandbox_level.map(Level::from);
    let host = sandbox::probe_with(&BoxSpec { level, ..BoxSpec::default() });
    match host.level {
        Some(level) => say!("  sandbox    {level}"),
        None => say!(
            "  sandbox    {WARNING}none: nothing can be judged here, `gavel doctor` says why{WARNING:#}"
        ),
    }
    say!("  languages  {} (`gavel doctor` lists them)", languages.list().len());
}

/// At the first start there must be somebody who can let others in.
fn first_admin(database: &Database) -> anyhow::Result<()> {
    let connection = &mut *database.get()?;
    if users::count_with_role(connection, Role::Admin)? > 0 {
        return Ok(());
    }
    let password = accounts::new_password();
    accounts::create_user(connection, "admin", &password, Role::Admin)
        .context("make the first administrator")?;
    // The one thing that must not go unseen.
    writeln!(
        anstream::stdout(),
        "\nFirst start: made an administrator. The password is shown this once.\n  \
         username   {HEADING}admin{HEADING:#}\n  password   {HEADING}{password}{HEADING:#}\n  \
         (`gavel admin reset-password admin` makes a new one)\n"
    )
    .context(
        "show the administrator's password; `gavel admin reset-password admin` makes a new one",
    )
}
