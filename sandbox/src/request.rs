//! Requests, checked and put into the kernel's terms.

use std::path::{Component, Path};

use nix::unistd::geteuid;

use crate::error::SandboxError;
use crate::protocol::{Setup, User};
use crate::spec::{BoxSpec, Level, RunLimits, RunSpec};

/// What a box's user is on the host where user ids are few.
const NOBODY: u32 = 65_534;
/// User ids of boxes begin here, far from any that a host gives out.
const FIRST_ID: u32 = 0x7000_0000;
/// Process ids are below this on every Linux.
const MAX_PROCESSES: u32 = 1 << 22;

/// Every path is absolute and without `..`.
pub(crate) fn check_mounts(spec: &BoxSpec) -> Result<(), SandboxError> {
    let plain = |path: &Path| {
        path.is_absolute() && !path.components().any(|part| part == Component::ParentDir)
    };
    for mount in &spec.mounts {
        for path in [&mount.source, &mount.target] {
            if !plain(path) {
                let what = format!("mount {} is not an absolute path without ..", path.display());
                return Err(SandboxError::BadRequest(what));
            }
        }
        if mount.target == Path::new("/") {
            return Err(SandboxError::BadRequest("mount target / is the box's own root".into()));
        }
    }
    Ok(())
}

/// The level to try first.
pub(crate) fn best_level() -> Level {
    if geteuid().is_root() { Level::Full } else { Level::UserNamespace }
}

/// What a launcher needs to know to build a box.
pub(crate) fn setup(level: Level, spec: &BoxSpec) -> Setup {
    Setup {
        level,
        user: user(),
        mounts: spec.mounts.clone(),
        work_bytes: spec.work_bytes,
        work_inodes: spec.work_inodes,
        temporary_bytes: spec.temporary_bytes,
        minimal: None,
    }
}

/// Who programs are: a user that no one else is, no other box at the same time and no user of the
/// host, if this process may choose.
pub(crate) fn user() -> User {
    if !geteuid().is_root() {
        return User::Owner;
    }
    let maps = std::fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    let largest = FIRST_ID + MAX_PROCESSES;
    let is_mapped = maps.lines().any(|line| {
        let mut numbers = line.split_whitespace().filter_map(|number| number.parse::<u64>().ok());
        let (first, count) = (numbers.next().unwrap_or(0), numbers.nth(1).unwrap_or(0));
        first <= u64::from(FIRST_ID) && u64::from(largest) < first + count
    });
    if is_mapped { User::Above(FIRST_ID) } else { User::Id(NOBODY) }
}

/// There is a program, and a place to start it in.
pub(crate) fn check_run(spec: &RunSpec) -> Result<(), SandboxError> {
    let bad = |what: &str| Err(SandboxError::BadRequest(what.to_owned()));
    if spec.argv.first().is_none_or(String::is_empty) {
        return bad("argv names no program");
    }
    if !spec.cwd.is_absolute() {
        return bad("cwd is not an absolute path");
    }
    if spec.limits.processes == 0 {
        return bad("a limit of 0 processes leaves none for the program");
    }
    let words = spec.argv.iter().chain(spec.env.iter().flat_map(|(name, value)| [name, value]));
    if words.into_iter().any(|word| word.contains('\0')) {
        return bad("a nul byte in argv or env");
    }
    Ok(())
}

/// Pairs of resource and limit for `setrlimit(2)`. `written_before` is the size of the larger output
/// file, in bytes.
pub(crate) fn rlimits(level: Level, limits: &RunLimits, written_before: u64) -> Vec<(u32, u64)> {
    // The account is the judge of CPU time; this stops a run whose owner hangs.
    let cpu_backstop = limits.cpu.as_secs().saturating_mul(2).saturating_add(10);
    // One byte more than allowed tells too much from just enough.
    let output = written_before.saturating_add(limits.output_bytes).saturating_add(1);
    let mut rlimits = vec![
        // 0 would still start the program that a host pipes core dumps into; 1 does not: core(5).
        (libc::RLIMIT_CORE, 1),
        (libc::RLIMIT_CPU, cpu_backstop),
        (libc::RLIMIT_FSIZE, limits.file_bytes.max(output)),
        (libc::RLIMIT_NOFILE, limits.open_files),
        (libc::RLIMIT_STACK, limits.stack_bytes.unwrap_or(libc::RLIM_INFINITY)),
        (libc::RLIMIT_MEMLOCK, 64 << 10),
        (libc::RLIMIT_MSGQUEUE, 0),
        (libc::RLIMIT_NICE, 0),
        (libc::RLIMIT_RTPRIO, 0),
    ];
    if level != Level::Full {
        // In their user namespace, the box's own processes count too.
        let own = if level == Level::UserNamespace { 2 } else { 0 };
        rlimits.push((libc::RLIMIT_NPROC, u64::from(limits.processes) + own));
        // What can be allocated between two samples.
        let data = limits.memory_bytes.saturating_mul(2).saturating_add(1 << 30);
        rlimits.push((libc::RLIMIT_DATA, data));
    }
    rlimits
}
