//! A compiled submission on its way to other functions: a zip in the blob store, named by its judgement and its content.

use crate::judging::{Workbench, host};
use crate::package_cache::wait_for;
use judge_types::{JudgementId, JudgingError, JudgingErrorKind, with_causes};
use languages::{Language, Toolchain};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File, Permissions},
    io::{self, BufReader, BufWriter, Write},
    os::unix::fs::PermissionsExt,
    path::Path,
};
use store::{Blobs, blobs, fan_out::FanOut};
use tempfile::{NamedTempFile, TempDir};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

/// What a submission is compiled with, so that it runs only where that is the same: a virtual machine of another version may
/// not read what this one's compiler wrote.
pub(super) fn toolchain(toolchain: &Toolchain) -> Result<String, JudgingError> {
    let stamps = toolchain.fingerprint();
    let stamps = stamps.map_err(|e| host("look at", &toolchain.language.name, &e))?;
    Ok(hex::encode(Sha256::digest(stamps)))
}

/// Whether what `fan_out` names was compiled with the toolchain that the language has on this machine.
pub(super) fn is_for_here(
    bench: &Workbench,
    language: &Language,
    fan_out: &FanOut,
) -> Result<bool, JudgingError> {
    Ok(toolchain(&bench.toolchain(language)?)? == fan_out.toolchain)
}

/// Stores what is in a folder; gives the blob's key and its SHA-256.
pub(super) fn store(
    blobs: &Blobs,
    judgement: JudgementId,
    folder: &Path,
    scratch: &Path,
) -> Result<(String, String), JudgingError> {
    let failed = |e: io::Error| host("pack", folder.display(), &e);
    let mut packed = NamedTempFile::new_in(scratch).map_err(failed)?;
    pack(folder, packed.as_file_mut()).map_err(failed)?;
    let (_, hash) = blobs::digest(packed.path()).map_err(failed)?;
    let key = blobs::compiled_key(judgement, &hash);
    wait_for(blobs.put_file(&key, packed.path()))?;
    Ok((key, hash))
}

/// Fetches one into a folder that is gone with what this gives; says how many bytes came.
pub(super) fn fetch(
    blobs: &Blobs,
    fan_out: &FanOut,
    scratch: &Path,
) -> Result<(TempDir, u64), JudgingError> {
    let key = &fan_out.artefact;
    let failed = |e: io::Error| host("unpack", key, &e);
    let packed = NamedTempFile::new_in(scratch).map_err(failed)?;
    wait_for(blobs.get_to_file(key, packed.path()))?;
    let (bytes, hash) = blobs::digest(packed.path()).map_err(failed)?;
    if hash != fan_out.artefact_hash {
        let message = format!("blob {key} does not hold what was stored there");
        return Err(JudgingError::new(JudgingErrorKind::Storage, message));
    }
    let folder = TempDir::new_in(scratch).map_err(failed)?;
    unpack(packed.path(), folder.path()).map_err(failed)?;
    Ok((folder, bytes))
}

/// Removes one that is of no more use. Where that fails, whoever looks for leftovers does so.
pub(super) fn remove(blobs: &Blobs, key: &str) {
    if let Err(error) = wait_for(blobs.delete(key)) {
        tracing::warn!(key, error = with_causes(&error), "cannot remove a compiled submission");
    }
}

fn pack(folder: &Path, to: &mut File) -> io::Result<()> {
    let mut zip = ZipWriter::new(BufWriter::new(to));
    add(&mut zip, folder, "")?;
    zip.finish()?.flush()
}

fn add(zip: &mut ZipWriter<BufWriter<&mut File>>, folder: &Path, below: &str) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().into_string().map_err(|_| io::ErrorKind::InvalidFilename)?;
        let name = format!("{below}{name}");
        let metadata = entry.metadata()?;
        // Some compilers take long enough: packing must not.
        let options = SimpleFileOptions::default()
            .compression_level(Some(1))
            .unix_permissions(metadata.permissions().mode());
        if metadata.is_dir() {
            zip.add_directory(name.as_str(), options)?;
            add(zip, &entry.path(), &format!("{name}/"))?;
        } else {
            zip.start_file(name.as_str(), options)?;
            io::copy(&mut File::open(entry.path())?, zip)?;
        }
    }
    Ok(())
}

fn unpack(packed: &Path, folder: &Path) -> io::Result<()> {
    let mut zip = ZipArchive::new(BufReader::new(File::open(packed)?))?;
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index)?;
        let name = entry.enclosed_name().ok_or(io::ErrorKind::InvalidFilename)?;
        let path = folder.join(name);
        if entry.is_dir() {
            fs::create_dir_all(&path)?;
        } else {
            let mut file = File::create_new(&path)?;
            io::copy(&mut entry, &mut file)?;
            file.set_permissions(Permissions::from_mode(entry.unix_mode().unwrap_or(0o644)))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_comes_out_as_it_went_in() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir_all(from.path().join("a/b")).unwrap();
        fs::create_dir(from.path().join("empty")).unwrap();
        fs::write(from.path().join("a/b/text ä"), "x".repeat(100_000)).unwrap();
        let program = from.path().join("program");
        fs::write(&program, [0, 1, 2]).unwrap();
        fs::set_permissions(&program, Permissions::from_mode(0o755)).unwrap();
        let mut packed = NamedTempFile::new().unwrap();
        pack(from.path(), packed.as_file_mut()).unwrap();
        unpack(packed.path(), to.path()).unwrap();
        assert_eq!(fs::read(to.path().join("a/b/text ä")).unwrap(), [b'x'; 100_000]);
        assert!(to.path().join("empty").is_dir());
        let mode = fs::metadata(to.path().join("program")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o755);
    }
}
