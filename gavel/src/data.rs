//! The data folder: all that the embedded judge keeps.

use crate::blobs::BlobsOptions;
use crate::secret::{self, Unread};
use anyhow::{Context, bail};
use executor::{Meter, PackageCache, Workbench};
use languages::{Languages, Search};
use sandbox::{Helper, Launcher, Level};
use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, TryLockError};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use store::{Blobs, DatabaseUrl, database};

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
    database: Option<Unread>,
    /// File that holds the database's URL
    #[arg(long, value_name = "FILE", env = "GAVEL_DATABASE_FILE")]
    database_file: Option<PathBuf>,
    #[command(flatten)]
    blobs: BlobsOptions,
    #[command(flatten)]
    pub(crate) sandbox: SandboxOptions,
}

/// Tells a function where everything is: out of sight, for there may be a password in it.
const DATABASE_VARIABLE: &str = "GAVEL_DATABASE";

/// What holds a data folder. One of each may do so at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holder {
    /// The web server.
    WebServer,
    /// Functions.
    Functions,
    /// All of it.
    WholeJudge,
}

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

/// The folder of uploads in that of what nobody needs after a restart.
const UPLOADS: &str = "uploads";

/// How much of the disk unpacked packages may take, in bytes, besides those in use.
const PACKAGE_CACHE_BYTES: u64 = 20 << 30;

impl DataOptions {
    pub(crate) fn database(&self) -> anyhow::Result<DatabaseUrl> {
        let (given, file) = (self.database.as_ref(), self.database_file.as_ref());
        match secret::read("GAVEL_DATABASE", given, file)? {
            Some(url) => url.parse().context("option --database or GAVEL_DATABASE"),
            None => Ok(DatabaseUrl::Sqlite(self.data.join("gavel.db"))),
        }
    }

    /// The database, brought to its shape.
    pub(crate) fn prepared_database(&self) -> anyhow::Result<DatabaseUrl> {
        let url = self.database()?;
        database::migrate(&url).with_context(|| {
            format!("option --database or GAVEL_DATABASE: prepare the database {url}")
        })?;
        Ok(url)
    }

    /// What a function needs in its environment to find the same database and packages.
    pub(crate) fn environment(&self) -> anyhow::Result<Vec<(OsString, OsString)>> {
        let url = self.database()?;
        let text = url.with_password().with_context(|| format!("{url} is not in UTF-8"))?;
        let blobs = self.blobs.environment()?;
        Ok([(DATABASE_VARIABLE.into(), text.into())].into_iter().chain(blobs).collect())
    }

    pub(crate) fn blobs(&self) -> anyhow::Result<Blobs> {
        self.blobs.open(&self.data)
    }

    /// Fails where the store of packages cannot be reached or does not let us in.
    pub(crate) async fn check_blobs(&self) -> anyhow::Result<()> {
        self.blobs.check().await
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

    /// Where uploads are while they are checked.
    pub(crate) fn uploads(&self) -> PathBuf {
        self.scratch().join(UPLOADS)
    }

    /// Clears what functions or uploads left behind that did not end by themselves. Only for who holds the lock.
    pub(crate) fn clear_scratch(&self, holder: Holder) -> anyhow::Result<()> {
        let scratch = self.scratch();
        private_folder(&scratch)?;
        let listed =
            fs::read_dir(&scratch).with_context(|| format!("list {}", scratch.display()))?;
        for entry in listed {
            let path = entry.with_context(|| format!("list {}", scratch.display()))?.path();
            let is_uploads = path.ends_with(UPLOADS);
            if holder == Holder::WholeJudge || is_uploads == (holder == Holder::WebServer) {
                let removed =
                    if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
                removed.with_context(|| format!("clear {}", path.display()))?;
            }
        }
        private_folder(&self.uploads())
    }

    /// Holds the folder for one judge: a second one would clear what the first one is working on.
    pub(crate) fn lock(&self, holder: Holder) -> anyhow::Result<Vec<File>> {
        private_folder(&self.data)?;
        let names: &[&str] = match holder {
            Holder::WebServer => &["lock-serving"],
            Holder::Functions => &["lock"],
            Holder::WholeJudge => &["lock", "lock-serving"],
        };
        names.iter().map(|name| self.hold(name)).collect()
    }

    fn hold(&self, name: &str) -> anyhow::Result<File> {
        let path = self.data.join(name);
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
