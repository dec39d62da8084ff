//! A PostgreSQL server of a test's own.

use crate::keeper::{Keeper, Server};
use crate::port::{Port, random};
use crate::programs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

/// A PostgreSQL server on a free loopback port, with its data in a temporary folder. Both are gone
/// once this is dropped or the process has ended, in whatever way.
pub struct Postgres {
    keeper: Keeper,
    programs: PathBuf,
    port: Port,
    password: String,
}

/// A fresh, empty database; dropped with this.
pub struct PostgresDatabase<'a> {
    server: &'a Postgres,
    name: String,
    url: String,
}

/// The one server that the tests of this process share, started when first asked for.
///
/// # Panics
/// Where PostgreSQL is not installed or does not start.
pub fn postgres() -> &'static Postgres {
    static SHARED: LazyLock<Postgres> = LazyLock::new(Postgres::start);
    &SHARED
}

impl Postgres {
    /// Starts a server that survives being killed, but not a power cut: its commits do not wait for the disk.
    ///
    /// # Panics
    /// Where PostgreSQL is not installed or does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with("off")
    }

    /// Starts a server whose commits wait for the disk, as one in production does: for measuring.
    ///
    /// # Panics
    /// Where PostgreSQL is not installed or does not start.
    #[must_use]
    pub fn start_synced() -> Self {
        Self::start_with("on")
    }

    fn start_with(synced: &'static str) -> Self {
        let programs = programs::postgres();
        let port = Port::hold();
        let password = format!("{:016x}", random());
        let mut command: Vec<_> =
            ["/bin/sh", "-c", include_str!("postgres.sh"), "postgres"].map(Into::into).into();
        command.extend([programs.clone().into(), port.number.to_string().into(), synced.into()]);
        let keeper = Keeper::new(Server {
            name: "postgres",
            user: "postgres",
            command,
            environment: vec![("PASSWORD", password.clone())],
        });
        let server = Self { keeper, programs, port, password };
        server.wake();
        server
    }

    /// A fresh, empty database on this server.
    ///
    /// # Panics
    /// Where the server does not run or refuses.
    #[must_use]
    pub fn new_database(&self) -> PostgresDatabase<'_> {
        self.create_database(&[])
    }

    /// A fresh database with all that is in `template`, which nobody may be connected to meanwhile: quicker than
    /// making the same once more.
    ///
    /// # Panics
    /// Where the server does not run or refuses.
    #[must_use]
    pub fn copy_of(&self, template: &PostgresDatabase<'_>) -> PostgresDatabase<'_> {
        // Files are copied, as nothing has to survive a power cut here.
        self.create_database(&["--template", &template.name, "--strategy=file_copy"])
    }

    fn create_database(&self, options: &[&str]) -> PostgresDatabase<'_> {
        let name = format!("test_{:016x}", random());
        self.administer("createdb", &[options, &[&name]].concat());
        let url =
            format!("postgres://gavel:{}@127.0.0.1:{}/{name}", self.password, self.port.number);
        PostgresDatabase { server: self, name, url }
    }

    /// Stops the server as its administrator would: clients are disconnected, everything is written.
    pub fn stop(&self) {
        self.keeper.end("INT");
    }

    /// Stops the server without tidying: the next start recovers.
    pub fn stop_immediately(&self) {
        self.keeper.end("QUIT");
    }

    /// Kills all of the server's processes at once, as a crash would.
    pub fn kill(&self) {
        self.keeper.kill();
    }

    /// Starts the server again, on the same port and data; stops it first where it runs.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn restart(&self) {
        self.stop();
        self.wake();
    }

    /// The server's main process while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.keeper.pid()
    }

    /// Where the server keeps its files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.keeper.folder()
    }

    fn wake(&self) {
        let status = self.keeper.folder().join("data/postmaster.pid");
        // The file of an earlier run has another process id.
        self.keeper.start(|pid| {
            let status = std::fs::read_to_string(&status).unwrap_or_default();
            let mut lines = status.lines().map(str::trim);
            lines.next() == Some(pid.to_string().as_str()) && lines.any(|line| line == "ready")
        });
    }

    /// Runs one of PostgreSQL's client programs as the server's owner.
    fn administer(&self, program: &str, arguments: &[&str]) {
        let done = Command::new(self.programs.join(program))
            .args(["--host=127.0.0.1", "--username=gavel", "--no-password"])
            .arg(format!("--port={}", self.port.number))
            .args(arguments)
            .env("PGPASSWORD", &self.password)
            .stdin(Stdio::null())
            .output()
            .unwrap_or_else(|error| panic!("start {program}: {error}"));
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "{program} {arguments:?}: {said}");
    }
}

impl PostgresDatabase<'_> {
    /// Where it is, with the password: `postgres://…`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for PostgresDatabase<'_> {
    fn drop(&mut self) {
        // A server that a test has stopped keeps it until its folder goes.
        if self.server.pid().is_some() && !std::thread::panicking() {
            self.server.administer("dropdb", &["--force", &self.name]);
        }
    }
}
