//! Which system calls a program may make: policies as data, compiled to seccomp filters.
//!
//! A policy is a TOML file (see `policies/`); three are built in. It is compiled once, by the
//! owner, and installed by each program right before it is executed.

mod bpf;
mod data;
mod syscalls;
mod tighten;

use std::fmt;
use std::sync::{Arc, LazyLock};

pub(crate) use bpf::{Instruction, NATIVE_ARCH, emulates};
use data::{PolicyFile, Rules};
pub(crate) use tighten::{Minimal, name_own_process};

/// A compiled system call policy. Cheap to clone.
#[derive(Clone)]
pub struct Policy {
    name: Arc<str>,
    rules: Arc<Rules>,
    program: Arc<[Instruction]>,
}

impl fmt::Debug for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Policy({}, {} instructions)", self.name, self.program.len())
    }
}

/// What is wrong with a policy.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// No policy of this name is built in.
    #[error("no seccomp policy is named {0:?}; there are native, vm and compiler")]
    Unknown(String),
    /// The file is not the TOML that a policy is.
    #[error("seccomp policy {policy}: {message}")]
    Malformed {
        /// The policy's name.
        policy: String,
        /// Line and reason.
        message: String,
    },
    /// An entry names something that does not exist.
    #[error("seccomp policy {policy}, field {field}: no such {what}: {value:?}")]
    NoSuch {
        /// The policy's name.
        policy: String,
        /// Where in the file.
        field: &'static str,
        /// What it should have named.
        what: &'static str,
        /// What it names.
        value: String,
    },
    /// One file decides twice about one call.
    #[error("seccomp policy {policy}: system call {call} is listed twice")]
    Twice {
        /// The policy's name.
        policy: String,
        /// The call's name.
        call: String,
    },
    /// Its filter is longer than the kernel takes.
    #[error(
        "seccomp policy {policy} makes a filter of {instructions} instructions; the limit is {limit}"
    )]
    TooLong {
        /// The policy's name.
        policy: String,
        /// The filter's length.
        instructions: usize,
        /// The longest filter.
        limit: usize,
    },
}

/// The longest filter that the kernel takes: `BPF_MAXINSNS`.
const LONGEST_FILTER: usize = 4096;

const NATIVE: &str = include_str!("../../policies/native.toml");
const VM: &str = include_str!("../../policies/vm.toml");
const COMPILER: &str = include_str!("../../policies/compiler.toml");

impl Policy {
    /// For compiled contestants' programs: tight.
    #[must_use]
    pub fn native() -> Self {
        static POLICY: LazyLock<Policy> = LazyLock::new(|| built_in("native"));
        POLICY.clone()
    }

    /// For programs in a virtual machine or an interpreter.
    #[must_use]
    pub fn vm() -> Self {
        static POLICY: LazyLock<Policy> = LazyLock::new(|| built_in("vm"));
        POLICY.clone()
    }

    /// For compilers, build tools and validators.
    #[must_use]
    pub fn compiler() -> Self {
        static POLICY: LazyLock<Policy> = LazyLock::new(|| built_in("compiler"));
        POLICY.clone()
    }

    /// The built-in policy of this name: `native`, `vm` or `compiler`.
    ///
    /// # Errors
    /// [`PolicyError::Unknown`] for any other name.
    pub fn named(name: &str) -> Result<Self, PolicyError> {
        match name {
            "native" => Ok(Self::native()),
            "vm" => Ok(Self::vm()),
            "compiler" => Ok(Self::compiler()),
            _ => Err(PolicyError::Unknown(name.to_owned())),
        }
    }

    /// Compiles the text of a policy file, which may extend a built-in one.
    ///
    /// # Errors
    /// Says what is wrong with the text.
    pub fn parse(name: &str, text: &str) -> Result<Self, PolicyError> {
        let rules = resolve(name, text)?;
        Self::of(name.into(), rules)
    }

    fn of(name: Arc<str>, rules: Rules) -> Result<Self, PolicyError> {
        let program = bpf::compile(&rules);
        if program.len() > LONGEST_FILTER {
            let (policy, instructions) = (name.to_string(), program.len());
            return Err(PolicyError::TooLong { policy, instructions, limit: LONGEST_FILTER });
        }
        Ok(Self { name, rules: rules.into(), program: program.into() })
    }

