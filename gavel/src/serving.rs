//! The web server, as `gavel up` and `gavel api` start it.

use crate::price_options::PriceOptions;
use crate::terminal::{HEADING, say};
use crate::{data::DataOptions, demo};
use anyhow::{Context, anyhow};
use clap::builder::BoolishValueParser;
use judge_api::accounts::{self, AccountError};
use judge_api::monitoring::Monitoring;
use judge_api::{ApiConfig, ApiLimits, OfferedLanguages};
use judge_types::Role;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use store::{Bell, Database, submissions::RateLimit, users};

/// How to serve the API and the pages.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ServeOptions {
    /// Address to listen on; port 0 takes any free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080", env = "GAVEL_LISTEN")]
    listen: SocketAddr,
    /// Do not load the example problems
    #[arg(long, env = "GAVEL_NO_EXAMPLES", value_parser = BoolishValueParser::new())]
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
    /// The most memory that an executor can give one program, in MiB: packages that state more are refused
    ///
    /// By default that of this machine, where it judges itself.
    #[arg(long, value_name = "MIB", env = "GAVEL_EXECUTOR_MEMORY_MIB")]
    executor_memory_mib: Option<u64>,
    #[command(flatten)]
    price: PriceOptions,
}

/// Requests and pages: more connections would only wait for SQLite's one writer.
const DATABASE_CONNECTIONS: u32 = 8;

impl ServeOptions {
    /// Fails where the address is taken: before anything is made or shown, since that is the commonest
    /// reason not to start.
    pub(crate) fn check_address(&self) -> anyhow::Result<()> {
        TcpListener::bind(self.listen).with_context(|| format!("listen on {}", self.listen))?;
        Ok(())
    }

    /// Brings the database to its shape, makes the first administrator and loads the examples, once.
    pub(crate) async fn prepare(&self, data: &DataOptions) -> anyhow::Result<Database> {
        let database = Database::open(data.prepared_database()?, DATABASE_CONNECTIONS)?;
        data.check_blobs().await?;
        first_admin(&database)?;
        if !self.no_examples {
            demo::load(&database, &data.blobs()?, &data.scratch()).await?;
        }
        Ok(database)
    }

    /// Starts the server. It rings the bell for each submission. `judges` says whether this machine judges itself.
    pub(crate) fn start(
        &self,
        judges: bool,
        data: &DataOptions,
        database: Database,
        bell: Bell,
        languages: OfferedLanguages,
        monitoring: Monitoring,
    ) -> anyhow::Result<judge_api::Running> {
        let submissions = (self.submissions_per_minute > 0).then_some(RateLimit {
            submissions: self.submissions_per_minute,
            period: time::Duration::MINUTE,
        });
        let running = judge_api::start(ApiConfig {
            listen: self.listen,
            database,
            blobs: data.blobs()?,
            bell,
            languages,
            monitoring,
            work_dir: data.uploads(),
            limits: ApiLimits {
                submissions,
                executor_memory_bytes: self.executor_memory_bytes(judges),
                ..ApiLimits::default()
            },
            registration_open: !self.closed_registration,
            secure_cookies: self.secure_cookies,
            behind_proxy: self.behind_proxy,
            price: self.price.price(),
        })?;
        say!("\nOpen {HEADING}http://{}/{HEADING:#}   (Ctrl-C stops)", running.addr());
        Ok(running)
    }

    fn executor_memory_bytes(&self, judges: bool) -> Option<u64> {
        let given = self.executor_memory_mib.map(|mib| mib.saturating_mul(1 << 20));
        given.or_else(|| judges.then(machine_memory_bytes).flatten())
    }
}

/// Waits for the server to fail: nothing else ends it by itself. May be called again after being cancelled.
pub(crate) async fn failed(running: &mut judge_api::Running) -> anyhow::Error {
    match running.failed().await {
        Ok(()) => anyhow!("the web server ended by itself"),
        Err(error) => anyhow::Error::from(error).context("the web server failed"),
    }
}

/// At the first start there must be somebody who can let others in.
fn first_admin(database: &Database) -> anyhow::Result<()> {
    let connection = &mut *database.get()?;
    if users::count_with_role(connection, Role::Admin)? > 0 {
        return Ok(());
    }
    let password = accounts::new_password();
    match accounts::create_user(connection, "admin", &password, Role::Admin) {
        // Another instance that starts at this moment was quicker, and shows its password.
        Err(AccountError::Taken(_)) => return Ok(()),
        made => made.context("make the first administrator")?,
    };
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

/// The memory of this machine, where it says so.
fn machine_memory_bytes() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes << 10)
}
