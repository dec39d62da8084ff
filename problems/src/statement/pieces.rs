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
    const PLACES: [(&str, Piece<'_>); 2] =
        [(NEXT_SAMPLE, Piece::NextSample), (REMAINING_SAMPLES, Piece::RemainingSamples)];
    let mut next = PLACES.map(|(mark, _)| html.find(mark));
    let mut pieces = Vec::new();
    let mut start = 0;
    while let Some((at, place)) = (0..).zip(next).filter_map(|(place, at)| Some((at?, place))).min()
    {
        let (mark, piece): (_, Piece<'_>) = PLACES[place];
        pieces.push(Piece::Html(&html[start..at]));
        pieces.push(piece);
        start = at + mark.len();
        // The other is not looked for again: that would take as long for each of these.
        next[place] = html[start..].find(mark).map(|at| start + at);
    }
    pieces.push(Piece::Html(&html[start..]));
    pieces
}
