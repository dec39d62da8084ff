//! How things look on a terminal. Where the output is none, `anstream` drops the colours.

use anstyle::{AnsiColor, Style};
use anyhow::Context;
use std::io::Write;

pub(crate) const GOOD: Style = AnsiColor::Green.on_default().bold();
pub(crate) const BAD: Style = AnsiColor::Red.on_default().bold();
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const HEADING: Style = Style::new().bold();
pub(crate) const QUIET: Style = Style::new().dimmed();

/// Prints a line for people. A reader who has gone away, as in `gavel doctor | head`, or a closed
/// terminal must not end a judge that runs, nor a command in the middle of its work.
macro_rules! say {
    ($($words:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(anstream::stdout(), $($words)*);
    }};
}
pub(crate) use say;

/// Prints JSON for programs: whoever asked for it must get all of it, or be told.
///
/// # Errors
/// Where standard output takes no more.
pub(crate) fn print_json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(value).context("write the JSON")?;
    writeln!(std::io::stdout(), "{text}").context("write to standard output")
}

/// Text of foreign programs, without what would steer the terminal: colours, titles, cursor moves.
pub(crate) fn harmless(text: &str) -> String {
    let steers = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    text.replace("\r\n", "\n").replace(steers, "\u{fffd}")
}

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
    fn foreign_text_cannot_steer_the_terminal() {
        assert_eq!(harmless("a\tb\r\nc"), "a\tb\nc");
        assert_eq!(harmless("\u{1b}[2Jx\u{9b}31m\rY"), "\u{fffd}[2Jx\u{fffd}31m\u{fffd}Y");
    }

    #[test]
    fn figures_read_well() {
        assert_eq!(seconds(1_040), "1.04 s");
        assert_eq!(seconds(7), "0.00 s");
        assert_eq!(mebibytes(1), "1 MiB");
        assert_eq!(mebibytes(5 << 20), "5 MiB");
    }
}
