//! `gavel up`: the whole judge on one machine.

use crate::{data::DataOptions, demo, logging, terminal};
use anyhow::Context;
use executor::{FunctionCommand, FunctionConfig, LocalScaler, ScalerConfig};
use judge_api::{ApiConfig, ApiLimits, OfferedLanguages, accounts};
use judge_types::Role;
use languages::{Languages, Search, Toolchain};
use sandbox::{BoxSpec, Level};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;
use store::{Blobs, Database, EmbeddedQueue, Queue, database, submissions::RateLimit, users};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    #[command(flatten)]
    data: DataOptions,
    /// Address to listen on; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", env = "GAVEL_LISTEN")]
    listen: SocketAddr,
    /// How many functions may run at once [default: one for each processor]
    #[arg(long, value_name = "NUMBER", env = "GAVEL_SLOTS")]
    slots: Option<usize>,
    /// Do not load the example problems
    #[arg(long)]
    no_examples: bool,
    /// Let only administrators make accounts
    #[arg(long, env = "GAVEL_CLOSED_REGISTRATION")]
    closed_registration: bool,
    /// Send cookies over HTTPS only: for a judge behind a proxy that speaks it
    #[arg(long, env = "GAVEL_SECURE_COOKIES")]
    secure_cookies: bool,
    /// Believe what a proxy in front says about who is asking
    #[arg(long, env = "GAVEL_BEHIND_PROXY")]
    behind_proxy: bool,
    /// How many submissions a user may send in a minute; 0 for any number
    #[arg(long, value_name = "NUMBER", default_value_t = 20, env = "GAVEL_SUBMISSIONS_PER_MINUTE")]
    submissions_per_minute: u32,
    /// Run all test cases, not only those up to the first that fails
    #[arg(long, env = "GAVEL_ALL_TESTS")]
    all_tests: bool,
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
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;

    let _lock = options.data.lock()?;
    clear_scratch(&options.data)?;
    let url = options.data.database();
    database::migrate(&url).with_context(|| format!("prepare the database {url}"))?;
    let database = Database::open(url, DATABASE_CONNECTIONS)?;
    let blobs = options.data.blobs()?;
    let languages = offered(&options.data.sandbox.languages()?);
    introduce(options, &languages);
    first_admin(&database)?;
    if !options.no_examples {
        demo::load(&database, &blobs, &options.data.scratch()).await?;
    }

    let queue = EmbeddedQueue::default();
    let config = api_config(options, database.clone(), blobs, queue.clone(), languages);
    let mut api = judge_api::start(config)?;
    let (stop_scaler, stopping) = oneshot::channel::<()>();
    let scaler = tokio::spawn(LocalScaler::run(
        scaler_config(options, database, queue)?,
        // A sender that is gone asks for the stop as well.
        async { drop(stopping.await) },
    ));
    let (bold, plain) = (terminal::HEADING, terminal::HEADING);
    anstream::println!("\nOpen {bold}http://{}/{plain:#}   (Ctrl-C stops)", api.addr());

    let failed = tokio::select! {
        _ = interrupt.recv() => None,
        _ = terminate.recv() => None,
        failed = api.failed() => Some(failed),
    };
    if let Some(failed) = failed {
        failed.context("the web server failed")?;
    }
    println!("Stopping; running functions may finish. Ctrl-C again stops at once.");
    let stopped = async {
        drop(stop_scaler);
        let (scaler, api) = tokio::join!(scaler, api.stop());
        scaler.context("the scaler failed")??;
        api.context("the web server failed")
    };
    tokio::select! {
        stopped = stopped => stopped?,
        _ = interrupt.recv() => println!("Stopped at once; what was running is judged again at the next start."),
        _ = terminate.recv() => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn api_config(
    options: &Options,
    database: Database,
    blobs: Blobs,
    queue: EmbeddedQueue,
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
        queue: Queue::Embedded(queue),
        languages,
        work_dir: options.data.scratch().join("uploads"),
        limits: ApiLimits { submissions, ..ApiLimits::default() },
        registration_open: !options.closed_registration,
        secure_cookies: options.secure_cookies,
        behind_proxy: options.behind_proxy,
    }
}

fn scaler_config(
    options: &Options,
    database: Database,
    queue: EmbeddedQueue,
) -> anyhow::Result<ScalerConfig> {
    Ok(ScalerConfig {
        database,
        queue,
        function: function_command(options)?,
        slots: options.slots.unwrap_or_else(ScalerConfig::default_slots),
        delivery_limit: ScalerConfig::DEFAULT_DELIVERY_LIMIT,
        slow_tick: ScalerConfig::DEFAULT_SLOW_TICK,
        kill_after: FunctionConfig::DEFAULT_HARD_TIMEOUT + Duration::from_secs(30),
        stop_grace: STOP_GRACE,
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
        environment: Vec::new(),
    })
}

/// What functions and uploads left behind that did not end by themselves. Nobody uses it: the lock is held.
fn clear_scratch(data: &DataOptions) -> anyhow::Result<()> {
    let scratch = data.scratch();
    match std::fs::remove_dir_all(&scratch) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => std::fs::create_dir_all(&scratch),
    }
    .with_context(|| format!("clear {}", scratch.display()))
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

fn introduce(options: &Options, languages: &OfferedLanguages) {
    let (bold, warning) = (terminal::HEADING, terminal::WARNING);
    anstream::println!("{bold}Gavel {}{bold:#}", env!("CARGO_PKG_VERSION"));
    println!("  data       {}", options.data.data.display());
    let level = options.data.sandbox.sandbox_level.map(Level::from);
    let host = sandbox::probe_with(&BoxSpec { level, ..BoxSpec::default() });
    match host.level {
        Some(level) => println!("  sandbox    {level}"),
        None => anstream::println!(
            "  sandbox    {warning}none: nothing can be judged here, `gavel doctor` says why{warning:#}"
        ),
    }
    println!("  languages  {} (`gavel doctor` lists them)", languages.list().len());
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
    let bold = terminal::HEADING;
    anstream::println!("\nFirst start: made an administrator. The password is shown this once.");
    anstream::println!("  username   {bold}admin{bold:#}");
    anstream::println!("  password   {bold}{password}{bold:#}");
    println!("  (`gavel admin reset-password admin` makes a new one)\n");
    Ok(())
}
