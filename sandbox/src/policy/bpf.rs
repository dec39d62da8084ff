//! Policies as classic BPF programs: a binary search over ranges of system call numbers, so that
//! a call is decided in about eight comparisons and the kernel installs the filter quickly.

use serde::{Deserialize, Serialize};

use super::data::{Action, Condition, Rule, Rules};

/// One instruction of a filter, laid out as the kernel's `struct sock_filter`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "u64", from = "u64")]
#[repr(C)]
pub(crate) struct Instruction {
    code: u16,
    if_true: u8,
    if_false: u8,
    value: u32,
}

impl Instruction {
    /// Compares with `new` where it compared with `old`.
    pub(super) fn replace_value(&mut self, old: u32, new: u32) {
        if self.code == JUMP_IF_EQUAL && self.value == old {
            self.value = new;
        }
    }
}

impl From<Instruction> for u64 {
    fn from(Instruction { code, if_true, if_false, value }: Instruction) -> Self {
        let jumps = Self::from(if_true) << 8 | Self::from(if_false);
        Self::from(code) << 48 | jumps << 32 | Self::from(value)
    }
}

impl From<u64> for Instruction {
    #[allow(clippy::cast_possible_truncation, reason = "each field takes its own bits")]
    fn from(packed: u64) -> Self {
        Self {
            code: (packed >> 48) as u16,
            if_true: (packed >> 40) as u8,
            if_false: (packed >> 32) as u8,
            value: packed as u32,
        }
    }
}

#[cfg(target_arch = "x86_64")]
pub(crate) const NATIVE_ARCH: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
pub(crate) const NATIVE_ARCH: u32 = 0xc000_00b7;
/// What marks a call of the x32 convention; no other architecture has numbers this large.
pub(crate) const X32_BIT: u32 = 0x4000_0000;

const LOAD: u16 = 0x20;
const AND: u16 = 0x54;
const JUMP: u16 = 0x05;
const JUMP_IF_EQUAL: u16 = 0x15;
const JUMP_IF_AT_LEAST: u16 = 0x35;
const RETURN: u16 = 0x06;

// Offsets in the kernel's `struct seccomp_data`.
const NUMBER: u32 = 0;
const ARCH: u32 = 4;
const ARGUMENTS: u32 = 16;

/// Numbers from `first` up to the next range's.
#[derive(Clone, PartialEq, Eq)]
struct Range {
    first: u32,
    rule: Rule,
}

pub(super) fn compile(rules: &Rules) -> Vec<Instruction> {
    let forbidden = result(Action::Kill);
    let mut program = vec![
        load(ARCH),
        Instruction { code: JUMP_IF_EQUAL, if_true: 1, if_false: 0, value: NATIVE_ARCH },
        forbidden,
        load(NUMBER),
        Instruction { code: JUMP_IF_AT_LEAST, if_true: 0, if_false: 1, value: X32_BIT },
        forbidden,
    ];
    program.extend(search(&ranges(rules)));
    program
}

fn ranges(rules: &Rules) -> Vec<Range> {
    let otherwise = Rule::Always(rules.otherwise);
    let mut ranges = vec![Range { first: 0, rule: otherwise.clone() }];
    let mut push = |first: u32, rule: Rule| {
        if ranges.last().is_some_and(|last| last.first == first) {
            ranges.pop();
        }
        if ranges.last().is_none_or(|last| last.rule != rule) {
            ranges.push(Range { first, rule });
        }
    };
    for (&number, rule) in &rules.by_number {
        push(number, rule.clone());
        push(number + 1, otherwise.clone());
    }
    ranges
}

