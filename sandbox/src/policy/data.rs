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
    /// It fails with this error number.
    Refuse(u16),
    /// It is reported by name and the run is killed.
    Kill,
}

/// What is decided for one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    Always(Action),
    /// Allowed while `argument & mask == value`.
    Narrow {
        argument: u32,
        mask: u32,
        value: u32,
        unless: Action,
    },
}

/// Every decision of a policy.
#[derive(Debug, Clone)]
pub(super) struct Rules {
    pub(super) by_number: BTreeMap<u32, Rule>,
    pub(super) otherwise: Action,
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
    narrow: Vec<NarrowEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct NarrowEntry {
    call: String,
    argument: u32,
    mask: u32,
    value: u32,
    unless: String,
}

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
        for entry in &self.narrow {
            let NarrowEntry { argument, mask, value, .. } = *entry;
            if argument > 5 {
                return Err(no_such(name, "narrow", "argument (0 to 5)", &argument.to_string()));
            }
            let unless = action(name, "narrow", &entry.unless)?;
            decided.set("narrow", &entry.call, Rule::Narrow { argument, mask, value, unless })?;
        }
        Ok(Rules { by_number: decided.by_number, otherwise })
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

fn action(policy: &str, field: &'static str, word: &str) -> Result<Action, PolicyError> {
    match word {
        "allow" => Ok(Action::Allow),
        "kill" => Ok(Action::Kill),
        "EPERM" => Ok(refuse(Errno::EPERM)),
        "EACCES" => Ok(refuse(Errno::EACCES)),
        "ENOSYS" => Ok(refuse(Errno::ENOSYS)),
        "EINVAL" => Ok(refuse(Errno::EINVAL)),
        "ENOTSUP" => Ok(refuse(Errno::EOPNOTSUPP)),
        _ => Err(no_such(policy, field, "action or error name", word)),
    }
}

fn refuse(error: Errno) -> Action {
    Action::Refuse(error as u16)
}

fn no_such(policy: &str, field: &'static str, what: &'static str, value: &str) -> PolicyError {
    PolicyError::NoSuch { policy: policy.into(), field, what, value: value.into() }
}
