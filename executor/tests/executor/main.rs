//! Whole judgements, in the real sandbox, with a real database and real processes.
//!
//! One executable plays all parts: the tests, the sandbox's helper and, when started with the
//! argument `function`, the function that the scaler starts. So it has no standard harness.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod function;
mod golden;
mod judging;
mod language_table;
mod metering;
mod metrics;
mod packages;
mod scaler;
mod small_memory;
mod stand;
mod verifying;

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

/// Makes two tests of each function that takes a judge: on SQLite, and on PostgreSQL.
macro_rules! tests_on_each_database {
    ($($test:ident),* $(,)?) => {
        vec![$(
            libtest_mimic::Trial::test(
                concat!(module_path!(), "::", stringify!($test), "::sqlite"),
                || { $test($crate::stand::Judge::on_sqlite()); Ok(()) },
            ),
            libtest_mimic::Trial::test(
                concat!(module_path!(), "::", stringify!($test), "::postgres"),
                || { $test($crate::stand::Judge::on_postgres()); Ok(()) },
            ),
        )*]
    };
}
pub(crate) use tests_on_each_database;

fn main() -> ExitCode {
    sandbox::become_helper_if_asked();
    if env::args().nth(1).as_deref() == Some("function") {
        return stand::function_process();
    }
    let trials: Vec<Trial> = [
        judging::trials(),
        language_table::trials(),
        golden::trials(),
        verifying::trials(),
        packages::trials(),
        function::trials(),
        scaler::trials(),
        metrics::trials(),
        small_memory::trials(),
        metering::trials(),
    ]
    .into_iter()
    .flatten()
    .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
