//! Problems of every type: interactive, in several passes, with scores, with files and arguments.

use crate::{
    scoring::{scored, summary},
    stand::{PackageFolder, bash, judged, judged_with, source},
    tests_of,
};
use executor::StopRule;
use judge_types::{JudgingErrorKind, Verdict};
use libtest_mimic::Trial;
use std::{fs, os::unix::fs::PermissionsExt};

pub(crate) fn trials() -> Vec<Trial> {
    tests_of![
        a_talk_ends_with_the_validators_word,
        who_ends_first_decides_a_talk,
        a_validator_that_breaks_down_in_a_talk_is_the_packages_fault,
        a_pass_follows_the_other_until_the_validator_is_content,
        too_many_passes_are_the_packages_fault,
        a_static_validator_looks_at_the_source,
        validators_start_where_the_submission_is,
        a_validator_is_brief,
        what_a_compiler_leaves_is_no_fault_of_the_judge,
        arguments_files_and_writing,
        what_is_written_into_files_is_output,
        scripts_build_and_run_a_validator,
        constants_are_put_in_their_places,
        answers_are_judged_without_a_program,
        who_fails_gets_a_hint,
    ]
}

/// Thinks of the input's number and answers guesses.
const GUESSING: &str = r#"
import sys
secret = int(open(sys.argv[1]).read())
try:
    for _ in range(10):
        line = sys.stdin.readline()
        if not line.strip().lstrip('-').isdigit():
            open(sys.argv[3] + "judgemessage.txt", "w").write("no guess: %r" % line[:20])
            sys.exit(43)
        guess = int(line)
        if guess == -1:
            sys.exit(43)
        answer = "higher" if guess < secret else "lower" if guess > secret else "right"
        print(answer, flush=True)
        if guess == secret:
            sys.exit(42)
except BrokenPipeError:
    sys.exit(43)
sys.exit(43)
"#;

const BINARY_SEARCH: &str = "low=0; high=100
while :; do
  middle=$(((low + high) / 2)); echo $middle; read -r answer
  case $answer in higher) low=$((middle + 1));; lower) high=$((middle - 1));; *) exit 0;; esac
done\n";

fn guessing(validator: &str) -> PackageFolder {
    let package = PackageFolder::new(&[("50", ""), ("37", "")]).validated_by("guess.py", validator);
    package.file(
        "problem.yaml",
        "name: Test\nvalidation: custom interactive\nlimits:\n  memory: 256\n  output: 1\n",
    );
    package
}

fn a_talk_ends_with_the_validators_word() {
    let package = guessing(GUESSING);
    let right = bash(&package, BINARY_SEARCH);
    assert_eq!((right.verdict, right.runs.len()), (Verdict::Accepted, 2), "{right:?}");
    let talk = right.runs[1].transcript.as_deref().unwrap();
    assert!(talk.starts_with(">50\n<lower\n>24\n<higher\n"), "{talk}");
    assert!(talk.ends_with(">37\n<right\n"), "{talk}");
    assert!(right.runs[1].usage.cpu_ms < 1_000, "the validator's time is not the submission's");
    let wrong = bash(&package, "echo 3; read -r x; echo what\n");
    assert_eq!(wrong.verdict, Verdict::WrongAnswer);
    assert_eq!(wrong.runs[0].judge_message.as_deref(), Some(r"no guess: 'what\n'"));
}

