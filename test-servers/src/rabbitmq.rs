//! A RabbitMQ server of a test's own.

use crate::authority::Certified;
use crate::keeper::{Keeper, Program};
use crate::port::{Port, random};
use crate::programs;
use crate::server::{Server, environment};
use crate::tls;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::ops::Deref;
use std::sync::LazyLock;
use std::time::Duration;

/// A RabbitMQ server.
pub struct RabbitMq {
    server: Server,
    port: Port,
    password: String,
    scheme: &'static str,
    // Erlang's name server: RabbitMQ would start one that outlives it.
    _names: Keeper,
    _names_port: Port,
    _distribution_port: Port,
}

impl Deref for RabbitMq {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
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
        Self::start_with(None)
    }

    /// Starts a server that talks to nobody but in TLS, with a certificate of [an authority of its
    /// own](Server::authority).
    ///
    /// # Panics
    /// Where RabbitMQ is not installed or does not start.
    #[must_use]
    pub fn start_encrypted() -> Self {
        Self::start_with(Some(&Certified::new()))
    }

    fn start_with(certified: Option<&Certified>) -> Self {
        let program = programs::rabbitmq_server();
        let (port, names_port, distribution_port) = (Port::hold(), Port::hold(), Port::hold());
        let names = Keeper::new(Program {
            name: "epmd",
            user: Some("rabbitmq"),
            command: vec![
                programs::epmd().into(),
                "-address".into(),
                "127.0.0.1".into(),
                "-port".into(),
                names_port.number.to_string().into(),
            ],
            environment: Vec::new(),
        });
        names.start(|_| connect(names_port.number).is_some());
        let script = concat!(include_str!("tls.sh"), include_str!("rabbitmq.sh"));
        let mut command: Vec<_> = ["/bin/sh", "-c", script, "rabbitmq"].map(Into::into).into();
        command.push(program.into());
        let ports = [&port, &distribution_port, &names_port];
        command.extend(ports.map(|port| port.number.to_string().into()));
        let password = format!("{:016x}", random());
        let program = Program {
            name: "rabbitmq",
            user: Some("rabbitmq"),
            command,
            environment: environment(&password, certified),
        };
        let number = port.number;
        let authority = certified.map(|certified| certified.authority.clone());
        let server = Server::start(program, "TERM", move |_, _| {
            greets(number, authority.as_deref()).is_some()
        });
        Self {
            server,
            port,
            password,
            scheme: if certified.is_some() { "amqps" } else { "amqp" },
            _names: names,
            _names_port: names_port,
            _distribution_port: distribution_port,
        }
    }

    /// Where it is, with the password: `amqp://…`, or `amqps://…` where it speaks TLS; the default virtual host.
    #[must_use]
    pub fn url(&self) -> String {
        let Self { scheme, password, port, .. } = self;
        format!("{scheme}://gavel:{password}@127.0.0.1:{}/%2f", port.number)
    }
}

fn connect(port: u16) -> Option<TcpStream> {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).ok()
}

/// Whether a broker answers: to the protocol's header with a frame of type 1, the method `connection.start`.
fn greets(port: u16, authority: Option<&str>) -> Option<()> {
    let stream = connect(port)?;
    stream.set_read_timeout(Some(Duration::from_secs(10))).ok()?;
    let mut frame_type = [0];
    let mut greet = |stream: &mut dyn ReadWrite| {
        stream.write_all(b"AMQP\x00\x00\x09\x01").ok()?;
        stream.read_exact(&mut frame_type).ok()
    };
    match authority {
        None => greet(&mut { stream })?,
        Some(authority) => greet(&mut tls::encrypt(stream, authority)?)?,
    }
    (frame_type == [1]).then_some(())
}

trait ReadWrite: Read + Write {}
impl<T: Read + Write> ReadWrite for T {}
