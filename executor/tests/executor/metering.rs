//! The meter against the kernel's own account of everything that an execution was.

use crate::{
    stand::{Judge, PackageFolder},
    tests_on_each_database,
};
use executor::FunctionExit;
use judge_types::{JudgementId, Verdict};
use libtest_mimic::Trial;
use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};
use store::{executions, metering};

pub(crate) fn trials() -> Vec<Trial> {
    tests_on_each_database![the_bill_is_what_the_kernel_counted]
}

/// CPU time that the kernel counts and the meter does not: that of the processes around the boxes, which build
/// them, start programs and reap them, and of the function after its last reading. Measured, it was 6 to 15 ms an
/// execution, whatever the program used; a machine that is busy and switches often may need four times that.
const AROUND_THE_BOXES: Duration = Duration::from_millis(60);

/// What a shell does to move into the group in its first argument, and become the rest.
const MOVE: &str = "echo $$ > \"$0\" && exec \"$@\"";

const HELLO: (&str, &str) = ("a.sh", "read -r n; echo hello $n\n");
const ENDLESS: (&str, &str) = ("a.sh", "while true; do :; done\n");
const COMPILED: (&str, &str) = (
    "a.cpp",
    "#include <bits/stdc++.h>\nint main() { std::string n; std::cin >> n; std::cout << \"hello \" << n << std::endl; }\n",
);

/// A control group whose account holds all that a process and its descendants use, boxes included: these
/// have their groups below that of the function.
struct Group {
    folder: PathBuf,
    /// Whether it is one of the unified tree.
    unified: bool,
}

impl Group {
    /// Below the group of this process. Needs what judging needs as well: a tree that may be written to.
    fn new() -> Self {
        let own = fs::read_to_string("/proc/self/cgroup").unwrap();
        let path_in = |controllers: &str| {
            own.lines().find_map(|line| {
                let mut fields = line.splitn(3, ':').skip(1);
                let has = fields.next()?.split(',').any(|c| c == controllers);
                has.then_some(fields.next()?.trim_start_matches('/'))
            })
        };
        let v1 = path_in("cpuacct").filter(|_| Path::new("/sys/fs/cgroup/cpuacct").is_dir());
        let (unified, parent) = match v1 {
            Some(path) => (false, Path::new("/sys/fs/cgroup/cpuacct").join(path)),
            None => (true, Path::new("/sys/fs/cgroup").join(path_in("").unwrap())),
        };
        let folder = parent.join(format!("meter-of-a-test-{}", JudgementId::new()));
        fs::create_dir(&folder).unwrap_or_else(|e| panic!("make {}: {e}", folder.display()));
        Self { folder, unified }
    }

    /// Runs a function within it; gives the CPU time of the function and of all that it started.
    fn run(&self, judge: &Judge, message: &str) -> (FunctionExit, Duration) {
        let before = self.cpu();
        // It moves itself: a shell that then becomes the function.
        let procs = self.folder.join("cgroup.procs");
        let shell = [OsStr::new("/bin/sh"), OsStr::new("-c"), OsStr::new(MOVE), procs.as_os_str()];
        let mut child = judge.start_within(&shell, message);
        let code = child.wait().unwrap().code().expect("not killed");
        self.wait_until_empty();
        (FunctionExit::from_code(code), self.cpu() - before)
    }

    fn cpu(&self) -> Duration {
        let read = |file: &str| fs::read_to_string(self.folder.join(file)).unwrap();
        if self.unified {
            let stat = read("cpu.stat");
            let line = stat.lines().find_map(|line| line.strip_prefix("usage_usec ")).unwrap();
            Duration::from_micros(line.trim().parse().unwrap())
        } else {
            Duration::from_nanos(read("cpuacct.usage").trim().parse().unwrap())
        }
    }

    /// A box that was built ahead ends by itself, a moment after the function.
    fn wait_until_empty(&self) {
        let give_up = Instant::now() + Duration::from_secs(60);
        while !processes_below(&self.folder).is_empty() {
            assert!(Instant::now() < give_up, "{}: never empty", self.folder.display());
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        for folder in folders_below(&self.folder).into_iter().rev() {
            // What remains is seen by who looks after the host; a test's verdict does not depend on it.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// A group and the groups in it, the outer ones first.
fn folders_below(group: &Path) -> Vec<PathBuf> {
    let mut found = vec![group.to_owned()];
    for entry in fs::read_dir(group).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.extend(folders_below(&entry.path()));
        }
    }
    found
}

fn processes_below(group: &Path) -> String {
    let procs = |folder: PathBuf| fs::read_to_string(folder.join("cgroup.procs"));
    folders_below(group).into_iter().filter_map(|folder| procs(folder).ok()).collect()
}

/// Real submissions, each in a process of its own: one that hardly runs, one whose compiler works, one that
/// burns its second, and one whose validator works.
fn the_bill_is_what_the_kernel_counted(mut judge: Judge) {
    let group = Group::new();
    let slow_check = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; exit 42\n";
    let checked = || PackageFolder::greeting().validated_by("check.sh", slow_check);
    let cases = [
        (PackageFolder::greeting(), "bash", HELLO, Verdict::Accepted),
        (PackageFolder::greeting(), "cpp20", COMPILED, Verdict::Accepted),
        (PackageFolder::greeting(), "bash", ENDLESS, Verdict::TimeLimitExceeded),
        (checked(), "bash", HELLO, Verdict::Accepted),
    ];
    let executions_of_all = cases.len() as u64;
    let mut counted_by_kernel = Duration::ZERO;
    for (package, language, file, verdict) in cases {
        let id = judge.submit(&package, language, file);
        let delivery = judge.take();
        let (exit, kernel) = group.run(&judge, &delivery.task);
        assert_eq!((exit, judge.judgement(id).verdict), (FunctionExit::Done, Some(verdict)));
        let usage = executions::of_judgement(&mut judge.connection, id).unwrap()[0].1;
        let metered = Duration::from_millis(usage.cpu_ms);
        assert!(metered <= kernel, "more than was used: {metered:?} of {kernel:?}");
        assert!(kernel - metered <= AROUND_THE_BOXES, "{metered:?} of {kernel:?}");
        counted_by_kernel += kernel;
    }
    let day = judge_types::now().date();
    let day_around = (day.previous_day().unwrap(), day.next_day().unwrap());
    let period = metering::Period::of_days(day_around.0, day_around.1).unwrap();
    let bill = metering::total(&mut judge.connection, period).unwrap();
    assert_eq!((bill.executions, bill.lost), (executions_of_all, 0));
    // Of four seconds of work, what is around the boxes is a small part: 1 % when it was measured.
    let share = bill.cpu_ms as f64 / 1e3 / counted_by_kernel.as_secs_f64();
    assert!((0.95..=1.0).contains(&share), "the bill is {share} of what the kernel counted");
}
