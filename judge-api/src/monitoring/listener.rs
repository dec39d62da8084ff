//! A listener of its own, so that metrics are not public by accident.

use super::{Monitoring, health};
use crate::Running;
use crate::api::at;
use crate::server::not_listening;
use actix_web::{App, HttpServer, web};
use std::io;
use std::net::SocketAddr;
use tokio::sync::watch;

/// Serves `/healthz`, `/readyz` and `/metrics` on `listen`; port 0 takes any free port. Call it within a Tokio
/// runtime, which must live as long as the server does.
///
/// # Errors
/// Where the address cannot be listened on.
pub fn start(listen: SocketAddr, monitoring: Monitoring) -> io::Result<Running> {
    let monitoring = web::Data::new(monitoring);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(monitoring.clone())
            .service(at("/healthz").get(health::healthz))
            .service(at("/readyz").get(health::readyz))
            .service(at("/metrics").get(health::metrics))
    })
    .workers(1)
    .shutdown_timeout(1)
    .disable_signals()
    .bind(listen)
    .map_err(|error| not_listening(listen, &error))?;
    let addr = server.addrs().first().copied().unwrap_or(listen);
    // No stream here stays open.
    let (stop, _) = watch::channel(false);
    Ok(Running::new(addr, server.run(), stop))
}
