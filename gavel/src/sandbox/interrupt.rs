//! Ctrl-C and its kin: the program is killed, the box closed, and only then this process ends.

use anyhow::Context;
use sandbox::Stopper;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};

/// Listens for the signals that ask this process to end.
#[derive(Debug, Clone, Default)]
pub(super) struct Interrupts(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    signal: Option<i32>,
    boxes: Vec<Stopper>,
}

/// How often a run that starts as it is being stopped is stopped again.
const AGAIN: Duration = Duration::from_millis(20);

impl Interrupts {
    /// Starts to listen.
    pub(super) fn listen() -> anyhow::Result<Self> {
        let interrupts = Self::default();
        let listener = interrupts.clone();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("start to listen for signals")?;
        // Listening begins before anything is run that would have to be stopped.
        let (mut hang_up, mut interrupt, mut terminate) = runtime.block_on(async {
            anyhow::Ok((
                signal(SignalKind::hangup())?,
                signal(SignalKind::interrupt())?,
                signal(SignalKind::terminate())?,
            ))
        })?;
        std::thread::spawn(move || {
            runtime.block_on(async {
                let received = tokio::select! {
                    _ = hang_up.recv() => SignalKind::hangup(),
                    _ = interrupt.recv() => SignalKind::interrupt(),
                    _ = terminate.recv() => SignalKind::terminate(),
                };
                listener.state().signal = Some(received.as_raw_value());
                loop {
                    listener.state().boxes.iter().for_each(Stopper::stop);
                    tokio::time::sleep(AGAIN).await;
                }
            });
        });
        Ok(interrupts)
    }

    /// Has the runs of a box stopped when a signal comes.
    pub(super) fn watch(&self, stopper: Stopper) {
        self.state().boxes.push(stopper);
    }

    /// The number of the signal that has come.
    pub(super) fn signal(&self) -> Option<i32> {
        self.state().signal
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
