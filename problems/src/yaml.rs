//! YAML as a tree that remembers its lines, so that every fault can name its place.

use crate::fault::Fault;
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span};
use std::collections::HashSet;

/// Deep enough for every key the package format knows.
const MAX_DEPTH: usize = 16;

/// One value and where it starts.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) line: u32,
    pub(crate) value: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Text(String),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// One `key: value` of a mapping.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) line: u32,
    pub(crate) value: Node,
}

impl Value {
    /// What kind of value this is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Text(_) => "a single value",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        }
    }
}

/// The text's one document as a mapping; an empty text is an empty mapping.
///
/// # Errors
/// The first place where the text is not YAML, repeats a key, nests too deeply or uses an alias.
pub(crate) fn parse(file: &str, text: &str) -> Result<Vec<Entry>, Fault> {
    let (entries, repeated) = parse_forgiving(file, text)?;
    repeated.into_iter().next().map_or(Ok(entries), Err)
}

/// [`parse`], but of a key that is repeated the last value counts, as for the tools of old: these are given besides.
///
/// # Errors
/// The first place where the text is not YAML, nests too deeply or uses an alias.
pub(crate) fn parse_forgiving(file: &str, text: &str) -> Result<(Vec<Entry>, Vec<Fault>), Fault> {
    let mut builder = Builder::default();
    builder.run(file, text)?;
    let repeated = builder.repeated.into_iter().map(|(line, key)| {
        Fault::new(file, format!("key {key:?} stands here a second time")).at(line)
    });
    Ok((entries(file, builder.document)?, repeated.collect()))
}

fn entries(file: &str, document: Option<Node>) -> Result<Vec<Entry>, Fault> {
    match document.map(|node| (node.line, node.value)) {
        None | Some((_, Value::Null)) => Ok(Vec::new()),
        Some((_, Value::Map(entries))) => Ok(entries),
        Some((line, other)) => Err(Fault::new(
            file,
            format!("must be a mapping of keys to values, not {}", other.kind()),
        )
        .at(line)),
    }
}

/// How many keys may be repeated before no more is read.
const MAX_REPEATED: usize = 20;

/// A list or mapping whose end is still to come.
struct Open {
    line: u32,
    items: Items,
}

enum Items {
    List(Vec<Node>),
    Map { entries: Vec<Entry>, key: Option<(String, u32)>, keys: HashSet<String> },
}

#[derive(Default)]
struct Builder {
    stack: Vec<Open>,
    document: Option<Node>,
    /// Keys that their mapping had before, and their lines.
    repeated: Vec<(u32, String)>,
}

impl Builder {
    fn run(&mut self, file: &str, text: &str) -> Result<(), Fault> {
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| syntax_fault(file, &error))?;
            self.take(event, span).map_err(|(line, message)| Fault::new(file, message).at(line))?;
        }
        Ok(())
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), (u32, String)> {
        let line = line_of(span.start.line());
        match event {
            Event::Scalar(text, style, _, _) => {
                let plain_null = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null");
                let value = if plain_null { Value::Null } else { Value::Text(text.into_owned()) };
                self.add(Node { line, value })
            }
            Event::SequenceStart(..) => self.open(line, Items::List(Vec::new())),
            Event::MappingStart(..) => {
                let (entries, key, keys) = (Vec::new(), None, HashSet::new());
                self.open(line, Items::Map { entries, key, keys })
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(),
            Event::Alias(_) => Err((line, "aliases are not allowed: write the value out".into())),
            Event::DocumentStart(_) if self.document.is_some() => {
                Err((line, "holds more than one document".into()))
            }
            _ => Ok(()),
        }
    }

    fn open(&mut self, line: u32, items: Items) -> Result<(), (u32, String)> {
        if self.stack.len() == MAX_DEPTH {
            return Err((line, format!("is nested more than {MAX_DEPTH} levels deep")));
        }
        self.stack.push(Open { line, items });
        Ok(())
    }

    fn close(&mut self) -> Result<(), (u32, String)> {
        let Some(Open { line, items }) = self.stack.pop() else { return Ok(()) };
        let value = match items {
            Items::List(list) => Value::List(list),
            Items::Map { entries, .. } => Value::Map(entries),
        };
        self.add(Node { line, value })
    }

    fn add(&mut self, node: Node) -> Result<(), (u32, String)> {
        match self.stack.last_mut().map(|open| &mut open.items) {
            None => self.document = Some(node),
            Some(Items::List(list)) => list.push(node),
            Some(Items::Map { entries, key, keys }) => match (key.take(), node.value) {
                (Some((key, line)), value) => {
                    entries.push(Entry { key, line, value: Node { line: node.line, value } });
                }
                (None, Value::Text(text)) if !keys.insert(text.clone()) => {
                    if self.repeated.len() == MAX_REPEATED {
                        return Err((node.line, "repeats too many keys".into()));
                    }
                    entries.retain(|entry| entry.key != text);
                    self.repeated.push((node.line, text.clone()));
                    *key = Some((text, node.line));
                }
                (None, Value::Text(text)) => *key = Some((text, node.line)),
                (None, other) => {
                    return Err((node.line, format!("a key must be text, not {}", other.kind())));
                }
            },
        }
        Ok(())
    }
}

fn syntax_fault(file: &str, error: &ScanError) -> Fault {
    Fault::new(file, format!("is not YAML: {}", error.info())).at(line_of(error.marker().line()))
}

fn line_of(line: usize) -> u32 {
    u32::try_from(line).unwrap_or(u32::MAX)
}
