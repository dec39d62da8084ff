//! A statement's HTML, cut where samples are to stand.

use super::conversion::{NEXT_SAMPLE, REMAINING_SAMPLES};

/// A part of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// HTML, which need not be whole by itself.
    Html(&'a str),
    /// The place of the first sample that has not been shown yet, if there is one.
    NextSample,
    /// The place of all samples that have not been shown yet.
    RemainingSamples,
}

/// The pieces of a statement's sanitised HTML, in their order.
///
/// ICPC problem package format 2025-09, sections "LaTeX environment and supported subset" and
/// "Markdown environment and supported features".
#[must_use]
pub fn pieces(html: &str) -> Vec<Piece<'_>> {
    let places = [(NEXT_SAMPLE, Piece::NextSample), (REMAINING_SAMPLES, Piece::RemainingSamples)];
    let mut pieces = Vec::new();
    let mut rest = html;
    loop {
        let place = places.iter().filter_map(|(mark, piece)| Some((rest.find(mark)?, mark, piece)));
        let Some((at, mark, piece)) = place.min_by_key(|(at, _, _)| *at) else { break };
        pieces.push(Piece::Html(&rest[..at]));
        pieces.push(*piece);
        rest = &rest[at + mark.len()..];
    }
    pieces.push(Piece::Html(rest));
    pieces
}
