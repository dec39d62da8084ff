//! The text of a policy file, and what it decides for each system call number.

use std::collections::{BTreeMap, BTreeSet};

use nix::errno::Errno;
use serde::Deserialize;

use super::PolicyError;
use super::syscalls::{self, Known};

/// What happens on a system call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    /// It is made.
    Allow,
    /// It is not made, and fails with this error number; with 0 it seems to have succeeded.
    Refuse(u16),
    /// It is reported by name and the run is killed.
    Kill,
    /// The sandbox answers this number in the kernel's place.
    Emulate(u16),
}

/// What is decided for one number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rule {
    Always(Action),
    /// Allowed while every condition holds; the first that does not decides.
    While(Vec<Condition>),
}

/// Holds while `argument & mask` is one of `values`, or is none of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Condition {
    pub(super) argument: u32,
    pub(super) mask: u32,
    pub(super) values: Vec<u32>,
    pub(super) among: bool,
    pub(super) unless: Action,
}

impl Rule {
    /// Allows what both allow. Where this one never allows anything, it stays as it is.
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (rule, Self::Always(Action::Allow)) | (Self::Always(Action::Allow), rule) => rule,
            (rule @ Self::Always(_), _) | (Self::While(_), rule @ Self::Always(_)) => rule,
            (Self::While(mut conditions), Self::While(more)) => {
                for condition in more {
                    if !conditions.contains(&condition) {
                        conditions.push(condition);
                    }
                }
                Self::While(conditions)
            }
        }
    }
}

/// Every decision of a policy.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub(super) by_number: BTreeMap<u32, Rule>,
    pub(super) otherwise: Action,
}

impl Rules {
    /// Whether the call is made, be it for some arguments only.
    pub(super) fn may_allow(&self, number: u32) -> bool {
        let otherwise = Rule::Always(self.otherwise);
        let rule = self.by_number.get(&number).unwrap_or(&otherwise);
        !matches!(rule, Rule::Always(Action::Refuse(_) | Action::Kill))
    }

    /// The filter is in force while its program waits for its start and is executed: what that
    /// takes is always allowed.
    fn let_it_start(mut self) -> Self {
        for call in [libc::SYS_futex, libc::SYS_execve] {
            if let Ok(number) = u32::try_from(call) {
                self.by_number.insert(number, Rule::Always(Action::Allow));
            }
        }
        self
    }
}

/// A policy file as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyFile {
    pub(super) extends: Option<String>,
    otherwise: Option<String>,
    #[serde(default)]
    allow: Vec<String>,
    #[serde(default)]
    refuse: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    kill: Vec<String>,
    #[serde(default)]
    emulate: Vec<String>,
    #[serde(default)]
    narrow: Vec<NarrowEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NarrowEntry {
    call: String,
    argument: u32,
    #[serde(default = "all_bits")]
    mask: u32,
    value: Option<u32>,
    #[serde(default)]
    values: Vec<u32>,
    #[serde(default)]
    except: Vec<u32>,
    unless: String,
}

fn all_bits() -> u32 {
    u32::MAX
}

/// The calls that the sandbox knows how to answer in the kernel's place.
const EMULATED: [&str; 3] = ["sysinfo", "open", "openat"];
/// So that a condition's jumps stay short.
const MOST_VALUES: usize = 200;

impl PolicyFile {
    pub(super) fn parse(name: &str, text: &str) -> Result<Self, PolicyError> {
        toml::from_str(text).map_err(|error| PolicyError::Malformed {
            policy: name.to_owned(),
            message: error.to_string(),
        })
    }

    /// The decisions of this file on top of those of the policy that it extends.
    pub(super) fn rules(self, name: &str, base: Option<Rules>) -> Result<Rules, PolicyError> {
        let otherwise = match (&self.otherwise, &base) {
            (Some(word), _) => action(name, "otherwise", word)?,
            (None, Some(base)) => base.otherwise,
            (None, None) => Action::Kill,
        };
        let mut decided = Decisions {
            policy: name,
            seen: BTreeSet::new(),
            by_number: base.map(|base| base.by_number).unwrap_or_default(),
        };
        for call in &self.allow {
            decided.once("allow", call, Action::Allow)?;
        }
        for call in &self.kill {
            decided.once("kill", call, Action::Kill)?;
        }
        for (word, calls) in &self.refuse {
            let refusal = action(name, "refuse", word)?;
            for call in calls {
                decided.once("refuse", call, refusal)?;
            }
        }
        for call in &self.emulate {
            let Some(action) = emulate(name, "emulate", call)? else { continue };
            decided.once("emulate", call, action)?;
        }
        // A file's own entries for a call hold together, and replace those of the base.
        let mut narrowed = BTreeMap::<&str, Rule>::new();
        for entry in &self.narrow {
            let condition = Rule::While(vec![entry.condition(name)?]);
            let so_far =
                narrowed.remove(entry.call.as_str()).unwrap_or(Rule::Always(Action::Allow));
            narrowed.insert(&entry.call, so_far.and(condition));
        }
        for (call, rule) in narrowed {
            decided.set("narrow", call, rule)?;
        }
        Ok(Rules { by_number: decided.by_number, otherwise }.let_it_start())
    }
}