    /// The name it was built in or parsed under.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether a program under it may ever make a socket.
    pub(crate) fn lets_make_sockets(&self) -> bool {
        u32::try_from(libc::SYS_socket).is_ok_and(|call| self.rules.may_allow(call))
    }

    pub(crate) fn program(&self) -> &[Instruction] {
        &self.program
    }
}

fn resolve(name: &str, text: &str) -> Result<Rules, PolicyError> {
    let file = PolicyFile::parse(name, text)?;
    let base = match &file.extends {
        None => None,
        Some(base) => Some(resolve(base, source(base)?)?),
    };
    file.rules(name, base)
}

fn source(name: &str) -> Result<&'static str, PolicyError> {
    match name {
        "native" => Ok(NATIVE),
        "vm" => Ok(VM),
        "compiler" => Ok(COMPILER),
        _ => Err(PolicyError::Unknown(name.to_owned())),
    }
}

#[allow(clippy::expect_used, reason = "a test compiles every built-in policy")]
fn built_in(name: &str) -> Policy {
    let text = source(name).expect("only built-in names are passed");
    Policy::parse(name, text).expect("built-in policies are correct")
}

/// How to name the call that a filter reported: number and calling convention as seccomp gives them.
pub(crate) fn describe_call(arch: u32, number: i64) -> String {
    if arch != bpf::NATIVE_ARCH {
        return format!("{number} of a foreign (32-bit) calling convention");
    }
    if number & i64::from(bpf::X32_BIT) != 0 {
        return format!("{} of the x32 calling convention", number & !i64::from(bpf::X32_BIT));
    }
    syscalls::name(number).map_or_else(|| format!("number {number}"), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_policies_compile() {
        for name in ["native", "vm", "compiler"] {
            let policy = Policy::named(name).unwrap();
            assert_eq!(policy.name(), name);
            assert!(policy.program().len() > 50, "{policy:?}");
        }
        assert_eq!(Policy::named("x").unwrap_err(), PolicyError::Unknown("x".into()));
    }

    #[test]
    fn faults_are_named() {
        let no_call = Policy::parse("p", "otherwise = \"ENOSYS\"\nallow = [\"raed\"]").unwrap_err();
        assert_eq!(
            no_call.to_string(),
            "seccomp policy p, field allow: no such system call: \"raed\""
        );
        let twice =
            Policy::parse("p", "otherwise = \"allow\"\nallow = [\"read\"]\nkill = [\"read\"]");
        assert!(matches!(twice, Err(PolicyError::Twice { call, .. }) if call == "read"));
        let errno = Policy::parse("p", "otherwise = \"EWHAT\"").unwrap_err();
        assert!(errno.to_string().contains("EWHAT"));
        let base = Policy::parse("p", "extends = \"nothing\"").unwrap_err();
        assert_eq!(base, PolicyError::Unknown("nothing".into()));
        let emulated = Policy::parse("p", "emulate = [\"read\"]").unwrap_err();
        assert!(emulated.to_string().contains("no such emulated system call"), "{emulated}");
        let narrow = "[[narrow]]\ncall = \"kill\"\nargument = 0\nunless = \"EPERM\"\n";
        for values in ["", "value = 1\nexcept = [2]", "values = []", "except = [1]\nvalues = [2]"] {
            let unclear = Policy::parse("p", &format!("{narrow}{values}")).unwrap_err();
            assert!(unclear.to_string().contains("one of value, values and except"), "{unclear}");
        }
        let field = Policy::parse("p", "otherwise = \"allow\"\nalow = []").unwrap_err();
        assert!(field.to_string().contains("alow"), "{field}");
        let narrow = |number: i64| {
            let call = syscalls::name(number)?;
            let values: Vec<i64> = (0..150).map(|value| 1000 * number + value).collect();
            Some(format!(
                "[[narrow]]\ncall = {call:?}\nargument = 0\nvalues = {values:?}\nunless = \"kill\"\n"
            ))
        };
        let text: String = (0..60).filter_map(narrow).collect();
        let long = Policy::parse("p", &text).unwrap_err();
        assert!(matches!(long, PolicyError::TooLong { limit: 4096, .. }), "{long}");
    }

    #[test]
    fn calls_are_described() {
        assert_eq!(describe_call(bpf::NATIVE_ARCH, libc::SYS_read), "read");
        assert_eq!(describe_call(bpf::NATIVE_ARCH, 99_999), "number 99999");
        assert!(describe_call(0, 5).contains("32-bit"));
    }
}
