//! The core: verdicts, limits, validators, included files, progress.

use crate::{
    stand::{PackageFolder, Witness, judged, judged_with, source, workbench},
    tests_of,
};
use executor::{Interrupted, JudgeJob, StopRule, judge};
use judge_types::{JudgingErrorKind, Verdict};
use libtest_mimic::Trial;
use std::fs;

pub(crate) fn trials() -> Vec<Trial> {
    tests_of![
        a_right_program_is_accepted_and_metered,
        the_first_failing_test_case_is_the_last_one,
        all_test_cases_are_run_when_asked_for,
        endless_programs_exceed_the_time_limit,
        a_flood_exceeds_the_output_limit,
        a_compile_error_says_why,
        a_compiler_without_end_is_a_compile_error,
        a_compiler_that_makes_no_program_is_a_compile_error,
        a_crash_tells_what_it_said,
        what_a_program_printed_is_kept_where_it_failed,
        only_so_much_is_kept_of_what_a_program_prints,
        a_program_cannot_keep_anything_for_its_next_run,
        what_a_program_does_to_itself_is_no_failure_of_the_judge,
        messages_are_texts_for_every_database,
        a_validator_accepts_rejects_and_explains,
        a_validator_gets_the_flags_of_the_test_case,
        a_validator_that_fails_is_the_packages_fault,
        a_validator_that_does_not_compile_is_the_packages_fault,
        a_validator_is_compiled_once_for_a_package,
        judgements_at_once_share_one_compiled_validator,
        every_validator_must_accept,
        included_files_take_the_place_of_the_submissions,
        a_missing_toolchain_is_not_the_teams_fault,
        the_sink_can_stop_the_judging,
    ]
}

const HELLO: &str = "print('hello', input())\n";

fn a_right_program_is_accepted_and_metered() {
    let judged = judged(&PackageFolder::greeting(), "python3", source("a.py", HELLO)).unwrap();
    assert_eq!(judged.verdict, Verdict::Accepted, "{judged:?}");
    assert!(judged.compile.success);
    let names: Vec<_> =
        judged.runs.iter().map(|run| (run.ordinal, run.test_case.as_str())).collect();
    assert_eq!(names, [(1, "sample/00"), (2, "secret/01")]);
    assert!(judged.runs[0].is_sample && !judged.runs[1].is_sample);
    for run in &judged.runs {
        assert_eq!((run.ending.as_str(), &run.judge_message), ("", &None));
        assert!(run.usage.wall_ms > 0 && run.usage.memory_bytes > 1 << 20, "{run:?}");
    }
    let cpu: u64 = judged.runs.iter().map(|run| run.usage.cpu_ms).sum();
    assert_eq!(judged.total_cpu_ms, judged.compile.usage.cpu_ms + cpu);
}

fn three_cases() -> PackageFolder {
    PackageFolder::new(&[("1", "1"), ("2", "0"), ("3", "3")])
}

fn the_first_failing_test_case_is_the_last_one() {
    let judged = judged(&three_cases(), "bash", source("a.sh", "cat\n")).unwrap();
    assert_eq!(judged.verdict, Verdict::WrongAnswer);
    assert_eq!(judged.runs.len(), 2);
    let message = judged.runs[1].judge_message.as_deref().unwrap();
    assert!(message.contains("expected \"0\", found \"2\""), "{message}");
    assert_eq!(judged.runs[1].team_message, None);
}

fn all_test_cases_are_run_when_asked_for() {
    let sources = source("a.sh", "read -r n; [ $n = 3 ] && exit 1; echo $n\n");
    let judged = judged_with(&three_cases(), "bash", sources, StopRule::AfterAll, |_| {}).unwrap();
    let verdicts: Vec<_> = judged.runs.iter().map(|run| run.verdict.code()).collect();
    assert_eq!(verdicts, ["AC", "WA", "RTE"]);
    assert_eq!(judged.verdict, Verdict::WrongAnswer);
}