fn who_ends_first_decides_a_talk() {
    let package = guessing(GUESSING);
    for (code, expected) in [
        // Ends badly before the validator has said anything.
        ("exit 3\n", Verdict::RunTimeError),
        ("read -r x; exit 0\n", Verdict::TimeLimitExceeded),
        ("echo 50; read -r x; while :; do :; done\n", Verdict::TimeLimitExceeded),
        // Ends well, but without the answer.
        ("exit 0\n", Verdict::WrongAnswer),
        ("exec 1>&-; read -r x; exit 0\n", Verdict::WrongAnswer),
        // Was wrong first: what it does then is no matter.
        ("echo -1; read -r x; exit 9\n", Verdict::WrongAnswer),
        ("echo -1; read -r x; while :; do :; done\n", Verdict::WrongAnswer),
        // Was right, but must come to a good end.
        ("echo 50; read -r x; exit 9\n", Verdict::RunTimeError),
        // Says far too much.
        ("while read -r x; do :; done & exec yes '' \n", Verdict::WrongAnswer),
    ] {
        let judged = judged_with(
            &package,
            "bash",
            source("a.sh", code),
            StopRule::AtFirstFailure,
            |limits| limits.time_ms = 300,
        );
        let judged = judged.unwrap_or_else(|error| panic!("{code}: {error}"));
        assert_eq!(judged.verdict, expected, "{code}: {:?}", judged.runs);
    }
    // Ends well while the validator still speaks, or goes on to speak to one that has accepted.
    let says_more = "import sys\nn = int(input())\nfor _ in range(10**5): print('more')\n\
                     sys.stdout.flush()\nsys.exit(42 if n > 0 else 43)\n";
    for (code, expected) in [
        ("echo 1\n", Verdict::Accepted),
        ("echo 0\n", Verdict::WrongAnswer),
        (
            "echo 1; cat > /dev/null; for i in 1 2 3; do sleep 0.1; echo bye; done\n",
            Verdict::Accepted,
        ),
        ("echo 1; exec 1>&-; sleep 0.3; exit 7\n", Verdict::RunTimeError),
    ] {
        let judged = bash(&guessing(says_more), code);
        assert_eq!(judged.verdict, expected, "{code}: {:?}", judged.runs);
    }
    let patient = guessing("import sys\nwhile sys.stdin.readline(): pass\nsys.exit(43)\n");
    let flood = bash(&patient, "exec yes\n");
    assert_eq!(flood.verdict, Verdict::OutputLimitExceeded, "{:?}", flood.runs);
    let talk = flood.runs[0].transcript.as_deref().unwrap();
    assert!(talk.len() < 256 << 10 && talk.ends_with("… (more was said)\n"), "{}", talk.len());
}

fn a_validator_that_breaks_down_in_a_talk_is_the_packages_fault() {
    for (validator, says) in [
        ("import sys\nsys.exit(1)\n", "exit code 1"),
        ("import time\ntime.sleep(0.2)\nraise SystemExit(0)\n", "exit code 0"),
        ("while True: print('x' * 1000)\n", "said more than"),
        ("while True: pass\n", "took much of the time"),
    ] {
        let package = guessing(validator);
        let error = judged(&package, "bash", source("a.sh", "cat > /dev/null\n")).unwrap_err();
        assert_eq!(error.kind, JudgingErrorKind::Package);
        assert!(error.message.contains(says), "{error}");
    }
    // A submission that ended badly before is judged by that.
    let package = guessing("import sys\nsys.stdin.read()\nsys.exit(1)\n");
    assert_eq!(bash(&package, "exit 5\n").verdict, Verdict::RunTimeError);
}

/// First pass: the number; second pass: what the submission made of it, which must be turned back.
const THERE_AND_BACK: &str = r#"
import sys
given, said = open(sys.argv[1]).read().split(), sys.stdin.read().split()
note = open(sys.argv[3] + "judgemessage.txt", "a")
note.write("%s -> %s\n" % (given, said))
if given[0] == "there":
    open(sys.argv[3] + "nextpass.in", "w").write("back %s\n" % said[0])
    open(sys.argv[3] + "first", "w").write(given[1])
    sys.exit(42)
sys.exit(42 if said == [open(sys.argv[3] + "first").read()] else 43)
"#;

fn in_passes(validator: &str, passes: u32) -> PackageFolder {
    let package =
        PackageFolder::new(&[("there 5", ""), ("there 8", "")]).validated_by("check.py", validator);
    let yaml = format!(
        "name: Test\nvalidation: custom multi-pass\nlimits:\n  validation_passes: {passes}\n"
    );
    package.file("problem.yaml", &yaml);
    package
}

fn a_pass_follows_the_other_until_the_validator_is_content() {
    let package = in_passes(THERE_AND_BACK, 2);
    let code =
        "read -r way n; case $way in there) echo $((n * 2));; back) echo $((n / 2));; esac\n";
    let right = bash(&package, code);
    assert_eq!((right.verdict, right.runs.len()), (Verdict::Accepted, 2), "{right:?}");
    let message = right.runs[0].judge_message.as_deref().unwrap();
    assert_eq!(message, "['there', '5'] -> ['10']\n['back', '10'] -> ['5']");
    assert_eq!(bash(&package, "read -r way n; echo $n$n\n").verdict, Verdict::WrongAnswer);
    let second = "read -r way n; [ $way = there ] && echo $n\n";
    assert_eq!(bash(&package, second).verdict, Verdict::RunTimeError);
}

