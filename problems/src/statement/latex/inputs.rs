//! `\input` and `\include`: other files of the statement's folder, in place of the command.

use super::{super::surroundings::Assets, scan::Scanner, verbatim::Verbatim};

/// Files within files, files in all and what they come to: a file may name itself, and each other twice.
const MAX_DEPTH: usize = 5;
const MAX_FILES: usize = 50;
const MAX_BYTES: usize = 256 << 10;

/// Reads the files that a statement consists of.
pub(super) struct Inputs<'a> {
    assets: &'a Assets,
    files: usize,
    bytes: usize,
}

impl<'a> Inputs<'a> {
    pub(super) fn new(assets: &'a Assets) -> Self {
        Self { assets, files: 0, bytes: 0 }
    }

    /// The source, whose verbatim text is set aside, with its files in it. The command stays where
    /// there is no such file, or too much.
    pub(super) fn read(&mut self, source: &str, verbatim: &mut Verbatim, depth: usize) -> String {
        let mut text = String::with_capacity(source.len());
        let mut scanner = Scanner::new(source);
        while let Some(at) = scanner.rest().find('\\') {
            text.push_str(scanner.take(at));
            let start = scanner.clone();
            scanner.take(1);
            let command = scanner.command();
            let file = matches!(command, "input" | "include")
                .then(|| scanner.argument().map(str::trim))
                .flatten()
                .filter(|_| depth < MAX_DEPTH && self.files < MAX_FILES)
                .and_then(|name| self.assets.latex(name))
                .filter(|file| self.bytes + file.len() <= MAX_BYTES);
            if let Some(file) = file {
                self.files += 1;
                self.bytes += file.len();
                let file = verbatim.set_aside(&file);
                text.push_str(&self.read(&file, verbatim, depth + 1));
            } else {
                scanner = start;
                text.push_str(scanner.take(1 + command.len()));
            }
        }
        text.push_str(scanner.rest());
        text
    }
}
