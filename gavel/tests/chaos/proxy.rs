//! A network between the judge and its servers that can be cut, or fall silent.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};

/// Passes connections on to a server.
pub(crate) struct Proxy {
    address: SocketAddr,
    network: Arc<Network>,
}

#[derive(Default)]
struct Network {
    streams: Mutex<Vec<TcpStream>>,
    is_silent: Mutex<bool>,
    heard: Condvar,
}

impl Proxy {
    /// To this port of this machine.
    pub(crate) fn to(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let network = Arc::new(Network::default());
        let all = Arc::clone(&network);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // A server that is away ends the connection at once.
                let Ok(server) = TcpStream::connect(("127.0.0.1", port)) else { continue };
                all.carry(&client, &server);
            }
        });
        Self { address, network }
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Cuts every connection; new ones are passed on.
    pub(crate) fn cut(&self) {
        for stream in self.network.streams.lock().unwrap().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Nothing gets through any more, and nobody is told.
    pub(crate) fn fall_silent(&self) {
        *self.network.is_silent.lock().unwrap() = true;
    }

    /// What was under way arrives after all.
    pub(crate) fn speak(&self) {
        *self.network.is_silent.lock().unwrap() = false;
        self.network.heard.notify_all();
    }
}

impl Network {
    fn carry(self: &Arc<Self>, client: &TcpStream, server: &TcpStream) {
        let mut kept = self.streams.lock().unwrap();
        kept.retain(|stream| stream.peer_addr().is_ok());
        for (from, to) in [(client, server), (server, client)] {
            let [from, to, kept_too] = [from, to, from].map(|stream| stream.try_clone().unwrap());
            kept.push(kept_too);
            let network = Arc::clone(self);
            std::thread::spawn(move || network.pass(from, to));
        }
    }

    fn pass(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut buffer = [0; 16384];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            let silence = self.is_silent.lock().unwrap();
            drop(self.heard.wait_while(silence, |is_silent| *is_silent).unwrap());
            if to.write_all(&buffer[..read]).is_err() {
                break;
            }
        }
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    }
}
