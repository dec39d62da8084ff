//! The program that every subject runs.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Failure;

/// Compiles it statically, so that it needs nothing of the host, and gives its path.
pub fn compile() -> Result<PathBuf, Failure> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/measure/program.c");
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("measured");
    let status =
        Command::new("cc").args(["-O2", "-static", "-o"]).arg(&program).arg(source).status()?;
    if status.success() { Ok(program) } else { Err("cc failed".into()) }
}