fn too_many_passes_are_the_packages_fault() {
    let again = "import sys\nopen(sys.argv[3] + 'nextpass.in', 'w')\nsys.exit(42)\n";
    let error = judged(&in_passes(again, 3), "bash", source("a.sh", "cat\n")).unwrap_err();
    assert!(error.message.contains("more than 3 passes on test case sample/00"), "{error}");
    let wrong = "import sys\nopen(sys.argv[3] + 'nextpass.in', 'w')\nsys.exit(43)\n";
    let error = judged(&in_passes(wrong, 3), "bash", source("a.sh", "cat\n")).unwrap_err();
    assert!(error.message.contains("does not accept the output"), "{error}");
}

fn a_static_validator_looks_at_the_source() {
    let package = scored(
        "name: Test\nproblem_format_version: 2025-09\nuuid: 1\ntype: scoring\n",
        &[
            (
                "a",
                "max_score: 40\nscore_aggregation: sum\nstatic_validation_score: 10\nstatic_validator_args: ['20']\n",
            ),
            ("b", "max_score: 60\n"),
        ],
    );
    package.file(
        "static_validator/short.py",
        "import os, sys\n\
         language, entry, feedback, most = sys.argv[1:5]\n\
         open(feedback + 'judgemessage.txt', 'w').write(f'{language} {entry}')\n\
         sys.exit(42 if os.path.getsize(entry) <= int(most) else 43)\n",
    );
    let short = bash(&package, "cat\n");
    assert_eq!(summary(&short), (Verdict::Accepted, Some(100.0)));
    let run = &short.runs[1];
    assert_eq!((run.test_case.as_str(), run.ordinal), ("secret/a/static_validation", 2));
    assert_eq!(run.judge_message.as_deref(), Some("bash a.sh"));
    let long = bash(&package, "# a long way to say it\ncat\n");
    assert_eq!(summary(&long), (Verdict::WrongAnswer, Some(90.0)));
}

/// Says what there is where it starts, and accepts everything.
const LOOKING: &str = "\
import os, sys
there = sorted(os.path.join(folder, file)[2:] for folder, _, files in os.walk('.') for file in files)
open(sys.argv[-1] + 'judgemessage.txt', 'w').write(' '.join(there))
sys.exit(42)
";

fn validators_start_where_the_submission_is() {
    let said = |head: &str, folder: &str, language: &str, files: &[(&str, &str)]| {
        let package = PackageFolder::new(&[("", ""), ("", "")]);
        package.file("problem.yaml", &format!("name: Test\n{head}"));
        package.file(&format!("{folder}/look.py"), LOOKING);
        package.file("include/c/help.h", "#define CODE 0\n");
        let files = files.iter().map(|(name, content)| executor::SourceText {
            name: (*name).into(),
            content: (*content).into(),
        });
        let judged = judged(&package, language, files.collect()).unwrap();
        assert_eq!(judged.verdict, Verdict::Accepted, "{judged:?}");
        judged.runs[1].judge_message.clone().unwrap_or_default()
    };
    let new = "problem_format_version: 2025-09\nuuid: 1\n";
    let program = [("a.c", "#include \"help.h\"\nint main(void) { return CODE; }\n")];
    for kind in ["", "type: interactive\n"] {
        let head = format!("{new}{kind}");
        assert_eq!(said(&head, "output_validator", "c", &program), ".out/program a.c help.h");
    }
    let head = format!("{new}type: submit-answer\n");
    let answers = [("00.out", "x"), ("01.out", "y")];
    assert_eq!(said(&head, "output_validator", "c", &answers), "00.out 01.out");
    let old = said("validation: custom\n", "output_validators", "c", &program);
    assert!(!old.contains("a.c"), "the legacy format says nothing of it: {old}");
}

