//! Private PostgreSQL and RabbitMQ servers for tests: on free loopback ports, with their files in a temporary
//! folder, gone with the process that asked for them. The system's servers are neither used nor touched.
//!
//! Between the test process and each server stands a keeper, a shell that reads a pipe: the pipe ends
//! with the test process, whatever ends that, and the keeper then kills the server and removes its files.

mod keeper;
mod port;
mod postgres;
mod programs;
mod rabbitmq;

pub use postgres::{Postgres, PostgresDatabase, postgres};
pub use rabbitmq::{RabbitMq, rabbitmq};
