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
            let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
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
        add(env!("CARGO_PKG_VERSION").as_bytes());
        add(self.judging.as_str().as_bytes());
        let language = job.language;
        add(format!("{language:?}").as_bytes());
        // Another version of a compiler or a runtime is another file.
        for executable in job.bench.toolchain(language).ok()?.executables.values() {
            let metadata = fs::metadata(executable).ok()?;
            add(format!("{executable} {} {:?}", metadata.len(), metadata.modified().ok()?)
                .as_bytes());
        }
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

fn remove_old(folder: &Path, before: SystemTime) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.metadata()?.modified()? < before {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}
