//! Programs of the jury whose folder says itself how they are built and run.
//!
//! ICPC problem package format, section "Programs": the scripts `build` and `run`.

use super::Workbench;
use judge_types::{JudgingError, JudgingErrorKind};
use languages::{Language, Toolchain};

/// The id of the language that such programs are taken to be in. No contestant can name it.
pub(super) const ID: &str = "scripts";

const DEFINITION: &str = r#"
name = "Build and run scripts"
icpc_names = ["scripts"]
extensions = ["sh"]
package = "dash"
version = ["{shell}", "-c", "echo 1"]

[commands]
shell = ["sh"]

[compile]
command = ["{shell}", "-c", "if [ -f build ]; then ./build && [ -f run ]; fi"]

[run]
command = ["{work}/run"]
policy = "compiler"
processes = 64
"#;

/// What scripts may count on: a shell, and what this machine has of Python 3, C and C++.
pub(super) fn toolchain(bench: &Workbench) -> Result<Toolchain, JudgingError> {
    let broken = |error: String| JudgingError::new(JudgingErrorKind::Host, error);
    let language =
        Language::parse("scripts.toml", DEFINITION).map_err(|error| broken(error.to_string()))?;
    let mut toolchain = bench.toolchain(&language)?;
    for language in ["c", "cpp17", "python3"] {
        let found = bench.languages.get(language).map(|language| bench.toolchain(language));
        let Some(Ok(other)) = found else { continue };
        for mount in other.mounts {
            if !toolchain.mounts.contains(&mount) {
                toolchain.mounts.push(mount);
            }
        }
    }
    Ok(toolchain)
}