fn endless_programs_exceed_the_time_limit() {
    for (code, says) in [
        ("while true; do :; done\n", "CPU time limit exceeded"),
        ("sleep 1000\n", "wall time limit exceeded"),
    ] {
        let sources = source("a.sh", code);
        let judged =
            judged_with(&three_cases(), "bash", sources, StopRule::AtFirstFailure, |limits| {
                limits.time_ms = 200;
            })
            .unwrap();
        assert_eq!(judged.verdict, Verdict::TimeLimitExceeded);
        assert_eq!(judged.runs[0].ending, says);
    }
}

fn a_flood_exceeds_the_output_limit() {
    for code in ["exec yes\n", "exec yes >&2\n"] {
        let judged = judged(&three_cases(), "bash", source("a.sh", code)).unwrap();
        assert_eq!(judged.verdict, Verdict::OutputLimitExceeded, "{judged:?}");
    }
}

fn a_compile_error_says_why() {
    let judged =
        judged(&three_cases(), "c", source("a.c", "int main() { return gavel; }")).unwrap();
    assert_eq!(judged.verdict, Verdict::CompileError);
    assert!(judged.compile.output.contains("a.c:1:21: error: ‘gavel’ undeclared"), "{judged:?}");
    assert!(judged.runs.is_empty());
}

fn a_compiler_without_end_is_a_compile_error() {
    // Each of the templates needs two others: their number doubles with every level.
    let code = "template <int n, int m> struct A { enum { v = A<n - 1, 2 * m>::v + A<n - 1, 2 * m + 1>::v }; };\n\
        template <int m> struct A<0, m> { enum { v = 1 }; };\n\
        int main() { return A<25, 0>::v; }\n";
    let judged = judged_with(
        &three_cases(),
        "cpp17",
        source("a.cpp", code),
        StopRule::AtFirstFailure,
        |limits| limits.compilation_time_ms = 300,
    )
    .unwrap();
    assert_eq!(judged.verdict, Verdict::CompileError, "{judged:?}");
    assert!(judged.compile.output.contains("CPU time limit exceeded"), "{judged:?}");
}

fn a_compiler_that_makes_no_program_is_a_compile_error() {
    for (language, name, code, says) in [
        ("pascal", "a.pas", "unit a;\ninterface\nimplementation\nend.\n", "made no program"),
        ("java", "A.java", "class A { void start() {} }\n", "static void main"),
    ] {
        let judged = judged(&three_cases(), language, source(name, code)).unwrap();
        assert_eq!(judged.verdict, Verdict::CompileError, "{judged:?}");
        assert!(judged.compile.output.contains(says), "{judged:?}");
    }
}

fn a_crash_tells_what_it_said() {
    let code = "import sys\nsys.stderr.write('x' * 100000)\nraise KeyError('gavel')\n";
    let judged = judged(&three_cases(), "python3", source("a.py", code)).unwrap();
    let run = &judged.runs[0];
    assert_eq!((run.verdict, run.ending.as_str()), (Verdict::RunTimeError, "exit code 1"));
    let said = run.error_output.as_deref().unwrap();
    assert!(said.ends_with("KeyError: 'gavel'\n"), "{said}");
    assert!(said.len() < 10_000, "{} bytes are kept", said.len());
    assert_eq!((&run.judge_message, &run.team_message, &run.output), (&None, &None, &None));
}

fn what_a_program_printed_is_kept_where_it_failed() {
    let package = PackageFolder::new(&[("1", "1"), ("2", "0"), ("3", "0")]);
    let code = "import sys\nn = int(input())\nprint('x' * 9000 if n > 2 else n)\nprint('err', n, file=sys.stderr)\n";
    let sources = source("a.py", code);
    let judged = judged_with(&package, "python3", sources, StopRule::AfterAll, |_| {}).unwrap();
    let printed: Vec<_> = judged
        .runs
        .iter()
        .map(|run| (run.output.as_deref(), run.error_output.as_deref()))
        .collect();
    let long = format!("{}\n… (more was printed)\n", "x".repeat(8 << 10));
    let expected =
        [(None, None), (Some("2\n"), Some("err 2\n")), (Some(long.as_str()), Some("err 3\n"))];
    assert_eq!(printed, expected);
}

