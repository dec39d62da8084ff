//! Packages of contests that are about to begin, fetched by the scaler so that no function has to.
//!
//! In a thread of its own, the least urgent of all: it takes no slot, and neither functions nor the scaler wait for it.

use super::ScalerMetrics;
use crate::PackageCache;
use crate::package_cache::Ahead;
use std::convert::Infallible;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::thread;
use std::time::Duration;
use store::{Blobs, Database, DatabaseError, contests};

/// Which packages a scaler fetches ahead, and where they go.
#[derive(Clone)]
pub struct Prefetch {
    /// Where functions look for packages.
    pub packages: PackageCache,
    /// Where packages are.
    pub blobs: Blobs,
    /// How long before a contest begins its packages are fetched.
    pub before: Duration,
    /// How often the database is asked; a little later by chance, so that many scalers do not ask at once.
    pub look_every: Duration,
}

impl Prefetch {
    /// How long before a contest begins its packages are fetched when nobody says otherwise.
    pub const DEFAULT_BEFORE: Duration = Duration::from_secs(15 * 60);

    /// How often the database is asked when nobody says otherwise.
    pub const DEFAULT_LOOK_EVERY: Duration = Duration::from_secs(10);
}

/// How long after a contest's beginning its packages are still looked after: scalers that come late, and versions that
/// replace others at the last moment.
const AFTER: time::Duration = time::Duration::hours(1);

/// How much less urgent than others the thread is; functions are at 5.
const NICENESS: i32 = 19;

/// A thread that fetches ahead, until this is dropped or a little longer: a package that is on its way comes whole.
pub(super) struct Prefetching {
    _stop: Sender<Infallible>,
}

impl Prefetching {
    /// Starts it; without a thread, functions fetch what they need.
    pub(super) fn start(
        prefetch: Prefetch,
        database: Database,
        metrics: ScalerMetrics,
    ) -> Option<Self> {
        let (stop, stopped) = channel();
        let work = move || run(prefetch, &database, &metrics, &stopped);
        match thread::Builder::new().name("prefetch".into()).spawn(work) {
            Ok(_) => Some(Self { _stop: stop }),
            Err(error) => {
                tracing::warn!(%error, "cannot start a thread that fetches packages ahead");
                None
            }
        }
    }
}

fn run(
    prefetch: Prefetch,
    database: &Database,
    metrics: &ScalerMetrics,
    stopped: &Receiver<Infallible>,
) {
    // On Linux this is of the thread, not of the process.
    if let Err(error) = rustix::process::nice(NICENESS) {
        tracing::debug!(%error, "cannot be nice");
    }
    let Prefetch { packages, blobs, before, look_every } = prefetch;
    let mut ahead = Ahead::new(packages, blobs);
    loop {
        match due(database, before) {
            Ok(due) => ahead.bring(&due, || {
                metrics.prefetched();
                stopped.try_recv() == Err(TryRecvError::Empty)
            }),
            Err(error) => {
                tracing::warn!(%error, "cannot look for packages to fetch ahead");
            }
        }
        let chance = rand::random_range(0.0..0.25);
        let pause = look_every.mul_f64(1.0 + chance);
        if stopped.recv_timeout(pause) != Err(RecvTimeoutError::Timeout) {
            return;
        }
    }
}

fn due(database: &Database, before: Duration) -> Result<Vec<contests::DuePackage>, DatabaseError> {
    contests::packages_due(&mut *database.get()?, super::to_length(before), AFTER)
}
