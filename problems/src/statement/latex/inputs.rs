//! `\input`, `\include`, `\displaysample` and `\constant`: other files of the statement's folder, and values of the package, in place
//! of the command.

use super::{
    super::surroundings::Surroundings,
    scan::{Scanner, replace_commands},
    verbatim::Verbatim,
};

/// Files within files, files in all and what they come to: a file may name itself, and each other twice.
const MAX_DEPTH: usize = 5;
const MAX_FILES: usize = 50;
const MAX_BYTES: usize = 256 << 10;

/// Reads the files that a statement consists of.
pub(super) struct Inputs<'a> {
    surroundings: Surroundings<'a>,
    files: usize,
    bytes: usize,
}

impl<'a> Inputs<'a> {
    pub(super) fn new(surroundings: Surroundings<'a>) -> Self {
        Self { surroundings, files: 0, bytes: 0 }
    }

    /// The source, whose verbatim text is set aside, with its files in it. The command stays where
    /// there is no such file, or too much.
    pub(super) fn read(&mut self, source: &str, verbatim: &mut Verbatim, depth: usize) -> String {
        replace_commands(source, |command, scanner| match command {
            "input" | "include" => self.file(scanner, verbatim, depth),
            "displaysample" => self.sample(scanner, verbatim),
            "constant" => self.constant(scanner),
            _ => None,
        })
    }

    fn file(
        &mut self,
        scanner: &mut Scanner<'_>,
        verbatim: &mut Verbatim,
        depth: usize,
    ) -> Option<String> {
        if depth == MAX_DEPTH || self.files == MAX_FILES {
            return None;
        }
        let file = self.surroundings.assets.latex(scanner.argument()?.trim())?;
        self.grow(file.len())?;
        self.files += 1;
        let file = verbatim.set_aside(&file);
        Some(self.read(&file, verbatim, depth + 1))
    }

    /// `\displaysample{path}`: an input and an answer that lie beside the statement, shown one below the other.
    fn sample(&mut self, scanner: &mut Scanner<'_>, verbatim: &mut Verbatim) -> Option<String> {
        if self.files == MAX_FILES {
            return None;
        }
        let (input, answer) = self.surroundings.assets.sample(scanner.argument()?.trim())?;
        self.grow(input.len() + answer.len())?;
        self.files += 1;
        let [input, answer] = [input, answer].map(|text| verbatim.block(text));
        Some(format!("\n\n{input}\n\n{answer}\n\n"))
    }

    fn constant(&mut self, scanner: &mut Scanner<'_>) -> Option<String> {
        let value = self.surroundings.constants.get(scanner.argument()?.trim())?;
        self.grow(value.len())?;
        Some(value.to_owned())
    }

    fn grow(&mut self, bytes: usize) -> Option<()> {
        self.bytes += bytes;
        (self.bytes <= MAX_BYTES).then_some(())
    }
}