fn only_so_much_is_kept_of_what_a_program_prints() {
    let cases: Vec<_> = (0..40).map(|n| (n.to_string(), "a".to_owned())).collect();
    let cases: Vec<_> = cases.iter().map(|(n, a)| (n.as_str(), a.as_str())).collect();
    let package = PackageFolder::new(&cases);
    let code = "import sys\nsys.stdout.write('x' * 10**5)\nsys.stderr.write('y' * 10**5)\n";
    let sources = source("a.py", code);
    let judged = judged_with(&package, "python3", sources, StopRule::AfterAll, |_| {}).unwrap();
    assert_eq!(judged.runs.len(), 40);
    let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let kept = judged.runs.iter().map(|run| length(&run.output) + length(&run.error_output));
    let kept: usize = kept.sum();
    assert!((240 << 10..=256 << 10).contains(&kept), "{kept} bytes are kept");
}

fn a_program_cannot_keep_anything_for_its_next_run() {
    let package = PackageFolder::new(&[("a", "0"), ("b", "0"), ("c", "0")]);
    let code = "import os\nn = 0\nfor place in '/work', '/tmp', '/dev/shm', '/var/tmp', '/':\n    \
        path = os.path.join(place, 'kept')\n    n += os.path.exists(path)\n    \
        try: open(path, 'w').close()\n    except OSError: pass\nprint(n)\n";
    let judged = judged(&package, "python3", source("a.py", code)).unwrap();
    assert_eq!(judged.verdict, Verdict::Accepted, "{judged:?}");
}

fn what_a_program_does_to_itself_is_no_failure_of_the_judge() {
    let package = PackageFolder::new(&[("1", "1"), ("2", "2")]);
    let garbage = "{-# LANGUAGE TemplateHaskell #-}\nimport Language.Haskell.TH\n\
        import System.Posix.Process\n$(runIO (executeFile \"/bin/sh\" False [\"-c\", \
        \"mkdir -p /work/.out; echo no program > /work/.out/program\"] Nothing))\nmain = return ()\n";
    for (language, name, code, verdict) in [
        (
            "python3",
            "a.py",
            "import fcntl, os\nprint(input(), flush=True)\nos.write(2, b'x')\n\
             for fd in 1, 2: fcntl.fcntl(fd, fcntl.F_SETFL, os.O_DIRECT)\n",
            Verdict::Accepted,
        ),
        ("perl", "a.pl", "BEGIN { chmod 0, '/work' } print scalar(<STDIN>);", Verdict::Accepted),
        ("perl", "a.pl", "BEGIN { unlink '/work/a.pl' } print 1;", Verdict::RunTimeError),
        ("haskell", "a.hs", garbage, Verdict::RunTimeError),
    ] {
        let judged = judged(&package, language, source(name, code));
        assert_eq!(judged.as_ref().ok().map(|j| j.verdict), Some(verdict), "{judged:?}");
    }
}

fn messages_are_texts_for_every_database() {
    let code = "import sys\nsys.exit('nothing \\0 more')\n";
    let judged = judged(&three_cases(), "python3", source("a.py", code)).unwrap();
    let said = judged.runs[0].error_output.as_deref().unwrap();
    assert!(said.contains("nothing \u{fffd} more"), "{said:?}");
}

/// Accepts what is on the first line of the answer, twice; speaks to both sides.
const VALIDATOR: &str = r#"
import sys
input_file, answer_file, feedback = sys.argv[1:4]
team = sys.stdin.read().split()
right = team == open(answer_file).read().split() * 2
open(feedback + "judgemessage.txt", "w").write("read %r, flags %r\n" % (open(input_file).read(), sys.argv[4:]))
open(feedback + "/teammessage.txt", "w").write("" if right else "twice, please\n")
sys.exit(42 if right else 43)
"#;

fn a_validator_accepts_rejects_and_explains() {
    let package = PackageFolder::new(&[("1", "7"), ("2", "8")]).validated_by("check.py", VALIDATOR);
    let right = judged(&package, "bash", source("a.sh", "read -r n; echo $((n + 6)) $((n + 6))\n"))
        .unwrap();
    assert_eq!(right.verdict, Verdict::Accepted, "{right:?}");
    assert_eq!(right.runs[0].judge_message.as_deref(), Some("read '1', flags []"));
    assert_eq!(right.runs[0].team_message, None);
    let wrong = judged(&package, "bash", source("a.sh", "echo 7 7\n")).unwrap();
    assert_eq!((wrong.verdict, wrong.runs.len()), (Verdict::WrongAnswer, 2));
    assert_eq!(wrong.runs[1].team_message.as_deref(), Some("twice, please"));
}

