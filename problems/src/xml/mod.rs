//! XML as a tree that remembers its lines, so that every fault can name its place.
//!
//! A document type is refused, and with it every entity that a document could declare: text never grows by being read.

use crate::fault::Fault;
use roxmltree::{Document, Node, ParsingOptions};
use std::{ops::RangeInclusive, str::FromStr};

mod markup;
pub(crate) use markup::without_external_document_type;

/// Elements and texts of one document: what a tree of them takes is bounded.
const MAX_NODES: u32 = 4_000_000;

/// A document, and where its lines begin: thousands of faults each name one.
pub(crate) struct Parsed<'a> {
    document: Document<'a>,
    line_ends: Vec<usize>,
}

/// Reads `text`, which stands in `file`.
///
/// # Errors
/// It is not well-formed, holds a document type, or an element with more attributes than any format has.
pub(crate) fn parse<'a>(file: &str, text: &'a str) -> Result<Parsed<'a>, Fault> {
    markup::check_attributes(file, text)?;
    let options = ParsingOptions { nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::DtdDetected => {
            Fault::new(file, "holds a document type (<!DOCTYPE), which is not allowed")
        }
        roxmltree::Error::NodesLimitReached => {
            Fault::new(file, format!("holds more than {MAX_NODES} elements and texts"))
        }
        error => Fault::new(file, format!("is not well-formed XML: {error}")).at(error.pos().row),
    })?;
    Ok(Parsed { document, line_ends: text.match_indices('\n').map(|(at, _)| at).collect() })
}

/// An element, and the file that it stands in.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    file: &'a str,
    node: Node<'a, 'a>,
    line_ends: &'a [usize],
}

impl<'a> Element<'a> {
    /// The outermost element.
    pub(crate) fn root(file: &'a str, parsed: &'a Parsed<'a>) -> Self {
        Self { file, node: parsed.document.root_element(), line_ends: &parsed.line_ends }
    }

    pub(crate) fn name(&self) -> &'a str {
        self.node.tag_name().name()
    }

    /// The elements in this one, in their order.
    pub(crate) fn elements(self) -> impl Iterator<Item = Element<'a>> {
        let nodes = self.node.children().filter(Node::is_element);
        nodes.map(move |node| Element { node, ..self })
    }

    /// The elements in this one that are called `name`.
    pub(crate) fn all(self, name: &'static str) -> impl Iterator<Item = Element<'a>> {
        self.elements().filter(move |element| element.name() == name)
    }

    /// The first element in this one that is called `name`.
    pub(crate) fn child(self, name: &'static str) -> Option<Element<'a>> {
        self.all(name).next()
    }

    /// The elements that a path of names leads to: `first` in this one, `second` in those, and so on.
    pub(crate) fn below(self, path: &[&'static str]) -> Vec<Element<'a>> {
        let mut found = vec![self];
        for name in path {
            found = found.into_iter().flat_map(|element| element.all(name)).collect();
        }
        found
    }

    /// All text that stands in it directly.
    pub(crate) fn text(&self) -> String {
        self.node.children().filter(Node::is_text).filter_map(|node| node.text()).collect()
    }

    /// An attribute without the space around it; `None` where it is missing or empty.
    pub(crate) fn attribute(&self, name: &str) -> Option<&'a str> {
        self.node.attribute(name).map(str::trim).filter(|value| !value.is_empty())
    }

    /// An attribute that must be there.
    ///
    /// # Errors
    /// It is missing or empty.
    pub(crate) fn needed(&self, name: &str) -> Result<&'a str, Fault> {
        self.attribute(name).ok_or_else(|| self.attribute_fault(name, "is missing".into()))
    }

    /// An attribute that is a number.
    ///
    /// # Errors
    /// It is none, or not within `range`.
    pub(crate) fn attribute_number<T: Number>(
        &self,
        name: &str,
        range: RangeInclusive<T>,
    ) -> Result<Option<T>, Fault> {
        let Some(text) = self.attribute(name) else { return Ok(None) };
        number(text, range).map(Some).map_err(|message| self.attribute_fault(name, message))
    }

    /// An attribute that is `true` or `false`, which it is where it is missing.
    ///
    /// # Errors
    /// It is neither.
    pub(crate) fn truth(&self, name: &str) -> Result<bool, Fault> {
        match self.attribute(name) {
            None | Some("false") => Ok(false),
            Some("true") => Ok(true),
            Some(other) => {
                let message = format!("must be true or false, not {other:?}");
                Err(self.attribute_fault(name, message))
            }
        }
    }

    /// The text of the element `name` in this one, which is a number.
    ///
    /// # Errors
    /// The element is missing, or its text is no number, or none within `range`.
    pub(crate) fn child_number<T: Number>(
        self,
        name: &'static str,
        range: RangeInclusive<T>,
    ) -> Result<T, Fault> {
        let child =
            self.child(name).ok_or_else(|| self.attribute_fault(name, "is missing".into()))?;
        number(child.text().trim(), range).map_err(|message| child.fault(message))
    }

    /// What is wrong with the element.
    pub(crate) fn fault(&self, message: impl Into<String>) -> Fault {
        Fault::new(self.file, message).at(self.line()).of_field(self.path())
    }

    /// What is wrong with an attribute of it.
    pub(crate) fn attribute_fault(&self, name: &str, message: String) -> Fault {
        let path = self.path();
        let field = if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
        Fault::new(self.file, message).at(self.line()).of_field(field)
    }

    fn line(&self) -> u32 {
        let start = self.node.range().start;
        let before = self.line_ends.partition_point(|&end| end < start);
        u32::try_from(1 + before).unwrap_or(u32::MAX)
    }

    /// The names of the elements around it and its own, without the outermost; the last few of those that are nested
    /// deeper than any format has them.
    fn path(&self) -> String {
        const MOST: usize = 8;
        let around = self.node.ancestors().filter(Node::is_element);
        let mut names: Vec<_> = around.map(|node| node.tag_name().name()).collect();
        names.pop();
        names.truncate(MOST);
        names.reverse();
        names.join(".")
    }
}

/// What a number in XML may be read as.
pub(crate) trait Number: FromStr + PartialOrd + std::fmt::Display {}
impl Number for u64 {}
impl Number for f64 {}

/// The number that `text` is.
///
/// # Errors
/// What is wrong with it, in words.
pub(crate) fn number<T: Number>(text: &str, range: RangeInclusive<T>) -> Result<T, String> {
    let found = text.parse().ok().filter(|number| range.contains(number));
    found.ok_or_else(|| {
        let (from, to) = range.into_inner();
        let text: String = text.chars().take(40).collect();
        format!("must be a number from {from} to {to}, not {text:?}")
    })
}
