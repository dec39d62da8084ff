//! Judgements of jury submissions, kept so that what is unchanged is not judged twice.
//!
//! A file is named by the hash of all that a judgement depends on: this build, the package without what judging does not
//! look at, the submission's files, its language and the limits.

use crate::judging::{JudgeJob, Judged};
use judge_types::PackageHash;
use sha2::{Digest, Sha256};
use std::{
    fs, io,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

/// What nobody has wanted for so long is removed.
const KEPT_FOR: Duration = Duration::from_secs(30 * 24 * 3_600);

/// The kept judgements of one machine.
pub(super) struct Results {
    folder: PathBuf,
    judging: PackageHash,
}

impl Results {
    /// Those in `folder` for packages that judge as the one with the hash `judging` does.
    pub(super) fn open(folder: &Path, judging: PackageHash) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        remove_old(folder, SystemTime::now() - KEPT_FOR)?;
        Ok(Self { folder: folder.to_owned(), judging })
    }

    /// What the job came to before, if it is known.
    pub(super) fn get(&self, job: &JudgeJob<'_>) -> Option<Judged> {
        let path = self.path(job)?;
        let judged = serde_json::from_slice(&fs::read(&path).ok()?).ok()?;
        // That it is wanted is no more than a hint to whoever makes room.
        let _ = fs::File::open(&path).and_then(|file| file.set_modified(SystemTime::now()));
        Some(judged)
    }

    /// Keeps what the job came to. A failure only means that it is judged again.
    pub(super) fn put(&self, job: &JudgeJob<'_>, judged: &Judged) {
        let write = || -> io::Result<()> {
            let Some(path) = self.path(job) else { return Ok(()) };
            let mut file = tempfile::Builder::new().prefix(INCOMING).tempfile_in(&self.folder)?;
            serde_json::to_writer(&mut file, judged)?;
            file.persist(path).map(drop).map_err(|error| error.error)
        };
        if let Err(error) = write() {
            tracing::warn!(%error, folder = %self.folder.display(), "cannot keep a result");
        }
    }

    fn path(&self, job: &JudgeJob<'_>) -> Option<PathBuf> {
        let mut all = Sha256::new();
        let mut add = |bytes: &[u8]| {
            all.update((bytes.len() as u64).to_le_bytes());
            all.update(bytes);
        };
        add(build()?.as_bytes());
        add(self.judging.as_str().as_bytes());
        let language = job.language;
        add(format!("{language:?}").as_bytes());
        add(job.bench.toolchain(language).ok()?.fingerprint().ok()?.as_bytes());
        add(&serde_json::to_vec(&job.limits).ok()?);
        let how = (job.stop, &job.entry_point, job.overtime, job.bench.level);
        add(format!("{how:?}").as_bytes());
        for source in &job.sources {
            add(source.name.as_bytes());
            add(&source.content);
        }
        Some(self.folder.join(format!("{}.json", hex::encode(all.finalize()))))
    }
}

/// What tells this build from others: its version alone would not.
fn build() -> Option<String> {
    let executable = fs::metadata(std::env::current_exe().ok()?).ok()?;
    Some(format!("{} {:?}", executable.len(), executable.modified().ok()?))
}

/// How the names of files begin that are being written.
const INCOMING: &str = ".incoming-";

fn remove_old(folder: &Path, before: SystemTime) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if !name.ends_with(".json") && !name.starts_with(INCOMING) {
            continue;
        }
        let removed = entry.metadata().and_then(|metadata| match metadata.modified()? < before {
            true => fs::remove_file(entry.path()),
            false => Ok(()),
        });
        match removed {
            // Another verification does the same.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            removed => removed?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_old_results_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let now = SystemTime::now();
        for (name, age) in [("a.json", 9), ("b.json", 1), (".incoming-c", 9), ("mine.txt", 9)] {
            let file = fs::File::create(folder.path().join(name)).unwrap();
            file.set_modified(now - Duration::from_secs(age)).unwrap();
        }
        remove_old(folder.path(), now - Duration::from_secs(5)).unwrap();
        let left = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let mut left: Vec<_> = left.collect();
        left.sort();
        assert_eq!(left, ["b.json", "mine.txt"]);
    }
}
