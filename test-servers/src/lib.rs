//! Private PostgreSQL, RabbitMQ and S3 servers for tests, each in plain text or with TLS alone: on free loopback
//! ports, with their files in a temporary folder, gone with the process that asked for them. The system's servers
//! are neither used nor touched.
//!
//! Between the test process and each server stands a keeper, a shell that reads a pipe: the pipe ends
//! with the test process, whatever ends that, and the keeper then kills the server and removes its files.

mod authority;
mod keeper;
mod port;
mod postgres;
mod programs;
mod rabbitmq;
mod s3;
mod server;
mod tls;

pub use postgres::{Postgres, PostgresDatabase, encrypted_postgres, postgres};
pub use rabbitmq::{RabbitMq, rabbitmq};
pub use s3::S3;
pub use server::Server;
