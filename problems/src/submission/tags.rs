//! What a jury submission says in a comment that it should come to (DOMjudge).

use super::Expected;
use crate::fault::{Fault, Findings};
use judge_types::Verdict;

/// Reads `@EXPECTED_RESULTS@: WRONG-ANSWER, TIMELIMIT` and `@EXPECTED_SCORE@: 30` in the beginning of a source.
pub(super) fn read(source: &[u8], place: &str, expected: &mut Expected, findings: &mut Findings) {
    for tag in ["@EXPECTED_RESULTS@:", "@EXPECTED_SCORE@:"] {
        let Some(words) = tagged(source, tag) else { continue };
        if let [word] = &words[..]
            && let Ok(score) = word.parse::<f64>()
        {
            *expected = Expected { score: Some((score, score)), ..Expected::default() };
            continue;
        }
        match words.iter().map(|word| result(word)).collect() {
            Ok(verdicts) => *expected = Expected { verdicts, ..Expected::default() },
            Err(word) => {
                let message = format!("{} {word:?} is not a result", tag);
                findings.fault(Fault::new(place, message));
            }
        }
    }
}

/// The words after a tag, which commas part.
fn tagged(source: &[u8], tag: &str) -> Option<Vec<String>> {
    let tag = tag.as_bytes();
    let start = source.windows(tag.len()).position(|window| window == tag)? + tag.len();
    let line = source[start..].split(|&byte| byte == b'\n').next()?;
    let line = String::from_utf8_lossy(line);
    let words = line.trim().trim_end_matches("*/").trim_end_matches("-->");
    Some(words.split(',').map(|word| word.trim().to_owned()).collect())
}

fn result(word: &str) -> Result<Verdict, String> {
    use Verdict::{
        Accepted, CompileError, MemoryLimitExceeded, OutputLimitExceeded, RunTimeError,
        TimeLimitExceeded, WrongAnswer,
    };
    let plain: String = word.to_ascii_lowercase().replace(['-', '_', ' '], "");
    Ok(match plain.as_str() {
        "correct" | "accepted" | "ac" => Accepted,
        "wronganswer" | "nooutput" | "wa" => WrongAnswer,
        "timelimit" | "timelimitexceeded" | "tle" => TimeLimitExceeded,
        "runerror" | "runtimeerror" | "rte" => RunTimeError,
        "compilererror" | "compileerror" | "ce" => CompileError,
        "memorylimit" | "memorylimitexceeded" | "mle" => MemoryLimitExceeded,
        "outputlimit" | "outputlimitexceeded" | "ole" => OutputLimitExceeded,
        _ => return Err(word.chars().take(40).collect()),
    })
}
