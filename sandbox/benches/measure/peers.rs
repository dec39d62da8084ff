//! Other sandboxes, where they are on `PATH`, told to isolate about as much as ours does.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::Failure;
use crate::subject::{Figures, Kind, Subject, Waited};

/// Those that wrap a command: name, options, and how to show it a file of the host at a path.
const WRAPPERS: [(&str, &str, &str); 5] = [
    (
        "bwrap",
        "--unshare-all --die-with-parent --new-session --clearenv --ro-bind /usr /usr \
         --ro-bind /bin /bin --ro-bind /lib /lib --ro-bind /lib64 /lib64 --tmpfs /tmp \
         --tmpfs /work --proc /proc --dev /dev --ro-bind {program} /measured -- /measured",
        "no groups, no filter",
    ),
    (
        "firejail",
        "--quiet --noprofile --private --private-dev --net=none --ipc-namespace --caps.drop=all \
         --nonewprivs --seccomp -- {program}",
        "no groups",
    ),
    (
        "nsjail",
        "-Mo -Q -R /usr -R /bin -R /lib -R /lib64 -R {program}:/measured -T /tmp -T /work \
         --user 65534 --group 65534 --rlimit_as inf --rlimit_cpu 20 -- /measured",
        "no groups, no filter",
    ),
    (
        "nsjail",
        "-Mo -Q -R /usr -R /bin -R /lib -R /lib64 -R {program}:/measured -T /tmp -T /work \
         --user 65534 --group 65534 --rlimit_as inf --rlimit_cpu 20 --cgroup_mem_max 2147483648 \
         --cgroup_mem_parent . --cgroup_pids_max 64 --cgroup_pids_parent . -- /measured",
        "groups, no filter",
    ),
    (
        "systemd-run",
        "--quiet --pipe --wait -p MemoryMax=2G -p TasksMax=64 -p PrivateNetwork=yes \
         -p PrivateTmp=yes -p ProtectSystem=strict {program}",
        "as a service",
    ),
];

pub fn kinds(program: &Path) -> Vec<Kind> {
    let mut kinds = Vec::new();
    for (command, options, what) in WRAPPERS {
        if let Some(path) = find(command) {
            let options = options.replace("{program}", &program.display().to_string());
            let words = options.split_whitespace().map(str::to_owned);
            let argv: Vec<_> = [path.display().to_string()].into_iter().chain(words).collect();
            kinds.push(Kind::new(format!("{command} ({what})"), move |_| {
                Ok(Waited { argv: argv.clone() })
            }));
        }
    }
    if let Some(path) = find("isolate") {
        let folder = program.parent().unwrap_or(program).to_owned();
        let open = move |worker| Isolate::open(&path, &folder, worker);
        let in_open_box = open.clone();
        kinds.push(Kind::new("isolate (groups, no filter)", in_open_box));
        kinds.push(Kind::new("isolate, with its --init and --cleanup", move |worker| {
            let open = open.clone();
            Ok(NewIsolate(Box::new(move || open(worker + 50))))
        }));
    }
    kinds
}

fn find(command: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(command)).find(|path| path.is_file())
}

/// A box of isolate, which keeps an account of its own.
struct Isolate {
    isolate: PathBuf,
    number: String,
    /// The folder that holds the measured program.
    folder: PathBuf,
    account: PathBuf,
}

impl Isolate {
    fn open(isolate: &Path, folder: &Path, worker: usize) -> Result<Self, Failure> {
        let account = folder.join(format!("isolate-account-{worker}"));
        let number = format!("--box-id={worker}");
        let (isolate, folder) = (isolate.to_owned(), folder.to_owned());
        let opened = Self { isolate, number, folder, account };
        opened.call(&["--init"], &[])?;
        Ok(opened)
    }

    fn call(&self, options: &[&str], program: &[&str]) -> Result<(), Failure> {
        let mut isolate = Command::new(&self.isolate);
        isolate.args(["--cg", &self.number]).args(options).args(program);
        isolate.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let status = isolate.status()?;
        if status.success() { Ok(()) } else { Err(format!("isolate ended with {status}").into()) }
    }
}

impl Subject for Isolate {
    fn run(&mut self, arguments: &[&str]) -> Result<Figures, Failure> {
        let began = Instant::now();
        let folder = format!("--dir=measured={}", self.folder.display());
        let account = format!("--meta={}", self.account.display());
        let limits = ["--time=10", "--wall-time=60", "--cg-mem=2097152", "--processes=64"];
        let mut program = vec!["--run", "--", "/measured/measured"];
        program.extend(arguments);
        self.call(&[&[&*folder, &*account], &limits[..]].concat(), &program)?;
        let wall = began.elapsed();
        let text = fs::read_to_string(&self.account)?;
        let value = |key: &str| -> Result<f64, Failure> {
            let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':'));
            Ok(line.ok_or_else(|| format!("isolate says no {key}"))?.parse()?)
        };
        let cpu = Duration::from_secs_f64(value("time")?);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some MiB")]
        let memory_bytes = value("cg-mem")? as u64 * 1024;
        Ok(Figures { cpu, wall, memory_bytes })
    }
}

impl Drop for Isolate {
    fn drop(&mut self) {
        let _ = self.call(&["--cleanup"], &[]);
        let _ = fs::remove_file(&self.account);
    }
}

/// A new box of isolate for each run.
struct NewIsolate(Box<dyn Fn() -> Result<Isolate, Failure>>);

impl Subject for NewIsolate {
    fn run(&mut self, arguments: &[&str]) -> Result<Figures, Failure> {
        (self.0)()?.run(arguments)
    }
}
