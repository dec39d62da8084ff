//! What all handlers share.

use crate::auth::Attempts;
use crate::error::ApiError;
use crate::live::Live;
use crate::monitoring::Monitoring;
use crate::{ApiConfig, ApiLimits, OfferedLanguages, Price};
use actix_web::web;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;
use store::outbox::Positions;
use store::{AnyConnection, Bell, Blobs, Database};
use tokio::sync::{Semaphore, watch};

/// The server's state; what a handler takes as `web::Data<App>`.
pub(crate) struct App {
    pub(crate) database: Database,
    pub(crate) blobs: Blobs,
    pub(crate) bell: Bell,
    pub(crate) languages: OfferedLanguages,
    pub(crate) work_dir: PathBuf,
    pub(crate) monitoring: Monitoring,
    pub(crate) limits: ApiLimits,
    pub(crate) registration_open: bool,
    pub(crate) secure_cookies: bool,
    pub(crate) behind_proxy: bool,
    pub(crate) price: Price,
    /// How many dead letters were open when a member of the jury last asked for a page: for the badge on that page.
    pub(crate) open_dead_letters: AtomicU64,
    pub(crate) positions: Arc<Positions>,
    pub(crate) attempts: Attempts,
    pub(crate) live: Arc<Live>,
    /// Turns true when the server is about to stop.
    pub(crate) stopping: watch::Receiver<bool>,
    /// Hashing takes 19 MiB and a core; more than a few at once would be a way to hurt the judge.
    hashing: Semaphore,
    /// Checking a package may write and read gigabytes.
    pub(crate) installing: Semaphore,
}

impl App {
    pub(crate) fn new(config: ApiConfig, live: Arc<Live>, stopping: watch::Receiver<bool>) -> Self {
        Self {
            attempts: Attempts::new(&config.limits),
            database: config.database,
            blobs: config.blobs,
            bell: config.bell,
            languages: config.languages,
            work_dir: config.work_dir,
            monitoring: config.monitoring,
            limits: config.limits,
            registration_open: config.registration_open,
            secure_cookies: config.secure_cookies,
            behind_proxy: config.behind_proxy,
            price: config.price,
            open_dead_letters: AtomicU64::new(0),
            positions: Arc::default(),
            live,
            stopping,
            hashing: Semaphore::new(2),
            installing: Semaphore::new(1),
        }
    }

    /// Waits for so long; false where the server stops meanwhile.
    pub(crate) async fn rest(&self, time: Duration) -> bool {
        let mut stopping = self.stopping.clone();
        tokio::select! {
            // Also when the sender is gone, which is when the server is.
            _ = stopping.wait_for(|stopping| *stopping) => false,
            () = tokio::time::sleep(time) => true,
        }
    }

    /// Runs `work` with a database connection where blocking is allowed.
    pub(crate) async fn db<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut AnyConnection) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let database = self.database.clone();
        web::block(move || work(&mut *database.get()?)).await.map_err(ApiError::internal)?
    }

    /// Runs `work`, which hashes a password, where blocking is allowed.
    pub(crate) async fn hash<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let _turn = self.hashing.acquire().await.map_err(ApiError::internal)?;
        web::block(work).await.map_err(ApiError::internal)
    }
}
