//! Runs one program under limits; knows nothing of judging.
//!
//! A [`Sandbox`] is one box: namespaces, a small root of its own, read-only toolchains, a work
//! folder. [`Sandbox::run`] runs one program in it and says how the program ended and what it
//! used. Nothing outlives a run, and nothing outlives the box.
//!
//! Four processes take part in a run:
//!
//! 1. the *owner*, the process that called [`Sandbox::open`]: it keeps the clock and the accounts;
//! 2. the [`Launcher`], the owner's own executable started again (see [`become_helper_if_asked`]):
//!    small and single-threaded, so that forking it is safe and cheap;
//! 3. for each box its *keeper*, forked from the launcher: process 1 of the box's process
//!    namespace. It sits in the box's control groups, so that what it starts is born there;
//! 4. for each run the program, a child of the keeper, prepared before it is asked for.
//!
//! Killing the owner closes the sockets that the others live by, and the kernel kills everything in
//! a box with its keeper.

mod cgroup;
pub mod document;
mod erase;
mod error;
mod helper;
mod host;
mod input;
mod joined;
mod launcher;
mod minimal;
mod outcome;
mod policy;
mod protocol;
mod request;
mod sandbox;
mod spec;
mod stopper;
mod supervise;
mod sys;
mod tree;
mod work_dir;
mod written;

pub use cgroup::CgroupVersion;
pub use error::SandboxError;
pub use helper::become_helper_if_asked;
pub use host::{Enforcement, HostReport, Mechanism, probe, probe_with};
pub use joined::{Joined, Side, Talk, TalkLimits, run_joined, run_recorded};
pub use launcher::Launcher;
pub use outcome::{Ending, Outcome, Usage};
pub use policy::{Policy, PolicyError};
pub use sandbox::Sandbox;
pub use spec::{
    BoxSpec, Helper, Input, Level, Mount, Output, RunLimits, RunSpec, Stdio, WorkAccess,
};
pub use stopper::Stopper;
pub use work_dir::{WorkDir, WorkEntry};
