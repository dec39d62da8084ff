//! The last steps of a fresh process before it is the program.

use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use nix::errno::Errno;
use nix::sched::{CloneFlags, unshare};
use nix::sys::signal::SigSet;
use nix::unistd::{Gid, Uid, chdir, setresgid, setresuid, setsid};

use super::minimal::Confinement;
use super::report::{Report, Stage};
use super::{Failure, Step};
use crate::policy::Instruction;
use crate::protocol::Run;
use crate::sys::futex::RobustList;
use crate::sys::process::{self, Program};
use crate::sys::seccomp;
use crate::sys::trace;

/// Where a name without a slash is looked up when the environment has no `PATH`.
const DEFAULT_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// A program with everything that is known before the fork, so that nothing can fail for want of
/// memory after it.
pub(super) struct PreparedProgram<'a> {
    program: Program,
    folder: &'a Path,
    rlimits: &'a [(u32, u64)],
    policy: &'a [Instruction],
    traced: bool,
    survives_broken_pipes: bool,
    /// The user to become; inside a user namespace there is only one.
    id: Option<u32>,
    /// At level minimal.
    confinement: Option<&'a Confinement>,
    /// Whether it is born in another control group than the box's process.
    own_group: bool,
}

impl<'a> PreparedProgram<'a> {
    pub(super) fn new(
        run: &'a Run,
        policy: &'a [Instruction],
        id: Option<u32>,
        confinement: Option<&'a Confinement>,
        own_group: bool,
    ) -> Result<Self, Failure> {
        let argv = run.argv.iter().map(|arg| c_string(arg.as_bytes())).collect::<Result<_, _>>()?;
        let env =
            run.env.iter().map(|(name, value)| c_string(format!("{name}={value}").as_bytes()));
        let env = env.collect::<Result<_, _>>()?;
        Ok(Self {
            program: Program::new(candidates(run)?, argv, env),
            folder: &run.cwd,
            rlimits: &run.rlimits,
            policy,
            traced: run.traced,
            survives_broken_pipes: run.survives_broken_pipes,
            id,
            confinement,
            own_group,
        })
    }

    /// Never returns: becomes the program once it is let go, or reports why not.
    pub(super) fn become_it(&self, report: &Report) -> ! {
        let mut list = RobustList::new();
        let (stage, errno) = match self.prepare(report, &mut list) {
            Ok(listener) => {
                report.wait_at_the_gate(listener);
                match self.confinement.map_or(Ok(()), Confinement::close) {
                    Ok(()) => (Stage::Execute, self.program.execute()),
                    Err(errno) => (Stage::Confinement, errno),
                }
            }
            Err(failure) => failure,
        };
        report.fail(stage, errno);
        process::exit_now(127)
    }

    fn prepare(&self, report: &Report, list: &mut RobustList) -> Result<i32, (Stage, Errno)> {
        if self.traced {
            trace::ask_for_it().map_err(|errno| (Stage::Session, errno))?;
        }
        report.leaving.hold(list).map_err(|errno| (Stage::Session, errno))?;
        setsid().map_err(|errno| (Stage::Session, errno))?;
        if self.own_group {
            // Not the box's process did this, because it could not start anything outside of its
            // namespace then (the mount option `nsdelegate`).
            unshare(CloneFlags::CLONE_NEWCGROUP).map_err(|errno| (Stage::Group, errno))?;
        }
        for &(resource, value) in self.rlimits {
            process::limit(resource, value).map_err(|errno| (Stage::Limits, errno))?;
        }
        if let Some(id) = self.id {
            become_user(id).map_err(|errno| (Stage::Identity, errno))?;
        }
        process::drop_capabilities().map_err(|errno| (Stage::Capabilities, errno))?;
        chdir(self.folder).map_err(|errno| (Stage::Folder, errno))?;
        if self.survives_broken_pipes {
            process::ignore_broken_pipes();
        }
        SigSet::empty().thread_set_mask().map_err(|errno| (Stage::Session, errno))?;
        let own_policy;
        let policy = match self.confinement {
            Some(confinement) => {
                confinement.enter().map_err(|errno| (Stage::Confinement, errno))?;
                own_policy = Confinement::filter(self.policy);
                &own_policy
            }
            None => self.policy,
        };
        seccomp::install(policy).map_err(|errno| (Stage::Filter, errno))
    }
}

fn become_user(id: u32) -> Result<(), Errno> {
    let (user, group) = (Uid::from_raw(id), Gid::from_raw(id));
    setresgid(group, group, group)?;
    setresuid(user, user, user)
}

/// The paths at which the program may be.
fn candidates(run: &Run) -> Result<Vec<CString>, Failure> {
    let name = run.argv.first().map(String::as_str).unwrap_or_default();
    if name.contains('/') {
        return Ok(vec![c_string(name.as_bytes())?]);
    }
    let path = run.env.iter().find(|(variable, _)| variable == "PATH");
    let path = path.map_or(DEFAULT_PATH, |(_, value)| value.as_str());
    path.split(':')
        .filter(|folder| !folder.is_empty())
        .map(|folder| c_string(Path::new(folder).join(name).as_os_str().as_bytes()))
        .collect()
}

fn c_string(bytes: &[u8]) -> Result<CString, Failure> {
    CString::new(bytes)
        .map_err(|_| Errno::EINVAL)
        .step(|| "read an argument or a variable with a nul byte".into())
}
