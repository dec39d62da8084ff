//! A language's programs on this host.

use crate::{
    Language, Layout, Search,
    base::BASE,
    search::expand_pattern,
    template::{Folders, Values, expand, expand_text},
};
use std::{
    collections::BTreeMap,
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A language that can be used on this host.
#[derive(Debug, Clone)]
pub struct Toolchain {
    /// The language.
    pub language: Language,
    /// Placeholder name → the executable's path, the same on the host and in the box.
    pub executables: BTreeMap<String, String>,
    /// Host paths that a box must see, read-only, at the same place.
    pub mounts: Vec<PathBuf>,
    /// The environment of every program of this language, the whole of it; a template like its commands.
    pub env: Vec<(String, String)>,
}

/// A command to run in a box, in its work folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// The program's path and its arguments.
    pub argv: Vec<String>,
    /// The whole environment.
    pub env: Vec<(String, String)>,
    /// The family of system calls allowed: `native`, `vm` or `compiler`.
    pub policy: String,
    /// Processes and threads at once.
    pub processes: u32,
}

/// The host lacks a command of a language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{language}: command {command} not found; the Debian package {package} installs it")]
pub struct Missing {
    /// The language's id.
    pub language: String,
    /// The command, by its first name.
    pub command: String,
    /// The Debian package to install.
    pub package: String,
}

/// Finds the toolchain of `language` in PATH and the well-known places. Starts no program.
///
/// # Errors
/// [`Missing`] names the first command that is not there.
pub fn find(language: &Language) -> Result<Toolchain, Missing> {
    Toolchain::find_in(language, &Search::from_environment())
}

impl Toolchain {
    /// Finds the toolchain of `language` in the places of `search`.
    ///
    /// # Errors
    /// [`Missing`] names the first command that is not there.
    pub fn find_in(language: &Language, search: &Search) -> Result<Self, Missing> {
        let mut executables = BTreeMap::new();
        let mut mounts = Vec::new();
        let mut path = Vec::new();
        for (placeholder, names) in &language.commands {
            let found =
                names.iter().find_map(|name| search.command(name)).ok_or_else(|| Missing {
                    language: language.id.clone(),
                    command: names.first().cloned().unwrap_or_default(),
                    package: language.package.clone(),
                })?;
            if let Some(prefix) = search.prefix(&found) {
                push_new(&mut mounts, prefix);
                path.extend(found.parent().map(|bin| bin.to_string_lossy().into_owned()));
            }
            executables.insert(placeholder.clone(), found.to_string_lossy().into_owned());
        }
        for pattern in BASE.mounts.iter().chain(&language.mounts) {
            for mount in expand_pattern(Path::new(pattern)) {
                push_new(&mut mounts, mount);
            }
        }
        path.extend(["/usr/local/bin", "/usr/bin", "/bin"].map(str::to_owned));
        let mut env = vec![("PATH".to_owned(), path.join(":"))];
        env.extend(BASE.env.iter().map(|(name, value)| (name.clone(), value.clone())));
        Ok(Self { language: language.clone(), executables, mounts, env })
    }

    /// What tells these executables from those of another version: their real paths, sizes and times of change. Of one
    /// package or image they are alike on every machine.
    ///
    /// # Errors
    /// An executable is not there any more.
    pub fn fingerprint(&self) -> io::Result<String> {
        let mut stamps = String::new();
        for path in self.executables.values() {
            let real = fs::canonicalize(path)?;
            let metadata = fs::metadata(&real)?;
            stamps += &format!("{} {} {}\n", real.display(), metadata.len(), metadata.mtime());
        }
        Ok(stamps)
    }

    /// The command that compiles the program in a box with these `folders`, or `None` where sources are run as they
    /// are.
    #[must_use]
    pub fn compile(
        &self,
        layout: &Layout,
        memory_bytes: u64,
        folders: &Folders,
    ) -> Option<Invocation> {
        let compile = self.language.compile.as_ref()?;
        let values = self.values(layout, memory_bytes, folders);
        Some(Invocation {
            argv: expand(&compile.command, &values),
            env: self.env_with(&compile.env, &values),
            policy: compile.policy.clone(),
            processes: compile.processes,
        })
    }

    /// The command that runs the program under a memory limit of `memory_bytes`, in a box with these `folders`.
    #[must_use]
    pub fn run(&self, layout: &Layout, memory_bytes: u64, folders: &Folders) -> Invocation {
        let run = &self.language.run;
        let values = self.values(layout, run.memory_told(memory_bytes), folders);
        Invocation {
            argv: expand(&run.command, &values),
            env: self.env_with(&run.env, &values),
            policy: run.policy.clone(),
            processes: run.processes,
        }
    }

    /// The first line that the toolchain prints about its version. Runs it on the host.
    ///
    /// # Errors
    /// When the command cannot be started or fails.
    pub fn version(&self) -> io::Result<String> {
        let values = Values {
            commands: &self.executables,
            sources: &[],
            main: "",
            main_class: "",
            memory_mib: 256,
            folders: &Folders::default(),
        };
        let argv = expand(&self.language.version, &values);
        let Some((program, arguments)) = argv.split_first() else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        let output = Command::new(program).args(arguments).stdin(Stdio::null()).output()?;
        if !output.status.success() {
            return Err(io::Error::other(format!("{program} ended with {}", output.status)));
        }
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8_lossy(&printed);
        let line = printed.lines().find(|l| l.contains(|c: char| c.is_ascii_digit()));
        Ok(line.unwrap_or_default().trim().to_owned())
    }

    fn values<'a>(
        &'a self,
        layout: &'a Layout,
        memory_bytes: u64,
        folders: &'a Folders,
    ) -> Values<'a> {
        Values {
            commands: &self.executables,
            sources: &layout.sources,
            main: &layout.main,
            main_class: &layout.main_class,
            memory_mib: (memory_bytes >> 20).max(1),
            folders,
        }
    }

    fn env_with(
        &self,
        own: &BTreeMap<String, String>,
        values: &Values<'_>,
    ) -> Vec<(String, String)> {
        let all = self.env.iter().map(|(name, value)| (name, value)).chain(own);
        all.map(|(name, value)| (name.clone(), expand_text(value, values))).collect()
    }
}

fn push_new(paths: &mut Vec<PathBuf>, path: PathBuf) {
    if !paths.contains(&path) {
        paths.push(path);
    }
}
