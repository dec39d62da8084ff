//! A package as one file: to be stored, sent and unpacked again.

use crate::{
    caps::ArchiveCaps,
    extract,
    fault::{Faults, Findings},
    import::Work,
    package::Package,
    tree::Tree,
};
use judge_types::PackageHash;
use std::{
    fs::{self, File},
    io::{self, BufReader, Seek, Write},
    path::{Path, PathBuf},
};
use zip::{
    CompressionMethod, DateTime, ZipArchive, ZipWriter, result::ZipError, write::SimpleFileOptions,
};

/// A package could not be packed.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The package's folder cannot be listed, or is not what it was.
    #[error("list package: {0}")]
    Package(#[from] Faults),
    /// One file cannot be read.
    #[error("pack {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The archive cannot be written.
    #[error("write archive")]
    Write(#[from] ZipError),
}

/// Writes the package as a zip archive: the same bytes for the same content, whenever and wherever.
///
/// # Errors
/// A failure to read the package or to write `to`.
pub fn pack<W: Write + Seek>(package: &Package, to: W) -> Result<W, PackError> {
    let mut findings = Findings::default();
    let tree = Tree::scan(&package.root, &ArchiveCaps::default(), &mut findings)?;
    findings.check()?;
    let mut zip = ZipWriter::new(to);
    for (path, file) in &tree.files {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(DateTime::default())
            .unix_permissions(if file.executable { 0o755 } else { 0o644 })
            .large_file(file.bytes >= u64::from(u32::MAX));
        zip.start_file(path.as_str(), options)?;
        let unreadable = |source| PackError::Read { path: file.source.clone(), source };
        let mut content = File::open(&file.source).map_err(unreadable)?;
        io::copy(&mut content, &mut zip).map_err(unreadable)?;
    }
    Ok(zip.finish()?)
}

/// How many bytes the files of an archive have unpacked, as it says itself.
///
/// # Errors
/// The archive cannot be read.
pub fn unpacked_bytes(zip: &Path) -> Result<u64, Faults> {
    let file = File::open(zip).map_err(Faults::io("open archive", zip))?;
    let archive = ZipArchive::new(BufReader::new(file))
        .map_err(|error| Faults::host("read archive", zip.display(), &error))?;
    let bytes = archive.decompressed_size().and_then(|bytes| u64::try_from(bytes).ok());
    bytes.ok_or_else(|| Faults::host("read archive", zip.display(), "it does not say its size"))
}

/// Unpacks an archive that [`pack`] made as the new folder `into`, for content that must have `hash`.
///
/// Where another process made `into` in the meantime, that one stays: it has the same content.
///
/// # Errors
/// The archive cannot be read, or its content has another hash. Nothing is left behind.
pub fn unpack(zip: &Path, into: &Path, hash: &PackageHash) -> Result<(), Faults> {
    let work = Work::beside(into)?;
    let folder = work.folder("canonical")?;
    let caps = ArchiveCaps { ratio: u64::MAX, ..ArchiveCaps::default() };
    extract::extract(zip, &folder, &caps)?;
    let mut findings = Findings::default();
    let tree = Tree::scan(&folder, &caps, &mut findings)?;
    findings.check()?;
    let found = tree.hash()?;
    if found != *hash {
        let error = format!("the content has hash {found}, not {hash}");
        return Err(Faults::host("unpack", zip.display(), &error));
    }
    match fs::rename(&folder, into) {
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => Ok(()),
        result => result.map_err(Faults::io("store package", into)),
    }
}
