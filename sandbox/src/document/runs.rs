//! Programs to run.

use std::fmt;
use std::fs;
use std::path::PathBuf;

use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use super::fields::{absolute, between, file, is_file, object, words};
use super::limits::LimitsPlan;
use crate::error::SandboxError;
use crate::policy::Policy;
use crate::spec::{RunLimits, RunSpec, WorkAccess};

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
            survives_broken_pipes: false,
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
