//! Attacks in the languages' own ways: sources that are compiled and run in a box with toolchains.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use sandbox::{BoxSpec, Ending, Mount, Policy, RunLimits, RunSpec, Sandbox, WorkAccess};

use crate::attack::{Column, End};
use crate::common::{MIB, Ran, helper, hostile, run};
use crate::residue::{self, Residue};

/// A source, what makes a program of it, and the attacks that this program knows.
pub struct Program {
    pub name: &'static str,
    pub sources: &'static [(&'static str, &'static str)],
    /// None for interpreters.
    pub compile: Option<&'static str>,
    /// Followed by the name of the attack.
    pub run: &'static str,
    pub policy: fn() -> Policy,
    pub attacks: Vec<Trial>,
}

/// One attack: words for the page, its name, and how it ends at every level.
pub struct Trial {
    pub words: &'static str,
    pub argument: &'static str,
    pub end: End,
    /// How it ends at level minimal without Landlock, if differently.
    pub bare: Option<End>,
}

/// A source that attacks the compiler.
pub struct Source {
    pub words: &'static str,
    pub sources: Vec<(&'static str, String)>,
    pub compile: &'static str,
    pub end: End,
    /// How it ends at level minimal without Landlock, if differently.
    pub bare: Option<End>,
}

impl Trial {
    /// How it ends in this column.
    pub fn end(&self, column: Column) -> &End {
        in_column(column, &self.end, self.bare.as_ref())
    }
}

impl Source {
    /// How it ends in this column.
    pub fn end(&self, column: Column) -> &End {
        in_column(column, &self.end, self.bare.as_ref())
    }
}

fn in_column<'a>(column: Column, end: &'a End, bare: Option<&'a End>) -> &'a End {
    bare.filter(|_| column == Column::MinimalBare).unwrap_or(end)
}

/// What a compiler or a program must not say: it stands where they must not see it.
pub const SECRET: &str = "the-judge-s-own-secret";

/// What the toolchains of a Debian see of their host.
const SYSTEM: [&str; 8] = [
    "/usr",
    "/bin",
    "/lib",
    "/lib64",
    "/etc/alternatives",
    "/etc/java-17-openjdk",
    "/etc/ld.so.cache",
    "/etc/mono",
];

pub struct Workshop {
    column: Column,
    folder: tempfile::TempDir,
}

impl Workshop {
    pub fn new(column: Column) -> Self {
        let folder = tempfile::tempdir_in("/var/tmp").unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        fs::write(folder.path().join("secret"), SECRET).unwrap();
        link_rust(&folder.path().join("rust"));
        Self { column, folder }
    }

    /// A file of the host that is in no box.
    pub fn secret(&self) -> String {
        self.folder.path().join("secret").display().to_string()
    }

    fn open(&self) -> Sandbox {
        let mut mounts: Vec<_> =
            SYSTEM.into_iter().filter(|path| Path::new(path).exists()).map(Mount::same).collect();
        mounts.push(Mount::same(self.folder.path().join("rust")));
        let spec = BoxSpec {
            level: Some(self.column.level()),
            mounts,
            helper: helper(),
            ..BoxSpec::default()
        };
        Sandbox::open(&spec).unwrap()
    }

    /// Compiles the program once and tries each of its attacks.
    pub fn try_program(&self, program: &Program) -> Vec<String> {
        let mut sandbox = self.open();
        let mut wrong = Vec::new();
        let mounts = residue::mounts_of_boxes();
        for (name, text) in program.sources {
            sandbox.work().put(name, text.as_bytes(), false).unwrap();
        }
        if let Some(compile) = program.compile {
            let ran =
                run(&mut sandbox, &self.spec(compile, Policy::compiler(), WorkAccess::Writable));
            assert!(ran.outcome.ending.is_success(), "{compile}: {ran:?}");
        }
        for trial in &program.attacks {
            let line = format!("{} {}", program.run, trial.argument);
            let mut spec = self.spec(&line, (program.policy)(), WorkAccess::ReadOnly);
            if trial.end == crate::attack::CPU {
                spec.limits.cpu = ENDLESS;
            }
            let before = Residue::with_mounts(NO_ONE, mounts.clone());
            let ran = run(&mut sandbox, &spec);
            wrong.extend(judge(trial.end(self.column), &ran));
            wrong.extend(Residue::left_since(&before, NO_ONE));
        }
        wrong.into_iter().map(|what| format!("{}: {what}", program.name)).collect()
    }

