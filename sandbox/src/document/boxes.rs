//! Boxes, and the files that go in and out.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::fields::{absolute, between, file, name, objects, target};
use crate::spec::{BoxSpec, Helper, Level, Mount};

const TIB: u64 = 1 << 40;

/// What of a host most programs need; those that do not exist are left out of a box.
pub const SYSTEM_FOLDERS: [&str; 6] =
    ["/usr", "/bin", "/lib", "/lib64", "/etc/alternatives", "/etc/ld.so.cache"];

/// A box to open, and the files that go in and out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BoxPlan {
    /// The level to open it at; `None` takes the best the host gives.
    pub level: Option<Level>,
    /// Whether [`SYSTEM_FOLDERS`] are seen in it.
    pub system: bool,
    /// What else of the host is seen in it.
    #[serde(deserialize_with = "objects")]
    pub mounts: Vec<MountPlan>,
    /// What `/work` can hold, in bytes.
    #[serde(deserialize_with = "between::<_, u64, 4096, TIB>")]
    pub work_bytes: u64,
    /// How many files and folders `/work` can hold.
    #[serde(deserialize_with = "between::<_, u64, 2, 100_000_000>")]
    pub work_inodes: u64,
    /// What `/tmp` and `/dev/shm` can hold each, in bytes.
    #[serde(deserialize_with = "between::<_, u64, 4096, TIB>")]
    pub temporary_bytes: u64,
    /// Files that are copied to `/work` before the first run.
    #[serde(deserialize_with = "objects")]
    pub put: Vec<PutPlan>,
    /// Files that are copied from `/work` after the last run, if none failed.
    #[serde(deserialize_with = "objects")]
    pub get: Vec<GetPlan>,
}

impl Default for BoxPlan {
    fn default() -> Self {
        let usual = BoxSpec::default();
        Self {
            level: None,
            system: true,
            mounts: Vec::new(),
            work_bytes: usual.work_bytes,
            work_inodes: usual.work_inodes,
            temporary_bytes: usual.temporary_bytes,
            put: Vec::new(),
            get: Vec::new(),
        }
    }
}

impl BoxPlan {
    /// The box to open, with this helper.
    #[must_use]
    pub fn spec(&self, helper: Helper) -> BoxSpec {
        let system = SYSTEM_FOLDERS.iter().filter(|path| self.system && Path::new(path).exists());
        let mounts = self.mounts.iter().map(MountPlan::spec);
        BoxSpec {
            level: self.level,
            mounts: system.map(Mount::same).chain(mounts).collect(),
            work_bytes: self.work_bytes,
            work_inodes: self.work_inodes,
            temporary_bytes: self.temporary_bytes,
            helper,
        }
    }
}

/// A file or folder of the host, seen in the box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MountPlan {
    /// Path on the host, absolute.
    #[serde(deserialize_with = "absolute")]
    pub source: PathBuf,
    /// Path in the box, absolute; the same if left out.
    #[serde(default, deserialize_with = "target", skip_serializing_if = "Option::is_none")]
    pub target: Option<PathBuf>,
}

impl MountPlan {
    fn spec(&self) -> Mount {
        let target = self.target.clone().unwrap_or_else(|| self.source.clone());
        Mount { source: self.source.clone(), target }
    }
}

/// A file of the host that is copied to `/work`; executable there if it is here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutPlan {
    /// Path on the host.
    #[serde(deserialize_with = "file")]
    pub source: PathBuf,
    /// Name below `/work`.
    #[serde(deserialize_with = "name")]
    pub name: String,
}

/// A file of `/work` that is copied to the host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GetPlan {
    /// Name below `/work`.
    #[serde(deserialize_with = "name")]
    pub name: String,
    /// Path on the host.
    #[serde(deserialize_with = "file")]
    pub target: PathBuf,
}
