//! Programming languages as data.
//!
//! A language is one TOML file: what it is called, which files it owns, and the commands that
//! compile and run a program. [`Languages::load`] reads them, [`find`] looks for the toolchain
//! on this host, and a [`Toolchain`] turns a [`Layout`] of source files into argument vectors.
//!
//! Commands are templates. Besides the names under `[commands]` they may hold `{sources}` (one argument for each
//! source file), `{main}` (the file where the program starts), `{main_class}`, `{out}` (a folder for what the
//! compiler makes), `{memory_mib}` (the memory limit), `{work}` (the work folder, where the sources lie and the commands
//! run) and `{temporary}` (a folder that every run finds empty).
//! To add a language, add a file to `definitions/`, or to a folder of your own and give that to [`Languages::load`].
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
pub use template::Folders;
pub use toolchain::{Invocation, Missing, Toolchain, find};