impl NarrowEntry {
    fn condition(&self, policy: &str) -> Result<Condition, PolicyError> {
        let (values, among) = match (self.value, &*self.values, &*self.except) {
            (Some(value), [], []) => (vec![value], true),
            (None, [_, ..], []) => (self.values.clone(), true),
            (None, [], [_, ..]) => (self.except.clone(), false),
            _ => {
                let what = "narrow that has one of value, values and except, for";
                return Err(no_such(policy, "narrow", what, &self.call));
            }
        };
        if values.len() > MOST_VALUES {
            let what = "narrow that has so many values (at most 200), for";
            return Err(no_such(policy, "narrow", what, &self.call));
        }
        let argument = self.argument;
        if argument > 5 {
            return Err(no_such(policy, "narrow", "argument (0 to 5)", &argument.to_string()));
        }
        let unless = match self.unless.as_str() {
            "emulate" => emulate(policy, "narrow", &self.call)?.unwrap_or(Action::Kill),
            word => action(policy, "narrow", word)?,
        };
        Ok(Condition { argument, mask: self.mask, values, among, unless })
    }
}

struct Decisions<'a> {
    policy: &'a str,
    seen: BTreeSet<String>,
    by_number: BTreeMap<u32, Rule>,
}

impl Decisions<'_> {
    fn once(&mut self, field: &'static str, call: &str, action: Action) -> Result<(), PolicyError> {
        if !self.seen.insert(call.to_owned()) {
            return Err(PolicyError::Twice { policy: self.policy.into(), call: call.into() });
        }
        self.set(field, call, Rule::Always(action))
    }

    fn set(&mut self, field: &'static str, call: &str, rule: Rule) -> Result<(), PolicyError> {
        let known =
            syscalls::find(call).ok_or_else(|| no_such(self.policy, field, "system call", call))?;
        if let Known::Number(number) = known
            && let Ok(number) = u32::try_from(number)
        {
            self.by_number.insert(number, rule);
        }
        Ok(())
    }
}

/// That the sandbox answers a call; `None` where this architecture has no such call.
fn emulate(policy: &str, field: &'static str, call: &str) -> Result<Option<Action>, PolicyError> {
    if !EMULATED.contains(&call) {
        return Err(no_such(policy, field, "emulated system call", call));
    }
    let number = match syscalls::find(call) {
        Some(Known::Number(number)) => u16::try_from(number).ok(),
        _ => None,
    };
    Ok(number.map(Action::Emulate))
}

fn action(policy: &str, field: &'static str, word: &str) -> Result<Action, PolicyError> {
    match word {
        "allow" => Ok(Action::Allow),
        "kill" => Ok(Action::Kill),
        "SUCCESS" => Ok(Action::Refuse(0)),
        "EPERM" => Ok(refuse(Errno::EPERM)),
        "EACCES" => Ok(refuse(Errno::EACCES)),
        "ENOSYS" => Ok(refuse(Errno::ENOSYS)),
        "EINVAL" => Ok(refuse(Errno::EINVAL)),
        "ENOTSUP" => Ok(refuse(Errno::EOPNOTSUPP)),
        "ENOTTY" => Ok(refuse(Errno::ENOTTY)),
        "ENOLCK" => Ok(refuse(Errno::ENOLCK)),
        _ => Err(no_such(policy, field, "action or error name", word)),
    }
}

fn refuse(error: Errno) -> Action {
    Action::Refuse(error as u16)
}

fn no_such(policy: &str, field: &'static str, what: &'static str, value: &str) -> PolicyError {
    PolicyError::NoSuch { policy: policy.into(), field, what, value: value.into() }
}
