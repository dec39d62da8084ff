//! The spec document of `gavel sandbox run --spec`: boxes and runs as JSON.
//!
//! The manual page `docs/gavel-sandbox.1` says what each key means. Parsing reads no file and
//! touches nothing of the host; it is strict, so that no misspelt limit is silently not enforced.

mod boxes;
mod error;
mod fields;
mod limits;
mod runs;

use serde::{Deserialize, Serialize};

pub use boxes::{BoxPlan, GetPlan, MountPlan, PutPlan, SYSTEM_FOLDERS};
pub use error::DocumentError;
use fields::{Object, object};
pub use limits::LimitsPlan;
pub use runs::{Environment, PolicyChoice, RunPlan, Stream, WorkPlan};

/// What is to be run, and in which boxes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, try_from = "RawDocument")]
pub enum Document {
    /// Runs in one box, one after another.
    Series(Series),
    /// Two programs at the same time, each in a box of its own.
    Joined(Box<Pair>),
}

/// Runs in one box, one after another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Series {
    /// The box.
    #[serde(rename = "box")]
    pub place: BoxPlan,
    /// The runs, at least one.
    pub runs: Vec<RunPlan>,
    /// Whether the runs after one that failed are made all the same.
    pub keep_going: bool,
}

/// Two programs at the same time: what one writes to its standard output, the other reads from its
/// standard input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// The two sides.
    pub joined: [SidePlan; 2],
}

/// One program of two, and its box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, try_from = "RawSide")]
pub struct SidePlan {
    /// The box.
    #[serde(rename = "box")]
    pub place: BoxPlan,
    /// The run. Its standard input and output are the pipes to the other side.
    pub run: RunPlan,
}

/// The largest document, in bytes: more than the arguments of any program take.
pub const MAX_DOCUMENT_BYTES: usize = 256 << 10;

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    /// Names the field, the line, and what would have been right.
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        if text.len() > MAX_DOCUMENT_BYTES {
            return Err(DocumentError::TooLarge { bytes: text.len(), limit: MAX_DOCUMENT_BYTES });
        }
        let mut json = serde_json::Deserializer::from_str(text);
        let read = serde_path_to_error::deserialize::<_, Object<Self>>(&mut json);
        let Object(document) = read.map_err(DocumentError::field)?;
        json.end().map_err(|error| DocumentError::syntax(&error))?;
        Ok(document)
    }

    /// The document as text, every default written out.
    ///
    /// # Errors
    /// When a path is not UTF-8, which one that was parsed always is.
    pub fn print(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string_pretty(self)
    }
}

/// The document as written; which of the two it is shows in its keys.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDocument {
    #[serde(rename = "box")]
    place: Option<Object<BoxPlan>>,
    runs: Option<Vec<Object<RunPlan>>>,
    keep_going: Option<bool>,
    joined: Option<[Object<SidePlan>; 2]>,
}

impl TryFrom<RawDocument> for Document {
    type Error = &'static str;

    fn try_from(raw: RawDocument) -> Result<Self, Self::Error> {
        match raw {
            RawDocument { joined: Some(joined), place: None, runs: None, keep_going: None } => {
                Ok(Self::Joined(Box::new(Pair { joined: joined.map(|Object(side)| side) })))
            }
            RawDocument { joined: Some(_), .. } => {
                Err("next to `joined` there is no `box`, `runs` or `keep_going`")
            }
            RawDocument { runs: None, .. } => Err("missing field `runs` or `joined`"),
            RawDocument { runs: Some(runs), .. } if runs.is_empty() => {
                Err("`runs` is empty: nothing to run")
            }
            RawDocument { runs: Some(runs), place, keep_going, .. } => Ok(Self::Series(Series {
                place: place.map(|Object(place)| place).unwrap_or_default(),
                runs: runs.into_iter().map(|Object(run)| run).collect(),
                keep_going: keep_going.unwrap_or(false),
            })),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSide {
    #[serde(rename = "box", default, deserialize_with = "object")]
    place: BoxPlan,
    #[serde(deserialize_with = "object")]
    run: RunPlan,
}

impl TryFrom<RawSide> for SidePlan {
    type Error = &'static str;

    fn try_from(RawSide { place, run }: RawSide) -> Result<Self, Self::Error> {
        if run.stdin != Stream::Nothing || run.stdout != Stream::Caller {
            return Err("a joined run's stdin and stdout are pipes: leave them out");
        }
        if run.repeat != 1 {
            return Err("a joined run is made once: leave `repeat` out");
        }
        Ok(Self { place, run })
    }
}
