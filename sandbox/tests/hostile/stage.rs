//! Where the attacks are tried: boxes of one column, with what the attacks look for outside.

use std::fs::{self, File, FileTimes};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::{Duration, Instant, SystemTime};

use sandbox::{BoxSpec, Ending, Input, Level, Mount, Output, RunSpec, Sandbox, Stdio, WorkAccess};
use tempfile::TempDir;

use crate::attack::{Attack, Between, Column, How};
use crate::common::{HOSTILE, MIB, Ran, box_spec, hostile, run, try_run};
use crate::residue::{self, Mounts, Residue};

pub struct Stage {
    column: Column,
    /// A folder of the host with a secret in it, files that the boxes see, and one that runs read.
    folder: TempDir,
}

impl Stage {
    pub fn new(column: Column) -> Self {
        let stage = Self { column, folder: tempfile::tempdir().unwrap() };
        let mode = |path: &PathBuf, mode| {
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        };
        mode(&stage.folder.path().to_owned(), 0o755);
        fs::write(stage.path("secret"), "the jury's answer").unwrap();
        stage.make_shared();
        File::create(stage.path("big")).unwrap().set_len(128 * MIB).unwrap();
        for file in ["secret", "shared", "big"] {
            mode(&stage.path(file), 0o644);
        }
        for (name, permissions) in [("hostile", 0o755), ("setuid", 0o6755)] {
            fs::copy(&*HOSTILE, stage.path(name)).unwrap();
            mode(&stage.path(name), permissions);
        }
        stage
    }

    /// Makes the file that runs read: last read when it was last written, so that a reading shows.
    /// Left alone, a tick of the kernel's clock may pass between its making and its writing.
    fn make_shared(&self) {
        let mut shared = File::create(self.path("shared")).unwrap();
        shared.write_all(&[b'x'; 8192]).unwrap();
        let now = SystemTime::now();
        shared.set_times(FileTimes::new().set_accessed(now).set_modified(now)).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The path of a file where the boxes see it.
    fn inside(&self, name: &str) -> String {
        if self.column.level() == Level::Minimal {
            self.path(name).to_str().unwrap().to_owned()
        } else {
            format!("/{name}")
        }
    }

    pub fn box_spec(&self) -> BoxSpec {
        // At level minimal, everything is where it is on the host.
        let names = ["hostile", "shared", "big", "setuid"];
        let mount = |name| Mount { source: self.path(name), target: self.inside(name).into() };
        let mounts = names.map(mount).into();
        BoxSpec { mounts, ..box_spec(self.column.level()) }
    }

    pub fn open(&self) -> Open<'_> {
        let sandbox = Sandbox::open(&self.box_spec());
        let mut sandbox = sandbox.unwrap_or_else(|error| panic!("{}: {error}", self.column));
        // Before the first run: later, the box may be at preparing the next one.
        let mounts = residue::mounts_of_boxes();
        let ran = run(&mut sandbox, &self.hostile("who-am-i"));
        let user = ran.stdout.trim().parse().unwrap_or_else(|_| panic!("{ran:?}"));
        Open { stage: self, sandbox, user, mounts }
    }

    /// Words in braces stand for what is known only now.
    fn hostile(&self, line: &str) -> RunSpec {
        let is_minimal = self.column.level() == Level::Minimal;
        let mut uptime = 0.0;
        if line.contains("{uptime}") {
            let text = fs::read_to_string("/proc/uptime").unwrap();
            uptime = text.split(' ').next().unwrap().parse::<f64>().unwrap();
        }
        let line = line
            .replace("{uptime}", &(uptime.floor()).to_string())
            .replace("{secret}", self.path("secret").to_str().unwrap())
            .replace("{setuid}", &self.inside("setuid"))
            .replace("{big}", &self.inside("big"))
            .replace("{tmp}", if is_minimal { "../tmp" } else { "/tmp" })
            .replace("{variables}", if is_minimal { "3" } else { "2" })
            .replace("{folder}", self.folder.path().to_str().unwrap());
        let mut spec = hostile(&line);
        spec.argv[0] = self.inside("hostile");
        spec.env.push(("SHARED".to_owned(), self.inside("shared")));
        spec
    }

