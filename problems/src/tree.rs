//! The canonical tree of a package: which files it consists of, wherever they lie on the disk.
//!
//! Links are followed, version control and editor leftovers are dropped, permissions come
//! down to one executable bit. A folder and an archive of it have the same tree.

use crate::{
    caps::ArchiveCaps,
    fault::{Fault, Faults, Findings},
    kind::PackageFormat,
    metadata, names,
};
use judge_types::PackageHash;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    fs::{self, File, Metadata},
    io::{self, Read},
    ops::Bound,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

/// One file of the tree.
#[derive(Debug, Clone)]
pub(crate) struct TreeFile {
    /// Where its content lies now.
    pub(crate) source: PathBuf,
    pub(crate) executable: bool,
    pub(crate) bytes: u64,
}

/// The longest text file that is read whole, in bytes.
pub(crate) const MAX_TEXT_BYTES: u64 = 4 << 20;

/// The longest file that configures a package or a part of it, in bytes: what it says may be held for each test case.
pub(crate) const MAX_CONFIGURATION_BYTES: u64 = 256 << 10;

/// How far into a source file is looked, in bytes.
const HEAD_BYTES: u64 = 64 << 10;

impl TreeFile {
    /// The content as text, without a byte order mark, its lines ending in `\n`.
    ///
    /// # Errors
    /// The file, here called `path`, is too long, not UTF-8 or not readable.
    pub(crate) fn text(&self, path: &str) -> Result<String, Fault> {
        read_text(&self.source, path, MAX_TEXT_BYTES)
    }

    /// [`Self::text`] of a file that configures the package or a part of it.
    ///
    /// # Errors
    /// The file, here called `path`, is too long, not UTF-8 or not readable.
    pub(crate) fn configuration(&self, path: &str) -> Result<String, Fault> {
        read_text(&self.source, path, MAX_CONFIGURATION_BYTES)
    }

    /// The beginning of the content.
    ///
    /// # Errors
    /// The file, here called `path`, is not readable.
    pub(crate) fn head(&self, path: &str) -> Result<Vec<u8>, Fault> {
        read_head(&self.source).map_err(|error| unreadable(path, &error))
    }
}

/// The file at `source` as text of at most `most` bytes: see [`TreeFile::text`].
pub(crate) fn read_text(source: &Path, path: &str, most: u64) -> Result<String, Fault> {
    let bytes = read_bytes(source, most + 1).map_err(|error| unreadable(path, &error))?;
    if bytes.len() as u64 > most {
        return Err(Fault::new(path, format!("is longer than {most} bytes")));
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = 1 + valid.iter().filter(|&&byte| byte == b'\n').count();
        Fault::new(path, "is not UTF-8").at(u32::try_from(line).unwrap_or(u32::MAX))
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    Ok(text.replace("\r\n", "\n"))
}

/// The beginning of the file at `source`.
pub(crate) fn read_head(source: &Path) -> io::Result<Vec<u8>> {
    read_bytes(source, HEAD_BYTES)
}

fn read_bytes(source: &Path, most: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(source)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn unreadable(path: &str, error: &io::Error) -> Fault {
    Fault::new(path, format!("cannot be read: {error}"))
}

/// The files of a package.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    /// By their paths within the package (`data/secret/1.in`), in byte order.
    pub(crate) files: BTreeMap<String, TreeFile>,
}

impl Tree {
    /// Looks through the package in `root`.
    ///
    /// # Errors
    /// Only where this machine fails; what is wrong with the package goes to `findings`.
    pub(crate) fn scan(
        root: &Path,
        caps: &ArchiveCaps,
        findings: &mut Findings,
    ) -> Result<Self, Faults> {
        let root = root.canonicalize().map_err(Faults::io("open package", root))?;
        let mut scan = Scan {
            ancestors: vec![root.clone()],
            root,
            caps,
            findings,
            tree: Self::default(),
            entries: 0,
            bytes: 0,
        };
        let start = scan.root.clone();
        scan.folder("", &start)?;
        let tree = scan.tree;
        names::check_clashes(tree.files.keys().map(String::as_str), findings);
        Ok(tree)
    }

    /// What is left of it where its format takes some names for removed. Names of other characters than it allows were always
    /// read in the legacy format, and are in no package that was written for 2025-09 in earnest.
    pub(crate) fn of_format(&self, format: PackageFormat, findings: &mut Findings) -> Self {
        let is_strict = format == PackageFormat::V2025;
        let mut files = self.files.clone();
        files.retain(|path, _| {
            if path.split('/').any(names::is_auxiliary) {
                return false;
            }
            if is_strict && !path.split('/').all(names::is_allowed) {
                let message = "has a name that the format does not allow; ignored";
                findings.warn(Fault::new(path, message));
                return false;
            }
            true
        });
        Self { files }
    }

    /// The files below `folder`, which ends in `/`: the rest of the path, and the file.
    pub(crate) fn below<'a>(
        &'a self,
        folder: &'a str,
    ) -> impl Iterator<Item = (&'a str, &'a TreeFile)> {
        self.files
            .range::<str, _>((Bound::Included(folder), Bound::Unbounded))
            .map_while(move |(path, file)| Some((path.strip_prefix(folder)?, file)))
    }

    /// The SHA-256 over every path, executable bit and content.
    pub(crate) fn hash(&self) -> Result<PackageHash, Faults> {
        let mut all = Sha256::new();
        all.update(b"problem package 1\0");
        for (path, file) in &self.files {
            let content = content_hash(&file.source).map_err(Faults::io("read", &file.source))?;
            all.update((path.len() as u64).to_le_bytes());
            all.update(path);
            all.update([u8::from(file.executable)]);
            all.update(content);
        }
        let digits = hex::encode(all.finalize());
        digits.parse().map_err(|error| Faults::host("hash", "package", &error))
    }
}

