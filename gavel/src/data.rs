//! The data folder: all that the embedded judge keeps.

use anyhow::{Context, bail};
use executor::{Meter, PackageCache, Workbench};
use languages::{Languages, Search};
use sandbox::{Helper, Launcher, Level};
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use store::{Blobs, DatabaseUrl};

/// Where the data folder is and how strong the sandbox must be.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct DataOptions {
    /// Folder for the database, the packages and all else that the judge keeps
    #[arg(long, value_name = "FOLDER", default_value = "data", env = "GAVEL_DATA")]
    pub(crate) data: PathBuf,
    /// Database, sqlite:FILE or postgres://…, if not gavel.db in the data folder
    ///
    /// Other users of this machine can read command lines: give a URL with a password in the variable.
    #[arg(long, value_name = "URL", env = "GAVEL_DATABASE", hide_env_values = true)]
    database: Option<UnreadUrl>,
    #[command(flatten)]
    pub(crate) sandbox: SandboxOptions,
}

/// A database URL as given. It is read later, because a message about a wrong option shows its value,
/// and there may be a password in this one.
#[derive(Clone)]
struct UnreadUrl(String);

impl From<String> for UnreadUrl {
    fn from(url: String) -> Self {
        Self(url)
    }
}

impl fmt::Debug for UnreadUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a database URL")
    }
}

/// Tells a function which database to use: out of sight, for there may be a password in the URL.
const DATABASE_VARIABLE: &str = "GAVEL_DATABASE";

/// How strong the sandbox must be.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct SandboxOptions {
    /// Sandbox level to use instead of the best this machine gives
    #[arg(long, value_name = "LEVEL", env = "GAVEL_SANDBOX_LEVEL")]
    pub(crate) sandbox_level: Option<LevelName>,
    /// Folder with TOML files that add languages or override built-in ones
    #[arg(long, value_name = "FOLDER", env = "GAVEL_LANGUAGES")]
    pub(crate) languages: Option<PathBuf>,
}

/// A sandbox level, as it is written on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum LevelName {
    /// Namespaces, control groups, seccomp; needs root
    Full,
    /// The same inside a user namespace, without control groups; needs no privilege
    UserNamespace,
    /// System call filter, resource limits, and Landlock where the kernel has it; no namespaces
    Minimal,
}

impl From<LevelName> for Level {
    fn from(name: LevelName) -> Self {
        match name {
            LevelName::Full => Self::Full,
            LevelName::UserNamespace => Self::UserNamespace,
            LevelName::Minimal => Self::Minimal,
        }
    }
}

impl SandboxOptions {
    pub(crate) fn languages(&self) -> anyhow::Result<Languages> {
        Ok(Languages::load(self.languages.as_deref())?)
    }

    /// A workbench that writes below two folders, which are made if missing.
    pub(crate) fn workbench(&self, scratch: PathBuf, cache: PathBuf) -> anyhow::Result<Workbench> {
        for folder in [&scratch, &cache] {
            private_folder(folder)?;
        }
        Ok(Workbench {
            languages: self.languages()?,
            search: Search::from_environment(),
            level: self.sandbox_level.map(Level::from),
            // Started here, so that it is ready when the first box is opened.
            helper: Helper::Started(Launcher::start(&Helper::CurrentExe)?),
            scratch,
            cache,
            meter: Meter::default(),
        })
    }
}

/// Makes a folder that other users of this machine cannot look into: there are passwords' hashes, other
/// people's programs and hidden test data in it. One that is there already stays as it is.
fn private_folder(folder: &Path) -> anyhow::Result<()> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .with_context(|| format!("create folder {}", folder.display()))
}

/// How much of the disk unpacked packages may take, in bytes, besides those in use.
const PACKAGE_CACHE_BYTES: u64 = 20 << 30;

impl DataOptions {
    pub(crate) fn database(&self) -> anyhow::Result<DatabaseUrl> {
        match &self.database {
            Some(UnreadUrl(url)) => url.parse().context("option --database or GAVEL_DATABASE"),
            None => Ok(DatabaseUrl::Sqlite(self.data.join("gavel.db"))),
        }
    }

    /// What a function needs in its environment to find the same database.
    pub(crate) fn environment(&self) -> anyhow::Result<Vec<(OsString, OsString)>> {
        let url = self.database()?;
        let text = url.with_password().with_context(|| format!("{url} is not in UTF-8"))?;
        Ok(vec![(DATABASE_VARIABLE.into(), text.into())])
    }

    pub(crate) fn blobs(&self) -> anyhow::Result<Blobs> {
        Ok(Blobs::in_folder(&self.data.join("blobs"))?)
    }

    pub(crate) fn workbench(&self) -> anyhow::Result<Workbench> {
        self.sandbox.workbench(self.scratch(), self.data.join("cache"))
    }

    pub(crate) fn package_cache(&self) -> PackageCache {
        PackageCache::new(self.data.join("cache/packages"), PACKAGE_CACHE_BYTES)
    }

    /// Where files live that nobody needs after a restart.
    pub(crate) fn scratch(&self) -> PathBuf {
        self.data.join("scratch")
    }

    /// Refuses a folder that no judge has used: most likely another was meant.
    pub(crate) fn must_exist(&self) -> anyhow::Result<()> {
        if let DatabaseUrl::Sqlite(file) = self.database()?
            && !file.exists()
        {
            bail!(
                "there is no judge's data in {}; say with --data where it is",
                self.data.display()
            );
        }
        Ok(())
    }

    /// Clears what functions and uploads left behind that did not end by themselves. Only for who holds the lock.
    pub(crate) fn clear_scratch(&self) -> anyhow::Result<()> {
        let scratch = self.scratch();
        match fs::remove_dir_all(&scratch) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).with_context(|| format!("clear {}", scratch.display()))
            }
            _ => private_folder(&scratch),
        }
    }

    /// Holds the folder for one judge: a second one would take the first one's tasks for its own.
    pub(crate) fn lock(&self) -> anyhow::Result<File> {
        private_folder(&self.data)?;
        let path = self.data.join("lock");
        let file = File::create(&path).with_context(|| format!("create {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => bail!(
                "another gavel is running on the data folder {}; stop it, or choose another with --data",
                self.data.display()
            ),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("lock {}", path.display()))
            }
        }
    }
}
