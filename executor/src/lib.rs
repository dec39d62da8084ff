//! Bringing submissions to a verdict.
//!
//! [`judge`] is the core: a program, a package, a verdict. [`run_function`] puts it between a
//! message and the database: it claims, judges and writes, once per process. [`Scaler`] starts such
//! a process for each message; [`verify`] judges the jury's own submissions of a package.
//!
//! [`scaling`] says how many slots there should be and which task is next.
//!
//! There is no HTTP here, and no foreign program runs outside the sandbox.

mod function;
mod judging;
mod package_cache;
mod scaler;
pub mod scaling;
pub mod simulation;
mod verify;

pub use function::{FanOutRules, FunctionConfig, FunctionExit, run_function, settle_down};
pub use judging::{
    Compiled, HelpSource, Interrupted, JudgeJob, Judged, Left, Meter, ProgressSink, SourceText,
    SourcesError, StopRule, Turn, Workbench, help, judge, read_sources,
};
pub use package_cache::{CachedPackage, PackageCache};
pub use scaler::{
    CORE_VARIABLE, FunctionCommand, Lifetime, Prefetch, Scaler, ScalerConfig, ScalerMetrics,
    TaskSource, WORKER_VARIABLE,
};
pub use verify::{
    TimeBounds, TimeLimitSource, Timed, ValidatorCheck, VerifyError, VerifyEvent, VerifyOptions,
    VerifyReport, VerifyRow, verify,
};
