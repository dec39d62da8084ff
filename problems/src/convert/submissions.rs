//! `submissions/` of the package that is made.

use super::Conversion;
use crate::{
    Expected, JurySubmission,
    fault::{Fault, Findings},
    written::{WrittenPackage, list, quoted},
};
use judge_types::Verdict::{
    self, Accepted, CompileError, RunTimeError, TimeLimitExceeded, WrongAnswer,
};
use std::path::PathBuf;

/// The folder for what has none of its own: rules say what it should come to.
const OTHER: &str = "other";

impl Conversion<'_> {
    pub(super) fn submissions(&self, written: &mut WrittenPackage, findings: &mut Findings) {
        let mut rules = String::new();
        for submission in &self.package.submissions {
            let verdicts = submission.expected.verdicts();
            if verdicts == [CompileError] {
                let message = "version 2025-09 has no submissions that do not compile; left out";
                findings.warn(Fault::new(place(submission), message));
                continue;
            }
            let folder = folder(&verdicts);
            // Submissions of two folders may have one name.
            let name = submission.name.replace('/', "-");
            let name = format!("{folder}/{}", name.trim_start_matches(&format!("{folder}-")));
            self.copy(submission, &name, written);
            if folder == OTHER || submission.language.is_some() {
                rules += &rule(&name, folder, submission, &verdicts);
            }
            if says_more(&submission.expected) {
                let message = "what is said of its score and of single test cases is left out";
                findings.warn(Fault::new(place(submission), message));
            }
        }
        if !rules.is_empty() {
            written.add("submissions/submissions.yaml", rules);
        }
    }

    fn copy(&self, submission: &JurySubmission, name: &str, written: &mut WrittenPackage) {
        if let [file] = &submission.files[..]
            && file.extension().is_some_and(|end| name.ends_with(&format!(".{}", end.display())))
        {
            written.copy(format!("submissions/{name}"), file);
            return;
        }
        let own = self.package.root.join("submissions").join(&submission.name);
        for file in &submission.files {
            let inner = file.strip_prefix(&own).map(PathBuf::from);
            let inner = inner.or_else(|_| file.file_name().map(PathBuf::from).ok_or(()));
            let inner = inner.unwrap_or_else(|()| file.clone());
            written.copy(format!("submissions/{name}/{}", inner.display()), file);
        }
    }
}

fn place(submission: &JurySubmission) -> String {
    format!("submissions/{}", submission.name)
}

/// The folder that means what the verdicts do (2025-09, section "Default Directories").
fn folder(verdicts: &[Verdict]) -> &'static str {
    let only = |among: &[Verdict]| verdicts.iter().all(|verdict| among.contains(verdict));
    match () {
        () if verdicts.is_empty() => OTHER,
        () if only(&[Accepted]) => "accepted",
        () if only(&[WrongAnswer]) => "wrong_answer",
        () if only(&[TimeLimitExceeded]) => "time_limit_exceeded",
        () if verdicts.iter().all(|v| v.in_packages() == RunTimeError) => "run_time_error",
        () if !verdicts.contains(&Accepted)
            && [WrongAnswer, TimeLimitExceeded, RunTimeError]
                .iter()
                .all(|v| verdicts.contains(v)) =>
        {
            "rejected"
        }
        () => OTHER,
    }
}

/// What `submissions.yaml` says of one submission.
fn rule(name: &str, folder: &str, submission: &JurySubmission, verdicts: &[Verdict]) -> String {
    let mut yaml = format!("{}:\n", quoted(name));
    if let Some(language) = &submission.language {
        yaml += &format!("  language: {}\n", quoted(language));
    }
    if folder == OTHER {
        let has = |verdict: &Verdict| verdicts.iter().any(|other| other.in_packages() == *verdict);
        let known = [Accepted, WrongAnswer, TimeLimitExceeded, RunTimeError];
        let required: Vec<_> = known.iter().filter(|v| has(v)).map(|v| v.code()).collect();
        let permitted: Vec<_> =
            known.iter().filter(|v| **v == Accepted || has(v)).map(|v| v.code()).collect();
        if !verdicts.is_empty() {
            yaml += &format!("  permitted: {}\n", list(&permitted));
            if !verdicts.contains(&Accepted) {
                yaml += &format!("  required: {}\n", list(&required));
            }
        }
    }
    if yaml.lines().count() > 1 { yaml } else { format!("{}: {{}}\n", quoted(name)) }
}

/// Whether rules or scores say more than what the whole submission may come to.
fn says_more(expected: &Expected) -> bool {
    expected.score.is_some() || expected.partial || expected.rules.len() > 1
}
