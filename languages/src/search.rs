//! Where commands are found on the host.

use crate::base::BASE;
use std::{
    cmp::Ordering,
    env,
    ffi::OsString,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Component, Path, PathBuf},
};

/// The places where commands are looked for.
#[derive(Debug, Clone)]
pub struct Search {
    folders: Vec<PathBuf>,
    home: Option<PathBuf>,
}

impl Search {
    /// PATH and the home folder of this process, then the well-known places.
    #[must_use]
    pub fn from_environment() -> Self {
        Self::new(env::var_os("PATH").unwrap_or_default(), env::home_dir())
    }

    /// The folders of `path` (as in the variable PATH), then the well-known places, some of them below `home`.
    #[must_use]
    pub fn new(path: OsString, home: Option<PathBuf>) -> Self {
        let mut folders: Vec<PathBuf> =
            env::split_paths(&path).filter(|f| f.is_absolute()).collect();
        for pattern in &BASE.search {
            let pattern = match (pattern.strip_prefix("~/"), &home) {
                (Some(rest), Some(home)) => home.join(rest),
                (Some(_), None) => continue,
                (None, _) => PathBuf::from(pattern),
            };
            folders.extend(expand_pattern(&pattern));
        }
        Self { folders, home }
    }

    /// The executable file for `command`: the first one found that is not a version manager's shim,
    /// or what that shim leads to.
    pub(crate) fn command(&self, command: &str) -> Option<PathBuf> {
        self.folders.iter().find_map(|folder| {
            let found = folder.join(command);
            if !is_executable(&found) {
                return None;
            }
            let real = fs::canonicalize(&found).ok()?;
            if real.file_name().is_some_and(|name| name == "rustup") && command != "rustup" {
                return rustup_toolchain(folder)
                    .map(|t| t.join("bin").join(command))
                    .filter(|path| is_executable(path));
            }
            if folder.ends_with("shims") {
                return shim_target(folder.parent()?, command);
            }
            // A name within the mounted folders stays as it is, since some programs behave by their name.
            let keep = is_shared(&found) && is_shared(&real);
            Some(if keep { found } else { real })
        })
    }

    /// The folder that a box must see for `executable` to work, where that is not among the shared ones:
    /// what holds its `bin`. Never the home folder or one that holds it.
    pub(crate) fn prefix(&self, executable: &Path) -> Option<PathBuf> {
        if is_shared(executable) {
            return None;
        }
        let folder = executable.parent()?;
        let prefix = if folder.ends_with("bin") { folder.parent()? } else { folder };
        let private = |path: &Path| {
            path.parent().is_none()
                || self.home.as_ref().is_some_and(|home| {
                    // Besides programs, these hold what is their owner's alone, such as credentials.
                    let personal = [".local", ".cargo"].map(|folder| home.join(folder));
                    home.starts_with(path) || personal.iter().any(|folder| path == folder)
                })
        };
        Some(if private(prefix) { folder.to_owned() } else { prefix.to_owned() })
    }
}

/// Whether every box sees `path`.
fn is_shared(path: &Path) -> bool {
    BASE.mounts.iter().any(|mount| path.starts_with(mount))
}

fn is_executable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// The toolchain that rustup's shims in `folder` would choose outside any project.
fn rustup_toolchain(folder: &Path) -> Option<PathBuf> {
    // `cargo/bin` lies beside `rustup`, with or without a dot, unless the environment says otherwise.
    let beside = || {
        let cargo = folder.parent()?;
        let dot = if cargo.file_name()?.to_str()?.starts_with('.') { "." } else { "" };
        Some(cargo.parent()?.join(format!("{dot}rustup")))
    };
    let root = env::var_os("RUSTUP_HOME").map(PathBuf::from).or_else(beside)?;
    let settings = fs::read_to_string(root.join("settings.toml")).ok()?;
    let settings: toml::Table = settings.parse().ok()?;
    let chosen = settings.get("default_toolchain")?.as_str()?;
    let toolchains = root.join("toolchains");
    let exact = toolchains.join(chosen);
    if exact.is_dir() {
        return fs::canonicalize(exact).ok();
    }
    // The default may be named without the host's triple.
    let found = expand_pattern(&toolchains.join(format!("{chosen}-*"))).into_iter().next()?;
    fs::canonicalize(found).ok()
}

/// The program behind a shim of pyenv, rbenv and their kin: `root/versions/<version>/bin/<command>`.
fn shim_target(root: &Path, command: &str) -> Option<PathBuf> {
    let versions = root.join("versions");
    let chosen = fs::read_to_string(root.join("version")).unwrap_or_default();
    let chosen = chosen.split_whitespace().map(|version| versions.join(version));
    let all = expand_pattern(&versions.join("*"));
    chosen
        .chain(all)
        .map(|version| version.join("bin").join(command))
        .filter(|path| is_executable(path))
        .find_map(|path| fs::canonicalize(path).ok())
}

/// The existing paths that match `pattern`, in which each part may hold one `*`; newest version first.
pub(crate) fn expand_pattern(pattern: &Path) -> Vec<PathBuf> {
    let mut paths = vec![PathBuf::new()];
    for part in pattern.components() {
        let star = match part {
            Component::Normal(name) => name.to_str().and_then(|name| name.split_once('*')),
            _ => None,
        };
        paths = match star {
            None => paths.into_iter().map(|path| path.join(part)).collect(),
            Some((before, after)) => {
                paths.iter().flat_map(|path| matching_entries(path, before, after)).collect()
            }
        };
    }
    paths.retain(|path| path.exists());
    paths
}

fn matching_entries(folder: &Path, before: &str, after: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter(|name| {
            name.strip_prefix(before).is_some_and(|rest| rest.ends_with(after) && !rest.is_empty())
        })
        .collect();
    names.sort_by(|a, b| compare_versions(b, a));
    names.into_iter().map(|name| folder.join(name)).collect()
}

/// Orders `3.9` before `3.11`: runs of digits count as numbers.
fn compare_versions(a: &str, b: &str) -> Ordering {
    let numbers = |text: &str| -> Vec<u64> {
        text.split(|c: char| !c.is_ascii_digit()).filter_map(|run| run.parse().ok()).collect()
    };
    numbers(a).cmp(&numbers(b)).then_with(|| a.cmp(b))
}
