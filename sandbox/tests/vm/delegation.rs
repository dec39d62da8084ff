//! Where in a tree of cgroup version 2 an owner finds room for its boxes. It divides groups and
//! moves itself about, so it is run in the virtual machine only: as root, in the tree's root.
//! This program is its own test harness, because it starts itself again in other groups.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../common/mod.rs"]
mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};
use std::time::{Duration, Instant};

use common::*;
use sandbox::{BoxSpec, CgroupVersion, Ending, Helper, Level, Mount, Policy, RunSpec, Sandbox};

const ROOT: &str = "/sys/fs/cgroup";

fn main() {
    sandbox::become_helper_if_asked();
    match std::env::args().nth(1).as_deref() {
        Some("own-a-box") => own_a_box(),
        Some("own-two-boxes") => {
            own_a_box();
            let own = std::env::current_exe().unwrap();
            assert!(Command::new(own).arg("own-a-box").status().unwrap().success());
        }
        _ => {
            fs::write(Path::new(ROOT).join("cgroup.subtree_control"), "+memory +pids").unwrap();
            let tests: [(&str, fn()); 4] = [
                ("alone_in_its_group_it_steps_aside", alone_in_its_group_it_steps_aside),
                ("others_in_its_group_are_left_alone", others_in_its_group_are_left_alone),
                ("in_a_container_all_step_aside", in_a_container_all_step_aside),
                ("a_group_without_controllers_is_named", a_group_without_controllers_is_named),
            ];
            for (name, test) in tests {
                test();
                println!("test {name} ... ok");
            }
        }
    }
}

/// Opens a box and sees that its groups count, bound, and are not seen from inside.
fn own_a_box() {
    let system = ["/bin", "/lib", "/lib64", "/usr"].map(Mount::same);
    let mut spec = BoxSpec { helper: Helper::CurrentExe, ..box_spec(Level::Full) };
    spec.mounts.extend(system.into_iter().filter(|mount| mount.source.exists()));
    let mut sandbox = match Sandbox::open(&spec) {
        Ok(sandbox) => sandbox,
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(1);
        }
    };
    assert_eq!(sandbox.cgroup_version(), CgroupVersion::V2);
    let own = fs::read_to_string("/proc/self/cgroup").unwrap();
    for _ in 0..2 {
        let ran = run(&mut sandbox, &hostile("heap 100"));
        assert_eq!(ran.outcome.ending, Ending::MemoryExceeded, "{own}: {ran:?}");
        let cat = RunSpec::new(["cat", "/proc/self/cgroup"], limits(), Policy::native());
        let ran = run(&mut sandbox, &cat);
        assert_eq!(ran.stdout, "0::/\n", "{own}: {ran:?}");
    }
    sandbox.close().unwrap();
}

/// A group that is removed in the end, with what an owner has made in it.
struct Group(PathBuf);

impl Group {
    fn new(path: &str) -> Self {
        let path = Path::new(ROOT).join(path);
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    /// Starts a program in the group; `words` are what a shell is to execute.
    fn start(&self, words: &str) -> Child {
        let own = std::env::current_exe().unwrap();
        let script = format!("echo $$ >{}/cgroup.procs && {words}", self.0.display());
        let mut shell = Command::new("sh");
        shell.args(["-c", &script]).env("OWN", own).stderr(std::process::Stdio::piped());
        shell.spawn().unwrap()
    }

    fn run(&self, words: &str) -> Output {
        self.start(words).wait_with_output().unwrap()
    }

    fn divide(&self) {
        fs::write(self.0.join("cgroup.subtree_control"), "+memory +pids").unwrap();
    }
}

impl Drop for Group {
    /// The launcher of an owner that has ended may be about to end.
    fn drop(&mut self) {
        let began = Instant::now();
        let remove = || {
            let _ = fs::remove_dir(self.0.join("gavel-owner"));
            fs::remove_dir(&self.0)
        };
        while let Err(error) = remove() {
            if std::thread::panicking() {
                break;
            }
            assert!(began.elapsed() < Duration::from_secs(60), "{}: {error}", self.0.display());
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

#[track_caller]
fn succeeded(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn alone_in_its_group_it_steps_aside() {
    let service = Group::new("service");
    succeeded(&service.run("exec $OWN own-two-boxes"));
    assert!(service.0.join("gavel-owner").exists());
}

fn others_in_its_group_are_left_alone() {
    let slice = Group::new("slice");
    slice.divide();
    let session = Group::new("slice/session");
    succeeded(&session.run("sleep 1000 & $OWN own-two-boxes; code=$?; kill $!; wait; exit $code"));
    assert!(!session.0.join("gavel-owner").exists());
}

/// Whoever started the owner stays its parent, as the entry point of a container does.
fn in_a_container_all_step_aside() {
    let container = Group::new("container");
    let inside = format!(
        "umount {ROOT}; mount -t cgroup2 cgroup2 {ROOT}; sleep 1000 & \
         $OWN own-two-boxes; code=$?; kill $!; wait; exit $code"
    );
    succeeded(&container.run(&format!("exec unshare --cgroup --mount sh -c '{inside}'")));
    assert!(container.0.join("gavel-owner").exists());
}

fn a_group_without_controllers_is_named() {
    let _outer = Group::new("outer");
    let inner = Group::new("outer/inner");
    let refused = inner.run("exec $OWN own-a-box");
    let reason = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && reason.contains("memory and pids"), "{reason}");
    drop(inner);
}
