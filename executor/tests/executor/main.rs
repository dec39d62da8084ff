//! Whole judgements, in the real sandbox, with a real database and real processes.
//!
//! One executable plays all parts: the tests, the sandbox's helper and, when started with the
//! argument `function`, the function that the scaler starts. So it has no standard harness.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod fan_out;
mod function;
mod golden;
mod judging;
mod kinds;
mod language_table;
mod metering;
mod metrics;
mod packages;
mod polygon;
mod prefetching;
mod scaler;
mod scoring;
mod small_memory;
mod stand;
mod verifying;
mod verifying_rules;
mod verifying_time_limits;
mod versions;

use libtest_mimic::{Arguments, Trial};
use std::{env, process::ExitCode};

/// Makes tests of functions that panic when they fail.
macro_rules! tests_of {
    ($($test:ident),* $(,)?) => {
        vec![$(libtest_mimic::Trial::test(
            concat!(module_path!(), "::", stringify!($test)),
            || { $test(); Ok(()) },
        )),*]
    };
}
pub(crate) use tests_of;

/// Makes tests of each function that takes a judge: one for each of these.
macro_rules! tests_on {
    ([$($test:ident),* $(,)?] $judges:tt) => {
        [$(crate::tests_on!(@one $test $judges)),*].into_iter().flatten().collect()
    };
    (@one $test:ident [$($judge:ident: $stack:literal),*]) => {
        vec![$(libtest_mimic::Trial::test(
            concat!(module_path!(), "::", stringify!($test), "::", $stack),
            || { $test($crate::stand::Judge::$judge()); Ok(()) },
        )),*]
    };
}
pub(crate) use tests_on;

/// Makes two tests of each function that takes a judge: on SQLite, and on PostgreSQL.
macro_rules! tests_on_each_database {
    ($($tests:tt)*) => {
        crate::tests_on!([$($tests)*] [on_sqlite: "sqlite", on_postgres: "postgres"])
    };
}
pub(crate) use tests_on_each_database;

/// Makes three tests of each function that takes a judge: on SQLite and on PostgreSQL, whose outbox is the queue, and
/// on PostgreSQL with a relay and RabbitMQ.
macro_rules! tests_on_each_stack {
    ($($tests:tt)*) => {
        crate::tests_on!([$($tests)*] [
            on_sqlite: "sqlite", on_postgres: "postgres", on_broker: "broker"
        ])
    };
}
pub(crate) use tests_on_each_stack;

fn main() -> ExitCode {
    sandbox::become_helper_if_asked();
    if env::args().nth(1).as_deref() == Some("function") {
        return stand::function_process();
    }
    let trials: Vec<Trial> = [
        judging::trials(),
        fan_out::trials(),
        kinds::trials(),
        scoring::trials(),
        polygon::trials(),
        language_table::trials(),
        golden::trials(),
        verifying::trials(),
        verifying_rules::trials(),
        verifying_time_limits::trials(),
        packages::trials(),
        function::trials(),
        scaler::trials(),
        metrics::trials(),
        prefetching::trials(),
        versions::trials(),
        small_memory::trials(),
        metering::trials(),
    ]
    .into_iter()
    .flatten()
    .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
