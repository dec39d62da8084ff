//! Two programs joined by pipes: who ends how, who ended first, and that neither waits for the dead.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::time::Duration;

use common::*;
use sandbox::{
    Ending, Joined, Level, Mount, Outcome, Output, Policy, RunSpec, Sandbox, SandboxError, Side,
    TalkLimits, run_joined, run_recorded,
};

const DONE: Ending = Ending::Exited { code: 0 };

/// Two boxes with a shell.
fn pair(level: Level) -> [Sandbox; 2] {
    let mut spec = box_spec(level);
    spec.mounts.extend(["/bin", "/lib", "/lib64", "/usr"].map(Mount::same));
    [Sandbox::open(&spec).unwrap(), Sandbox::open(&spec).unwrap()]
}

fn shell(script: &str) -> RunSpec {
    RunSpec::new(["/bin/sh", "-c", script], limits(), Policy::native())
}

fn join(boxes: &mut [Sandbox; 2], runs: [&RunSpec; 2]) -> Result<Joined, SandboxError> {
    let [one, other] = boxes;
    run_joined([
        Side { sandbox: one, run: runs[0], stderr: Output::Null },
        Side { sandbox: other, run: runs[1], stderr: Output::Null },
    ])
}

fn at_both_levels(test: impl Fn(&mut [Sandbox; 2])) {
    for level in LEVELS {
        let mut boxes = pair(level);
        test(&mut boxes);
        // Whatever happened, they are as good as new.
        let joined = join(&mut boxes, [&shell("echo 1"), &shell("read x && exit $x")]).unwrap();
        assert_eq!(joined.outcomes[1].ending, Ending::Exited { code: 1 });
        for sandbox in boxes {
            sandbox.close().unwrap();
        }
    }
}

const ECHO: &str = "while read x; do echo $x; done";