fn a_validator_is_brief() {
    let verbose = |files: u32| {
        let package = PackageFolder::new(&[("", ""), ("", "")]);
        package.file(
            "problem.yaml",
            "name: Test\nproblem_format_version: 2025-09\nuuid: 1\nlimits:\n  validation_output: 1\n",
        );
        package.file(
            "output_validator/say.py",
            &format!(
                "import os, sys\nos.mkdir(sys.argv[3] + 'more')\n\
                 for i in range({files}):\n    open(sys.argv[3] + f'more/{{i}}', 'w').write('x' * 300_000)\n\
                 sys.stderr.write('x' * 300_000)\nsys.exit(42)\n"
            ),
        );
        judged(&package, "bash", source("a.sh", "exit 0\n"))
    };
    assert_eq!(verbose(2).unwrap().verdict, Verdict::Accepted, "each test case counts for itself");
    let error = verbose(3).unwrap_err();
    assert_eq!(error.kind, JudgingErrorKind::Package);
    assert!(error.message.contains("wrote 1200000 bytes in all"), "{error}");
}

/// Lisp's compiler runs what a program tells it to.
fn what_a_compiler_leaves_is_no_fault_of_the_judge() {
    let package = PackageFolder::new(&[("", ""), ("", "")]);
    for (act, fault) in [
        (
            "(dotimes (i 20500) (close (open (format nil \"f~a\" i) :direction :output)))",
            "more than 20000 files",
        ),
        (
            "(dotimes (i 5) (with-open-file (s (format nil \"f~a\" i) :direction :output)
               (file-position s 60000000) (write-char #\\x s)))",
            "bytes of files",
        ),
    ] {
        let code = format!("#.(progn {act} nil)\n(format t \"x~%\")\n");
        let judged = judged(&package, "commonlisp", source("a.lisp", &code)).unwrap();
        assert_eq!(judged.verdict, Verdict::CompileError, "{act}");
        assert!(judged.compile.output.contains(fault), "{}", judged.compile.output);
    }
}

fn arguments_files_and_writing() {
    let package = PackageFolder::new(&[("", "-x 1"), ("", "-y two words 2")]);
    let yaml = "name: Test\nproblem_format_version: 2025-09\nuuid: 1\n";
    package.file("problem.yaml", yaml);
    package.file("data/sample/00.yaml", "args: [-x]\n");
    package.file("data/secret/01.yaml", "args: [-y, two words]\n");
    package.file("data/sample/00.files/deep/number", "1");
    package.file("data/secret/01.files/number", "2");
    let code =
        "echo \"$@\" $(cat deep/number number 2>/dev/null); echo x > trace && exit 3; exit 0\n";
    let judged = bash(&package, code);
    assert_eq!(judged.verdict, Verdict::Accepted, "{:?}", judged.runs);
    package.file("problem.yaml", &format!("{yaml}allow_file_writing: true\n"));
    let once = "[ -e trace ] && exit 4; echo \"$@\" > trace; cat trace deep/number number 2>/dev/null; exit 0\n";
    let judged = bash(&package, once);
    assert_eq!(judged.verdict, Verdict::Accepted, "{:?}", judged.runs);
}

fn what_is_written_into_files_is_output() {
    let package = PackageFolder::new(&[("", "ok"), ("", "ok")]);
    let yaml = "name: Test\nproblem_format_version: 2025-09\nuuid: 1\nlimits: {output: 1}\nallow_file_writing: true\n";
    package.file("problem.yaml", yaml);
    package.file("data/secret/01.files/given", &"g".repeat(900_000));
    let write = |bytes: u32, file: &str| format!("head -c {bytes} /dev/zero > {file}\n");
    let half = 1 << 19;
    let verdict = |code: &str| {
        let judged = bash(&package, &format!("{code}echo ok\n"));
        let run = judged.runs.last().unwrap();
        (judged.verdict, judged.runs.len(), run.ending.clone())
    };
    let (accepted, too_much) = (Verdict::Accepted, Verdict::OutputLimitExceeded);
    // What stood there does not count, and what is gone at the end neither.
    let within = write(half, "a") + &write(half - 3, "b") + &write(half, "c") + "rm c\n";
    assert_eq!(verdict(&within), (accepted, 2, String::new()));
    let said = "output limit exceeded".to_owned();
    let one_byte_more = write(half, "a") + &write(half - 2, "b");
    assert_eq!(verdict(&one_byte_more), (too_much, 1, said.clone()));
    // One file alone is stopped by the kernel, whatever the program makes of it.
    assert_eq!(verdict(&write(1 << 21, "a")), (too_much, 1, said.clone()));
    assert_eq!(
        verdict("exec 2>/dev/null; head -c 2000000 /dev/zero > a; exit 1\n"),
        (too_much, 1, said.clone())
    );
    // A file of the test case that is changed counts as a whole.
    let changed = format!("[ -e given ] || exit 0\n{}{}", write(200_000, "a"), "echo >> given\n");
    let changed = bash(&package, &format!("echo ok\n{changed}"));
    assert_eq!((changed.verdict, changed.runs.len()), (too_much, 2), "{:?}", changed.runs);
}

fn scripts_build_and_run_a_validator() {
    let package = PackageFolder::new(&[("1", "7"), ("2", "8")])
        .validated_by("check/check.c", "int main(void) { return getchar() == '7' ? 42 : 43; }\n");
    package
        .file("output_validators/check/build", "#!/bin/sh\ncc -include stdio.h -o run check.c\n");
    let script = package.path().join("output_validators/check/build");
    fs::set_permissions(script, fs::Permissions::from_mode(0o755)).unwrap();
    let judged = bash(&package, "read -r n; echo $((n + 6))\n");
    assert_eq!(judged.verdict, Verdict::WrongAnswer, "{:?}", judged.runs);
    assert_eq!(judged.runs.iter().filter(|run| run.verdict.is_accepted()).count(), 1);
}

fn constants_are_put_in_their_places() {
    let package = PackageFolder::new(&[("1", "7"), ("2", "7")]);
    package.file(
        "problem.yaml",
        "name: Test\nproblem_format_version: 2025-09\nuuid: 1\nconstants: {answer: 7}\n",
    );
    package.file("include/bash/answer.sh", "echo {{answer}} {{other}}\n");
    package.file(
        "output_validator/check.sh",
        "[ \"$(cat)\" = '{{answer}} {{other}}' ] && exit 42; exit 43\n",
    );
    let judged = bash(&package, ". ./answer.sh\n");
    assert_eq!(judged.verdict, Verdict::Accepted, "{:?}", judged.runs);
}

fn answers_are_judged_without_a_program() {
    let package = scored(
        "name: Test\nproblem_format_version: 2025-09\nuuid: 1\ntype: [scoring, submit-answer]\n",
        &[("a", "max_score: 40\nscore_aggregation: sum\n"), ("b", "max_score: 60\n")],
    );
    let file = |name: &str, content: &str| executor::SourceText {
        name: name.into(),
        content: content.into(),
    };
    let some =
        vec![file("00.out", "1"), file("a/2.ans", "2"), file("4", "4"), file("55.txt", "55")];
    let judged = judged(&package, "cpp17", some).unwrap();
    assert_eq!(summary(&judged), (Verdict::WrongAnswer, Some(80.0)));
    let missing = judged.runs.iter().find(|run| !run.verdict.is_accepted()).unwrap();
    assert_eq!(missing.test_case, "secret/a/3");
    assert_eq!(missing.team_message.as_deref(), Some("There is no answer to this test case."));
    assert_eq!(summary(&bash(&package, "cat\n")), (Verdict::Accepted, Some(100.0)));
}

fn who_fails_gets_a_hint() {
    let package = PackageFolder::new(&[("1", "7"), ("2", "8")]);
    package.file("data/secret/01.hint", "Two is even.\n");
    let message = |package: &PackageFolder| bash(package, "echo 7\n").runs[1].team_message.clone();
    assert_eq!(message(&package).as_deref(), Some("Hint: Two is even."));
    assert_eq!(bash(&package, "read -r n; echo $((n + 6))\n").runs[1].team_message, None);
    let newer = PackageFolder::new(&[("1", "7"), ("2", "8")]);
    newer.file("problem.yaml", "name: Test\nproblem_format_version: 2025-09\nuuid: 1\n");
    newer.file("data/secret/01.yaml", "hint: Two is even.\n");
    assert_eq!(message(&newer), None, "it is for those who may see what they failed on");
    newer.file("data/secret/01.yaml", "hint: Two is even.\nfull_feedback: true\n");
    assert_eq!(message(&newer).as_deref(), Some("Hint: Two is even."));
}
