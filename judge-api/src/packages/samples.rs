//! Samples as contestants see them: short ones as text, long ones as files too.

use super::set_aside::{SetAside, unreadable};
use problems::{Exchange, Faults, Shown, Speaker};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::Read;
use std::path::Path;
use utoipa::ToSchema;

/// A sample test case, or a sample interaction.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Sample {
    /// The test case's name: `sample/1`.
    pub name: String,
    /// The input, or its beginning; empty for an interaction.
    pub input: String,
    /// The answer, or its beginning; empty for an interaction.
    pub answer: String,
    /// The file with the whole input, where `input` is not all of it or another is to be downloaded.
    pub input_file: Option<String>,
    /// The file with the whole answer, where `answer` is not all of it or another is to be downloaded.
    pub answer_file: Option<String>,
    /// What a program and the judge say to each other, or the beginning of that, where it is shown instead of input
    /// and answer.
    #[serde(default)]
    pub interaction: Option<Vec<Message>>,
    /// The file with the whole interaction, where `interaction` is not all of it: lines that begin with `<` are the
    /// judge's, those with `>` the program's.
    #[serde(default)]
    pub interaction_file: Option<String>,
    /// Arguments that a program gets.
    #[serde(default)]
    pub arguments: Vec<String>,
    /// Files that a program finds in its folder.
    #[serde(default)]
    pub files: Vec<SampleFile>,
}

/// A file that a program finds in its folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SampleFile {
    /// Its path there.
    pub name: String,
    /// The text in it, or its beginning; `None` where it is no text, or others are shown before it.
    pub text: Option<String>,
    /// The file with all of it.
    pub file: String,
}

/// Of how many files of a sample the text is shown.
const FILES_SHOWN: usize = 8;

impl Sample {
    /// The names of all that is to be downloaded.
    pub(super) fn downloads(&self) -> impl Iterator<Item = &String> {
        let shown = [&self.input_file, &self.answer_file, &self.interaction_file];
        shown.into_iter().flatten().chain(self.files.iter().map(|file| &file.file))
    }
}

/// A part of a sample interaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Message {
    /// Whose it is.
    pub from: Sender,
    /// The lines; empty for [`Sender::NextPass`].
    pub text: String,
}

/// Who says something in a sample interaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sender {
    /// The judge: what the program reads.
    Judge,
    /// The program: what it writes.
    Submission,
    /// Nobody: the program is run once more from here on.
    NextPass,
}

/// The sample, of each of whose files at most so many bytes are shown; what is longer is added to `files`.
pub(super) fn describe(
    sample: &problems::Sample,
    most: usize,
    files: &mut SetAside,
) -> Result<Sample, Faults> {
    let mut public = Sample {
        name: sample.name.clone(),
        arguments: sample.arguments.clone(),
        ..Sample::default()
    };
    let mut shown = |path: &Path, extension: &str| {
        let (text, is_whole) = beginning(path, most)?;
        let file = (!is_whole).then(|| format!("{}.{extension}", sample.name));
        if let Some(file) = &file {
            files.add(file.clone(), path.to_owned())?;
        }
        Ok::<_, Faults>((text, file))
    };
    match &sample.shown {
        Shown::Pair { input, output } => {
            (public.input, public.input_file) = shown(input, "in")?;
            (public.answer, public.answer_file) = shown(output, "ans")?;
        }
        Shown::Interaction(path) => {
            let (text, file) = shown(path, "interaction")?;
            public.interaction =
                Some(problems::exchanges(&text).into_iter().map(message).collect());
            public.interaction_file = file;
        }
    }
    downloads(sample, &mut public, files)?;
    for (index, found) in sample.files.iter().enumerate() {
        let file = format!("{}.files/{}", sample.name, found.name);
        files.add(file.clone(), found.source.clone())?;
        let text = if index < FILES_SHOWN { shown_text(&found.source, most)? } else { None };
        public.files.push(SampleFile { name: found.name.clone(), text, file });
    }
    Ok(public)
}

/// A file's text or its beginning, which may end within a character; `None` where it is no text.
fn shown_text(path: &Path, most: usize) -> Result<Option<String>, Faults> {
    let (mut text, is_whole) = beginning(path, most)?;
    if is_whole {
        return Ok(Some(text));
    }
    text.truncate(text.trim_end_matches(char::REPLACEMENT_CHARACTER).len());
    let is_text = !text.is_empty() && !text.contains(['\0', char::REPLACEMENT_CHARACTER]);
    Ok(is_text.then_some(text))
}

/// Adds what is to be downloaded instead of what is shown.
fn downloads(
    sample: &problems::Sample,
    public: &mut Sample,
    set_aside: &mut SetAside,
) -> Result<(), Faults> {
    let shown = match &sample.shown {
        Shown::Pair { input, output } => [Some(input), Some(output)],
        Shown::Interaction(_) => [None, None],
    };
    let files = [&mut public.input_file, &mut public.answer_file];
    for (index, (file, extension)) in files.into_iter().zip(["in", "ans"]).enumerate() {
        let Some(path) = &sample.downloads[index] else { continue };
        if shown[index] != Some(path) {
            let name = format!("{}.download.{extension}", sample.name);
            set_aside.add(name.clone(), path.clone())?;
            *file = Some(name);
        }
    }
    Ok(())
}

fn message(exchange: Exchange) -> Message {
    let (from, text) = match exchange {
        Exchange::Lines(Speaker::Judge, text) => (Sender::Judge, text),
        Exchange::Lines(Speaker::Submission, text) => (Sender::Submission, text),
        Exchange::NextPass => (Sender::NextPass, String::new()),
    };
    Message { from, text }
}

/// The first `most` bytes of a file as text, and whether that is all of it, unchanged.
fn beginning(path: &Path, most: usize) -> Result<(String, bool), Faults> {
    let mut content = Vec::new();
    File::open(path)
        .and_then(|file| file.take(most as u64 + 1).read_to_end(&mut content))
        .map_err(|error| unreadable(path, &error))?;
    let shown = &content[..content.len().min(most)];
    let text = String::from_utf8_lossy(shown).into_owned();
    let is_whole = text.as_bytes() == content && !text.contains('\0');
    Ok((text, is_whole))
}
