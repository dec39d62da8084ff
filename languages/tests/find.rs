//! Finding toolchains in folders made for the test.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use languages::{Language, Search, Toolchain};
use std::{
    ffi::OsString,
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

const LANGUAGE: &str = "name = \"X\"\nicpc_names = [\"x\"]\nextensions = [\"x\"]\npackage = \"x-tools\"\nversion = [\"{run}\"]\n\
    [commands]\nrun = [\"xrun9\", \"xrun\"]\n[run]\ncommand = [\"{run}\", \"{main}\"]\npolicy = \"vm\"\nprocesses = 1\n";

struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        fs::canonicalize(self.0.path()).unwrap()
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        path
    }

    fn find(&self, path: &[&str]) -> Result<Toolchain, languages::Missing> {
        let path: Vec<PathBuf> = path.iter().map(|folder| self.path().join(folder)).collect();
        let path: OsString = std::env::join_paths(path).unwrap();
        let language = Language::parse("x.toml", LANGUAGE).unwrap();
        Toolchain::find_in(&language, &Search::new(path, Some(self.path())))
    }
}

fn assert_found(toolchain: &Toolchain, executable: &Path, mount: &Path) {
    assert_eq!(Path::new(&toolchain.executables["run"]), executable);
    assert!(toolchain.mounts.iter().any(|m| m == mount), "{:?}", toolchain.mounts);
    assert!(toolchain.mounts.iter().any(|m| m == Path::new("/usr")));
    let path = &toolchain.env.iter().find(|(name, _)| name == "PATH").unwrap().1;
    assert!(path.starts_with(executable.parent().unwrap().to_str().unwrap()), "{path}");
}

#[test]
fn what_is_missing_is_named_with_its_package() {
    let missing = Home::new().find(&[]).unwrap_err();
    assert_eq!(
        missing.to_string(),
        "x: command xrun9 not found; the Debian package x-tools installs it"
    );
}

#[test]
fn a_program_of_a_prefix_is_found_through_links() {
    let home = Home::new();
    let real = home.file("tools/x-9.1/bin/xrun", "");
    symlink(home.path().join("tools/x-9.1"), home.path().join("tools/current")).unwrap();
    let toolchain = home.find(&["tools/current/bin"]).unwrap();
    assert_found(&toolchain, &real, &home.path().join("tools/x-9.1"));
}

#[test]
fn the_home_folder_is_never_mounted() {
    let home = Home::new();
    for folder in ["bin", ".local/bin"] {
        let real = home.file(&format!("{folder}/xrun"), "");
        let toolchain = home.find(&[folder]).unwrap();
        assert_found(&toolchain, &real, &home.path().join(folder));
        for mount in &toolchain.mounts {
            assert!(!home.path().starts_with(mount), "{}", mount.display());
        }
        fs::remove_file(real).unwrap();
    }
}

#[test]
fn a_version_managers_shim_leads_to_the_chosen_version() {
    let home = Home::new();
    home.file("env/shims/xrun", "#!/bin/sh\nexec xenv exec \"$0\"\n");
    let newest = home.file("env/versions/3.11/bin/xrun", "");
    let older = home.file("env/versions/3.9/bin/xrun", "");
    assert_found(
        &home.find(&["env/shims"]).unwrap(),
        &newest,
        &home.path().join("env/versions/3.11"),
    );
    fs::write(home.path().join("env/version"), "3.9\n").unwrap();
    assert_found(
        &home.find(&["env/shims"]).unwrap(),
        &older,
        &home.path().join("env/versions/3.9"),
    );
}

#[test]
fn rustups_proxy_leads_to_the_default_toolchain() {
    let home = Home::new();
    home.file(".cargo/bin/rustup", "");
    symlink("rustup", home.path().join(".cargo/bin/xrun")).unwrap();
    let real = home.file(".rustup/toolchains/stable-x86_64/bin/xrun", "");
    home.file(".rustup/settings.toml", "version = \"12\"\ndefault_toolchain = \"stable\"\n");
    let toolchain = home.find(&[".cargo/bin"]).unwrap();
    assert_found(&toolchain, &real, &home.path().join(".rustup/toolchains/stable-x86_64"));
}

#[test]
fn well_known_places_serve_a_bare_path() {
    let home = Home::new();
    home.file(".nvm/versions/node/v8.1.0/bin/xrun", "");
    let real = home.file(".nvm/versions/node/v20.3.0/bin/xrun", "");
    let toolchain = home.find(&[]).unwrap();
    assert_found(&toolchain, &real, &home.path().join(".nvm/versions/node/v20.3.0"));
}

#[test]
fn a_file_that_cannot_be_executed_is_not_a_command() {
    let home = Home::new();
    let file = home.file("x/bin/xrun", "");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(home.find(&["x/bin"]).is_err());
}
