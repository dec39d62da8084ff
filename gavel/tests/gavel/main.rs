//! The executable as its users run it: real processes, a real server, real compilers.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails there and then")]

mod browser;
mod command_line;
mod database;
mod dead_letters;
mod encrypted;
#[path = "../../../judge-api/tests/api/exposition.rs"]
mod exposition;
mod judge;
mod judging;
mod lanes;
mod monitoring;
mod nothing_lost;
mod packages_in_s3;
mod parts;
mod problem;
mod rejudge;
mod rejudging;
mod sandbox_contract;
mod sandbox_files;
mod sandbox_limits;
mod sandbox_runs;
mod sandbox_signals;
mod sandbox_specs;
mod sharing;
mod simulating;
mod spans;
mod stack;
mod starting;
mod upgrading;
mod verifying;
