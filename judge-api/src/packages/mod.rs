//! Problem packages on their way in: one code path, whether uploaded or brought along.

mod guarded;
mod public;
mod samples;
mod set_aside;

pub(crate) use guarded::{AfterFailing, GuardedContent, Solutions};
pub use public::{PublicProblem, PublicStatement};
pub use samples::{Message, Sample, SampleFile, Sender};
pub(crate) use set_aside::Audience;
pub use set_aside::PackageFile;

use judge_types::{ContestId, UserId};
use problems::{ArchiveCaps, Fault, Faults, Package};
use serde::Serialize;
use set_aside::SetAside;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use store::problems::{NewVersion, SavedVersion, save_version};
use store::{BlobError, Blobs, Database, DatabaseError, blobs::package_key, contests};
use tempfile::TempDir;
use tokio::task::spawn_blocking;

/// A package to take in.
#[derive(Debug, Clone)]
pub struct NewPackage {
    /// A zip archive, or a folder.
    pub path: PathBuf,
    /// The problem's name in addresses; `None` for the package's own.
    pub short_name: Option<String>,
    /// Who uploads it; `None` for one that comes with the judge.
    pub uploaded_by: Option<UserId>,
    /// The contest to put the problem into.
    pub contest: Option<ContestId>,
    /// The most memory that an executor can give one program, in bytes, where that is known.
    pub executor_memory_bytes: Option<u64>,
}

/// What [`install_package`] did.
#[derive(Debug, Clone)]
pub struct Installed {
    /// The problem and the version that is now current.
    pub saved: SavedVersion,
    /// The problem's name in addresses.
    pub short_name: String,
    /// The problem's title.
    pub title: String,
    /// What is odd about the package but does no harm.
    pub warnings: Vec<Fault>,
}

