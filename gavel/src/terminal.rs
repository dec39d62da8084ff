//! How things look on a terminal. Where the output is none, `anstream` drops the colours.

use anstyle::{AnsiColor, Style};

pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const HEADING: Style = Style::new().bold();
pub(crate) const QUIET: Style = Style::new().dimmed();

/// Time for people: `0.84 s`.
pub(crate) fn seconds(ms: u64) -> String {
    format!("{}.{:02} s", ms / 1_000, ms % 1_000 / 10)
}

/// Memory for people: `12 MiB`, rounded up so that little is not nothing.
pub(crate) fn mebibytes(bytes: u64) -> String {
    format!("{} MiB", bytes.div_ceil(1 << 20))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_well() {
        assert_eq!(seconds(1_040), "1.04 s");
        assert_eq!(seconds(7), "0.00 s");
        assert_eq!(mebibytes(1), "1 MiB");
        assert_eq!(mebibytes(5 << 20), "5 MiB");
    }
}
