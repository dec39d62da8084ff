//! A RabbitMQ server of a test's own.

use crate::keeper::{Keeper, Server};
use crate::port::{Port, random};
use crate::programs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::sync::LazyLock;
use std::time::Duration;

/// A RabbitMQ server on a free loopback port, with its data in a temporary folder. Both are gone
/// once this is dropped or the process has ended, in whatever way.
pub struct RabbitMq {
    keeper: Keeper,
    port: Port,
    password: String,
    // Erlang's name server: RabbitMQ would start one that outlives it.
    _names: Keeper,
    _names_port: Port,
    _distribution_port: Port,
}

/// The one server that the tests of this process share, started when first asked for.
///
/// # Panics
/// Where RabbitMQ is not installed or does not start.
pub fn rabbitmq() -> &'static RabbitMq {
    static SHARED: LazyLock<RabbitMq> = LazyLock::new(RabbitMq::start);
    &SHARED
}

impl RabbitMq {
    /// Starts a server; it takes some seconds.
    ///
    /// # Panics
    /// Where RabbitMQ is not installed or does not start.
    #[must_use]
    pub fn start() -> Self {
        let program = programs::rabbitmq_server();
        let (port, names_port, distribution_port) = (Port::hold(), Port::hold(), Port::hold());
        let names = Keeper::new(Server {
            name: "epmd",
            user: "rabbitmq",
            command: vec![
                programs::epmd().into(),
                "-address".into(),
                "127.0.0.1".into(),
                "-port".into(),
                names_port.number.to_string().into(),
            ],
            environment: Vec::new(),
        });
        names.start(|_| connect(&names_port).is_some());
        let mut command: Vec<_> =
            ["/bin/sh", "-c", include_str!("rabbitmq.sh"), "rabbitmq"].map(Into::into).into();
        command.push(program.into());
        let ports = [&port, &distribution_port, &names_port];
        command.extend(ports.map(|port| port.number.to_string().into()));
        let password = format!("{:016x}", random());
        let keeper = Keeper::new(Server {
            name: "rabbitmq",
            user: "rabbitmq",
            command,
            environment: vec![("PASSWORD", password.clone())],
        });
        let server = Self {
            keeper,
            port,
            password,
            _names: names,
            _names_port: names_port,
            _distribution_port: distribution_port,
        };
        server.wake();
        server
    }

    /// Where it is, with the password: `amqp://…`, the default virtual host.
    #[must_use]
    pub fn url(&self) -> String {
        format!("amqp://gavel:{}@127.0.0.1:{}/%2f", self.password, self.port.number)
    }

    /// Stops the server as its administrator would.
    pub fn stop(&self) {
        self.keeper.end("TERM");
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

    /// The server's process while it runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.keeper.pid()
    }

    /// Where the server keeps its files.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.keeper.folder()
    }

    fn wake(&self) {
        self.keeper.start(|_| greets(&self.port).is_some());
    }
}

fn connect(port: &Port) -> Option<TcpStream> {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port.number)).ok()
}

/// Whether a broker answers: to the protocol's header with a frame of type 1, the method `connection.start`.
fn greets(port: &Port) -> Option<()> {
    let mut stream = connect(port)?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    stream.write_all(b"AMQP\x00\x00\x09\x01").ok()?;
    let mut frame_type = [0];
    stream.read_exact(&mut frame_type).ok()?;
    (frame_type == [1]).then_some(())
}
