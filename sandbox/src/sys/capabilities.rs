//! Which of root's privileges this process has (`capabilities(7)`): in a container, not all.

use std::fs;
use std::sync::LazyLock;

/// Those that level full takes, with their numbers in `linux/capability.h`.
const NEEDED: [(&str, u32); 7] = [
    ("DAC_OVERRIDE", 1),
    ("FOWNER", 3),
    ("KILL", 5),
    ("SETGID", 6),
    ("SETUID", 7),
    ("SETPCAP", 8),
    ("SYS_ADMIN", 21),
];

/// The names of those that level full takes and this process had not when first asked.
pub(crate) fn missing() -> &'static [&'static str] {
    static MISSING: LazyLock<Vec<&str>> = LazyLock::new(|| {
        // Where there is no /proc, setting up a box says so.
        fs::read_to_string("/proc/self/status")
            .map(|status| missing_of(&status))
            .unwrap_or_default()
    });
    &MISSING
}

fn missing_of(status: &str) -> Vec<&'static str> {
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let mask = effective.and_then(|hex| u64::from_str_radix(hex.trim(), 16).ok());
    let Some(mask) = mask else { return Vec::new() };
    let lacking = NEEDED.into_iter().filter(|(_, number)| mask & (1 << number) == 0);
    lacking.map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named() {
        let lacking = |mask: &str| missing_of(&format!("Name:\tx\nCapEff:\t{mask}\nSeccomp:\t0\n"));
        assert_eq!(lacking("000001ffffffffff"), [""; 0]);
        assert_eq!(lacking("00000000002001ea"), [""; 0], "the seven alone");
        assert_eq!(lacking("00000000002001c0"), ["DAC_OVERRIDE", "FOWNER", "KILL"]);
        assert_eq!(lacking("0000000000000000").len(), NEEDED.len());
    }
}
