//! A small good package in a temporary folder, for tests to spoil.
#![allow(dead_code, reason = "each test file uses a part of it")]

pub(crate) mod polygon;

use problems::{ArchiveCaps, Faults, Package, Rendered, statement};
use std::{
    fs,
    io::{Cursor, Write},
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};
use tempfile::TempDir;
use zip::{ZipWriter, write::SimpleFileOptions};

/// The package lies in a folder of its own, so that there is an outside to link to.
pub(crate) struct Draft(TempDir);

impl Draft {
    /// Nothing yet, for a package of another format.
    pub(crate) fn empty() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub(crate) fn new() -> Self {
        let draft = Self::empty();
        draft
            .write("problem.yaml", "name: A Draft\n")
            .write("problem_statement/problem.en.tex", "\\problemname{A Draft}\nText.\n")
            .write("data/sample/1.in", "1\n")
            .write("data/sample/1.ans", "2\n")
            .write("data/secret/1.in", "3\n")
            .write("data/secret/1.ans", "4\n")
            .write("input_validators/check.py", "import sys; sys.exit(42)\n")
            .write("submissions/accepted/good.py", "print(int(input()) + 1)\n");
        draft
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.0.path().join("draft")
    }

    /// A place outside of the package.
    pub(crate) fn outside(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, path: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.dir().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        fs::write(path, content).expect("a file is written");
        self
    }

    pub(crate) fn remove(&self, path: &str) -> &Self {
        let path = self.dir().join(path);
        if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
            .expect("it is removed");
        self
    }

    pub(crate) fn link(&self, path: &str, target: &str) -> &Self {
        let path = self.dir().join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
        symlink(target, path).expect("a link is made");
        self
    }

    pub(crate) fn executable(&self, path: &str) -> &Self {
        let mode = fs::Permissions::from_mode(0o700);
        fs::set_permissions(self.dir().join(path), mode).expect("the mode is set");
        self
    }

    pub(crate) fn open(&self) -> Result<Package, Faults> {
        Package::open(&self.dir())
    }

    /// How the statement in `file` is shown, of which `text` is the whole; an image `map.png` and another in a
    /// folder, `figures/tree.svg`, lie beside it.
    pub(crate) fn show(&self, file: &str, text: impl AsRef<[u8]>) -> Rendered {
        self.remove("problem_statement").write(&format!("problem_statement/{file}"), text);
        self.write("problem_statement/map.png", "").write("problem_statement/figures/tree.svg", "");
        let package = self.open().unwrap_or_else(|faults| panic!("{faults}"));
        statement::render(&package, "en", "/files/").expect("it is shown")
    }

    /// The draft as an archive, every path in it after `prefix`.
    pub(crate) fn zip(&self, prefix: &str) -> Vec<u8> {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        add_folder(&mut zip, &self.dir(), prefix);
        zip.finish().expect("the archive is finished").into_inner()
    }

    /// Imports an archive of these bytes called `upload.zip`.
    pub(crate) fn import(&self, zip: &[u8], caps: &ArchiveCaps) -> Result<Package, Faults> {
        let file = self.outside("upload.zip");
        fs::write(&file, zip).expect("the archive is written");
        let store = self.outside("store");
        fs::create_dir_all(&store).expect("a folder is made");
        problems::import_zip(&file, &store.join("package"), caps)
    }

    /// What lies where packages are imported to.
    pub(crate) fn stored(&self) -> Vec<String> {
        let entries = fs::read_dir(self.outside("store")).expect("the store is there");
        let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
        entries.map(|entry| name(entry.expect("an entry"))).collect()
    }
}

fn add_folder(zip: &mut ZipWriter<Cursor<Vec<u8>>>, folder: &Path, prefix: &str) {
    for entry in fs::read_dir(folder).expect("the folder is listed") {
        let entry = entry.expect("an entry");
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let metadata = entry.path().symlink_metadata().expect("metadata");
        let options = SimpleFileOptions::default().unix_permissions(metadata.permissions().mode());
        if metadata.is_symlink() {
            let target = fs::read_link(entry.path()).expect("a target");
            zip.add_symlink(name, target.to_string_lossy(), options).expect("a link is added");
        } else if metadata.is_dir() {
            zip.add_directory(name.as_str(), options).expect("a folder is added");
            add_folder(zip, &entry.path(), &format!("{name}/"));
        } else {
            zip.start_file(name, options).expect("a file is begun");
            let content = fs::read(entry.path()).expect("the file is read");
            zip.write_all(&content).expect("a file is added");
        }
    }
}

/// An archive with these files only.
pub(crate) fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(*name, SimpleFileOptions::default()).expect("a file is begun");
        zip.write_all(content).expect("a file is added");
    }
    zip.finish().expect("the archive is finished").into_inner()
}

/// The bytes with each occurrence of `from` replaced by `to`, which is as long.
pub(crate) fn patched(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(from.len()).position(|window| window == from) {
        bytes[at + found..at + found + to.len()].copy_from_slice(to);
        at += found + to.len();
    }
    assert!(at > 0, "nothing to replace");
    bytes
}
