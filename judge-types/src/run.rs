//! What the compiler and each test case gave.

use crate::{RunUsage, Score, Verdict};
use serde::{Deserialize, Serialize};

/// What the compiler said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompileResult {
    /// Whether there is a program to run.
    pub success: bool,
    /// What the compiler printed, as text, cut to the limit.
    pub output: String,
    /// What the compiler used.
    pub usage: RunUsage,
}

/// One test case within a judgement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunResult {
    /// Position in the order of judging, from 1.
    pub ordinal: u32,
    /// The test case's name within the package, for example `secret/02-large`.
    pub test_case: String,
    /// Whether the test case is a sample, whose data contestants may see.
    pub is_sample: bool,
    /// What this run alone came to.
    pub verdict: Verdict,
    /// What it is worth, in a problem that gives scores.
    pub score: Option<Score>,
    /// What the contestant's program used.
    pub usage: RunUsage,
    /// How the program ended, in words: `exit code 3`, `signal 11 (SIGSEGV)`,
    /// `forbidden system call socket`. Empty for an ordinary end.
    pub ending: String,
    /// What the output validator told the jury; never shown to contestants.
    pub judge_message: Option<String>,
    /// What the output validator told the team.
    pub team_message: Option<String>,
    /// What an interactive submission and the validator said, its beginning.
    pub transcript: Option<String>,
    /// What the program wrote as its answer, its beginning, in a run that is not accepted; passes are parted by `---`. Of an
    /// interactive submission the transcript has it.
    pub output: Option<String>,
    /// The end of what the program wrote to standard error in a run that is not accepted.
    pub error_output: Option<String>,
}
