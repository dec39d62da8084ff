//! Programming languages as data.
//!
//! A language is one TOML file: what it is called, which files it owns, and the commands that
//! compile and run a program. [`Languages::load`] reads them, [`find`] looks for the toolchain
//! on this host, and a [`Toolchain`] turns a [`Layout`] of source files into argument vectors.
//!
//! Nothing here starts a foreign program, except [`Toolchain::version`], which an operator asks for.

mod base;
mod definition;
mod java;
mod layout;
mod search;
mod set;
mod template;
mod toolchain;

pub use definition::{Compile, Entry, Language, LanguageError, Run};
pub use layout::{Layout, Source};
pub use search::Search;
pub use set::Languages;
pub use template::{OUT_DIR, WORK_DIR};
pub use toolchain::{Invocation, Missing, Toolchain, find};
