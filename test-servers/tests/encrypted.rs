//! Servers that speak TLS speak nothing else, and each has an authority of its own.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod talk;

use talk::{GET, address, answer, ask, assert_not_reachable_from_elsewhere, endpoint};
use test_servers::{Postgres, RabbitMq, S3};

#[test]
fn encrypted_servers_talk_to_nobody_in_plain_text() {
    let (postgres, rabbitmq) = (Postgres::start_encrypted(), RabbitMq::start_encrypted());
    let s3 = S3::start_encrypted();
    let database = postgres.new_database();
    let encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    assert_eq!(ask(database.url(), encrypted).unwrap(), "t");
    let plain = database.url().replace("verify-full", "disable");
    assert!(ask(&plain, "SELECT 1").unwrap_err().contains("no encryption"));
    let [ours, other] = [postgres.authority(), rabbitmq.authority()];
    let other = database.url().replace(ours.to_str().unwrap(), other.to_str().unwrap());
    let mistrusted = ask(&other, "SELECT 1").unwrap_err();
    assert!(mistrusted.contains("certificate verify failed"), "{mistrusted}");

    const ALERT: u8 = 21;
    for (address, request) in
        [(address(&rabbitmq.url()), &b"AMQP\x00\x00\x09\x01"[..]), (address(&endpoint(&s3)), GET)]
    {
        let answer = answer(&address, request);
        assert!(answer.first().is_none_or(|byte| *byte == ALERT), "{answer:?}");
    }
    for url in [database.url(), &rabbitmq.url(), &endpoint(&s3)] {
        assert_not_reachable_from_elsewhere(url);
    }
}
