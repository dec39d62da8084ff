//! Boxes, programs and checks that the tests share.

#![allow(dead_code, unreachable_pub, reason = "every test crate uses its own part of it")]

use std::fs::{self, File};
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sandbox::{
    BoxSpec, Helper, Input, Level, Mount, Outcome, Output, Policy, RunLimits, RunSpec, Sandbox,
    SandboxError, Stdio,
};

pub const MIB: u64 = 1 << 20;
pub const LEVELS: [Level; 2] = [Level::Full, Level::UserNamespace];

/// The compiled `programs/hostile`.
pub static HOSTILE: LazyLock<PathBuf> = LazyLock::new(|| compile("hostile"));

/// The compiled `programs/frugal.c`.
pub static FRUGAL: LazyLock<PathBuf> = LazyLock::new(|| compile("frugal"));

/// Compiles a C program of `tests/programs`, a file or all files of a folder, statically, so that
/// it needs nothing of the host. One that is newer than its sources is taken as it is: compiling is
/// slow where the processor is emulated.
pub fn compile(name: &str) -> PathBuf {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let sources: Vec<_> = match fs::read_dir(programs.join(name)) {
        Ok(folder) => folder.map(|source| source.unwrap().path()).collect(),
        Err(_) => vec![programs.join(format!("{name}.c"))],
    };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (program, fresh) =
        (folder.join(name), folder.join(format!("{name}-{}", std::process::id())));
    let modified = |path: &Path| fs::metadata(path).and_then(|found| found.modified()).ok();
    if modified(&program) > sources.iter().filter_map(|source| modified(source)).max() {
        return program;
    }
    let mut gcc = Command::new("gcc");
    gcc.args(["-O1", "-static", "-pthread", "-w", "-o"]).arg(&fresh);
    gcc.args(sources.iter().filter(|path| path.extension().is_some_and(|end| end == "c")));
    assert!(gcc.status().expect("gcc is needed to compile the test programs").success());
    fs::rename(fresh, &program).unwrap();
    program
}

pub fn helper() -> Helper {
    Helper::At(env!("CARGO_BIN_EXE_gavel-sandbox-helper").into())
}

/// A box with the test programs in it and nothing else of the host.
pub fn box_spec(level: Level) -> BoxSpec {
    let hostile = Mount { source: HOSTILE.clone(), target: "/hostile".into() };
    let frugal = Mount { source: FRUGAL.clone(), target: "/frugal".into() };
    BoxSpec {
        level: Some(level),
        mounts: vec![hostile, frugal],
        work_bytes: 16 * MIB,
        work_inodes: 1000,
        temporary_bytes: 16 * MIB,
        helper: helper(),
    }
}

pub fn open(level: Level) -> Sandbox {
    Sandbox::open(&box_spec(level))
        .expect("these tests need root, control groups and user namespaces")
}

/// A run of the hostile program; `line` is its arguments, split at blanks.
pub fn hostile(line: &str) -> RunSpec {
    run_of("/hostile", line)
}

/// A run of the frugal program; `line` is its arguments, split at blanks.
pub fn frugal(line: &str) -> RunSpec {
    run_of("/frugal", line)
}

fn run_of(program: &str, line: &str) -> RunSpec {
    let argv = [program].into_iter().chain(line.split_whitespace());
    let mut spec = RunSpec::new(argv, limits(), Policy::native());
    spec.env = vec![("MARK".to_owned(), mark())];
    spec
}

pub fn limits() -> RunLimits {
    RunLimits {
        cpu: std::time::Duration::from_millis(300),
        wall: std::time::Duration::from_secs(10),
        memory_bytes: 64 * MIB,
        processes: 20,
        output_bytes: MIB,
        file_bytes: 32 * MIB,
        ..RunLimits::default()
    }
}

/// A variable by which a run's processes are found.
fn mark() -> String {
    static SERIAL: AtomicU32 = AtomicU32::new(0);
    format!("{}-{}", std::process::id(), SERIAL.fetch_add(1, Ordering::Relaxed))
}

/// What a run gave.
#[derive(Debug)]
pub struct Ran {
    pub outcome: Outcome,
    pub stdout: String,
    pub stderr: String,
}

/// Runs with both outputs kept, and asserts that no process is left.
pub fn run(sandbox: &mut Sandbox, spec: &RunSpec) -> Ran {
    try_run(sandbox, spec, Input::Null).unwrap()
}

pub fn try_run(sandbox: &mut Sandbox, spec: &RunSpec, stdin: Input) -> Result<Ran, SandboxError> {
    let (mut stdout, mut stderr) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
    let streams = Stdio {
        stdin,
        stdout: Output::File(stdout.try_clone().unwrap()),
        stderr: Output::File(stderr.try_clone().unwrap()),
    };
    let outcome = sandbox.run(spec, streams)?;
    if let Some((_, mark)) = spec.env.iter().find(|(name, _)| name == "MARK") {
        assert_eq!(processes_with(&format!("MARK={mark}")), Vec::<u32>::new(), "{spec:?}");
    }
    Ok(Ran { outcome, stdout: text(&mut stdout), stderr: text(&mut stderr) })
}

fn text(file: &mut File) -> String {
    let mut bytes = Vec::new();
    file.rewind().unwrap();
    file.take(4096).read_to_end(&mut bytes).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Processes of this host that have this text in their environment.
pub fn processes_with(text: &str) -> Vec<u32> {
    let has = |process: &u32| {
        let environment = fs::read(format!("/proc/{process}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == text.as_bytes())
    };
    processes().filter(has).collect()
}

pub fn processes() -> impl Iterator<Item = u32> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok())
}