fn search(ranges: &[Range]) -> Vec<Instruction> {
    match ranges {
        [] => vec![result(Action::Kill)],
        [only] => decide(&only.rule),
        _ => {
            let (low, high) = ranges.split_at(ranges.len() / 2);
            let pivot = high.first().map_or(0, |range| range.first);
            let (low, high) = (search(low), search(high));
            let mut program = match u8::try_from(low.len()) {
                Ok(skip) => {
                    vec![Instruction {
                        code: JUMP_IF_AT_LEAST,
                        if_true: skip,
                        if_false: 0,
                        value: pivot,
                    }]
                }
                // Too far for a conditional jump: over a plain one.
                Err(_) => vec![
                    Instruction { code: JUMP_IF_AT_LEAST, if_true: 0, if_false: 1, value: pivot },
                    Instruction { code: JUMP, if_true: 0, if_false: 0, value: distance(&low) },
                ],
            };
            program.extend(low);
            program.extend(high);
            program
        }
    }
}

#[allow(clippy::cast_possible_truncation, reason = "a filter has at most 4096 instructions")]
fn distance(over: &[Instruction]) -> u32 {
    over.len() as u32
}

fn decide(rule: &Rule) -> Vec<Instruction> {
    match rule {
        Rule::Always(action) => vec![result(*action)],
        Rule::While(conditions) => {
            let mut program: Vec<_> = conditions.iter().flat_map(test).collect();
            program.push(result(Action::Allow));
            program
        }
    }
}

/// Goes on behind itself if the condition holds.
fn test(condition: &Condition) -> Vec<Instruction> {
    let Condition { argument, mask, ref values, among, unless } = *condition;
    let mut program = vec![load(ARGUMENTS + 8 * argument)]; // the lower half, on little-endian machines
    if mask != u32::MAX {
        program.push(Instruction { code: AND, if_true: 0, if_false: 0, value: mask });
    }
    let last = result(unless);
    // To the instruction behind `last` where being among the values is what is wanted, else to `last`.
    for (before_last, &value) in (1..=values.len()).rev().zip(values) {
        #[allow(clippy::cast_possible_truncation, reason = "a condition has at most 200 values")]
        let if_true = before_last as u8;
        program.push(Instruction { code: JUMP_IF_EQUAL, if_true, if_false: 0, value });
    }
    if !among {
        program.push(Instruction { code: JUMP, if_true: 0, if_false: 0, value: 1 });
    }
    program.push(last);
    program
}

fn load(offset: u32) -> Instruction {
    Instruction { code: LOAD, if_true: 0, if_false: 0, value: offset }
}

/// Whether the filter wants this call answered by the sandbox, not reported.
pub(crate) fn emulates(program: &[Instruction], number: u32) -> bool {
    number != 0
        && program.iter().any(|instruction| {
            instruction.code == RETURN && instruction.value == libc::SECCOMP_RET_USER_NOTIF | number
        })
}

