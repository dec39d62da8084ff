//! Sample interactions: what a program and the judge say to each other.
//!
//! ICPC problem package format 2025-09, section "Sample data", and legacy, section "Interactive problems".

/// Who says something in an interaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// What the program reads: lines that begin with `<`.
    Judge,
    /// What the program writes: lines that begin with `>`.
    Submission,
}

/// A part of an interaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Exchange {
    /// Lines in a row of one speaker, without their marks, each ended by `\n`.
    Lines(Speaker, String),
    /// A line of dashes: the next pass of the program begins.
    NextPass,
}

fn speaker(line: &str) -> Option<(Speaker, &str)> {
    let judge = line.strip_prefix('<').map(|said| (Speaker::Judge, said));
    judge.or_else(|| line.strip_prefix('>').map(|said| (Speaker::Submission, said)))
}

fn is_next_pass(line: &str) -> bool {
    line.trim_end() == "---"
}

/// Whether a line of an interaction has a meaning.
pub(crate) fn is_part_of_talk(line: &str) -> bool {
    is_next_pass(line) || speaker(line).is_some()
}

/// What is said in an interaction, in its order. Lines without a mark are left out.
#[must_use]
pub fn exchanges(text: &str) -> Vec<Exchange> {
    let mut exchanges: Vec<Exchange> = Vec::new();
    for line in text.lines() {
        if is_next_pass(line) {
            exchanges.push(Exchange::NextPass);
        } else if let Some((speaker, said)) = speaker(line) {
            match exchanges.last_mut() {
                Some(Exchange::Lines(last, lines)) if *last == speaker => {
                    lines.push_str(said);
                    lines.push('\n');
                }
                _ => exchanges.push(Exchange::Lines(speaker, format!("{said}\n"))),
            }
        }
    }
    exchanges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_one_speaker_belong_together() {
        let lines = |speaker, text: &str| Exchange::Lines(speaker, text.to_owned());
        assert_eq!(
            exchanges("<3\n>? 1\n> ? 2\r\nnoise\n\n---\n<ok\n"),
            [
                lines(Speaker::Judge, "3\n"),
                lines(Speaker::Submission, "? 1\n ? 2\n"),
                Exchange::NextPass,
                lines(Speaker::Judge, "ok\n"),
            ]
        );
        assert_eq!(exchanges(""), []);
    }
}