/// Why a package was not taken in. The problem is then what it was before.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// The package is not good.
    #[error("the package has faults:\n{0}")]
    Faults(Faults),
    /// This machine failed to read or write it.
    #[error("take in the package: {0}")]
    Host(Faults),
    /// A file on this machine could not be written.
    #[error("write package to {}", path.display())]
    File {
        /// Which file or folder.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The package could not be packed.
    #[error(transparent)]
    Pack(#[from] problems::PackError),
    /// The blob store failed.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// The work was cut off, as by the end of the process.
    #[error("take in the package: the work was cut off")]
    CutOff(#[from] tokio::task::JoinError),
}

impl From<Faults> for InstallError {
    fn from(faults: Faults) -> Self {
        if faults.host_failed() { Self::Host(faults) } else { Self::Faults(faults) }
    }
}

/// Checks a package, stores it and makes it the current version of its problem.
///
/// Files are stored before the database names them, so that nobody is ever sent to a missing one.
/// `work_dir` needs room for the package unpacked and packed.
///
/// # Errors
/// [`InstallError`]; the problem is then what it was before.
pub async fn install_package(
    database: &Database,
    blobs: &Blobs,
    work_dir: &Path,
    package: NewPackage,
) -> Result<Installed, InstallError> {
    let NewPackage { path, short_name, uploaded_by, contest, executor_memory_bytes } = package;
    let work_dir = work_dir.to_owned();
    let prepared = spawn_blocking(move || {
        let prepared = prepare(&path, short_name, &work_dir)?;
        executor_memory_bytes.map_or(Ok(()), |bytes| prepared.package.check_memory(bytes))?;
        Ok::<_, InstallError>(prepared)
    });
    let prepared = prepared.await??;
    let key = package_key(&prepared.package.hash);
    if !blobs.exists(&key).await? {
        blobs.put_file(&key, &prepared.zip).await?;
    }
    for (key, path) in prepared.files() {
        if !blobs.exists(&key).await? {
            blobs.put_file(&key, path).await?;
        }
    }
    let database = database.clone();
    spawn_blocking(move || save(&database, prepared, uploaded_by, contest)).await?
}

/// A package that is good and ready to be stored.
struct Prepared {
    package: Package,
    public: (PublicProblem, SetAside),
    guarded: (GuardedContent, Vec<SetAside>),
    zip: PathBuf,
    zip_bytes: u64,
    /// Holds all of the above; gone with it.
    _work: TempDir,
}

impl Prepared {
    /// What is to be stored beside the package: the key of each file and where it lies.
    fn files(&self) -> impl Iterator<Item = (String, &Path)> {
        let guarded = self.guarded.1.iter().flat_map(|files| files.to_store(Audience::Guarded));
        self.public.1.to_store(Audience::Public).chain(guarded)
    }
}

fn prepare(
    path: &Path,
    short_name: Option<String>,
    work_dir: &Path,
) -> Result<Prepared, InstallError> {
    let file_error = |path: &Path| {
        let path = path.to_owned();
        move |source| InstallError::File { path, source }
    };
    let work = TempDir::with_prefix_in("package-", work_dir).map_err(file_error(work_dir))?;
    let folder = work.path().join("content");
    let caps = ArchiveCaps::default();
    let mut package = problems::import(path, &folder, &caps)?;
    if let Some(short_name) = short_name {
        package.short_name = short_name;
    }
    check_short_name(&package.short_name)?;
    let public = public::publish(&package)?;
    let guarded = guarded::set_aside(&package)?;
    let zip = work.path().join("package.zip");
    let file = File::create_new(&zip).map_err(file_error(&zip))?;
    let mut packed = problems::pack(&package, BufWriter::new(file))?;
    packed.flush().map_err(file_error(&zip))?;
    let zip_bytes = packed.get_ref().metadata().map_err(file_error(&zip))?.len();
    Ok(Prepared { package, public, guarded, zip, zip_bytes, _work: work })
}

/// A problem's name stands in addresses and in file names.
fn check_short_name(short_name: &str) -> Result<(), Faults> {
    let allowed = |c: u8| c.is_ascii_alphanumeric() || b"._-".contains(&c);
    let good = (1..=64).contains(&short_name.len())
        && short_name.bytes().all(allowed)
        && short_name.starts_with(|c: char| c.is_ascii_alphanumeric());
    if good {
        return Ok(());
    }
    let shown: String = short_name.chars().take(64).collect();
    Err(Faults::from(Fault {
        file: shown.clone(),
        line: None,
        field: Some("short_name".into()),
        message: format!(
            "the problem's short name {shown:?}, which is the name of the package's folder or archive, must have \
             1 to 64 of the characters A-Z a-z 0-9 . _ - and start with a letter or digit"
        ),
    }))
}

fn to_json(what: &'static str, content: &impl Serialize) -> Result<String, DatabaseError> {
    serde_json::to_string(content)
        .map_err(|error| DatabaseError::Corrupt { what, detail: error.to_string() })
}

fn save(
    database: &Database,
    prepared: Prepared,
    uploaded_by: Option<UserId>,
    contest: Option<ContestId>,
) -> Result<Installed, InstallError> {
    let Prepared { package, public, guarded, zip_bytes, .. } = prepared;
    let (public, guarded) =
        (to_json("public content", &public.0)?, to_json("guarded content", &guarded.0)?);
    let connection = &mut *database.get()?;
    let saved = save_version(
        connection,
        &NewVersion {
            short_name: &package.short_name,
            package: package.hash.clone(),
            title: package.title(),
            limits: package.limits.clone(),
            public_content: &public,
            guarded_content: &guarded,
            package_bytes: zip_bytes,
            test_count: u32::try_from(package.test_cases.len()).unwrap_or(u32::MAX),
            uploaded_by,
        },
    )?;
    if let Some(contest) = contest {
        contests::add_problem(connection, contest, saved.problem)?;
    }
    Ok(Installed {
        saved,
        title: package.title().to_owned(),
        short_name: package.short_name,
        warnings: package.warnings,
    })
}