fn content_hash(path: &Path) -> io::Result<[u8; 32]> {
    let mut file = File::open(path)?;
    let mut hash = Sha256::new();
    let mut buffer = vec![0; 128 * 1024];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hash.finalize().into()),
            Ok(read) => hash.update(&buffer[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

struct Scan<'a> {
    root: PathBuf,
    caps: &'a ArchiveCaps,
    findings: &'a mut Findings,
    tree: Tree,
    entries: usize,
    bytes: u64,
    /// The real folders from the root to the one being listed: a link to one of them would never end.
    ancestors: Vec<PathBuf>,
}

impl Scan<'_> {
    fn folder(&mut self, prefix: &str, folder: &Path) -> Result<(), Faults> {
        for entry in fs::read_dir(folder).map_err(Faults::io("list", folder))? {
            let entry = entry.map_err(Faults::io("list", folder))?;
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else {
                let shown = format!("{prefix}{}", entry.file_name().to_string_lossy());
                self.findings.fault(Fault::new(shown, "the name is not UTF-8"));
                continue;
            };
            if names::is_leftover(&name) {
                continue;
            }
            let path = format!("{prefix}{name}");
            if let Err(message) = names::check_path(&path, self.caps) {
                // One of these programs can be done without.
                if path.starts_with("submissions/") {
                    self.findings.warn(Fault::new(path, format!("{message}; ignored")));
                } else {
                    self.findings.fault(Fault::new(path, message));
                }
                continue;
            }
            self.entries += 1;
            if self.entries > self.caps.entries {
                if self.entries == self.caps.entries + 1 {
                    let message =
                        format!("holds more than {} files and folders", self.caps.entries);
                    self.findings.fault(Fault::new("package", message));
                }
                return Ok(());
            }
            self.entry(path, entry.path())?;
        }
        Ok(())
    }

    fn entry(&mut self, path: String, source: PathBuf) -> Result<(), Faults> {
        let metadata = fs::symlink_metadata(&source).map_err(Faults::io("look at", &source))?;
        if !metadata.is_symlink() {
            return self.real_entry(path, source, &metadata);
        }
        let target = source.canonicalize().ok();
        let inside = target.as_ref().filter(|target| target.starts_with(&self.root));
        let Some(target) = inside else {
            let message = match &target {
                None => "is a symbolic link that leads nowhere",
                Some(_) => "is a symbolic link that leaves the package",
            };
            // What judging goes by must be whole; anything else of a package can be done without.
            if path.starts_with("data/") || !self.root.join(metadata::FILE).is_file() {
                self.findings.fault(Fault::new(path, message));
            } else {
                self.findings.warn(Fault::new(path, format!("{message}; ignored")));
            }
            return Ok(());
        };
        let metadata = fs::metadata(target).map_err(Faults::io("look at", target))?;
        self.real_entry(path, target.clone(), &metadata)
    }

    fn real_entry(
        &mut self,
        path: String,
        source: PathBuf,
        metadata: &Metadata,
    ) -> Result<(), Faults> {
        if metadata.is_dir() {
            if self.ancestors.contains(&source) {
                self.findings.fault(Fault::new(path, "is a symbolic link to a folder around it"));
                return Ok(());
            }
            self.ancestors.push(source.clone());
            self.folder(&format!("{path}/"), &source)?;
            self.ancestors.pop();
        } else if metadata.is_file() {
            let fits = self.bytes <= self.caps.total_bytes;
            self.bytes = self.bytes.saturating_add(metadata.len());
            if fits && self.bytes > self.caps.total_bytes {
                let message =
                    format!("is larger than {} bytes, all files together", self.caps.total_bytes);
                self.findings.fault(Fault::new("package", message));
            }
            let executable = metadata.permissions().mode() & 0o111 != 0;
            self.tree.files.insert(path, TreeFile { source, executable, bytes: metadata.len() });
        } else {
            self.findings
                .fault(Fault::new(path, "is a device, pipe or socket, not a file or folder"));
        }
        Ok(())
    }
}