fn a_validator_gets_the_flags_of_the_test_case() {
    let package = PackageFolder::new(&[("1", "7"), ("2", "7")]).validated_by("check.py", VALIDATOR);
    package.file("data/secret/testdata.yaml", "output_validator_flags: deep 3\n");
    let judged = judged(&package, "bash", source("a.sh", "echo 7 7\n")).unwrap();
    let messages: Vec<_> =
        judged.runs.iter().map(|run| run.judge_message.clone().unwrap()).collect();
    assert_eq!(messages, ["read '1', flags []", "read '2', flags ['deep', '3']"]);
}

fn a_validator_that_fails_is_the_packages_fault() {
    for (code, says) in [
        ("exit 0\n", "exit code 0 on test case sample/00"),
        ("echo oops >&2; exit 1\n", "oops"),
        ("kill -SEGV $$\n", "SIGSEGV"),
        ("touch .feedback-2; exit 42\n", ".feedback-2"),
    ] {
        let package = three_cases().validated_by("check.sh", code);
        let error = judged(&package, "bash", source("a.sh", "cat\n")).unwrap_err();
        assert_eq!(error.kind, JudgingErrorKind::Package, "{error}");
        assert!(error.message.contains("check.sh") && error.message.contains(says), "{error}");
    }
}

fn a_validator_that_does_not_compile_is_the_packages_fault() {
    let package = three_cases().validated_by("check.c", "int main() { return gavel; }\n");
    let error = judged(&package, "bash", source("a.sh", "cat\n")).unwrap_err();
    assert_eq!(error.kind, JudgingErrorKind::Package);
    assert!(
        error.message.contains("does not compile") && error.message.contains("‘gavel’"),
        "{error}"
    );
}

const C_VALIDATOR: &str = "#include \"codes.h\"\nint main(void) { return ACCEPT; }\n";

fn c_validated() -> PackageFolder {
    let package = three_cases().validated_by("check/main.c", C_VALIDATOR);
    package.file("output_validators/check/codes.h", "#define ACCEPT 42\n");
    package
}

fn a_validator_is_compiled_once_for_a_package() {
    let folder = c_validated();
    let place = tempfile::tempdir().unwrap();
    let bench = workbench(place.path(), None);
    let package = folder.open();
    let judged = |package: &problems::Package| {
        let job = JudgeJob {
            bench: &bench,
            package,
            language: bench.languages.get("bash").unwrap(),
            sources: source("a.sh", "cat\n"),
            limits: package.limits.clone(),
            stop: StopRule::AtFirstFailure,
            entry_point: None,
            overtime: std::time::Duration::ZERO,
            compiled: None,
        };
        judge(&job, &mut Witness::new()).map(|judged| judged.verdict)
    };
    assert_eq!(judged(&package).unwrap(), Verdict::Accepted);
    // What is kept is what is run: a program put in its place is run instead.
    let kept = bench
        .cache
        .join(format!("artefacts/{}+output.validator.check+c/.out/program", package.hash));
    fs::copy("/bin/false", &kept).unwrap();
    assert!(judged(&package).is_err(), "the kept program was not used");
    // Another content is another package.
    folder.file("output_validators/check/codes.h", "#define ACCEPT 43\n");
    assert_eq!(judged(&folder.open()).unwrap(), Verdict::WrongAnswer);
}

