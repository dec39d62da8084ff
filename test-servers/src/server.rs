//! What the servers that are processes of their own have in common.

use crate::authority::{AUTHORITY_FILE, Certified};
use crate::keeper::{Keeper, Program};
use std::path::{Path, PathBuf};

/// Whether the server in this folder, with this process id, is ready.
type Ready = Box<dyn Fn(&Path, u32) -> bool + Send + Sync>;

/// A server on a free loopback port, with its data in a temporary folder. Both are gone once this is
/// dropped or the process has ended, in whatever way.
pub struct Server {
    keeper: Keeper,
    /// Ends it as its administrator would.
    stop_signal: &'static str,
    /// Says of its folder and its process whether it serves.
    ready: Ready,
}

impl Server {
    /// Starts it and waits until it serves.
    pub(crate) fn start(
        program: Program,
        stop_signal: &'static str,
        ready: impl Fn(&Path, u32) -> bool + Send + Sync + 'static,
    ) -> Self {
        let server = Self { keeper: Keeper::new(program), stop_signal, ready: Box::new(ready) };
        server.wake();
        server
    }

    /// Stops the server as its administrator would: clients are disconnected, everything is written.
    pub fn stop(&self) {
        self.keeper.end(self.stop_signal);
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

    /// The file with the certificate, in PEM, of the authority that vouches for this server and for no other. Only
    /// for one that speaks TLS is there such a file.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.folder().join(AUTHORITY_FILE)
    }

    /// Ends the server in a way of its own.
    pub(crate) fn end(&self, signal: &str) {
        self.keeper.end(signal);
    }

    fn wake(&self) {
        self.keeper.start(|pid| (self.ready)(self.folder(), pid));
    }
}

/// What a server's script gets in its environment.
pub(crate) fn environment(
    password: &str,
    certified: Option<&Certified>,
) -> Vec<(&'static str, String)> {
    let password = ("PASSWORD", password.to_owned());
    certified.into_iter().flat_map(Certified::environment).chain([password]).collect()
}
