//! What the server needs to know.

use crate::monitoring::Monitoring;
use crate::{OfferedLanguages, Price};
use std::{net::SocketAddr, num::NonZeroU32, path::PathBuf};
use store::{Bell, Blobs, Database, submissions::RateLimit};

/// All that [`crate::start`] needs.
#[derive(Clone)]
pub struct ApiConfig {
    /// Where to listen; port 0 takes any free port.
    pub listen: SocketAddr,
    /// The migrated database.
    pub database: Database,
    /// Where packages and their public files are.
    pub blobs: Blobs,
    /// Rung when a judgement is queued.
    pub bell: Bell,
    /// The languages that contestants may use.
    pub languages: OfferedLanguages,
    /// A folder for uploads while they are checked, on a disk with room for them.
    pub work_dir: PathBuf,
    /// What this process tells those who run it; it is served by the API and by listeners of its own.
    pub monitoring: Monitoring,
    /// How much of everything.
    pub limits: ApiLimits,
    /// Whether people may make accounts for themselves.
    pub registration_open: bool,
    /// Whether cookies travel over HTTPS only: true wherever the judge is reached that way.
    pub secure_cookies: bool,
    /// Whether a proxy in front says in `X-Forwarded-For`, as its last entry, who is asking. Only true
    /// where nobody can reach the server around that proxy.
    pub behind_proxy: bool,
    /// What executions cost, for the metering; [`Price::default`] shows no prices.
    pub price: Price,
}

/// How much of everything one client may send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiLimits {
    /// Size of a submission, all files together, in bytes. A problem may allow less.
    pub source_bytes: u64,
    /// Files in a submission.
    pub source_files: usize,
    /// Size of an uploaded problem package, in bytes.
    pub package_bytes: u64,
    /// The most memory that an executor can give one program, in bytes: a package that states more is refused. `None` where
    /// that is not known.
    pub executor_memory_bytes: Option<u64>,
    /// Size of any other body, in bytes.
    pub body_bytes: usize,
    /// How often one user may submit; `None` for as often as they like.
    pub submissions: Option<RateLimit>,
    /// Attempts to log in under one name from one address, in a minute.
    pub login_attempts: NonZeroU32,
    /// Attempts to log in or register from one address, in a minute.
    pub login_attempts_per_address: NonZeroU32,
    /// Streams of events open at once.
    pub event_streams: usize,
    /// Streams of events that one user may have open at once.
    pub event_streams_per_user: usize,
    /// Submissions that may be judged again together without repeating their number.
    pub unconfirmed_rejudging: u64,
}

impl Default for ApiLimits {
    fn default() -> Self {
        Self {
            source_bytes: 256 << 10,
            source_files: 16,
            package_bytes: 32 << 30,
            executor_memory_bytes: None,
            body_bytes: 64 << 10,
            submissions: Some(RateLimit { submissions: 20, period: time::Duration::MINUTE }),
            login_attempts: const { NonZeroU32::new(10).unwrap() },
            login_attempts_per_address: const { NonZeroU32::new(60).unwrap() },
            event_streams: 4096,
            event_streams_per_user: 64,
            unconfirmed_rejudging: 100,
        }
    }
}