    pub fn try_source(&self, source: &Source) -> Vec<String> {
        let mut sandbox = self.open();
        let mounts = residue::mounts_of_boxes();
        for (name, text) in &source.sources {
            let text = text.replace("{secret}", &self.secret());
            if let Some((folder, _)) = name.rsplit_once('/') {
                sandbox.work().make_dir(folder).unwrap();
            }
            sandbox.work().put(name, text.as_bytes(), false).unwrap();
        }
        let before = Residue::with_mounts(NO_ONE, mounts);
        let mut spec = self.spec(source.compile, Policy::compiler(), WorkAccess::Writable);
        if matches!(source.end, End::Either(_)) {
            spec.limits.cpu = ENDLESS;
        }
        let ran = run(&mut sandbox, &spec);
        let mut wrong: Vec<_> = judge(source.end(self.column), &ran).into_iter().collect();
        wrong.extend(Residue::left_since(&before, NO_ONE));
        wrong.into_iter().map(|what| format!("{}: {what}", source.words)).collect()
    }

    /// `line` is split at blanks, but for what stands in single quotes.
    fn spec(&self, line: &str, policy: Policy, work: WorkAccess) -> RunSpec {
        let rust = self.folder.path().join("rust").display().to_string();
        let line = line.replace("{rust}", &rust);
        let limits = RunLimits {
            cpu: Duration::from_secs(30),
            wall: Duration::from_secs(60),
            memory_bytes: 320 * MIB,
            processes: 64,
            output_bytes: MIB,
            file_bytes: 128 * MIB,
            open_files: 512,
            ..RunLimits::default()
        };
        let words = line.split('\'').enumerate().flat_map(|(at, part)| match at % 2 {
            0 => part.split_whitespace().collect::<Vec<_>>(),
            _ => vec![part],
        });
        let mut spec = RunSpec::new(words, limits, policy);
        spec.work = work;
        spec.env = hostile("").env;
        let env = [
            ("PATH", "/usr/bin:/bin"),
            ("LANG", "C.UTF-8"),
            ("CGO_ENABLED", "0"),
            // Node gives up when it sees that there is a configuration and may not read it.
            ("OPENSSL_CONF", "/dev/null"),
        ];
        spec.env.extend(env.map(|(name, value)| (name.to_owned(), value.to_owned())));
        spec
    }
}

/// The CPU time of what would never end.
const ENDLESS: Duration = Duration::from_millis(400);

/// The boxes' users are not looked for here: their programs are found by their marks.
const NO_ONE: u32 = u32::MAX - 1;

fn judge(expected: &End, ran: &Ran) -> Option<String> {
    if expected.is_open() {
        let told = matches!(ran.outcome.ending, Ending::Exited { .. });
        return (!told).then(|| format!("expected {expected}, got {ran:?}"));
    }
    if ran.stdout.contains(SECRET) || ran.stderr.contains(SECRET) || ran.stderr.contains("root:") {
        return Some(format!("told a secret: {ran:?}"));
    }
    (!expected.is(&ran.outcome.ending)).then(|| format!("expected {expected}, got {ran:?}"))
}

/// The part of the Rust toolchain that compiles, where every user can reach it.
fn link_rust(to: &Path) {
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).output().unwrap();
    let sysroot = PathBuf::from(String::from_utf8(sysroot.stdout).unwrap().trim());
    let link = |from: &Path, to: &Path| {
        fs::hard_link(from, to).or_else(|_| fs::copy(from, to).map(drop)).unwrap();
    };
    fs::create_dir_all(to.join("bin")).unwrap();
    link(&sysroot.join("bin/rustc"), &to.join("bin/rustc"));
    let target = format!("lib/rustlib/{}-unknown-linux-gnu", std::env::consts::ARCH);
    let of_target = ["lib", "bin", "bin/gcc-ld"].map(|folder| format!("{target}/{folder}"));
    for folder in ["lib"].into_iter().chain(of_target.iter().map(String::as_str)) {
        fs::create_dir_all(to.join(folder)).unwrap();
        for entry in fs::read_dir(sysroot.join(folder)).into_iter().flatten().flatten() {
            if entry.metadata().unwrap().is_file() {
                link(&entry.path(), &to.join(folder).join(entry.file_name()));
            }
        }
    }
}