fn result(action: Action) -> Instruction {
    let value = match action {
        Action::Allow => libc::SECCOMP_RET_ALLOW,
        Action::Refuse(errno) => libc::SECCOMP_RET_ERRNO | u32::from(errno),
        // The run's init is notified, notes the call and ends the run. Nothing that is allowed
        // ever waits for it.
        Action::Kill => libc::SECCOMP_RET_USER_NOTIF,
        // The same, told apart by a number that the kernel does not look at.
        Action::Emulate(number) => libc::SECCOMP_RET_USER_NOTIF | u32::from(number),
    };
    Instruction { code: RETURN, if_true: 0, if_false: 0, value }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    /// What the kernel's interpreter would return.
    fn interpret(program: &[Instruction], arch: u32, number: u32, arguments: [u64; 6]) -> u32 {
        let (mut accumulator, mut at) = (0_u32, 0_usize);
        loop {
            let Instruction { code, if_true, if_false, value } = program[at];
            at += 1;
            match code {
                LOAD if value == NUMBER => accumulator = number,
                LOAD if value == ARCH => accumulator = arch,
                LOAD => accumulator = arguments[((value - ARGUMENTS) / 8) as usize] as u32,
                AND => accumulator &= value,
                JUMP => at += value as usize,
                JUMP_IF_EQUAL => {
                    at += usize::from(if accumulator == value { if_true } else { if_false });
                }
                JUMP_IF_AT_LEAST => {
                    at += usize::from(if accumulator >= value { if_true } else { if_false });
                }
                RETURN => return value,
                _ => panic!("unexpected instruction {code:#x}"),
            }
        }
    }

    #[test]
    fn instructions_survive_packing() {
        let value = 0x89ab_cdef;
        let instruction = Instruction { code: 0x1234, if_true: 0x56, if_false: 0x78, value };
        assert_eq!(Instruction::from(u64::from(instruction)), instruction);
    }

    #[test]
    fn every_number_gets_its_own_rule() {
        // No two neighbours alike, so that the search is as deep and its jumps as long as can be.
        let by_number: BTreeMap<u32, Rule> =
            (0..400).map(|n| (n, Rule::Always(Action::Refuse(n as u16 + 1)))).collect();
        let program = compile(&Rules { by_number, otherwise: Action::Kill });
        for number in 0..400 {
            let returned = interpret(&program, NATIVE_ARCH, number, [0; 6]);
            assert_eq!(returned, libc::SECCOMP_RET_ERRNO | (number + 1));
        }
        for unknown in [400, 5000, X32_BIT - 1, X32_BIT, X32_BIT + 1, u32::MAX] {
            let returned = interpret(&program, NATIVE_ARCH, unknown, [0; 6]);
            assert_eq!(returned, libc::SECCOMP_RET_USER_NOTIF);
        }
    }

    #[test]
    fn foreign_calling_conventions_are_forbidden() {
        let rules = Rules { by_number: BTreeMap::new(), otherwise: Action::Allow };
        let program = compile(&rules);
        assert_eq!(interpret(&program, 0x4000_0003, 1, [0; 6]), libc::SECCOMP_RET_USER_NOTIF);
        assert_eq!(
            interpret(&program, NATIVE_ARCH, X32_BIT | 1, [0; 6]),
            libc::SECCOMP_RET_USER_NOTIF
        );
        assert_eq!(interpret(&program, NATIVE_ARCH, 1, [0; 6]), libc::SECCOMP_RET_ALLOW);
    }

    #[test]
    fn arguments_narrow_a_call() {
        let among = |argument, mask, values: &[u32], among| {
            let (values, unless) = (values.to_vec(), Action::Kill);
            Rule::While(vec![Condition { argument, mask, values, among, unless }])
        };
        let both =
            among(2, 0xf0, &[0x10, 0x30, 0x40], true).and(among(1, u32::MAX, &[5, 6], false));
        let by_number = BTreeMap::from([(7, both)]);
        let program = compile(&Rules { by_number, otherwise: Action::Allow });
        let with = |second: u64, third: u64| {
            let returned = interpret(&program, NATIVE_ARCH, 7, [0, second, third, 0, 0, 0]);
            assert!([libc::SECCOMP_RET_ALLOW, libc::SECCOMP_RET_USER_NOTIF].contains(&returned));
            returned == libc::SECCOMP_RET_ALLOW
        };
        for allowed in [0x1f, 0x3f, 0x40] {
            assert!(with(0, allowed) && with(7, allowed));
            assert!(!with(5, allowed) && !with(6, allowed));
        }
        for forbidden in [0, 0x2f, 0x50] {
            assert!(!with(0, forbidden));
        }
    }

    #[test]
    fn emulated_calls_are_told_from_forbidden_ones() {
        let by_number = BTreeMap::from([
            (7, Rule::Always(Action::Emulate(7))),
            (8, Rule::Always(Action::Emulate(8))),
            (9, Rule::Always(Action::Kill)),
        ]);
        let program = compile(&Rules { by_number, otherwise: Action::Kill });
        let emulated: Vec<u32> = (0..20).filter(|&number| emulates(&program, number)).collect();
        assert_eq!(emulated, [7, 8]);
        let returned = interpret(&program, NATIVE_ARCH, 7, [0; 6]);
        assert_eq!(returned & libc::SECCOMP_RET_ACTION_FULL, libc::SECCOMP_RET_USER_NOTIF);
    }
}