#[test]
fn they_talk() {
    at_both_levels(|boxes| {
        let asker = "i=0; while [ $i -lt 500 ]; do
            echo $i; read x; [ \"$x\" = $i ] || exit 1; i=$((i+1)); done";
        let joined = join(boxes, [&shell(asker), &shell(ECHO)]).unwrap();
        assert_eq!(joined.outcomes.each_ref().map(|outcome| outcome.ending.clone()), [DONE, DONE]);
        assert_eq!(joined.first, 0, "the other one ends when nothing more comes");
        // What the program executes, starts and is sent is its own affair.
        let busy = "trap 'n=1' USR1; kill -USR1 $$; [ $n = 1 ] || exit 2; (exit 0); exec cat";
        let joined = join(boxes, [&shell(busy), &shell(asker)]).unwrap();
        assert_eq!(joined.outcomes.each_ref().map(|outcome| outcome.ending.clone()), [DONE, DONE]);
        assert_eq!(joined.first, 1);
    });
}

#[test]
fn the_death_of_one_is_seen_by_the_other() {
    at_both_levels(|boxes| {
        let joined = join(boxes, [&shell("kill -9 $$"), &shell("cat; exit 7")]).unwrap();
        let [killed, reader] = &joined.outcomes;
        assert_eq!(killed.ending, Ending::Signalled { signal: libc::SIGKILL });
        assert_eq!(reader.ending, Ending::Exited { code: 7 });
        assert_eq!(joined.first, 0);

        let joined = join(boxes, [&shell("while :; do echo x; done"), &shell("exit 3")]).unwrap();
        let [writer, gone] = &joined.outcomes;
        assert_eq!(writer.ending, Ending::Signalled { signal: libc::SIGPIPE });
        assert_eq!(gone.ending, Ending::Exited { code: 3 });
        assert_eq!(joined.first, 1);
    });
}

#[test]
fn every_signal_reaches_a_program() {
    at_both_levels(|boxes| {
        let joined = join(boxes, [&shell("kill -40 $$; sleep 60"), &shell("cat")]).unwrap();
        assert_eq!(joined.outcomes[0].ending, Ending::Signalled { signal: 40 });
        assert_eq!((&joined.outcomes[1].ending, joined.first), (&DONE, 0));
    });
}

#[test]
fn the_end_of_a_programs_child_is_not_its_own() {
    const TRACED_TOO: i32 = libc::CLONE_PTRACE | libc::SIGCHLD;
    at_both_levels(|boxes| {
        let script = format!(
            "exec perl -e 'exit 0 if syscall({}, {TRACED_TOO}, 0, 0, 0, 0) == 0; wait; exit 1 if $?;
             syswrite STDOUT, qq(x\\n); 1 while <STDIN>; exit 9'",
            libc::SYS_clone
        );
        let mut parent = shell(&script);
        let kept = join(boxes, [&parent, &shell("cat")]).unwrap();
        assert!(matches!(kept.outcomes[0].ending, Ending::ForbiddenSyscall { .. }), "{kept:?}");
        // Under a policy that lets it: its child is told from it all the same.
        parent.policy = Policy::parse("open", "otherwise = \"allow\"").unwrap();
        let joined = join(boxes, [&parent, &shell("read x && exit 3")]).unwrap();
        assert_eq!(joined.outcomes[0].ending, Ending::Exited { code: 9 });
        assert_eq!(joined.outcomes[1].ending, Ending::Exited { code: 3 });
        assert_eq!(joined.first, 1);
    });
}

/// Reads nothing any more, and goes on until the other, which reads nothing either, has gone.
fn closes_its_input() -> RunSpec {
    let mut run = shell("exec 0<&-; while echo y; do :; done; exit 6");
    run.survives_broken_pipes = true;
    run
}

#[test]
fn a_closed_stream_is_an_end_too() {
    at_both_levels(|boxes| {
        let closed = closes_its_input();
        let joined = join(boxes, [&shell("while :; do echo x; done"), &closed]).unwrap();
        assert_eq!(joined.outcomes[0].ending, Ending::Signalled { signal: libc::SIGPIPE });
        assert_eq!((&joined.outcomes[1].ending, joined.first), (&Ending::Exited { code: 6 }, 0));
        let patient = "exec 1>&-; while [ ! -e /tmp/never ] && [ $((i=i+1)) -lt 2000 ]; do :; done";
        let joined = join(boxes, [&shell(patient), &shell("cat; exit 5")]).unwrap();
        assert_eq!(joined.outcomes[1].ending, Ending::Exited { code: 5 });
        assert_eq!(joined.outcomes[0].ending, DONE);
    });
}

#[test]
fn each_has_its_own_limits_and_account() {
    at_both_levels(|boxes| {
        let mut large = hostile("heap 40");
        large.limits.memory_bytes = 64 * MIB;
        let mut small = shell("cat");
        small.limits.memory_bytes = 20 * MIB;
        let joined = join(boxes, [&large, &small]).unwrap();
        let [large, small] = &joined.outcomes;
        assert_eq!((&large.ending, &small.ending), (&DONE, &DONE));
        assert!(large.usage.peak_memory_bytes > 39 * MIB, "{large:?}");
        assert!(small.usage.peak_memory_bytes < 20 * MIB, "{small:?}");

        let joined = join(boxes, [&hostile("busy 1"), &shell("cat")]).unwrap();
        let [busy, waiting] = &joined.outcomes;
        assert_eq!((&busy.ending, &waiting.ending), (&Ending::CpuTimeExceeded, &DONE));
        assert!(busy.usage.cpu >= limits().cpu, "{busy:?}");
        assert!(waiting.usage.cpu < limits().cpu, "{waiting:?}");
        assert_eq!(joined.first, 0);
    });
}

#[test]
fn two_that_wait_for_each_other_run_out_of_time() {
    at_both_levels(|boxes| {
        let waiting = |milliseconds| {
            let mut run = shell("read x; exit 9");
            run.limits.wall = Duration::from_millis(milliseconds);
            run
        };
        let joined = join(boxes, [&waiting(60_000), &waiting(200)]).unwrap();
        let [patient, impatient] = &joined.outcomes;
        assert_eq!(impatient.ending, Ending::WallTimeExceeded);
        assert_eq!(patient.ending, Ending::Exited { code: 9 }, "it read the end of its input");
        assert_eq!(joined.first, 1);

        // One writes what the other never reads.
        let mut deaf = shell("sleep 60");
        deaf.limits.wall = Duration::from_millis(200);
        let joined = join(boxes, [&shell("while :; do echo x; done"), &deaf]).unwrap();
        let [writer, deaf] = &joined.outcomes;
        assert_eq!(deaf.ending, Ending::WallTimeExceeded);
        assert_eq!(writer.ending, Ending::Signalled { signal: libc::SIGPIPE });
    });
}

#[test]
fn one_that_cannot_be_executed_leaves_the_other_to_end() {
    at_both_levels(|boxes| {
        let absent = RunSpec::new(["/no/such"], limits(), Policy::native());
        let error = join(boxes, [&shell(ECHO), &absent]).unwrap_err();
        assert!(matches!(error, SandboxError::CannotExecute { .. }), "{error}");
        let error = join(boxes, [&absent, &shell(ECHO)]).unwrap_err();
        assert!(matches!(error, SandboxError::CannotExecute { .. }), "{error}");
    });
}

/// Who ends so hears on.
fn ends_well(outcome: &Outcome) -> bool {
    outcome.ending == DONE
}

#[test]
fn what_they_say_is_written_down() {
    let limits = TalkLimits { kept_bytes: 1 << 10, said_bytes: [1 << 20, 1 << 16] };
    at_both_levels(|boxes| {
        let mut record = |one: &RunSpec, two: &RunSpec| {
            let [first, second] = &mut *boxes;
            let sides = [
                Side { sandbox: first, run: one, stderr: Output::Null },
                Side { sandbox: second, run: two, stderr: Output::Null },
            ];
            run_recorded(sides, &limits, [&ends_well; 2]).unwrap()
        };
        let (joined, talk) =
            record(&shell("echo one; read x; echo $x$x"), &shell("read x; echo two; read y"));
        assert_eq!(joined.outcomes.each_ref().map(|outcome| outcome.ending.clone()), [DONE, DONE]);
        let said: Vec<_> =
            talk.said.iter().map(|(by, said)| (*by, String::from_utf8_lossy(said))).collect();
        assert_eq!(said, [(0, "one\n".into()), (1, "two\n".into()), (0, "twotwo\n".into())]);
        assert_eq!((talk.bytes, talk.is_cut, talk.too_much), ([11, 4], false, [false; 2]));

        // One that says too much is cut off, and what is kept stays small.
        let (joined, talk) = record(&shell("cat; exit 4"), &shell("while :; do echo xxxxxx; done"));
        assert_eq!(joined.outcomes[0].ending, Ending::Exited { code: 4 });
        assert_eq!(joined.outcomes[1].ending, Ending::Signalled { signal: libc::SIGPIPE });
        // Both ends follow from the cut, so that either may come first.
        assert_eq!((talk.too_much, talk.is_cut), ([false, true], true));

        // One that goes on in silence when the other has gone ends by itself; one that writes is stopped.
        let (joined, _) = record(&shell("exit 3"), &shell("cat; exit 5"));
        assert_eq!((joined.first, &joined.outcomes[1].ending), (0, &Ending::Exited { code: 5 }));
        let (joined, _) = record(&shell("exit 3"), &shell("while :; do echo x; done"));
        assert_eq!(joined.outcomes[1].ending, Ending::Signalled { signal: libc::SIGPIPE });
        assert_eq!(joined.first, 0);
    });
}

#[test]
fn one_that_ended_well_is_still_talked_to() {
    let limits = TalkLimits { kept_bytes: 1 << 10, said_bytes: [1 << 20; 2] };
    let goes_on = shell("read x; i=0; while [ $i -lt 9999 ]; do echo $i$i$i$i$i; i=$((i+1)); done");
    at_both_levels(|boxes| {
        for ends in ["exec 0<&-; sleep 0.2; echo now; exit 0", "echo now; exit 0"] {
            let [first, second] = &mut *boxes;
            let sides = [
                Side { sandbox: first, run: &shell(ends), stderr: Output::Null },
                Side { sandbox: second, run: &goes_on, stderr: Output::Null },
            ];
            let (joined, talk) = run_recorded(sides, &limits, [&ends_well; 2]).unwrap();
            assert_eq!(joined.outcomes.map(|outcome| outcome.ending), [DONE, DONE], "{ends}");
            assert_eq!((joined.first, talk.too_much), (0, [false; 2]));
        }
    });
}

#[test]
fn one_that_survives_broken_pipes_goes_on() {
    at_both_levels(|boxes| {
        let mut stubborn = shell("read x; while echo y; do :; done; exit 6");
        stubborn.survives_broken_pipes = true;
        let joined = join(boxes, [&shell("exit 0"), &stubborn]).unwrap();
        assert_eq!(joined.outcomes[1].ending, Ending::Exited { code: 6 });
    });
}