fn judgements_at_once_share_one_compiled_validator() {
    let folder = c_validated();
    let package = folder.open();
    let place = tempfile::tempdir().unwrap();
    let bench = workbench(place.path(), None);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let job = JudgeJob {
                    bench: &bench,
                    package: &package,
                    language: bench.languages.get("bash").unwrap(),
                    sources: source("a.sh", "cat\n"),
                    limits: package.limits.clone(),
                    stop: StopRule::AtFirstFailure,
                    entry_point: None,
                    overtime: std::time::Duration::ZERO,
                    compiled: None,
                };
                assert_eq!(judge(&job, &mut Witness::new()).unwrap().verdict, Verdict::Accepted);
            });
        }
    });
    let artefacts = fs::read_dir(bench.cache.join("artefacts")).unwrap();
    let mut names: Vec<_> =
        artefacts.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    assert_eq!(names, [format!("{}+output.validator.check+c", package.hash), "lock".to_owned()]);
}

fn every_validator_must_accept() {
    let package = three_cases().validated_by("a.sh", "cat > /dev/null; exit 42\n");
    package.file("output_validators/b.sh", "read -r n; [ $n = 1 ] && exit 42; exit 43\n");
    let judged = judged(&package, "bash", source("a.sh", "cat\n")).unwrap();
    let verdicts: Vec<_> = judged.runs.iter().map(|run| run.verdict.code()).collect();
    assert_eq!(verdicts, ["AC", "WA"]);
}

fn included_files_take_the_place_of_the_submissions() {
    let package = PackageFolder::greeting();
    package.file(
        "include/cpp/grader.cpp",
        "#include <bits/stdc++.h>\nstd::string greet(std::string);\n\
        int main() { std::string name; std::cin >> name; std::cout << greet(name) << '\\n'; }\n",
    );
    package.file("include/default/grader.cpp", "not for C++\n");
    let mut sources = source(
        "greet.cpp",
        "#include <string>\nstd::string greet(std::string n) { return \"hello \" + n; }\n",
    );
    sources.extend(source("grader.cpp", "int main() {}\n"));
    let judged = judged(&package, "cpp17", sources).unwrap();
    assert_eq!(judged.verdict, Verdict::Accepted, "{judged:?}");
}

fn a_missing_toolchain_is_not_the_teams_fault() {
    let place = tempfile::tempdir().unwrap();
    let mut bench = workbench(place.path(), None);
    bench.search = languages::Search::new(place.path().into(), Some(place.path().into()));
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("ada.toml"), "name = \"Ada\"\nicpc_names = [\"ada\"]\nextensions = [\"adb\"]\npackage = \"gnat\"\n\
        version = [\"{c}\"]\n[commands]\nc = [\"no-such-compiler\"]\n[run]\ncommand = [\"{c}\"]\npolicy = \"vm\"\nprocesses = 1\n").unwrap();
    bench.languages = languages::Languages::load(Some(folder.path())).unwrap();
    let package = PackageFolder::greeting();
    let package = package.open();
    let job = JudgeJob {
        bench: &bench,
        package: &package,
        language: bench.languages.get("ada").unwrap(),
        sources: source("a.adb", "x"),
        limits: package.limits.clone(),
        stop: StopRule::AtFirstFailure,
        entry_point: None,
        overtime: std::time::Duration::ZERO,
        compiled: None,
    };
    match judge(&job, &mut Witness::new()) {
        Err(Interrupted::Failed(error)) => {
            assert_eq!(error.kind, JudgingErrorKind::ToolchainMissing);
            assert!(error.message.contains("no-such-compiler") && error.message.contains("gnat"));
        }
        other => panic!("{other:?}"),
    }
}

fn the_sink_can_stop_the_judging() {
    let place = tempfile::tempdir().unwrap();
    let bench = workbench(place.path(), None);
    let package = PackageFolder::greeting();
    let package = package.open();
    for (stop_after, runs) in [(0, 0), (1, 1)] {
        let job = JudgeJob {
            bench: &bench,
            package: &package,
            language: bench.languages.get("bash").unwrap(),
            sources: source("a.sh", "echo hello $(cat)\n"),
            limits: package.limits.clone(),
            stop: StopRule::AtFirstFailure,
            entry_point: None,
            overtime: std::time::Duration::ZERO,
            compiled: None,
        };
        let mut witness = Witness { stop_after, ..Witness::new() };
        assert!(matches!(judge(&job, &mut witness), Err(Interrupted::Stopped)));
        assert_eq!((witness.compiled.len(), witness.runs.len()), (1, runs));
    }
}
