//! Starting and stopping.

use crate::app::App;
use crate::live::Live;
use crate::{
    ApiConfig, api, headers, log, making, memory, monitoring, origin, pages, parse, sweeping,
};
use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::{Compress, from_fn};
use actix_web::{HttpServer, web};
use std::io;
use std::net::SocketAddr;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Threads that answer requests. What blocks, blocks elsewhere.
const WORKERS: usize = 2;

/// Threads for each of them on which requests may block.
const BLOCKING_THREADS: usize = 8;

/// How long requests may take to end once the server stops, in seconds.
const GRACE_SECONDS: u64 = 10;

/// A server that is running.
#[derive(Debug)]
pub struct Running {
    addr: SocketAddr,
    handle: ServerHandle,
    server: JoinHandle<io::Result<()>>,
    stop: watch::Sender<bool>,
}

impl Running {
    /// Of a server that listens on `addr`; `stop` turns true when it is to stop, for streams that would not end.
    pub(crate) fn new(addr: SocketAddr, server: Server, stop: watch::Sender<bool>) -> Self {
        let handle = server.handle();
        Self { addr, handle, server: tokio::spawn(server), stop }
    }

    /// Where it listens; with the true port where 0 was asked for.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Ends the open streams of events, lets other requests finish and stops.
    ///
    /// # Errors
    /// Where the server had failed before.
    pub async fn stop(self) -> io::Result<()> {
        // Fails only where nobody listens.
        let _ = self.stop.send(true);
        self.handle.stop(true).await;
        self.server.await.map_err(io::Error::other)?
    }

    /// Waits until the server ends by itself, which it does only when it fails.
    ///
    /// # Errors
    /// Why it failed.
    pub async fn failed(&mut self) -> io::Result<()> {
        (&mut self.server).await.map_err(io::Error::other)?
    }
}

/// Starts the server on threads of its own. Call it within a Tokio runtime, which must live as
/// long as the server does.
///
/// # Errors
/// Where the address cannot be listened on, or the folder for uploads cannot be made.
pub fn start(config: ApiConfig) -> io::Result<Running> {
    memory::give_back_what_is_freed();
    std::fs::create_dir_all(&config.work_dir).map_err(|error| {
        let message = format!("create folder {}: {error}", config.work_dir.display());
        io::Error::new(error.kind(), message)
    })?;
    let (listen, secure) = (config.listen, config.secure_cookies);
    let body_bytes = config.limits.body_bytes;
    let (stop, stopping) = watch::channel(false);
    let live = Live::new(config.database.clone(), tokio::runtime::Handle::current());
    let monitoring = web::Data::new(config.monitoring.clone());
    let app = web::Data::new(App::new(config, live, stopping));
    let goes_on = making::go_on(app.clone());
    let sweeps = sweeping::go_on(app.clone());
    let server = HttpServer::new(move || {
        actix_web::App::new()
            .app_data(app.clone())
            .app_data(monitoring.clone())
            .configure(|service| parse::configure(service, body_bytes))
            .configure(api::routes)
            .configure(pages::routes)
            .wrap(from_fn(origin::same_origin_only))
            .wrap(from_fn(pages::present_errors))
            .wrap(Compress::default())
            .wrap(headers::security(secure))
            .wrap(from_fn(log::requests))
            .wrap(from_fn(monitoring::measure))
    })
    .workers(WORKERS)
    .worker_max_blocking_threads(BLOCKING_THREADS)
    .shutdown_timeout(GRACE_SECONDS)
    .disable_signals()
    .bind(listen)
    .map_err(|error| not_listening(listen, &error))?;
    let addr = server.addrs().first().copied().unwrap_or(listen);
    tokio::spawn(goes_on);
    tokio::spawn(sweeps);
    Ok(Running::new(addr, server.run(), stop))
}

/// An error that says which address it is about.
pub(crate) fn not_listening(listen: SocketAddr, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("listen on {listen}: {error}"))
}
