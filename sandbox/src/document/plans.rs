//! The parts of a document: boxes, files, runs.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use super::fields::{absolute, between, file, is_file, name, object, objects, target, words};
use super::limits::LimitsPlan;
use crate::error::SandboxError;
use crate::policy::Policy;
use crate::spec::{BoxSpec, Helper, Level, Mount, RunLimits, RunSpec, WorkAccess};

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

/// A program to run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunPlan {
    /// The program and its arguments.
    #[serde(deserialize_with = "words")]
    pub argv: Vec<String>,
    /// The whole environment.
    #[serde(default)]
    pub env: Environment,
    /// Where it starts: an absolute path in the box.
    #[serde(default = "work", deserialize_with = "absolute")]
    pub cwd: PathBuf,
    /// Which system calls it may make.
    #[serde(default)]
    pub policy: PolicyChoice,
    /// Whether it may change `/work`.
    #[serde(default)]
    pub work: WorkPlan,
    /// What it may use.
    #[serde(default, deserialize_with = "object")]
    pub limits: LimitsPlan,
    /// Where its input comes from.
    #[serde(default = "nothing")]
    pub stdin: Stream,
    /// Where its output goes.
    #[serde(default = "caller")]
    pub stdout: Stream,
    /// Where its messages go.
    #[serde(default = "caller")]
    pub stderr: Stream,
    /// How many times it is run, one after another.
    #[serde(default = "once", deserialize_with = "between::<_, u32, 1, 1_000_000>")]
    pub repeat: u32,
}

fn work() -> PathBuf {
    PathBuf::from("/work")
}

fn nothing() -> Stream {
    Stream::Nothing
}

fn caller() -> Stream {
    Stream::Caller
}

fn once() -> u32 {
    1
}

impl RunPlan {
    /// One run of this program with everything usual.
    #[must_use]
    pub fn new(argv: Vec<String>) -> Self {
        Self {
            argv,
            env: Environment::default(),
            cwd: work(),
            policy: PolicyChoice::default(),
            work: WorkPlan::default(),
            limits: LimitsPlan::default(),
            stdin: Stream::Nothing,
            stdout: Stream::Caller,
            stderr: Stream::Caller,
            repeat: 1,
        }
    }

    /// The run to make; reads the policy's file if it has one.
    ///
    /// # Errors
    /// When the policy cannot be read, or is wrong.
    pub fn spec(&self) -> Result<RunSpec, SandboxError> {
        Ok(RunSpec {
            argv: self.argv.clone(),
            env: self.env.0.clone(),
            limits: RunLimits::from(&self.limits),
            policy: self.policy.load()?,
            work: self.work.into(),
            cwd: self.cwd.clone(),
        })
    }
}

/// Names and values of an environment, in order; a JSON object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment(pub Vec<(String, String)>);

impl Default for Environment {
    /// Where programs are looked for.
    fn default() -> Self {
        Self(vec![("PATH".to_owned(), "/usr/local/bin:/usr/bin:/bin".to_owned())])
    }
}

impl Serialize for Environment {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl<'de> Deserialize<'de> for Environment {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Variables;
        impl<'de> Visitor<'de> for Variables {
            type Value = Environment;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of names and values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Environment, A::Error> {
                let mut variables: Vec<(String, String)> = Vec::new();
                let mut names = std::collections::HashSet::new();
                while let Some((name, value)) = map.next_entry::<String, String>()? {
                    if !is_file(&name) || name.contains('=') || value.contains('\0') {
                        return Err(A::Error::custom(format!("{name:?} cannot be a variable")));
                    }
                    if !names.insert(name.clone()) {
                        return Err(A::Error::custom(format!("{name:?} is there twice")));
                    }
                    variables.push((name, value));
                }
                Ok(Environment(variables))
            }
        }
        from.deserialize_map(Variables)
    }
}

/// Which system calls a run may make.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PolicyChoice {
    /// Compiled programs: tight.
    #[default]
    Native,
    /// Programs in a virtual machine or an interpreter.
    Vm,
    /// Compilers, build tools and validators.
    Compiler,
    /// The policy file at this path of the host.
    File(#[serde(deserialize_with = "file")] PathBuf),
}

impl PolicyChoice {
    /// Compiles the policy, after reading its file if it has one.
    ///
    /// # Errors
    /// When the file cannot be read, or is wrong.
    pub fn load(&self) -> Result<Policy, SandboxError> {
        let path = match self {
            Self::Native => return Ok(Policy::native()),
            Self::Vm => return Ok(Policy::vm()),
            Self::Compiler => return Ok(Policy::compiler()),
            Self::File(path) => path,
        };
        let name = path.display().to_string();
        match fs::read_to_string(path) {
            Ok(text) => Ok(Policy::parse(&name, &text)?),
            Err(source) => Err(SandboxError::File { operation: "read the policy", name, source }),
        }
    }
}

/// Whether a run may change `/work`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WorkPlan {
    /// It may only read.
    #[default]
    ReadOnly,
    /// It may write.
    Writable,
}

impl From<WorkPlan> for WorkAccess {
    fn from(plan: WorkPlan) -> Self {
        match plan {
            WorkPlan::ReadOnly => Self::ReadOnly,
            WorkPlan::Writable => Self::Writable,
        }
    }
}

/// The other end of a standard stream; a JSON string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stream {
    /// The caller's own stream: `-`.
    Caller,
    /// Nothing: `/dev/null`.
    Nothing,
    /// The file at this path of the host.
    File(PathBuf),
}

impl From<&str> for Stream {
    fn from(text: &str) -> Self {
        match text {
            "-" => Self::Caller,
            "/dev/null" => Self::Nothing,
            path => Self::File(PathBuf::from(path)),
        }
    }
}

impl Serialize for Stream {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Caller => to.serialize_str("-"),
            Self::Nothing => to.serialize_str("/dev/null"),
            Self::File(path) => path.serialize(to),
        }
    }
}

impl<'de> Deserialize<'de> for Stream {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let path = file(from)?;
        Ok(path.to_str().map_or_else(|| Self::File(path.clone()), Self::from))
    }
}
