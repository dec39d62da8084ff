//! Where Debian puts the servers' programs.

use std::path::{Path, PathBuf};

/// The folder with the newest PostgreSQL's programs: those of `PATH` where there is none of Debian's.
pub(crate) fn postgres() -> PathBuf {
    let version = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.parse::<u32>().ok()
    };
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    installed
        .map(|entry| entry.path())
        .filter(|path| version(path).is_some() && path.join("bin/postgres").exists())
        .max_by_key(version)
        .map(|path| path.join("bin"))
        .or_else(|| on_path("postgres").and_then(|path| path.parent().map(Path::to_owned)))
        .unwrap_or_else(|| missing("PostgreSQL", "postgresql"))
}

/// RabbitMQ's own start script; that of `PATH` on Debian is one for the system's server.
pub(crate) fn rabbitmq_server() -> PathBuf {
    let own = PathBuf::from("/usr/lib/rabbitmq/bin/rabbitmq-server");
    if own.exists() {
        return own;
    }
    on_path("rabbitmq-server").unwrap_or_else(|| missing("RabbitMQ", "rabbitmq-server"))
}

/// Erlang's name server, which RabbitMQ needs.
pub(crate) fn epmd() -> PathBuf {
    on_path("epmd").unwrap_or_else(|| missing("RabbitMQ's epmd", "rabbitmq-server"))
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.exists())
}

fn missing(what: &str, package: &str) -> ! {
    panic!("{what} is not installed, and tests need it; on Debian: apt-get install {package}")
}
