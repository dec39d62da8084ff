//! An S3 server of a test's own: it keeps objects in a folder, and wants requests signed.

use crate::authority::{AUTHORITY_FILE, Certified};
use crate::keeper::{Keeper, Program};
use crate::port::{Port, random};
use crate::tls;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s_fs::FileSystem;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;

const BUCKET: &str = "gavel";
const ACCESS_KEY: &str = "gavel-test";

/// An S3 server in a thread of this process, on a free loopback port, with one bucket. What it keeps is gone once
/// it is dropped or the process has ended, in whatever way.
pub struct S3 {
    /// Of the folder: it never starts anything.
    keeper: Keeper,
    port: Port,
    secret: String,
    tls: Option<TlsAcceptor>,
    running: Mutex<Option<Running>>,
}

struct Running {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl S3 {
    /// Starts a server that speaks plain HTTP.
    ///
    /// # Panics
    /// Where it does not start.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(None)
    }

    /// Starts a server that speaks HTTPS alone, with a certificate of [an authority of its
    /// own](Self::authority).
    ///
    /// # Panics
    /// Where it does not start.
    #[must_use]
    pub fn start_encrypted() -> Self {
        Self::start_with(Some(&Certified::new()))
    }

    fn start_with(certified: Option<&Certified>) -> Self {
        let program =
            Program { name: "s3", user: None, command: Vec::new(), environment: Vec::new() };
        let server = Self {
            keeper: Keeper::new(program),
            port: Port::hold(),
            secret: format!("{:016x}", random()),
            tls: certified.map(|certified| tls::server(certified).into()),
            running: Mutex::default(),
        };
        let made = std::fs::create_dir_all(server.bucket());
        let made = made.and_then(|()| match certified {
            Some(certified) => std::fs::write(server.authority(), &certified.authority),
            None => Ok(()),
        });
        made.unwrap_or_else(|error| panic!("make what the S3 server needs: {error}"));
        server.restart();
        server
    }

    /// Its bucket: `s3://…`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("s3://{BUCKET}")
    }

    /// The variables that say where it is and how to get in.
    #[must_use]
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        let endpoint = format!("{scheme}://127.0.0.1:{}", self.port.number);
        let mut variables = vec![
            ("AWS_ENDPOINT", endpoint),
            ("AWS_REGION", "us-east-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", ACCESS_KEY.to_owned()),
            ("AWS_SECRET_ACCESS_KEY", self.secret.clone()),
        ];
        if self.tls.is_none() {
            variables.push(("AWS_ALLOW_HTTP", "true".to_owned()));
        }
        variables
    }

    /// The file with the certificate, in PEM, of the authority that vouches for this server and for no other. Only
    /// for one that speaks TLS is there such a file.
    #[must_use]
    pub fn authority(&self) -> PathBuf {
        self.folder().join(AUTHORITY_FILE)
    }

    /// Where the server keeps its files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.keeper.folder()
    }

    /// The folder that the bucket is: each object is a file of its key's name.
    #[must_use]
    pub fn bucket(&self) -> PathBuf {
        self.root().join(BUCKET)
    }

    fn root(&self) -> PathBuf {
        self.folder().join("buckets")
    }

    /// Stops the server, in the middle of whatever it does. Nothing happens where it does not run.
    ///
    /// # Panics
    /// Where it had failed.
    pub fn stop(&self) {
        if let Some(Running { stop, thread }) = self.running().take() {
            drop(stop);
            thread.join().unwrap_or_else(|_| panic!("the S3 server had failed"));
        }
    }

    /// Starts the server again, on the same port and objects; stops it first where it runs.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn restart(&self) {
        self.stop();
        let files = FileSystem::new(self.root())
            .unwrap_or_else(|error| panic!("keep objects in a folder: {error:?}"));
        let mut service = S3ServiceBuilder::new(files);
        service.set_auth(SimpleAuth::from_single(ACCESS_KEY, self.secret.as_str()));
        let service = service.build();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, self.port.number))
            .and_then(|listener| listener.set_nonblocking(true).map(|()| listener))
            .unwrap_or_else(|error| panic!("listen on port {}: {error}", self.port.number));
        let tls = self.tls.clone();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::spawn(move || serve(listener, tls, &service, stopped));
        *self.running() = Some(Running { stop, thread });
    }

    fn running(&self) -> MutexGuard<'_, Option<Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for S3 {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Serves until `stopped` is done or dropped; then all connections break.
fn serve(
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    service: &S3Service,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.unwrap_or_else(|error| panic!("start a runtime: {error}"));
    let accepting = async {
        let listener = tokio::net::TcpListener::from_std(listener)
            .unwrap_or_else(|error| panic!("listen: {error}"));
        loop {
            // A client that is gone again is no failure.
            let Ok((socket, _)) = listener.accept().await else { continue };
            tokio::spawn(answer(socket, tls.clone(), service.clone()));
        }
    };
    runtime.block_on(async {
        tokio::select! {
            _ = stopped => {}
            () = accepting => {}
        }
    });
}

/// Serves one connection until either side ends it.
async fn answer(socket: TcpStream, tls: Option<TlsAcceptor>, service: S3Service) {
    let connections = http1::Builder::new();
    // How it ended, its client sees.
    match tls {
        None => drop(connections.serve_connection(TokioIo::new(socket), service).await),
        Some(tls) => {
            if let Ok(stream) = tls.accept(socket).await {
                drop(connections.serve_connection(TokioIo::new(stream), service).await);
            }
        }
    }
}
