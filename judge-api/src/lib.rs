//! The HTTP API and the web pages.
//!
//! Everything is one server: JSON below `/api/v1`, pages for people everywhere else. A handler's
//! signature says who may call it ([`auth`]); what a person may see of a submission is decided in
//! one place ([`access`]). No program is run here, and nothing runs while nobody asks, but for a look now and then for
//! rejudgings that a crash cut off: judging is somebody else's work, told of by the queue's bell.

mod access;
pub mod accounts;
mod api;
mod app;
mod auth;
mod config;
mod error;
mod headers;
mod live;
mod log;
mod making;
mod memory;
pub mod monitoring;
mod offered;
mod origin;
pub mod packages;
mod pages;
mod parse;
mod price;
mod server;
mod submit;
mod sweeping;
mod trace;
mod upload;

pub use api::openapi::openapi;
pub use config::{ApiConfig, ApiLimits};
pub use offered::OfferedLanguages;
pub use price::Price;
pub use server::{Running, start};
