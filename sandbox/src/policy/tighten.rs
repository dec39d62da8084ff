//! Policies at level minimal, where the filter also has to do what namespaces and mounts do elsewhere.

use super::data::{Action, PolicyFile, Rule, Rules};
use super::{Instruction, Policy, PolicyError};

/// What the policies of level minimal depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Minimal {
    /// Whether other processes run as the programs' user.
    pub(crate) shared_user: bool,
    /// The version of Landlock that says which files may be written; 0 where there is none.
    pub(crate) landlock: u32,
    /// Whether the run may only read the work folder.
    pub(crate) read_only: bool,
}

/// The value by which a filter names the process that it is installed by; no process has this number.
const OWN_PROCESS: u32 = 0x6f77_6e21;

const ALWAYS: &str = include_str!("../../policies/minimal/always.toml");
const SHARED_USER: &str = include_str!("../../policies/minimal/shared-user.toml");
const READ_ONLY: &str = include_str!("../../policies/minimal/read-only.toml");
const EARLY_LANDLOCK: &str = include_str!("../../policies/minimal/early-landlock.toml");
const WITHOUT_LANDLOCK: &str = include_str!("../../policies/minimal/without-landlock.toml");

impl Policy {
    /// The same policy and all that level minimal takes away.
    ///
    /// # Errors
    /// When the policy's filter becomes longer than the kernel takes.
    pub(crate) fn at_minimal(&self, minimal: Minimal) -> Result<Self, PolicyError> {
        let files = [
            ("minimal/always", ALWAYS, true),
            ("minimal/shared-user", SHARED_USER, minimal.shared_user),
            ("minimal/read-only", READ_ONLY, minimal.read_only),
            ("minimal/early-landlock", EARLY_LANDLOCK, matches!(minimal.landlock, 1 | 2)),
            (
                "minimal/without-landlock",
                WITHOUT_LANDLOCK,
                minimal.read_only && minimal.landlock == 0,
            ),
        ];
        let mut rules = (*self.rules).clone();
        for (name, text, _) in files.into_iter().filter(|(_, _, applies)| *applies) {
            tighten(&mut rules, PolicyFile::parse(name, text)?.rules(name, None)?);
        }
        if minimal.landlock > 0 {
            // The filter is in force when the program's process puts its last rules on itself. What
            // the program can do with them is restrict itself further.
            for call in [libc::SYS_landlock_add_rule, libc::SYS_landlock_restrict_self] {
                let number = u32::try_from(call).unwrap_or(u32::MAX);
                rules.by_number.insert(number, Rule::Always(Action::Allow));
            }
        }
        Self::of(self.name.clone(), rules)
    }
}

/// Takes away from `rules` what `less` does not allow.
fn tighten(rules: &mut Rules, less: Rules) {
    for (number, less) in less.by_number {
        let now = rules.by_number.remove(&number).unwrap_or(Rule::Always(rules.otherwise));
        rules.by_number.insert(number, now.and(less));
    }
}

/// Writes the number of the process that is about to install the filter where the filter names it.
pub(crate) fn name_own_process(program: &mut [Instruction], process: u32) {
    for instruction in program {
        instruction.replace_value(OWN_PROCESS, process);
    }
}

#[cfg(test)]
mod tests {
    use super::super::syscalls::{Known, find};
    use super::*;

    const ALL: Minimal = Minimal { shared_user: true, landlock: 0, read_only: true };

    fn of(policy: &Policy, number: u32) -> Rule {
        let otherwise = Rule::Always(policy.rules.otherwise);
        policy.rules.by_number.get(&number).cloned().unwrap_or(otherwise)
    }

    fn rule(policy: &Policy, call: &str) -> Rule {
        let Some(Known::Number(number)) = find(call) else { panic!("{call}") };
        of(policy, u32::try_from(number).unwrap())
    }

    #[test]
    fn what_a_policy_forbids_stays_forbidden_as_it_was() {
        for policy in [Policy::native(), Policy::vm(), Policy::compiler()] {
            let tight = policy.at_minimal(ALL).unwrap();
            for number in 0..500 {
                let (before, now) = (of(&policy, number), of(&tight, number));
                if matches!(before, Rule::Always(Action::Refuse(_) | Action::Kill)) {
                    assert_eq!(now, before, "{policy:?}: {number}");
                }
            }
        }
    }

    #[test]
    fn what_was_allowed_is_taken_away_where_it_has_to_be() {
        let tight = Policy::native().at_minimal(ALL).unwrap();
        assert_eq!(rule(&tight, "read"), Rule::Always(Action::Allow));
        for call in ["chmod", "mkdir", "setsid"] {
            assert!(matches!(rule(&tight, call), Rule::Always(Action::Refuse(_))), "{call}");
        }
        for call in ["kill", "tgkill", "open", "openat", "fcntl"] {
            assert!(matches!(rule(&tight, call), Rule::While(_)), "{call}");
        }
        let private = Minimal { shared_user: false, landlock: 3, read_only: false };
        let tight = Policy::compiler().at_minimal(private).unwrap();
        for call in ["kill", "chmod", "mkdir", "openat", "setsid"] {
            assert_eq!(rule(&tight, call), Rule::Always(Action::Allow), "{call}");
        }
    }

    #[test]
    fn files_are_not_emptied_under_an_early_landlock() {
        let minimal = Minimal { shared_user: false, landlock: 2, read_only: false };
        let early = Policy::compiler().at_minimal(minimal).unwrap();
        for call in ["open", "openat"] {
            assert!(matches!(rule(&early, call), Rule::While(_)), "{call}");
        }
        assert!(matches!(rule(&early, "openat2"), Rule::Always(Action::Refuse(_))));
    }

    #[test]
    fn the_own_process_gets_its_number() {
        let tight = Policy::native().at_minimal(ALL).unwrap();
        let mut program = tight.program().to_vec();
        name_own_process(&mut program, 4711);
        let changed = program.iter().zip(tight.program()).filter(|(now, before)| now != before);
        assert_eq!(changed.count(), 5);
    }
}
