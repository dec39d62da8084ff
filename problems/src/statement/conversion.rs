//! What the converters share while one statement is converted.

use super::{Surroundings, formula, highlight, latex, math};
use crate::Fault;
use std::cell::{Cell, RefCell};

/// Where the page puts the next sample, and those that are left: see [`super::pieces`].
pub(super) const NEXT_SAMPLE: &str = "<div class=\"next-sample\"></div>";
pub(super) const REMAINING_SAMPLES: &str = "<div class=\"remaining-samples\"></div>";

/// What is coloured of a statement's code, in bytes; the rest is shown plain.
const MAX_HIGHLIGHTED: usize = 20_000;

/// What is worth telling the author, once for each of its kind.
const MAX_WARNINGS: usize = 20;

/// How often the end of something that never ends is looked for, through all that follows.
const MAX_ENDLESS: usize = 50;

/// The state of one conversion besides its text.
pub(super) struct Conversion<'a> {
    pub(super) surroundings: Surroundings<'a>,
    source: &'a str,
    warnings: RefCell<Vec<Fault>>,
    footnotes: RefCell<Vec<String>>,
    samples_left: Cell<usize>,
    highlightable: Cell<usize>,
    endless: Cell<usize>,
}

impl<'a> Conversion<'a> {
    pub(super) fn new(source: &'a str, surroundings: Surroundings<'a>) -> Self {
        Self {
            surroundings,
            source,
            warnings: RefCell::default(),
            footnotes: RefCell::default(),
            samples_left: Cell::new(surroundings.samples),
            highlightable: Cell::new(MAX_HIGHLIGHTED),
            endless: Cell::new(0),
        }
    }

    /// Notes something odd, in the first line of the source that has `at` in it.
    pub(super) fn warn(&self, at: &str, message: impl Into<String>) {
        let mut warnings = self.warnings.borrow_mut();
        let mut warning = Fault::new(self.surroundings.name, message);
        if warnings.len() == MAX_WARNINGS || warnings.iter().any(|w| w.message == warning.message) {
            return;
        }
        if let Some(at) = self.source.find(at) {
            let line = 1 + self.source[..at].matches('\n').count();
            warning = warning.at(u32::try_from(line).unwrap_or(u32::MAX));
        }
        warnings.push(warning);
    }

    pub(super) fn into_warnings(self) -> Vec<Fault> {
        self.warnings.into_inner()
    }

    /// What `search` finds, unless much was looked for in vain before.
    pub(super) fn look_for_end<T>(&self, search: impl FnOnce() -> Option<T>) -> Option<T> {
        if self.endless.get() == MAX_ENDLESS {
            return None;
        }
        let found = search();
        self.endless.set(self.endless.get() + usize::from(found.is_none()));
        found
    }

    /// The place of the next sample, as `written` in the source.
    pub(super) fn next_sample(&self, written: &str) -> &'static str {
        let left = self.samples_left.get();
        if left == 0 {
            self.warn(written, format!("{written} has no sample left to show"));
        }
        self.samples_left.set(left.saturating_sub(1));
        NEXT_SAMPLE
    }

    /// The place of all samples that are left.
    pub(super) fn remaining_samples(&self) -> &'static str {
        self.samples_left.set(0);
        REMAINING_SAMPLES
    }

    /// Notes that there is no file of this name to show.
    pub(super) fn warn_of_missing(&self, name: &str) {
        self.warn(name, format!("there is no file {name:?} beside the statement"));
    }

    /// The reference to a note that is to stand below the text.
    pub(super) fn footnote(&self, note: String) -> String {
        let mut footnotes = self.footnotes.borrow_mut();
        footnotes.push(note);
        footnote_reference(footnotes.len(), true)
    }

    /// The notes, to stand below the text.
    pub(super) fn footnotes(&self) -> String {
        footnote_list(&self.footnotes.borrow())
    }

    /// A formula, or its source where it is not understood.
    pub(super) fn math(&self, tex: &str, display: bool) -> String {
        let tex = tex.trim();
        let expanded = latex::expanded(tex);
        let mathml = math::to_mathml(&expanded, display);
        let mathml = mathml.or_else(|| math::to_mathml(&formula::rewritten(&expanded), display));
        mathml.unwrap_or_else(|| {
            let shown: String = tex.chars().take(40).collect();
            self.warn(tex, format!("a formula is not understood and shown as it is: {shown}"));
            math::source(tex, display)
        })
    }

    /// Code as a block, coloured where `language` is known.
    pub(super) fn code_block(&self, code: &str, language: &str) -> String {
        let left = self.highlightable.get();
        let coloured = (code.len() <= left).then(|| highlight::to_html(code, language)).flatten();
        if coloured.is_some() {
            self.highlightable.set(left - code.len());
        }
        let html = coloured.unwrap_or_else(|| math::escape(code));
        format!("<pre><code>{html}</code></pre>\n")
    }
}

/// The mark in the text that leads to note `number`; the note leads back to the first of them.
pub(super) fn footnote_reference(number: usize, is_first: bool) -> String {
    let id = if is_first { format!(" id=\"noteref-{number}\"") } else { String::new() };
    format!("<sup{id}><a href=\"#note-{number}\">{number}</a></sup>")
}

/// The list of notes, with ways back to the text.
pub(super) fn footnote_list(notes: &[String]) -> String {
    if notes.is_empty() {
        return String::new();
    }
    let mut html = String::from("<footer class=\"footnotes\"><ol>\n");
    for (index, note) in notes.iter().enumerate() {
        let number = index + 1;
        html.push_str(&format!(
            "<li id=\"note-{number}\">{note} <a href=\"#noteref-{number}\" title=\"Back to the text\">↩</a></li>\n"
        ));
    }
    html.push_str("</ol></footer>\n");
    html
}
