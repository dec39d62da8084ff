//! A thread that looks after this process while it judges, and may end it.

use super::FunctionExit;
use std::{
    process,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, RecvTimeoutError, Sender},
    },
    thread,
    time::Duration,
};
use store::{AnyConnection, DatabaseError, DatabaseUrl, database};

/// What a watchdog does.
pub(super) trait Watch: Send + 'static {
    /// Why the process is to end.
    type Reason;

    /// How long until the next look.
    fn pause(&self) -> Duration;

    /// Looks, and does what is to be done again and again.
    fn look(&mut self) -> Option<Self::Reason>;

    /// Says how the process ends, whose work is not over yet and goes no further.
    fn end(&mut self, reason: Self::Reason) -> FunctionExit;
}

/// The thread, until it is stopped.
pub(super) struct Watchdog {
    stop: Sender<()>,
    /// Whether the work is over. Held while the thread ends the process, so that the end is told once, by one of two.
    over: Arc<Mutex<bool>>,
}

impl Watchdog {
    pub(super) fn start(mut watch: impl Watch) -> Self {
        let (stop, stopped) = mpsc::channel();
        let over = Arc::new(Mutex::new(false));
        let is_over = Arc::clone(&over);
        thread::spawn(move || {
            loop {
                match stopped.recv_timeout(watch.pause()) {
                    Err(RecvTimeoutError::Timeout) => {}
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => return,
                }
                if let Some(reason) = watch.look() {
                    let over = is_over.lock().unwrap_or_else(PoisonError::into_inner);
                    if !*over {
                        process::exit(watch.end(reason).code().into());
                    }
                    return;
                }
            }
        });
        Self { stop, over }
    }

    /// From its return on, the thread does nothing more.
    pub(super) fn stop(self) {
        *self.over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        // It may be gone already; then there is nothing to stop.
        let _ = self.stop.send(());
    }
}

/// A connection of the thread's own: the one that judges uses another.
pub(super) struct OwnConnection {
    url: DatabaseUrl,
    open: Option<AnyConnection>,
}

impl OwnConnection {
    pub(super) fn to(url: &DatabaseUrl) -> Self {
        Self { url: url.clone(), open: None }
    }

    /// The connection, opened if there is none.
    pub(super) fn get(&mut self) -> Result<&mut AnyConnection, DatabaseError> {
        let open = match self.open.take() {
            Some(open) => open,
            None => database::connect(&self.url)?,
        };
        Ok(self.open.insert(open))
    }

    /// It has failed: the next time another one is opened.
    pub(super) fn drop_it(&mut self) {
        self.open = None;
    }
}
