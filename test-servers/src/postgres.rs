//! A PostgreSQL server of a test's own.

use crate::authority::Certified;
use crate::keeper::Program;
use crate::port::{Port, random};
use crate::programs;
use crate::server::{Server, environment};
use std::ops::Deref;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

/// A PostgreSQL server.
pub struct Postgres {
    server: Server,
    programs: PathBuf,
    port: Port,
    password: String,
    encrypted: bool,
}

impl Deref for Postgres {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
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

/// The same of those that speak TLS.
///
/// # Panics
/// Where PostgreSQL is not installed or does not start.
pub fn encrypted_postgres() -> &'static Postgres {
    static SHARED: LazyLock<Postgres> = LazyLock::new(Postgres::start_encrypted);
    &SHARED
}

impl Postgres {
    /// Starts a server that survives being killed, but not a power cut: its commits do not wait for the disk.
    ///
    /// # Panics
    /// Where PostgreSQL is not installed or does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with("off", None)
    }

    /// Starts a server that talks to nobody but in TLS, with a certificate of [an authority of its
    /// own](Server::authority).
    ///
    /// # Panics
    /// Where PostgreSQL is not installed or does not start.
    #[must_use]
    pub fn start_encrypted() -> Self {
        Self::start_with("off", Some(&Certified::new()))
    }

    /// Starts a server whose commits wait for the disk, as one in production does: for measuring.
    ///
    /// # Panics
    /// Where PostgreSQL is not installed or does not start.
    #[must_use]
    pub fn start_synced() -> Self {
        Self::start_with("on", None)
    }

    fn start_with(synced: &'static str, certified: Option<&Certified>) -> Self {
        let programs = programs::postgres();
        let port = Port::hold();
        let password = format!("{:016x}", random());
        let script = concat!(include_str!("tls.sh"), include_str!("postgres.sh"));
        let mut command: Vec<_> = ["/bin/sh", "-c", script, "postgres"].map(Into::into).into();
        command.extend([programs.clone().into(), port.number.to_string().into(), synced.into()]);
        let program = Program {
            name: "postgres",
            user: Some("postgres"),
            command,
            environment: environment(&password, certified),
        };
        let server = Server::start(program, "INT", |folder, pid| {
            // The file of an earlier run has another process id.
            let status = folder.join("data/postmaster.pid");
            let status = std::fs::read_to_string(status).unwrap_or_default();
            let mut lines = status.lines().map(str::trim);
            lines.next() == Some(pid.to_string().as_str()) && lines.any(|line| line == "ready")
        });
        Self { server, programs, port, password, encrypted: certified.is_some() }
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
        let mut url =
            format!("postgres://gavel:{}@127.0.0.1:{}/{name}", self.password, self.port.number);
        if self.encrypted {
            url += &format!("?sslmode=verify-full&sslrootcert={}", self.authority().display());
        }
        PostgresDatabase { server: self, name, url }
    }

    /// Stops the server without tidying: the next start recovers.
    pub fn stop_immediately(&self) {
        self.end("QUIT");
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
    /// Where it is, with the password: `postgres://…`, and with whom to trust where it speaks TLS.
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