    fn spec(&self, attack: &Attack, line: &str) -> RunSpec {
        let mut spec = self.hostile(line);
        (attack.change)(&mut spec);
        spec
    }

    fn input(&self, attack: &Attack) -> Input {
        if attack.reads_shared { Input::Path(self.path("shared")) } else { Input::Null }
    }
}

/// A box that is open, and its user on the host.
pub struct Open<'a> {
    stage: &'a Stage,
    sandbox: Sandbox,
    user: u32,
    mounts: Mounts,
}

impl Open<'_> {
    /// Tries an attack; what is wrong with how it ended or what it left, in words.
    pub fn try_attack(&mut self, attack: &Attack) -> Vec<String> {
        let before = Residue::with_mounts(self.user, self.mounts.clone());
        let ran = match &attack.how {
            How::Alone(line) => self.alone(attack, line),
            How::Message { leave, find, between: Between::Runs, .. } => {
                let left = self.alone(attack, leave);
                // Those that are killed for trying have left nothing.
                match left.outcome.ending {
                    Ending::ForbiddenSyscall { .. } => left,
                    _ => self.alone(attack, find),
                }
            }
            How::Message { leave, find, between: Between::Boxes, held } => {
                self.beside(attack, leave, find, *held)
            }
        };
        let mut wrong = Residue::left_since(&before, self.user);
        let expected = attack.end(self.stage.column);
        if !expected.is(&ran.outcome.ending) {
            wrong.push(format!("expected {expected}, got {ran:?}"));
        }
        let fresh = run(&mut self.sandbox, &self.stage.hostile("find-in-folders"));
        if !fresh.outcome.ending.is_success() {
            wrong.push(format!("the next run is not in order: {fresh:?}"));
        }
        wrong
    }

    fn alone(&mut self, attack: &Attack, line: &str) -> Ran {
        let spec = self.stage.spec(attack, line);
        let ran = try_run(&mut self.sandbox, &spec, self.stage.input(attack)).unwrap();
        if spec.work == WorkAccess::Writable {
            self.sandbox.work().clear().unwrap();
        }
        ran
    }

    /// The sender in a box of its own, which is open for as long as the finder looks.
    fn beside(&mut self, attack: &Attack, leave: &str, find: &str, held: bool) -> Ran {
        let mut other = self.stage.open();
        if !held {
            let left = other.alone(attack, leave);
            return match left.outcome.ending {
                Ending::ForbiddenSyscall { .. } => left,
                _ => self.alone(attack, find),
            };
        }
        let spec = self.stage.spec(attack, leave);
        let release = tempfile::NamedTempFile::new_in(self.stage.folder.path()).unwrap();
        let output = tempfile::tempfile().unwrap();
        let streams = Stdio {
            stdin: Input::Path(release.path().to_owned()),
            stdout: Output::File(output.try_clone().unwrap()),
            stderr: Output::Null,
        };
        std::thread::scope(|scope| {
            let Open { sandbox, .. } = &mut other;
            let holding = scope.spawn(move || sandbox.run(&spec, streams).unwrap());
            let began = Instant::now();
            while output.metadata().unwrap().len() == 0 && !holding.is_finished() {
                assert!(began.elapsed() < Duration::from_secs(60), "{leave} says nothing");
                std::thread::sleep(Duration::from_millis(1));
            }
            let found = self.alone(attack, find);
            release.as_file().write_all(b"x").unwrap();
            let left = holding.join().unwrap();
            match left.ending {
                Ending::ForbiddenSyscall { .. } => Ran { outcome: left, ..found },
                Ending::Exited { code: 0 } => found,
                _ => panic!("{leave}: {left:?}"),
            }
        })
    }
}
