//! What a jury submission says in a comment that it should come to (DOMjudge).

use super::Expected;
use crate::fault::{Fault, Findings};
use judge_types::Verdict;

const RESULTS: &str = "@EXPECTED_RESULTS@:";
const SCORE: &str = "@EXPECTED_SCORE@:";

/// The folders that say it themselves: a submission in them can only be more exact.
const OFFICIAL: [&str; 4] = ["accepted", "wrong_answer", "time_limit_exceeded", "run_time_error"];

/// Whether there is a tag in the source.
pub(super) fn are_in(source: &[u8]) -> bool {
    [RESULTS, SCORE].iter().any(|tag| tagged(source, tag).is_some())
}

/// Reads `@EXPECTED_RESULTS@: WRONG-ANSWER, TIMELIMIT` and `@EXPECTED_SCORE@: 30` in the beginning of a source in `folder`.
pub(super) fn read(
    source: &[u8],
    place: &str,
    folder: &str,
    expected: &mut Expected,
    findings: &mut Findings,
) {
    for tag in [RESULTS, SCORE] {
        let Some(words) = tagged(source, tag) else { continue };
        if let [word] = &words[..]
            && let Ok(score) = word.parse::<f64>()
        {
            expected.score = Some((score, score));
            continue;
        }
        let verdicts: Vec<Verdict> = match words.iter().map(|word| result(word)).collect() {
            Ok(verdicts) => verdicts,
            Err(word) => {
                let message = format!("{tag} {word:?} is not a result; ignored");
                findings.warn(Fault::new(place, message));
                continue;
            }
        };
        if !OFFICIAL.contains(&folder) {
            *expected = Expected { verdicts, score: expected.score, ..Expected::default() };
        } else if verdicts.iter().all(|verdict| expected.allows(*verdict)) {
            expected.verdicts = verdicts;
        } else {
            let message = format!("{tag} is not what the folder {folder} says, which counts");
            findings.warn(Fault::new(place, message));
        }
    }
}

/// The words after a tag, which commas part; it may be in any case.
fn tagged(source: &[u8], tag: &str) -> Option<Vec<String>> {
    let is_tag = |window: &[u8]| window.eq_ignore_ascii_case(tag.as_bytes());
    let start = source.windows(tag.len()).position(is_tag)? + tag.len();
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
